import { Client, fetchExchange } from '@urql/core';
import { mayPass } from 'hookcast/client';
import { FOLLOW, type Followed, type Message } from './documents.ts';
import { gatewayFetch } from './gateway-fetch.ts';

export function createUrql(url: string, token: () => Promise<string>): Client {
  return new Client({
    url,
    fetch: gatewayFetch(token),
    preferGetMethod: false,
    fetchSubscriptions: true,
    exchanges: [fetchExchange],
  });
}

/** urql reads the event stream itself, but does not come back. */
export function followCancellations(
  client: Client,
  after: string | null,
  onMessage: (message: Message) => void,
  onError: (error: unknown) => void,
): () => void {
  let stop = () => {};
  const begin = () => {
    let isOver = false;
    const following = client.subscription<Followed>(FOLLOW, { after }).subscribe(({ data, error, hasNext }) => {
      if (isOver) return;
      isOver = !data || error !== undefined || !hasNext; // the last result repeats the one before it
      if (!isOver) {
        after = data!.cancellations.cursor;
        onMessage(data!.cancellations);
      } else if (error?.graphQLErrors.length && !mayPass(error.graphQLErrors)) {
        onError(error);
      } else {
        const timer = setTimeout(begin, 500 + Math.random() * 1_000);
        stop = () => clearTimeout(timer);
      }
    });
    stop = () => following.unsubscribe();
  };
  begin();
  return () => stop();
}
