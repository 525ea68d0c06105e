import { list } from '../../setting-lists.ts';
import { accountsOf, atLeastOne, shippedSource } from '../shipped-source.ts';

export const stripeSource = shippedSource({
  name: 'stripe',
  settings: { STRIPE_SECRETS: list, STRIPE_ACCOUNTS: accountsOf('stripe') },
  needs: 'STRIPE_SECRETS',
  accounts: 'STRIPE_ACCOUNTS',
  read: ({ STRIPE_SECRETS: secrets }) => ({ secrets: atLeastOne(secrets) }),
  make: async (options) => (await import('./stripe.ts')).stripe(options),
  prefix: 'STRIPE_',
});
