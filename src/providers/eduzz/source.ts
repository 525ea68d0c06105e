import { z } from 'zod';
import { list } from '../../setting-lists.ts';
import { accountsOf, atLeastOne, shippedSource } from '../shipped-source.ts';

export const eduzzSource = shippedSource({
  name: 'eduzz',
  settings: { EDUZZ_SECRETS: list, EDUZZ_ACCOUNTS: accountsOf('eduzz'), EDUZZ_API_TOKEN: z.string().min(8) },
  needs: 'EDUZZ_SECRETS',
  accounts: 'EDUZZ_ACCOUNTS',
  api: 'EDUZZ_API_TOKEN',
  read: ({ EDUZZ_SECRETS: secrets, EDUZZ_ACCOUNTS: accounts = [], EDUZZ_API_TOKEN: token }) => ({
    secrets: atLeastOne(secrets),
    ...(token !== undefined && { api: { token, account: accounts.length === 1 ? accounts[0]! : '' } }),
  }),
  make: async (options) => (await import('./eduzz.ts')).eduzz(options),
  prefix: 'EDUZZ_',
  isDefault: true,
});
