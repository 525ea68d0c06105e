import { list } from '../../setting-lists.ts';
import { accountsOf, atLeastOne, shippedSource } from '../shipped-source.ts';

export const hubspotSource = shippedSource({
  name: 'hubspot',
  settings: { HUBSPOT_SECRETS: list, HUBSPOT_ACCOUNTS: accountsOf('hubspot') },
  needs: 'HUBSPOT_SECRETS',
  accounts: 'HUBSPOT_ACCOUNTS',
  read: ({ HUBSPOT_SECRETS: secrets }) => ({ secrets: atLeastOne(secrets) }),
  make: async (options) => (await import('./hubspot.ts')).hubspot(options),
});
