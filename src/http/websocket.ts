import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import { CloseCode, type Context as ConnectionContext, handleProtocols, makeServer } from 'graphql-ws';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Authenticate } from '../auth/authenticate.ts';
import { CLOSE, HTTP, type HookcastError, toHookcastError } from '../errors.ts';
import type { Operation, Prepare } from '../graphql/operations.ts';
import { presentError } from '../graphql/present-error.ts';
import type { ConnectionLimits, Limited } from '../limits.ts';
import { Lanes } from '../live/lanes.ts';
import type { Live } from '../live/live.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Reports } from '../telemetry/reports.ts';
import { Expiry } from './expiry.ts';
import { Connection } from './connection.ts';
import { LOOK, type Turn } from './outflow.ts';
import { refuseUpgrade } from './server.ts';
import { SocketSubscription } from './socket-subscription.ts';

/** The largest message that a client may send: a document with its variables. */
const MAX_MESSAGE = 64 * 1024;

/**
 * How long a client may take to say who it is, in milliseconds: among thousands who come back to a gateway that has just
 * started, three seconds, as graphql-ws would have it, were too short for some.
 */
const CONNECTING = 10_000;
/** How many sockets and operations are opened, and how many tokens checked, at once. */
const MOST_OPENING = 64;
const MOST_CHECKING = 16;

