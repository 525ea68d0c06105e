import { createClient } from 'graphql-ws';
import { resuming } from 'hookcast/resuming';

/** Subscriptions over one WebSocket, `wss://…/graphql`. */
export function overWebSocket(url: string, token: () => Promise<string>) {
  return resuming(
    createClient({
      url,
      // Asked again for each connection: give it one that is good for a while.
      connectionParams: async () => ({ authorization: `Bearer ${await token()}` }),
      retryAttempts: 0, // resuming does that
    }),
  );
}
