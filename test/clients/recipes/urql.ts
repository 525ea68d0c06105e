import { Client, cacheExchange, fetchExchange, subscriptionExchange } from '@urql/core';
import type { SubscriptionClient } from 'hookcast/resuming';
import { type Edge, FOLLOW, type Followed, LIST, type List } from './documents.ts';
import { gatewayFetch } from './gateway-fetch.ts';

export function createUrql(url: string, token: () => Promise<string>, subscriptions: SubscriptionClient): Client {
  return new Client({
    url,
    fetch: gatewayFetch(token),
    preferGetMethod: false, // the gateway takes POST only
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({ unsubscribe: subscriptions.subscribe({ query, variables }, sink) }),
        }),
      }),
    ],
  });
}

/** Shows the list whenever it changes. */
export function followCancellations(
  client: Client,
  show: (edges: readonly Edge[]) => void,
  onError: (error: unknown) => void,
): () => void {
  let isOver = false;
  let stop = () => {};
  const begin = async () => {
    stop();
    const list = await client.query<List>(LIST, { last: 20 }, { requestPolicy: 'network-only' });
    if (isOver) return;
    if (!list.data) return onError(list.error);
    const { head, edges } = list.data.cancellations;
    let shown = edges;
    show(shown);
    const following = client.subscription<Followed>(FOLLOW, { after: head }).subscribe(({ data, error }) => {
      if (error) return onError(error);
      const message = data!.cancellations;
      if (message.__typename === 'CancellationEdge') show((shown = [...shown, message]));
      else if (message.__typename !== 'CaughtUp') void begin(); // reads the list anew
    });
    stop = () => following.unsubscribe();
  };
  void begin();
  return () => {
    isOver = true;
    stop();
  };
}
