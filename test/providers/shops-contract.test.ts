import { describe, it } from 'vitest';
import { hotmart } from '../../src/providers/hotmart/hotmart.ts';
import { kiwify } from '../../src/providers/kiwify/kiwify.ts';
import { type UnderTest, providerContract } from '../../src/testing/contract.ts';

const secrets = ['the first of the suite', 'the second of the suite', 'the third of the suite'] as const;

const shops: Readonly<Record<string, UnderTest>> = {
  kiwify: {
    provider: (given) => kiwify({ secrets: given }),
    // As long as Kiwify's are.
    secrets: ['k1w1fytok01', 'k1w1fytok02', 'k1w1fytok03'],
    required: ['order_id', 'subscription_id', 'webhook_event_type'],
  },
  hotmart: {
    provider: (given) => hotmart({ tokens: given }),
    secrets,
    signsBody: false,
    required: [
      'data',
      'data.purchase',
      'data.purchase.transaction',
      'data.subscriber',
      'data.subscriber.code',
      'event',
      'id',
    ],
  },
};

describe.each(Object.entries(shops))('%s', (_, under) => {
  for (const { title, run } of providerContract(under)) it(`IN6.3 ${title}`, run);
});
