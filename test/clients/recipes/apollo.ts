import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode, print } from 'graphql';
import type { SubscriptionClient } from 'hookcast/resuming';
import { Observable, defer, map, of, retry, switchMap, throwError } from 'rxjs';
import { FOLLOW, type Followed, LIST, type List } from './documents.ts';
import { gatewayFetch } from './gateway-fetch.ts';
import type { overWebSocket } from './websocket.ts';

export function createApollo(url: string, token: () => Promise<string>, subscriptions: ApolloLink): ApolloClient {
  const queries = new HttpLink({ uri: url, fetch: gatewayFetch(token) });
  const link = ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    subscriptions,
    queries,
  );
  return new ApolloClient({ link, cache: new InMemoryCache() });
}

export function webSocketLink(client: ReturnType<typeof overWebSocket>): ApolloLink {
  return new GraphQLWsLink(client);
}

/** Apollo has no link for event streams: its HttpLink knows subscriptions only as multipart. */
export function eventStreamLink(client: SubscriptionClient): ApolloLink {
  return new ApolloLink(
    ({ query, variables, operationName }) =>
      new Observable((sink) => client.subscribe({ query: print(query), variables, operationName }, sink)),
  );
}

export const CANCELLATIONS = gql(LIST);
export const PAGE = { last: 20 };

/** Keeps the list in the cache as it is, for components that show it: `useQuery(CANCELLATIONS, { variables: PAGE })`. */
export function followCancellations(client: ApolloClient, onError: (error: unknown) => void): () => void {
  const list = { query: CANCELLATIONS, variables: PAGE };
  const read = () => client.query<List>({ ...list, fetchPolicy: 'network-only' });
  const follow = (after: string) =>
    client.subscribe<Followed>({ query: gql(FOLLOW), variables: { after }, fetchPolicy: 'no-cache' });
  const following = defer(read)
    .pipe(
      switchMap(({ data }) => follow(data!.cancellations.head)),
      map(({ data, error }) => {
        if (error) throw error;
        const message = data!.cancellations;
        if (message.__typename !== 'CancellationEdge' && message.__typename !== 'CaughtUp') throw new ReadAnew();
        return message;
      }),
      retry({ delay: (error) => (error instanceof ReadAnew ? of(true) : throwError(() => error)) }),
    )
    .subscribe({
      next: (message) => {
        if (message.__typename !== 'CancellationEdge') return;
        const { __typename, cursor, node } = message;
        client.cache.updateQuery<List>(list, (shown) => {
          if (!shown) return;
          const edges = [...shown.cancellations.edges, { __typename, cursor, node }];
          return { cancellations: { ...shown.cancellations, edges } };
        });
      },
      error: onError,
    });
  return () => following.unsubscribe();
}

class ReadAnew extends Error {}
