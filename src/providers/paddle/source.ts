import { list } from '../../setting-lists.ts';
import { atLeastOne, shippedSource } from '../shipped-source.ts';

/** No event says whose it is: there are no accounts. */
export const paddleSource = shippedSource({
  name: 'paddle',
  settings: { PADDLE_SECRETS: list },
  needs: 'PADDLE_SECRETS',
  read: ({ PADDLE_SECRETS: secrets }) => ({ secrets: atLeastOne(secrets) }),
  make: async (options) => (await import('./paddle.ts')).paddle(options),
});
