import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, GraphQLError } from 'graphql';
import { type Context as ConnectionContext, handleProtocols, makeServer } from 'graphql-ws';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Authenticate } from '../auth/authenticate.ts';
import type { Viewer } from '../auth/viewer.ts';
import { CLOSE, HTTP, type HookcastError, toHookcastError } from '../errors.ts';
import type { Context } from '../graphql/context.ts';
import { presentError } from '../graphql/present-error.ts';
import type { Yoga } from '../graphql/yoga.ts';
import { callAt } from './call-at.ts';
import { type Prepared, expiredError, prepare } from './operation.ts';
import { refuseUpgrade } from './server.ts';

/** The largest message that a client may send: a document with its variables. */
const MAX_MESSAGE = 64 * 1024;
/** How often a connection is asked whether it is alive, in milliseconds. */
const PING = 12_000;
/** How long a socket may take nothing before it is closed, in milliseconds. */
const BLOCKED = 30_000;
/** How long a socket may take to close by itself, in milliseconds. */
const CLOSING = 2_000;

export interface WebSocketsOptions {
  readonly yoga: Yoga;
  readonly authenticate: Authenticate;
  readonly openContext: (viewer: Viewer) => Context;
  readonly allowedOrigins: readonly string[];
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

interface Extra {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  viewer?: Viewer;
  cancelExpiry?: () => void;
}
type Connection = ConnectionContext<Record<string, unknown>, Extra>;

/** GraphQL over WebSocket (`graphql-transport-ws`): graphql-ws speaks the protocol, this is its socket and its rules. */
export class WebSockets {
  readonly #options: WebSocketsOptions;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE,
    perMessageDeflate: false,
    handleProtocols,
  });
  readonly #protocol;

  constructor(options: WebSocketsOptions) {
    this.#options = options;
    const run = new WeakMap<ExecutionArgs, Prepared>();
    const report = (cause: unknown) => options.logger.error({ err: cause }, 'a subscription failed');
    this.#protocol = makeServer<Record<string, unknown>, Extra>({
      onConnect: (connection) => this.#connect(connection),
      onSubscribe: async ({ extra }, _id, payload) => {
        if (!extra.viewer) return [new GraphQLError('Not connected.')];
        const prepared = await prepare(options.yoga, payload, options.openContext(extra.viewer));
        if ('length' in prepared) return prepared;
        run.set(prepared.args, prepared);
        return prepared.args;
      },
      execute: (args) => run.get(args)!.execute(args),
      subscribe: (args) => run.get(args)!.subscribe(args),
      onError: ({ extra: { socket } }, _id, _payload, errors) =>
        // That a socket is gone is no fault of the operation that was writing to it.
        errors.map((error) => presentError(error, socket.readyState === socket.OPEN ? report : () => {}).toJSON()),
    });
  }

  /** Bytes of frames that sockets have not taken yet: at most one frame for each subscription. */
  get bufferedBytes(): number {
    let bytes = 0;
    for (const socket of this.#server.clients) bytes += socket.bufferedAmount;
    return bytes;
  }

  /** Takes over a request that asked for a WebSocket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!this.#isAllowed(request)) return refuseUpgrade(socket, '403 Forbidden');
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#open(webSocket, request));
  }

  /** Asks every client to come back, and lets go of those that don't leave. */
  async close(): Promise<void> {
    // First, so that nobody comes in meanwhile: from now on an upgrade is answered 503.
    this.#server.close();
    const gone = [...this.#server.clients].map((socket) => {
      shut(socket, CLOSE.RESTART);
      return new Promise<void>((resolve) => socket.once('close', () => resolve()));
    });
    await Promise.all(gone);
  }

  #open(socket: WebSocket, request: IncomingMessage): void {
    const { logger } = this.#options;
    const extra: Extra = { socket, request };
    let alive = true;
    socket.on('pong', () => (alive = true));
    const ping = setInterval(() => {
      // A blocked socket can't carry a ping; how long it may be blocked is `send`'s to say.
      if (socket.bufferedAmount > 0) return;
      if (!alive) return socket.terminate();
      alive = false;
      socket.ping();
    }, PING);
    socket.on('error', (error) => logger.debug({ err: error }, 'a WebSocket failed'));

    const closed = this.#protocol.opened(
      {
        protocol: socket.protocol,
        send: (data) => send(socket, data),
        // RFC 6455, section 5.5: a close frame has 125 bytes, two of them the code. A client's own id may be in it.
        close: (code, reason) =>
          socket.close(
            code,
            Buffer.from(reason ?? '')
              .subarray(0, 120)
              .toString(),
          ),
        onMessage: (receive) =>
          socket.on('message', (data: Buffer) => {
            receive(data.toString('utf8')).catch((error: unknown) => {
              if (socket.readyState !== socket.OPEN) return;
              logger.error({ err: error }, 'a WebSocket message failed');
              socket.close(4500, 'Internal server error');
            });
          }),
      },
      extra,
    );
    socket.once('close', (code, reason) => {
      clearInterval(ping);
      extra.cancelExpiry?.();
      void closed(code, String(reason));
    });
  }

  async #connect(connection: Connection): Promise<boolean> {
    const { extra, connectionParams } = connection;
    const parameter = connectionParams?.['authorization'] ?? connectionParams?.['Authorization'];
    const authorization = typeof parameter === 'string' ? parameter : extra.request.headers.authorization;
    try {
      extra.viewer = await this.#options.authenticate(authorization);
    } catch (thrown) {
      const error = toHookcastError(thrown);
      if (HTTP[error.code].status >= 500) this.#options.logger.error({ err: thrown }, 'a token could not be checked');
      extra.socket.close(closeOf(error).code, error.message);
      return false;
    }
    // Whoever left meanwhile has no close to come that would take the timer along.
    if (extra.socket.readyState !== extra.socket.OPEN) return false;
    extra.cancelExpiry = callAt(extra.viewer.expiresAt, this.#options.now, () => expire(connection));
    return true;
  }

  #isAllowed({ headers }: IncomingMessage): boolean {
    const { allowedOrigins } = this.#options;
    if (headers.origin === undefined || allowedOrigins.includes('*')) return true;
    if (allowedOrigins.includes(headers.origin)) return true;
    return URL.canParse(headers.origin) && new URL(headers.origin).host === headers.host;
  }
}