export interface WebSocketsOptions {
  readonly operations: { readonly prepare: Prepare };
  readonly live: Live;
  readonly turn: Turn;
  readonly authenticate: Authenticate;
  readonly allowedOrigins: readonly string[];
  readonly limits: ConnectionLimits;
  readonly limited: Limited;
  readonly metrics: Pick<Metrics, 'connected' | 'webSocketClosed'>;
  readonly reports: Reports;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

type Protocol = ConnectionContext<Record<string, unknown>, Connection>;

/** GraphQL over WebSocket (`graphql-transport-ws`): graphql-ws speaks the protocol, this is its socket and its rules. */
export class WebSockets {
  readonly #options: WebSocketsOptions;
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_MESSAGE,
    perMessageDeflate: false,
    // The connection answers them, since it knows whether the peer reads the answers.
    autoPong: false,
    handleProtocols,
  });
  readonly #connections = new Map<WebSocket, Connection>();
  readonly #protocol;
  readonly #opening = new Lanes(MOST_OPENING);
  /** Apart from the others, since it may have to wait for an issuer's keys. */
  readonly #checking = new Lanes(MOST_CHECKING);
  readonly #looking: NodeJS.Timeout;
  readonly #expiry: Expiry<Connection>;
  readonly #failed = (error: Error) => this.#options.logger.debug({ err: error }, 'a WebSocket failed');

  constructor(options: WebSocketsOptions) {
    this.#options = options;
    const prepared = new WeakMap<ExecutionArgs, () => Promise<ExecutionResult | SocketSubscription>>();
    const report = options.reports.of('a subscription failed');
    const run = (args: ExecutionArgs) => {
      const begin = prepared.get(args)!;
      // graphql-ws keeps the arguments for as long as the operation runs; the request need not stay with them.
      prepared.delete(args);
      return begin();
    };
    this.#protocol = makeServer<Record<string, unknown>, Connection>({
      connectionInitWaitTimeout: CONNECTING,
      onConnect: (protocol) => this.#connect(protocol),
      onSubscribe: async ({ extra: connection }, id, payload) => {
        if (!connection.viewer) return [new GraphQLError('Not connected.')];
        if (!connection.claim(id)) {
          connection.shut({ code: CloseCode.SubscriberAlreadyExists, reason: `Subscriber for ${id} already exists` });
          return [new GraphQLError('The id is in use.')];
        }
        const { viewer } = connection;
        const operation = await this.#opening.run(() => options.operations.prepare(payload, viewer));
        if ('length' in operation) {
          connection.release(id);
          return operation;
        }
        prepared.set(operation.args, () => this.#run(connection, id, operation));
        // Nor the document, of which each message has brought a copy.
        Object.assign(payload, { query: '', variables: null });
        return operation.args;
      },
      execute: run as (args: ExecutionArgs) => Promise<ExecutionResult>,
      subscribe: run,
      onComplete: ({ extra: connection }, id) => connection.release(id),
      onError: ({ extra: { isOpen } }, _id, _payload, errors) =>
        // That a socket is gone is no fault of the operation that was writing to it.
        errors.map((error) => presentError(error, isOpen ? report : () => {}).toJSON()),
    });
    this.#expiry = new Expiry(options.now, (connection: Connection) => connection.expire());
    this.#looking = setInterval(() => {
      for (const connection of this.#connections.values()) connection.look();
    }, LOOK).unref();
  }

  /** Bytes of frames that sockets have not taken yet. */
  get bufferedBytes(): number {
    let bytes = 0;
    for (const { outflow } of this.#connections.values()) bytes += outflow.held;
    return bytes;
  }

  /** Takes over a request that asked for a WebSocket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!this.#isAllowed(request)) return refuseUpgrade(socket, '403 Forbidden');
    void this.#upgradeInTurn(request, socket, head);
  }

  /** Asks every client to come back, and lets go of those that don't leave. */
  async close(): Promise<void> {
    // First, so that nobody comes in meanwhile: from now on an upgrade is answered 503.
    this.#server.close();
    clearInterval(this.#looking);
    this.#expiry.close();
    const gone = [...this.#connections].map(([webSocket, connection]) => {
      connection.shut(CLOSE.RESTART);
      return new Promise<void>((resolve) => webSocket.once('close', () => resolve()));
    });
    await Promise.all(gone);
  }

  async #upgradeInTurn(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { authorization } = request.headers;
    const open = (webSocket: WebSocket) =>
      this.#open(webSocket, new Connection(webSocket, request.socket, this.#options.turn, authorization));
    await this.#opening.run(async () => this.#server.handleUpgrade(request, socket, head, open));
  }

  #open(webSocket: WebSocket, connection: Connection): void {
    const { logger, metrics } = this.#options;
    const disconnected = metrics.connected('websocket');
    this.#connections.set(webSocket, connection);
    webSocket.on('error', this.#failed);
    const closed = this.#protocol.opened(
      {
        protocol: webSocket.protocol,
        send: (data) => connection.send(data),
        close: (code = 1000, reason = '') => connection.shut({ code, reason }),
        onMessage: (receive) =>
          webSocket.on('message', (data: Buffer) => {
            receive(data.toString('utf8')).catch((error: unknown) => {
              if (!connection.isOpen) return;
              logger.error({ err: error }, 'a WebSocket message failed');
              connection.shut({ code: CloseCode.InternalServerError, reason: 'Internal server error' });
            });
          }),
      },
      connection,
    );
    webSocket.once('close', (code, reason) => {
      this.#connections.delete(webSocket);
      disconnected();
      metrics.webSocketClosed(connection.shutWith ?? code);
      connection.gone();
      if (connection.viewer) this.#expiry.remove(connection.viewer.expiresAt, connection);
      // Nobody is left to hear of what fails now.
      closed(code, String(reason)).catch(() => {});
    });
  }

  async #connect(protocol: Protocol): Promise<boolean> {
    const { extra: connection, connectionParams } = protocol;
    const parameter = connectionParams?.['authorization'] ?? connectionParams?.['Authorization'];
    const authorization = typeof parameter === 'string' ? parameter : connection.authorization;
    // Nobody needs the token again.
    connection.authorization = undefined;
    (protocol as { connectionParams: unknown }).connectionParams = undefined;
    try {
      connection.viewer = await this.#checking.run(() => this.#options.authenticate(authorization));
    } catch (thrown) {
      const error = toHookcastError(thrown);
      if (HTTP[error.code].status >= 500) this.#options.reports.of('a token could not be checked')(thrown);
      connection.shut({ code: closeOf(error).code, reason: error.message });
      return false;
    }
    // Whoever left meanwhile has no close to come that would take it off the list.
    if (!connection.isOpen) return false;
    this.#expiry.add(connection.viewer.expiresAt, connection);
    return true;
  }

  async #run(connection: Connection, id: string, operation: Operation): Promise<ExecutionResult | SocketSubscription> {
    if (operation.kind === 'single') return operation.run();
    const stream = await operation.open();
    if (!('following' in stream)) return stream;
    const subscription = new SocketSubscription(id, connection.outflow);
    connection.began(id, subscription);
    return subscription.begin(this.#options.live.follow(stream.following, stream.after, subscription));
  }

  #isAllowed({ headers }: IncomingMessage): boolean {
    const { allowedOrigins } = this.#options;
    if (headers.origin === undefined || allowedOrigins.includes('*')) return true;
    if (allowedOrigins.includes(headers.origin)) return true;
    return URL.canParse(headers.origin) && new URL(headers.origin).host === headers.host;
  }
}

/** Clients come back after an expired token, with a fresh one, and when tokens can't be checked just now. */
function closeOf({ code }: HookcastError): { readonly code: number } {
  if (code === 'TOKEN_EXPIRED') return CLOSE.TOKEN_EXPIRED;
  return HTTP[code].status >= 500 ? CLOSE.TRY_LATER : CLOSE.UNAUTHENTICATED;
}
