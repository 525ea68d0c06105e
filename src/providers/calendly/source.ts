import { list } from '../../setting-lists.ts';
import { accountsOf, atLeastOne, shippedSource } from '../shipped-source.ts';

export const calendlySource = shippedSource({
  name: 'calendly',
  settings: { CALENDLY_SECRETS: list, CALENDLY_ACCOUNTS: accountsOf('calendly') },
  needs: 'CALENDLY_SECRETS',
  accounts: 'CALENDLY_ACCOUNTS',
  read: ({ CALENDLY_SECRETS: secrets }) => ({ secrets: atLeastOne(secrets) }),
  make: async (options) => (await import('./calendly.ts')).calendly(options),
  prefix: 'CALENDLY_',
});
