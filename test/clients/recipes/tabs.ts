import { createClient } from 'graphql-ws';
import { acrossTabs } from 'hookcast/tabs';

/** One socket for all tabs of a browser that have the same token. */
export function overSharedSocket(url: string, token: () => Promise<string>) {
  return acrossTabs({
    name: url,
    token,
    connect: (token) =>
      createClient({
        url,
        connectionParams: { authorization: `Bearer ${token}` },
        retryAttempts: 0,
        lazyCloseTimeout: 1_000,
      }),
  });
}
