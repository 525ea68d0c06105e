import { list } from '../../setting-lists.ts';
import { accountsOf, atLeastOne, shippedSource } from '../shipped-source.ts';

export const kiwifySource = shippedSource({
  name: 'kiwify',
  settings: { KIWIFY_SECRETS: list, KIWIFY_ACCOUNTS: accountsOf('kiwify') },
  needs: 'KIWIFY_SECRETS',
  accounts: 'KIWIFY_ACCOUNTS',
  read: ({ KIWIFY_SECRETS: secrets }) => ({ secrets: atLeastOne(secrets) }),
  make: async (options) => (await import('./kiwify.ts')).kiwify(options),
});
