import { z } from 'zod';
import { list } from '../../setting-lists.ts';
import { accountsOf, atLeastOne, shippedSource } from '../shipped-source.ts';

export const stripeSource = shippedSource({
  name: 'stripe',
  settings: { STRIPE_SECRETS: list, STRIPE_ACCOUNTS: accountsOf('stripe'), STRIPE_API_KEY: z.string().min(8) },
  needs: 'STRIPE_SECRETS',
  accounts: 'STRIPE_ACCOUNTS',
  api: 'STRIPE_API_KEY',
  read: ({ STRIPE_SECRETS: secrets, STRIPE_API_KEY: key }) => ({
    secrets: atLeastOne(secrets),
    ...(key !== undefined && { api: { key } }),
  }),
  make: async (options) => (await import('./stripe.ts')).stripe(options),
  prefix: 'STRIPE_',
});
