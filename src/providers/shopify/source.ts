import { list } from '../../setting-lists.ts';
import { accountsOf, atLeastOne, shippedSource } from '../shipped-source.ts';

export const shopifySource = shippedSource({
  name: 'shopify',
  settings: { SHOPIFY_SECRETS: list, SHOPIFY_ACCOUNTS: accountsOf('shopify') },
  needs: 'SHOPIFY_SECRETS',
  accounts: 'SHOPIFY_ACCOUNTS',
  read: ({ SHOPIFY_SECRETS: secrets }) => ({ secrets: atLeastOne(secrets) }),
  make: async (options) => (await import('./shopify.ts')).shopify(options),
});
