import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineProvider, event, hmac, unfit } from '../../src/provider-kit.ts';
import { type UnderTest, providerContract } from '../../src/testing/contract.ts';
import { OrderCancellation } from '../../src/types/order-cancellation.ts';
import { sendersOf } from '../fixtures/senders.ts';

const secrets = ['the first of the suite', 'the second of the suite', 'the third of the suite'] as const;
const envelope = z.object({ id: z.string(), kind: z.string() });

interface Flaws {
  readonly reason?: z.ZodType<string | null | undefined>;
  readonly takesAnything?: boolean;
  readonly isRandom?: boolean;
  readonly isConstant?: boolean;
  readonly needsReason?: boolean;
}

/** A provider of a user's own, and what may be wrong with one. */
const shop = ({
  reason = z.string().nullish().catch(null),
  takesAnything = false,
  isRandom = false,
  isConstant = false,
  needsReason = false,
}: Flaws = {}): UnderTest => ({
  provider: (given) => {
    const verify = hmac({ secrets: given, header: 'x-shop', encoding: 'hex', timestamp: { past: 300, future: 60 } });
    const open = hmac({ secrets: ['a secret that everybody knows'], header: 'x-shop', encoding: 'hex' });
    return defineProvider({
      name: 'shop',
      verify: takesAnything ? open : verify,
      about({ payload }) {
        const parsed = envelope.safeParse(payload);
        if (!parsed.success) return unfit(parsed.error);
        return {
          type: parsed.data.kind,
          eventId: isRandom ? String(Math.random()) : isConstant ? 'e' : parsed.data.id,
        };
      },
      events: {
        'order.cancelled': event(
          z.object({ order: z.string(), reason }),
          OrderCancellation,
          ({ order, reason: why }) => ({
            orderId: order,
            reason: needsReason ? why!.trim() : why,
          }),
        ),
      },
      samples: [
        {
          event: 'order.cancelled',
          payload: ({ id }) => ({ id, kind: 'order.cancelled', order: 'o-1', reason: 'none' }),
        },
      ],
    });
  },
  secrets,
  timestamp: { past: 300, future: 60 },
  required: ['id', 'kind', 'order'],
});

describe('a provider of a user’s own', () => {
  for (const { title, run } of providerContract(shop())) it(`IN9.2 ${title}`, run);
});

/** Their deliveries name the event beside the body, or only as its id. */
const others: [source: string, more: Partial<UnderTest>][] = [
  ['by-url', { required: [] }],
  ['by-query', {}],
  ['by-path', { signsBody: false }],
  ['by-query-token', { signsBody: false }],
  ['by-body-token', { signsBody: false }],
  [
    'by-time',
    {
      timestamp: { past: 300, future: 300 },
      questions: [{ payload: { type: 'url_verification', challenge: 'c' }, answer: 'c' }],
    },
  ],
  ['by-token', {}],
  ['lists', { required: ['body'] }],
];
describe.each(others)('a sender %s', (source, more) => {
  const under = {
    provider: (given: readonly [string, ...string[]]) => sendersOf(given)[source]!,
    secrets: secrets.map((secret) => secret.replaceAll(' ', '-')) as unknown as UnderTest['secrets'],
    required: [],
    ...more,
  };
  for (const { title, run } of providerContract(under)) it(`IN9.2 ${title}`, run);
});

const faults: [what: string, under: UnderTest, title: RegExp][] = [
  ['that needs what it could do without', shop({ reason: z.string() }), /an optional member/],
  ['that takes what anybody signs', shop({ takesAnything: true }), /signed with a removed one/],
  ['whose ids are of chance', shop({ isRandom: true }), /the same each time/],
  ['whose events all have one id', shop({ isConstant: true }), /another event another id/],
  ['that fails on what its schema takes', shop({ needsReason: true }), /every payload that fits its schemas/],
  [
    'that does not answer its sender',
    { ...shop(), questions: [{ method: 'GET', query: 'challenge=c', answer: 'c' }] },
    /its sender's questions/,
  ],
  [
    'that is older than it says',
    { ...shop(), timestamp: { past: 60, future: 60 } },
    /refuses a delivery that is too old/,
  ],
];
it.each(faults)('IN9.2 finds a provider %s', async (_what, under, title) => {
  const failed: string[] = [];
  for (const { title: one, run } of providerContract(under)) await run().catch(() => failed.push(one));
  expect(failed.filter((one) => title.test(one))).toHaveLength(1);
});
