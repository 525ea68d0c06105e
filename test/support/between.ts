import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type Client, type SubscribePayload, createClient } from 'graphql-ws';
import { WebSocket, WebSocketServer } from 'ws';
import { atEnd } from './ending.ts';

interface Options {
  /** Whether it subscribes again by itself, with the variables that it was given, when it has lost its own connection. */
  readonly resubscribes: boolean;
  /** The prefix that it puts before the name of each type. */
  readonly prefix?: string;
}

/** A GraphQL gateway between frontends and hookcast, which does to subscriptions what Hive Gateway 2.15 was seen to do. */
export class Between {
  readonly webSocketUrl: string;
  /** How often it has come back to hookcast by itself, and so subscribed again. */
  readonly count = { returns: 0 };

  private constructor(server: WebSocketServer) {
    this.webSocketUrl = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  }

  static async start(upstream: string, options: Options): Promise<Between> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'graphql-transport-ws' });
    await once(server, 'listening');
    const between = new Between(server);
    server.on('connection', (socket) => new Frontend(socket, upstream, options, between.count));
    atEnd(() => {
      for (const socket of server.clients) socket.terminate();
      server.close();
    });
    return between;
  }
}

/** One frontend's connection, and the one to hookcast for it. */
class Frontend {
  readonly #socket: WebSocket;
  readonly #options: Options;
  readonly #count: Between['count'];
  readonly #running = new Map<string, () => void>();
  #client: Client | null = null;

  constructor(socket: WebSocket, upstream: string, options: Options, count: Between['count']) {
    this.#socket = socket;
    this.#options = options;
    this.#count = count;
    socket.on('message', (data: Buffer) => this.#hear(JSON.parse(data.toString()), upstream));
    socket.on('close', () => {
      for (const stop of this.#running.values()) stop();
      // It fails with the event of the close where there was no connection.
      Promise.resolve(this.#client?.dispose()).catch(() => {});
    });
  }

  #hear({ type, id, payload }: { type: string; id: string; payload: unknown }, upstream: string): void {
    switch (type) {
      case 'connection_init': {
        this.#client = createClient({
          url: upstream,
          webSocketImpl: WebSocket,
          connectionParams: payload as Record<string, unknown>,
          retryAttempts: this.#options.resubscribes ? Infinity : 0,
          shouldRetry: () => true,
          retryWait: () => new Promise((resolve) => setTimeout(resolve, 50)),
          on: { connected: (_socket, _payload, wasRetry) => void (this.#count.returns += wasRetry ? 1 : 0) },
        });
        return this.#say({ type: 'connection_ack' });
      }
      case 'ping':
        return this.#say({ type: 'pong' });
      case 'subscribe':
        return this.#subscribe(id, payload as SubscribePayload);
      case 'complete':
        return this.#running.get(id)?.();
    }
  }

  #subscribe(id: string, payload: SubscribePayload): void {
    const complete = () => {
      this.#running.get(id)?.();
      if (this.#running.delete(id)) this.#say({ id, type: 'complete' });
    };
    const next = (result: { readonly data?: object | null }) => {
      const text = JSON.stringify(result).replaceAll(
        /("__typename":")/g,
        (name) => name + (this.#options.prefix ?? ''),
      );
      this.#say({ id, type: 'next', payload: JSON.parse(text) });
      if (!result.data) complete();
    };
    const fail = () => {
      this.#say({ id, type: 'next', payload: { errors: [{ message: '', locations: [{ line: 1, column: 1 }] }] } });
      complete();
    };
    this.#running.set(id, this.#client!.subscribe<object>(payload, { next, error: fail, complete }));
  }

  #say(message: object): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}
