import type { ApolloLink } from '@apollo/client';
import type { SubscriptionClient } from 'hookcast/resuming';
import { createOperationDescriptor } from 'relay-runtime';
import { multipartLink } from './recipes/apollo-http.ts';
import * as apollo from './recipes/apollo.ts';
import { type Edge, FOLLOW, type Followed, type List, type Message } from './recipes/documents.ts';
import { overHttp } from './recipes/event-stream.ts';
import * as plainFetch from './recipes/fetch.ts';
import * as withFollow from './recipes/follow.ts';
import * as graphqlWs from './recipes/graphql-ws.ts';
import { listQuery } from './recipes/relay-artifacts.ts';
import * as relay from './recipes/relay.ts';
import * as urqlFetch from './recipes/urql-fetch.ts';
import * as urql from './recipes/urql.ts';
import { overWebSocket } from './recipes/websocket.ts';

/** The parameters of a recipe, and the callbacks by which the test watches it. */
export interface Frontend {
  /** `http://…/graphql`, and the same for WebSockets. */
  readonly url: string;
  readonly webSocketUrl: string;
  readonly token: () => Promise<string>;
  /** Where those begin that have no list to begin with. */
  readonly after: string | null;
  readonly onMessage: (message: Message) => void;
  /** Of those that have: all of it, whenever it changes. */
  readonly show: (edges: readonly Edge[]) => void;
  readonly onError: (error: unknown) => void;
}

/** A recipe, as an app would use it. Returns how to stop. */
export type Client = (frontend: Frontend) => () => void;

/** Given one message after the other. */
export const followers: Record<string, Client> = {
  'graphql-ws alone': ({ webSocketUrl, token, after, onMessage, onError }) =>
    graphqlWs.followCancellations(webSocketUrl, token, after, onMessage, onError),
  'graphql-ws with follow': ({ webSocketUrl, token, after, onMessage, onError }) =>
    withFollow.followCancellations(webSocketUrl, { get: token, forget: () => {} }, after, onMessage, onError),
  'graphql-ws with resuming': ({ webSocketUrl, token, ...frontend }) =>
    subscribe(overWebSocket(webSocketUrl, token), frontend),
  'graphql-sse': ({ url, token, ...frontend }) => subscribe(overHttp(url, token), frontend),
  fetch: ({ url, token, after, onMessage, onError }) => {
    const stop = new AbortController();
    plainFetch.followCancellations(url, token, after, onMessage, stop.signal).catch(onError);
    return () => stop.abort();
  },
  'urql with its own event streams': ({ url, token, after, onMessage, onError }) =>
    urqlFetch.followCancellations(urqlFetch.createUrql(url, token), after, onMessage, onError),
};

/** With a list that they keep up to date. */
export const lists: Record<string, Client> = {
  'Apollo over WebSocket': (frontend) =>
    apolloList(frontend, apollo.webSocketLink(overWebSocket(frontend.webSocketUrl, frontend.token))),
  'Apollo over HTTP': (frontend) =>
    apolloList(frontend, apollo.eventStreamLink(overHttp(frontend.url, frontend.token))),
  'Apollo over HTTP with its HttpLink alone': (frontend) =>
    apolloList(frontend, multipartLink(frontend.url, frontend.token)),
  'urql over WebSocket': (frontend) => urqlList(frontend, overWebSocket(frontend.webSocketUrl, frontend.token)),
  'urql over HTTP': (frontend) => urqlList(frontend, overHttp(frontend.url, frontend.token)),
  'Relay over WebSocket': (frontend) => relayList(frontend, overWebSocket(frontend.webSocketUrl, frontend.token)),
  'Relay over HTTP': (frontend) => relayList(frontend, overHttp(frontend.url, frontend.token)),
};

function subscribe(
  client: SubscriptionClient,
  { after, onMessage, onError }: Pick<Frontend, 'after' | 'onMessage' | 'onError'>,
): () => void {
  return client.subscribe(
    { query: FOLLOW, variables: { after } },
    {
      next: ({ data }: { data: Followed }) => onMessage(data.cancellations),
      error: onError,
      complete: () => {},
    },
  );
}

function apolloList({ url, token, show, onError }: Frontend, subscriptions: ApolloLink): () => void {
  const client = apollo.createApollo(url, token, subscriptions);
  const stop = apollo.followCancellations(client, onError);
  const list = client.watchQuery<List>({
    query: apollo.CANCELLATIONS,
    variables: apollo.PAGE,
    fetchPolicy: 'cache-only',
  });
  const shown = list.subscribe(({ data, dataState }) => {
    if (dataState === 'complete') show(data.cancellations.edges);
  });
  return () => {
    shown.unsubscribe();
    stop();
  };
}

function urqlList({ url, token, show, onError }: Frontend, subscriptions: SubscriptionClient): () => void {
  return urql.followCancellations(urql.createUrql(url, token, subscriptions), show, onError);
}

function relayList({ url, token, show, onError }: Frontend, subscriptions: SubscriptionClient): () => void {
  const environment = relay.createRelay(url, token, subscriptions);
  const list = createOperationDescriptor(listQuery, { last: 20 });
  const kept = environment.retain(list);
  const shown = environment.subscribe(environment.lookup(list.fragment), ({ data }) => {
    const { cancellations } = data as Partial<List>;
    if (cancellations) show(cancellations.edges);
  });
  const stop = relay.followCancellations(environment, onError);
  return () => {
    stop();
    shown.dispose();
    kept.dispose();
  };
}
