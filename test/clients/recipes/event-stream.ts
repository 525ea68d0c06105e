import { createClient } from 'graphql-sse';
import { resuming } from 'hookcast/resuming';
import { failWhenSilent } from 'hookcast/silence';

/** Subscriptions over HTTP, `https://…/graphql`, each as an event stream of its own. */
export function overHttp(url: string, token: () => Promise<string>) {
  return resuming(
    createClient({
      url,
      // Asked again for each connection: give it one that is good for a while.
      headers: async () => ({ authorization: `Bearer ${await token()}` }),
      fetchFn: failWhenSilent(),
      retryAttempts: 0, // resuming does that
    }),
  );
}
