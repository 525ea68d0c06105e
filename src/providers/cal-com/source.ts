import { list } from '../../setting-lists.ts';
import { accountsOf, atLeastOne, shippedSource } from '../shipped-source.ts';

export const calComSource = shippedSource({
  name: 'calcom',
  settings: { CALCOM_SECRETS: list, CALCOM_ACCOUNTS: accountsOf('calcom') },
  needs: 'CALCOM_SECRETS',
  accounts: 'CALCOM_ACCOUNTS',
  read: ({ CALCOM_SECRETS: secrets }) => ({ secrets: atLeastOne(secrets) }),
  make: async (options) => (await import('./cal-com.ts')).calCom(options),
  prefix: 'CALCOM_',
});
