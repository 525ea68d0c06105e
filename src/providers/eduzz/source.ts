import { list } from '../../setting-lists.ts';
import { accountsOf, atLeastOne, shippedSource } from '../shipped-source.ts';

export const eduzzSource = shippedSource({
  name: 'eduzz',
  settings: { EDUZZ_SECRETS: list, EDUZZ_ACCOUNTS: accountsOf('eduzz') },
  needs: 'EDUZZ_SECRETS',
  accounts: 'EDUZZ_ACCOUNTS',
  read: ({ EDUZZ_SECRETS: secrets }) => ({ secrets: atLeastOne(secrets) }),
  make: async (options) => (await import('./eduzz.ts')).eduzz(options),
  prefix: 'EDUZZ_',
  isDefault: true,
});
