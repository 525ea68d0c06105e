import type { Limits } from './limits.ts';
import { type Settings, environment } from './settings.ts';

/** The limits if nothing is set. */
export function defaultLimits(): Limits {
  return limitsOf(environment.parse({}));
}

export function limitsOf(settings: Settings): Limits {
  return {
    documents: {
      tokens: settings.GRAPHQL_MAX_TOKENS ?? null,
      depth: settings.GRAPHQL_MAX_DEPTH,
      aliases: settings.GRAPHQL_MAX_ALIASES,
      directives: settings.GRAPHQL_MAX_DIRECTIVES,
      cost: settings.GRAPHQL_MAX_COST ?? null,
      timeout: settings.GRAPHQL_TIMEOUT_MS,
      answer: settings.GRAPHQL_MAX_ANSWER_BYTES,
      message: settings.GRAPHQL_MAX_MESSAGE_BYTES,
    },
    connections: {
      message: settings.WS_MAX_MESSAGE_BYTES,
      init: settings.WS_INIT_TIMEOUT_MS,
      subscriptions: settings.WS_MAX_SUBSCRIPTIONS,
      subscribeRate: settings.WS_SUBSCRIBE_RATE,
      perToken: settings.MAX_CONNECTIONS_PER_TOKEN,
      perAddress: settings.MAX_CONNECTIONS_PER_ADDRESS,
      headers: settings.HTTP_HEADERS_TIMEOUT_MS,
      request: settings.HTTP_REQUEST_TIMEOUT_MS,
      keepAlive: settings.HTTP_KEEP_ALIVE_MS,
      stream: settings.EVENT_STREAM_SECONDS * 1000,
    },
    holders: {
      queryRate: settings.QUERY_RATE_PER_TOKEN,
      queries: settings.MAX_QUERIES_PER_TOKEN,
      subscriptions: settings.MAX_SUBSCRIPTIONS_PER_TOKEN,
      different: settings.MAX_DIFFERENT_SUBSCRIPTIONS_PER_TOKEN,
      allDifferent: settings.MAX_DIFFERENT_SUBSCRIPTIONS,
    },
    webhooks: {
      rate: settings.WEBHOOK_RATE,
      body: settings.MAX_BODY_BYTES,
      values: settings.MAX_BODY_VALUES,
      unfinished: settings.MAX_UNFINISHED_BYTES,
    },
    reading: settings.MAX_READING_BYTES,
  };
}