/** Resolves when the kernel has taken the frame, so that a subscriber reads on only as fast as its socket. */
function send(socket: WebSocket, data: string): Promise<void> {
  // Not quietly: a subscriber whose socket is closing would otherwise be read the whole rest of the log.
  if (socket.readyState !== socket.OPEN) return Promise.reject(new Error('the socket is closed'));
  return new Promise((resolve, reject) => {
    const blocked = setTimeout(() => shut(socket, CLOSE.TOO_SLOW), BLOCKED);
    socket.send(data, (error) => {
      clearTimeout(blocked);
      if (error) reject(error);
      else resolve();
    });
  });
}

/** Clients come back after an expired token, with a fresh one, and when tokens can't be checked just now. */
function closeOf({ code }: HookcastError): { readonly code: number } {
  if (code === 'TOKEN_EXPIRED') return CLOSE.TOKEN_EXPIRED;
  return HTTP[code].status >= 500 ? CLOSE.TRY_LATER : CLOSE.UNAUTHENTICATED;
}

/**
 * Tells every running operation that its token expired, and closes. No `complete`: the operation is not over, and a
 * graphql-ws client takes it up again when it reconnects.
 */
function expire({ extra: { socket }, subscriptions }: Connection): void {
  const payload = { errors: [expiredError().toJSON()] };
  for (const id of Object.keys(subscriptions)) socket.send(JSON.stringify({ id, type: 'next', payload }));
  shut(socket, CLOSE.TOKEN_EXPIRED);
}

function shut(socket: WebSocket, { code, reason }: { readonly code: number; readonly reason: string }): void {
  socket.close(code, reason);
  setTimeout(() => socket.terminate(), CLOSING).unref();
}
