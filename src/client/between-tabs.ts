/** The messages between tabs that share a socket, over a BroadcastChannel. */

export interface Sink {
  next(result: unknown): void;
  error(error: unknown): void;
  complete(): void;
}

/** The events of a graphql-ws client that tabs pass on. */
export const EVENTS = ['connecting', 'opened', 'connected', 'message', 'closed', 'error'] as const;
export type Event = (typeof EVENTS)[number];
export type Emit = (event: Event, ...args: readonly unknown[]) => void;

/** The tab's own socket, or the way to the tab that has it. */
export interface Way {
  subscribe(payload: object, sink: Sink): () => void;
  terminate(): void;
}

/** A message from a tab to the tab that has the socket. */
export interface TabRequest {
  readonly from: string;
  readonly does: 'hello' | 'ping' | 'subscribe' | 'cancel';
  readonly id?: string;
  readonly payload?: object;
}

/** A message from the tab that has the socket to one tab, or to all if `to` is null. */
export interface TabReply {
  readonly to: string | null;
  readonly says: 'welcome' | 'pong' | 'closed' | keyof Sink;
  readonly id?: string;
  readonly value?: unknown;
}

export interface Closed {
  readonly code: number;
  readonly reason: string;
}
