import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { remainderOf } from '../../src/events/remainder.ts';
import { calCom } from '../../src/providers/cal-com/cal-com.ts';
import { calendly } from '../../src/providers/calendly/calendly.ts';
import { eduzz } from '../../src/providers/eduzz/eduzz.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { openClaims } from '../../src/providers/wix/claims.ts';
import { wix } from '../../src/providers/wix/wix.ts';
import { LINEAR, growthOf } from '../support/growth.ts';

const rest = (payload: unknown) => JSON.parse(remainderOf(payload)) as Record<string, unknown>;
const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PROVIDERS: readonly [name: string, provider: Provider][] = [
  ['Eduzz', eduzz({ secrets: ['edzwgd_one_two_three_four'] })],
  ['Wix', wix({ publicKeys: [publicKey] })],
  ['Cal.com', calCom({ secrets: ['one_two_three_four'] })],
  ['Calendly', calendly({ secrets: ['one_two_three_four'] })],
];

/** All data of an event about people. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.length >= 4 ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

describe('what is left of a payload when its people are taken out', () => {
  it.each(PROVIDERS)('IN4.10 is still the same event of %s, and identifies nobody', (_, provider) => {
    const eventOf = (payload: Record<string, unknown>) => {
      const verified = { payload, text: '', digest: 'd' };
      const normalised = provider.normalise(verified, { source: 's', receivedAt: 0 });
      return normalised.outcome === 'event' ? normalised.event : null;
    };
    let count = 0;
    for (const sample of provider.samples) {
      const payload = provider.name === 'wix' ? openClaims({ data: sample.payload() }) : sample.payload();
      const event = eventOf(payload);
      if (!event) continue;
      const { eventId, type, tenant, subject, shape, kind, version, occurredAt } = event;
      const left = rest(payload);
      expect(eventOf(left), sample.event).toMatchObject({
        eventId,
        type,
        tenant,
        // Any member of a student or a comment may be personal, and is removed.
        subject: /^(?:student|comment)\//.test(subject ?? '') ? null : subject,
        shape,
        kind,
        version,
        occurredAt,
      });
      const kept = JSON.stringify(left).toLowerCase();
      const people = [...textsIn(event.personal), ...event.traces.map(({ value }) => value)];
      expect(people.length).toBeGreaterThan(0);
      // Eduzz's id of a ticket's holder is the ticket's own, which no erasure takes from an event.
      const ofThings = JSON.stringify([subject, event.data]);
      for (const said of people.filter((said) => !ofThings.includes(said))) {
        expect(kept, sample.event).not.toContain(said.toLowerCase());
      }
      count += 1;
    }
    expect(count).toBeGreaterThan(0);
  });

  it.each([
    ['a name', { show: 'Rosa Amarela' }],
    ['a nickname as an id', { userId: 'rosa', id: 'rosa' }],
    [
      'an address',
      { id: 'rosa77@people.example', contact_id: 'x', url: 'https://a.example/?email=rosa77%40people.example' },
    ],
    ['an address in JSON within JSON', { data: '{"email":"rosa77@people.example"}' }],
    ['a telephone number', { whatsapp: '+351 9000077', line: 351900007700 }],
    ['a name of a member', { 'rosa77@people.example': { id: 'r-1' }, 'Rosa Amarela': 1 }],
    ['somebody’s own id, wherever it stands', { customer: { id: 'rosa-0077', n: 1 }, ref: { id: 'cus:rosa-0077' } }],
    ['a birthday', { birthDate: '1990-07-07', profile: { at: '1990-07-07' } }],
    ['a name in capitals', { status: 'ROSA', buyer: { name: 'Rosa' } }],
    ['a map by people', Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`rosa${index}`, 77]))],
  ])('PRIV1.12 lets go of %s', (_, payload) => {
    expect(remainderOf(payload)).not.toMatch(/rosa|people|351|0077|1990|77/i);
  });

  it('IN4.10 keeps the structure, ids, words, times, truths, nothings and amounts', () => {
    const payload = {
      id: 'evt_77',
      status: 'canceled',
      createdAt: '2026-01-31T20:15:00.000Z',
      created: 1_775_200_000,
      isLive: false,
      none: null,
      items: [{ productId: 'C10', quantity: 2, price: { currency: 'BRL', value: 49.9, text: '49.90' } }],
    };
    expect(rest(payload)).toEqual(payload);
    expect(rest([{ title: 'Noite de Choro', seats: ['7', 'north'] }])).toEqual([{ title: '', seats: ['7', ''] }]);
    expect(rest({ customer: { name: 'Rosa', age: 77, isNew: true } })).toEqual({
      customer: { name: '', age: 0, isNew: true },
    });
  });

  const things: [what: string, said: (index: number) => string, id: (index: number) => string][] = [
    ['that have nothing in common', (n) => `iara${n}`, (n) => `order-0001-${n}`],
    ['that begin alike', (n) => `${'a1'.repeat(20)}-${n}`, (n) => `${'a1'.repeat(22)}${n}`],
    ['that end alike', (n) => `${n}-${'a1'.repeat(20)}x`, (n) => `${n}x${'a1'.repeat(40)}`],
  ];
  it.each(things)('IN5.8 takes no longer than people and ids together: %s', async (_what, said, id) => {
    const many = <T>(size: number, of: (index: number) => T) => Array.from({ length: size }, (_, index) => of(index));
    const look = (size: number) => {
      const payload = { customer: { refs: many(size, said) }, things: many(size, (n) => ({ id: id(n) })) };
      return () => remainderOf(payload);
    };
    expect(await growthOf(look, 400)).toBeLessThanOrEqual(LINEAR);
  });

  it('PRIV1.12 finds what was said of somebody anywhere in an id, and only the whole of it', () => {
    const left = (said: readonly string[], id: string) => rest({ customer: { refs: said }, id })['id'];
    for (const id of ['0077-abcd', 'x:abcd-0077', 'xABCDx77', 'ababcd77', 'aabcabcd77']) {
      expect(left(['bcabx', 'abcd', 'abcab-abcde'], id), id).toBe('');
    }
    for (const id of ['abce-0077', 'abc-d0077', '0077-bcda', 'dcba77']) expect(left(['abcd'], id), id).toBe(id);
    // A text that ends in another one, one that comes twice, and one that no id can contain.
    expect(left(['x-abcdef-y', 'bcde'], 'abcdef77')).toBe('');
    expect(left(['Abcd', 'abcd', 'ab cd', 'long'.repeat(99)], 'abc-77')).toBe('abc-77');
  });
});
