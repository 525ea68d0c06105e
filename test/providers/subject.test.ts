import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { NewEvent } from '../../src/events/event.ts';
import { BookingCancellation } from '../../src/types/booking-cancellation.ts';
import { OrderCancellation } from '../../src/types/order-cancellation.ts';
import { SubscriptionCancellation } from '../../src/types/subscription-cancellation.ts';
import { TicketCancellation } from '../../src/types/ticket-cancellation.ts';
import { TicketChange } from '../../src/types/ticket-change.ts';
import type { Introduction } from '../../src/providers/about.ts';
import { type Said, said } from '../../src/declaration/event-type.ts';
import { defineProvider } from '../../src/providers/define-provider.ts';
import { event } from '../../src/providers/definition.ts';
import { eduzz } from '../../src/providers/eduzz/eduzz.ts';
import { Namer } from '../../src/providers/namer.ts';
import type { Verified } from '../../src/providers/provider.ts';
import type { Verifier } from '../../src/providers/verifier.ts';
import { hmac } from '../../src/providers/verify/hmac.ts';
import { jwt } from '../../src/providers/verify/jwt.ts';
import { sharedToken } from '../../src/providers/verify/shared-token.ts';
import { standardSignature } from '../../src/providers/verify/standard-signature.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';

const token = (...tokens: [string, ...string[]]) => sharedToken({ header: 'x-token', tokens });
const namer = (secret: string, hasFormer = false) => new Namer({ secret, hasFormer });
const occasion = { occasionId: 'o-1' };
const change = (participants: readonly { readonly participantId: string | null }[], numbers: readonly string[] = []) =>
  said(TicketChange, {
    ticketChange: 'PRINTED',
    occasion,
    participants: participants.map((one, index) => ({ ...one, ticketNumber: numbers[index] ?? null })),
  });
const participant = (participantId: string | null) => ({ participantId });

interface By {
  readonly verify?: Verifier;
  readonly about?: object;
  readonly tenant?: string;
  readonly source?: string;
  readonly by?: Namer;
}

/** The outcome of an event; its provider names no subject unless one is given. */
function eventOf(
  said: Said,
  { verify = token('a-long-token'), about = {}, tenant = 'recife', source = 'kit', by = namer('of a log') }: By = {},
): NewEvent {
  const provider = defineProvider<Introduction>({
    name: 'kit',
    verify,
    about: () => ({ type: 'x', account: tenant, ...about }),
    events: { x: event(z.object({}), () => said) },
  });
  const verified: Verified = { payload: {}, text: '{}', digest: 'd' };
  const normalised = provider.normalise(verified, { source, receivedAt: 0, namer: by });
  if (normalised.outcome !== 'event') throw new Error(JSON.stringify(normalised));
  return normalised.event;
}
const subjectOf = (said: Said, by?: By) => eventOf(said, by).subject;
const formerOf = (said: Said, by?: By) =>
  eventOf(said, { by: namer('of a log', true), ...by })
    .traces.filter(({ kind }) => kind === 'subject')
    .map(({ value }) => value);

describe('what an event is about', () => {
  const ticket = said(TicketCancellation, { reference: '10000001' });

  it.each([
    ['booking/b-1', said(BookingCancellation, { bookingId: 'b-1' })],
    ['order/o-1', said(OrderCancellation, { orderId: 'o-1' })],
    ['subscription/s-1', said(SubscriptionCancellation, { subscriptionId: 's-1' })],
    ['ticket/p-1', said(TicketCancellation, { reference: '10000001', participantId: 'p-1' })],
    ['ticket/p-1', change([participant('p-1')])],
    ['occasion/o-1', change([participant('p-1'), participant('p-2')])],
    [null, said(TicketCancellation, { reference: '' })],
    [null, said(BookingCancellation, { bookingId: '' })],
  ])('PRIV1.11 is %s where its content says so and its provider nothing', (subject, said) => {
    expect(subjectOf(said)).toBe(subject);
    // A subject without a secret in it had the same name before.
    expect(formerOf(said)).toEqual([]);
  });

  it('PRIV1.11 is what its provider says, where it says it', () => {
    const booking = said(BookingCancellation, { bookingId: 'b-1' });
    expect(subjectOf(booking, { about: { subject: 'rental/1' } })).toBe('rental/1');
    expect(subjectOf({ ...booking, subject: 'rental/2' }, { about: { subject: 'rental/1' } })).toBe('rental/2');
  });

  it('PRIV1.11 names a ticket by its number, which can’t be read or guessed from the name', () => {
    const subject = subjectOf(ticket);
    expect(subject).toMatch(/^ticket\/[0-9a-f]{32}$/);
    expect(subjectOf(change([participant(null)], ['10000001']))).toMatch(/^ticket\/[0-9a-f]{32}$/);
    const others = [
      subjectOf(said(TicketCancellation, { reference: '10000002' })),
      subjectOf(said(TicketCancellation, { reference: '10000001', occasion })),
      subjectOf(ticket, { tenant: 'olinda' }),
      subjectOf(ticket, { source: 'kit-two' }),
      subjectOf(ticket, { by: namer('of another log') }),
    ];
    expect(new Set([subject, ...others]).size).toBe(6);
    for (const other of others) expect(other).toMatch(/^ticket\/[0-9a-f]{32}$/);
  });

  it('PRIV2.6 names a ticket the same after the source’s secret is replaced, and with any verifier', () => {
    const publicKeys = [generateKeyPairSync('ed25519').publicKey] as const;
    const verifiers = [
      token('another secret', 'a-long-token'),
      hmac({ secrets: ['a-long-secret-of-one'], header: 'x-s', encoding: 'hex' }),
      standardSignature({ secrets: ['whsec_b25lIHR3byB0aHJlZSBmb3VyIGZpdmU='] }),
      jwt({ publicKeys, algorithms: ['EdDSA'] }),
    ];
    for (const verify of verifiers) expect(subjectOf(ticket, { verify })).toBe(subjectOf(ticket));
  });

  it('PRIV1.11 is known under the name that an older hookcast made with the source’s newest secret, while events of its may be there', () => {
    const [before] = formerOf(ticket);
    expect(before).toMatch(/^ticket\/[0-9a-f]{32}$/);
    expect(before).not.toBe(subjectOf(ticket));
    expect(formerOf(ticket, { verify: token('a-long-token', 'an-older-token') })).toEqual([before]);
    expect(formerOf(ticket, { verify: token('another secret') })).not.toEqual([before]);
    expect(formerOf(ticket, { by: namer('of a log') })).toEqual([]);
    expect(formerOf(ticket, { about: { subject: 'rental/1' } })).toEqual([]);
    // Eduzz's own had the occasion's id in them.
    const provider = eduzz({ secrets: ['edzwgd_one-of-the-suite'] });
    const payload = attendanceCanceled({ participant: { id: undefined, inviteKey: '00412233' } });
    const verified: Verified = { payload, text: '{}', digest: 'd' };
    const normalised = provider.normalise(verified, { source: 'eduzz', receivedAt: 0, namer: namer('of a log', true) });
    if (normalised.outcome !== 'event') throw new Error(JSON.stringify(normalised));
    expect(normalised.event.subject).toMatch(/^ticket\/[0-9a-f]{32}$/);
    expect(normalised.event.traces).toContainEqual({
      kind: 'subject',
      value: expect.stringMatching(/^ticket\/[\w-]+:[0-9a-f]{32}$/),
    });
  });
});
