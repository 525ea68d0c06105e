import { list } from '../../setting-lists.ts';
import { accountsOf, atLeastOne, shippedSource } from '../shipped-source.ts';

export const squareSource = shippedSource({
  name: 'square',
  settings: { SQUARE_SECRETS: list, SQUARE_ACCOUNTS: accountsOf('square') },
  needs: 'SQUARE_SECRETS',
  accounts: 'SQUARE_ACCOUNTS',
  read: ({ SQUARE_SECRETS: secrets }) => ({ secrets: atLeastOne(secrets) }),
  make: async (options) => (await import('./square.ts')).square(options),
});
