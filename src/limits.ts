/**
 * How much anybody may ask for. Each limit has a setting (docs/OPERATING.md), counts under its name in
 * `hookcast_limited_total{limit}`, and 0 switches off those that say so.
 */
export interface Limits {
  readonly documents: DocumentSettings;
  readonly connections: ConnectionLimits;
  readonly holders: HolderLimits;
  readonly webhooks: WebhookLimits;
  /** Bytes of stored events that all who read may have in memory at once. */
  readonly reading: number;
}

/** What one GraphQL document may hold, on every transport alike. */
export interface DocumentLimits {
  readonly tokens: number;
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  /** In points: a field is one, and a list is what stands below it as often as it may be long. */
  readonly cost: number;
  /** How long a query or mutation may take, in milliseconds. */
  readonly timeout: number;
  /** Bytes of one answer to a query or mutation, and of one message of a subscription. */
  readonly answer: number;
  readonly message: number;
}

/** The same as it is set. Null follows from the types of events that there are (execution/document-limits.ts). */
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
  /** Operations that one WebSocket may begin, each second; at once, as many as it may run. */
  readonly subscribeRate: number;
  /** Connections that one token may have, and one address; 0 is any number. */
  readonly perToken: number;
  readonly perAddress: number;
  /** How long a request's headers and all of it may take to arrive, in milliseconds. */
  readonly headers: number;
  readonly request: number;
  /** How long a connection is kept without a request, in milliseconds. */
  readonly keepAlive: number;
  /** How long an event stream lasts, in milliseconds: then it ends, and its client comes back with its cursor. */
  readonly stream: number;
}

/** What the tokens of one holder may ask for, over all of its connections and requests together; 0 is any number. */
export interface HolderLimits {
  /** Queries and mutations that it may begin, each second, and as many at once after a pause. */
  readonly queryRate: number;
  /** Queries and mutations whose answers it does not have yet. */
  readonly queries: number;
  readonly subscriptions: number;
  /** Subscriptions that differ from each other: for each event, each is executed by itself. */
  readonly different: number;
  /** The same of all holders together. */
  readonly allDifferent: number;
}

export interface WebhookLimits {
  /** Deliveries that one source may send, each second, and as many at once; 0 is any number. */
  readonly rate: number;
  /** Bytes of one body; of a GraphQL request as well. */
  readonly body: number;
  /** Values that one delivery may have: what has more goes to quarantine. */
  readonly values: number;
  /** Bytes of all bodies together that are not whole yet; one address has a quarter, or as much as one body may have. */
  readonly unfinished: number;
}

/** What was too much. A closed list: it is a label of a metric. */
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

/** Told of each time that a limit was met. */
export type OnLimit = (limit: Limit) => void;
