import { list } from '../../setting-lists.ts';
import { atLeastOne, shippedSource } from '../shipped-source.ts';

/** Nothing in a body says by an id whose it is: there are no accounts. */
export const hotmartSource = shippedSource({
  name: 'hotmart',
  settings: { HOTMART_TOKENS: list },
  needs: 'HOTMART_TOKENS',
  read: ({ HOTMART_TOKENS: tokens }) => ({ tokens: atLeastOne(tokens) }),
  make: async (options) => (await import('./hotmart.ts')).hotmart(options),
});
