import type { SubscriptionClient } from 'hookcast/resuming';
import {
  ConnectionHandler,
  Environment,
  Network,
  Observable,
  RecordSource,
  Store,
  fetchQuery,
  requestSubscription,
} from 'relay-runtime';
import { type FollowSubscription, type ListQuery, followSubscription, listQuery } from './relay-artifacts.ts';
import { gatewayFetch } from './gateway-fetch.ts';

export function createRelay(url: string, token: () => Promise<string>, subscriptions: SubscriptionClient): Environment {
  const post = gatewayFetch(token);
  const network = Network.create(
    async ({ text: query }, variables) => {
      const headers = { 'content-type': 'application/json' };
      const response = await post(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
      return response.json();
    },
    ({ text: query }, variables) =>
      Observable.create((sink) => subscriptions.subscribe({ query: query!, variables }, sink)),
  );
  return new Environment({ network, store: new Store(new RecordSource()) });
}

/** Keeps the connection in the store as it is, for components that show it: `usePaginationFragment`. */
export function followCancellations(environment: Environment, onError: (error: Error) => void): () => void {
  let isOver = false;
  let stop = () => {};
  const begin = async () => {
    stop();
    const read = fetchQuery<ListQuery>(environment, listQuery, { last: 20 }, { fetchPolicy: 'network-only' });
    const list = await read.toPromise();
    if (isOver) return;
    stop = requestSubscription<FollowSubscription>(environment, {
      subscription: followSubscription,
      variables: { after: list!.cancellations.head },
      updater: (store) => {
        const message = store.getRootField('cancellations');
        const shown = ConnectionHandler.getConnection(store.getRoot(), 'List_cancellations');
        if (!shown || message?.getType() !== 'CancellationEdge') return;
        const edge = ConnectionHandler.buildConnectionEdge(store, shown, message);
        ConnectionHandler.insertEdgeAfter(shown, edge!);
      },
      onNext: (data) => {
        const { __typename } = data!.cancellations;
        if (__typename !== 'CancellationEdge' && __typename !== 'CaughtUp') begin().catch(onError); // reads the list anew
      },
      onError,
    }).dispose;
  };
  begin().catch(onError);
  return () => {
    isOver = true;
    stop();
  };
}
