import { keyTexts } from '../../setting-lists.ts';
import { accountsOf, atLeastOne, shippedSource } from '../shipped-source.ts';

export const wooviSource = shippedSource({
  name: 'woovi',
  settings: { WOOVI_PUBLIC_KEYS: keyTexts, WOOVI_ACCOUNTS: accountsOf('woovi') },
  needs: 'WOOVI_PUBLIC_KEYS',
  accounts: 'WOOVI_ACCOUNTS',
  needsAccounts: true,
  read: ({ WOOVI_PUBLIC_KEYS: publicKeys }) => ({ publicKeys: atLeastOne(publicKeys) }),
  make: async (options) => (await import('./woovi.ts')).woovi(options),
});
