import type { Money } from '../events/money.ts';
import type { Builder } from './builder.ts';

/** `Money`. */
export function addMoney(builder: Builder) {
  return builder.objectRef<Money>('Money').implement({
    description: 'An amount and its currency.',
    fields: (t) => ({
      amount: t.exposeString('amount', {
        description: 'As the provider wrote it: text, since a float can’t hold every decimal fraction.',
      }),
      currency: t.exposeString('currency', { description: 'ISO 4217 where the provider keeps to it, such as `BRL`.' }),
    }),
  });
}
