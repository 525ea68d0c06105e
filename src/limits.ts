/** How much anybody may ask for, as the settings say it (docs/LIMITS.md). Where a limit says so, 0 switches it off. */
export interface Limits {
  readonly documents: DocumentSettings;
  readonly connections: ConnectionLimits;
  readonly holders: HolderLimits;
  readonly webhooks: WebhookLimits;
  /** Bytes of stored events that all readers together may have in memory at once. */
  readonly reading: number;
}

/** What one GraphQL document may hold, the same on every transport. */
export interface DocumentLimits {
  readonly tokens: number;
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  /** In points: a field costs one, and a list costs its contents times its greatest length. */
  readonly cost: number;
  /** How long a query or mutation may take, in milliseconds. */
  readonly timeout: number;
  /** Bytes of one answer to a query or mutation, and of one message of a subscription. */
  readonly answer: number;
  readonly message: number;
}

/** The same limits as they are set. For null, the limit follows from the types of events (execution/document-limits.ts). */
export type DocumentSettings = Omit<DocumentLimits, 'tokens' | 'cost'> & {
  readonly tokens: number | null;
  readonly cost: number | null;
};

/** What one peer may keep open. WebSockets and event streams count alike. */
export interface ConnectionLimits {
  /** Bytes of one message of a WebSocket. */
  readonly message: number;
  /** How long a WebSocket may take to say who it is, in milliseconds. */
  readonly init: number;
  /** Running operations of one WebSocket. */
  readonly subscriptions: number;
  /** Operations that one WebSocket may begin each second. At once it may begin `subscriptions`. */
  readonly subscribeRate: number;
  /** Connections that one token may have, and that one address may have; 0 is any number. */
  readonly perToken: number;
  readonly perAddress: number;
  /** How long a request's headers may take to arrive, and the whole request, in milliseconds. */
  readonly headers: number;
  readonly request: number;
  /** How long a connection is kept without a request, in milliseconds. */
  readonly keepAlive: number;
  /** How long an event stream lasts, in milliseconds. Then it ends, and the client comes back with its cursor. */
  readonly stream: number;
}

/** What the tokens of one holder may ask for, in all connections and requests together; 0 is any number. */
export interface HolderLimits {
  /** Queries and mutations that a holder may begin each second. After a pause, it may begin as many at once. */
  readonly queryRate: number;
  /** Queries and mutations that may be under way at once. */
  readonly queries: number;
  readonly subscriptions: number;
  /** Subscriptions that differ from each other. Each of them is executed by itself for each event. */
  readonly different: number;
  /** Different subscriptions of all holders together. */
  readonly allDifferent: number;
}

export interface WebhookLimits {
  /** Deliveries that one source may send each second, and as many at once; 0 is any number. */
  readonly rate: number;
  /** Bytes of one body. It holds for GraphQL requests as well. */
  readonly body: number;
  /** Values that one delivery may have. A delivery with more goes to quarantine. */
  readonly values: number;
  /** Bytes of all unfinished bodies together. One address may have a quarter of them, or as much as one body may have. */
  readonly unfinished: number;
}

/** Which limit was met. The list is closed, because it is a label of the metric `hookcast_limited_total`. */
export type Limit =
  | 'tokens'
  | 'depth'
  | 'aliases'
  | 'directives'
  | 'repeats'
  | 'cost'
  | 'root_fields'
  | 'timeout'
  | 'answer_bytes'
  | 'message_bytes'
  | 'read_bytes'
  | 'body_values'
  | 'untrusted_document'
  | 'body'
  | 'unfinished'
  | 'message'
  | 'init'
  | 'subscriptions'
  | 'subscribe_rate'
  | 'operation_id'
  | 'query_rate'
  | 'queries_per_token'
  | 'subscriptions_per_token'
  | 'different_per_token'
  | 'different'
  | 'per_token'
  | 'per_address'
  | 'keys'
  | 'headers'
  | 'request'
  | 'reading'
  | 'webhook_rate'
  | 'erased_ids'
  | 'refused';

/** Called each time a limit is met. */
export type OnLimit = (limit: Limit) => void;
