import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { cancellation } from '../../src/providers/cancellation.ts';
import { type Introduction, type Said, defineProvider, event } from '../../src/providers/define-provider.ts';
import type { Verified } from '../../src/providers/provider.ts';
import type { Verifier } from '../../src/providers/verifier.ts';
import { hmac } from '../../src/providers/verify/hmac.ts';
import { jwt } from '../../src/providers/verify/jwt.ts';
import { sharedToken } from '../../src/providers/verify/shared-token.ts';
import { standardSignature } from '../../src/providers/verify/standard-signature.ts';

const token = (...tokens: [string, ...string[]]) => sharedToken({ header: 'x-token', tokens });
const occasion = { id: 'o-1', name: null, type: null };
const change = (participants: readonly object[], numbers: readonly string[] = []) =>
  ({
    shape: 'TicketChange',
    kind: null,
    people: [],
    data: { change: 'PRINTED', occasion, participants },
    personal: { tenantName: null, participants: numbers.map((ticketNumber) => ({ ticketNumber })) },
  }) as unknown as Said;
const participant = (id: string | null) => ({ id, status: null });

/** The subject of an event whose provider names none, unless it does so. */
function subjectOf(
  said: Said,
  {
    verify = token('a-long-token'),
    about = {},
    tenant = 'recife',
  }: { verify?: Verifier; about?: object; tenant?: string } = {},
): string | null {
  const provider = defineProvider<Introduction>({
    name: 'kit',
    verify,
    about: () => ({ type: 'x', account: tenant, ...about }),
    events: { x: event(z.object({}), () => said) },
  });
  const verified: Verified = { payload: {}, text: '{}', digest: 'd' };
  const normalised = provider.normalise(verified, { source: 'kit', receivedAt: 0 });
  if (normalised.outcome !== 'event') throw new Error(JSON.stringify(normalised));
  return normalised.event.subject;
}

describe('what an event is about', () => {
  const ticket = cancellation({ kind: 'TICKET', ticketNumber: '10000001' });

  it.each([
    ['booking/b-1', cancellation({ kind: 'BOOKING', bookingId: 'b-1' })],
    ['order/o-1', cancellation({ kind: 'ORDER', orderId: 'o-1' })],
    ['subscription/s-1', cancellation({ kind: 'SUBSCRIPTION', subscriptionId: 's-1' })],
    ['ticket/p-1', cancellation({ kind: 'TICKET', ticketNumber: '10000001', participantId: 'p-1' })],
    ['ticket/p-1', change([participant('p-1')])],
    ['occasion/o-1', change([participant('p-1'), participant('p-2')])],
    [null, cancellation({ kind: 'TICKET', ticketNumber: '' })],
    [null, cancellation({ kind: 'BOOKING', bookingId: '' })],
  ])('PRIV1.11 is %s where its content says so and its provider nothing', (subject, said) => {
    expect(subjectOf(said)).toBe(subject);
  });

  it('PRIV1.11 is what its provider says, where it says it', () => {
    const said = cancellation({ kind: 'BOOKING', bookingId: 'b-1' });
    expect(subjectOf(said, { about: { subject: 'rental/1' } })).toBe('rental/1');
    expect(subjectOf({ ...said, subject: 'rental/2' }, { about: { subject: 'rental/1' } })).toBe('rental/2');
  });

  it('PRIV1.11 is a ticket by its number alone, which nobody can read or guess from it', () => {
    const subject = subjectOf(ticket);
    expect(subject).toMatch(/^ticket\/[0-9a-f]{32}$/);
    expect(subjectOf(ticket)).toBe(subject);
    expect(subjectOf(change([participant(null)], ['10000001']))).toMatch(/^ticket\/[0-9a-f]{32}$/);
    const others = [
      subjectOf(cancellation({ kind: 'TICKET', ticketNumber: '10000002' })),
      subjectOf(cancellation({ kind: 'TICKET', ticketNumber: '10000001', occasion })),
      subjectOf(ticket, { tenant: 'olinda' }),
      subjectOf(ticket, { verify: token('another secret') }),
      subjectOf(ticket, { verify: hmac({ secrets: ['a-long-secret-of-one'], header: 'x-s', encoding: 'hex' }) }),
      subjectOf(ticket, { verify: standardSignature({ secrets: ['whsec_b25lIHR3byB0aHJlZSBmb3VyIGZpdmU='] }) }),
    ];
    expect(new Set([subject, ...others]).size).toBe(7);
    for (const other of others) expect(other).toMatch(/^ticket\/[0-9a-f]{32}$/);
    // The newest secret is the one that counts.
    expect(subjectOf(ticket, { verify: token('a-long-token', 'an-older-token') })).toBe(subject);
    // Whoever verifies with a public key has nothing to hash with that others don't know.
    const publicKeys = [generateKeyPairSync('ed25519').publicKey] as const;
    expect(subjectOf(ticket, { verify: jwt({ publicKeys, algorithms: ['EdDSA'] }) })).toBeNull();
  });
});
