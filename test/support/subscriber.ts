import { type Client, createClient } from 'graphql-ws';
import { atEnd } from './ending.ts';
import { WebSocket } from 'ws';
import { type Claims, type TestGateway, makeToken } from './gateway.ts';
import { endClient } from './ending.ts';

export interface Message {
  readonly __typename: string;
  readonly cursor: string;
  readonly node?: Record<string, any>;
  readonly [field: string]: unknown;
}

export const CANCELLATIONS = /* GraphQL */ `
  subscription Cancellations($after: String, $filter: EventFilter) {
    stream: cancellations(after: $after, filter: $filter) {
      __typename
      cursor
      ... on CancellationEdge {
        node {
          eventId
          tenant {
            id
          }
        }
      }
      ... on Gap {
        reason
        after
        resumedAt
      }
    }
  }
`;

export const EVENTS = CANCELLATIONS.replace('stream: cancellations(', 'stream: events(').replace(
  'CancellationEdge',
  'EventEdge',
);

/** A graphql-ws client that queues what it is sent, so that a fast server is never missed. */
export class Subscriber {
  readonly messages: Message[] = [];
  readonly eventIds: string[] = [];
  /** Errors in results, and what ended the subscription. */
  readonly errors: { message: string; extensions?: Record<string, unknown> }[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly ended: Promise<unknown>;
  socket: WebSocket | null = null;
  readonly #client: Client;
  readonly #waiting = new Set<() => void>();
  readonly #unsubscribe: () => void;

  constructor(url: string, authorization: string, query: string, variables: Record<string, unknown>) {
    const opened = (socket: WebSocket) => (this.socket = socket);
    class Socket extends WebSocket {
      constructor(address: string, protocols: string) {
        super(address, protocols);
        opened(this);
      }
    }
    let close: (event: { code: number; reason: string }) => void;
    this.closed = new Promise((resolve) => (close = resolve));
    this.#client = createClient({
      url,
      connectionParams: { authorization },
      webSocketImpl: Socket,
      retryAttempts: 0,
      on: { closed: (event) => close(event as { code: number; reason: string }) },
    });
    let end: (reason: unknown) => void;
    this.ended = new Promise((resolve) => (end = resolve));
    this.#unsubscribe = this.#client.subscribe<{ stream: Message }>(
      { query, variables },
      {
        next: ({ data, errors }) => {
          if (errors) this.errors.push(...(errors as unknown as typeof this.errors));
          if (data?.stream) this.#take(data.stream);
          for (const wake of this.#waiting) wake();
        },
        error: (error) => {
          if (Array.isArray(error)) this.errors.push(...(error as typeof this.errors));
          for (const wake of this.#waiting) wake();
          end(error);
        },
        complete: () => end(null),
      },
    );
    atEnd(() => this.stop());
  }

  static async open(
    gateway: TestGateway,
    options: { readonly query?: string; readonly variables?: Record<string, unknown>; readonly claims?: Claims } = {},
  ): Promise<Subscriber> {
    const authorization = `Bearer ${await makeToken(options.claims)}`;
    return new Subscriber(gateway.webSocketUrl, authorization, options.query ?? CANCELLATIONS, options.variables ?? {});
  }

  /** Resolves when what has arrived satisfies the condition. */
  async until(condition: (subscriber: Subscriber) => boolean): Promise<void> {
    while (!condition(this)) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  async caughtUp(): Promise<void> {
    await this.until(({ messages }) => messages.some(({ __typename }) => __typename === 'CaughtUp'));
  }

  async events(count: number): Promise<void> {
    await this.until(({ eventIds }) => eventIds.length >= count);
  }

  get lastCursor(): string {
    return this.messages.at(-1)?.cursor ?? '';
  }

  #take(message: Message): void {
    this.messages.push(message);
    if (message.node) this.eventIds.push(String(message.node['eventId']));
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    await endClient(this.#client);
    this.socket?.terminate();
  }
}
