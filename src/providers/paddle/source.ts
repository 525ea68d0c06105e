import { list } from '../../setting-lists.ts';
import { atLeastOne, shippedSource } from '../shipped-source.ts';

/** The source has no accounts: no event says whose it is. */
export const paddleSource = shippedSource({
  name: 'paddle',
  settings: { PADDLE_SECRETS: list },
  needs: 'PADDLE_SECRETS',
  read: ({ PADDLE_SECRETS: secrets }) => ({ secrets: atLeastOne(secrets) }),
  make: async (options) => (await import('./paddle.ts')).paddle(options),
});
