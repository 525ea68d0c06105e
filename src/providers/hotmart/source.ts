import { list } from '../../setting-lists.ts';
import { atLeastOne, shippedSource } from '../shipped-source.ts';

/** The source has no accounts: no id in a body says whose event it is. */
export const hotmartSource = shippedSource({
  name: 'hotmart',
  settings: { HOTMART_TOKENS: list },
  needs: 'HOTMART_TOKENS',
  read: ({ HOTMART_TOKENS: tokens }) => ({ tokens: atLeastOne(tokens) }),
  make: async (options) => (await import('./hotmart.ts')).hotmart(options),
});
