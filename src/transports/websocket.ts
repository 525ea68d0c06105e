import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import type { SignIn } from '../auth/sign-in.ts';
import type { Tokens } from '../auth/tokens.ts';
import { CLOSE, HTTP, HookcastError, toHookcastError } from '../errors.ts';
import type { Prepare } from '../execution/operations.ts';
import type { Observer } from '../events/observer.ts';
import type { ConnectionLimits, OnLimit } from '../limits.ts';
import { Lanes } from '../live/lanes.ts';
import type { Live } from '../live/live.ts';
import type { Reports } from '../telemetry/reports.ts';
import type { Admission, ConnectionSlot } from './admission.ts';
import { closeCodeOf, isTooLarge } from './close-codes.ts';
import { SocketConnection } from './socket-connection.ts';
import { credentialsOf } from '../http/credentials.ts';
import type { Drain } from '../http/drain.ts';
import { Expiry } from './expiry.ts';
import { admit } from './handshake.ts';
import type { Origins } from '../http/origins.ts';
import { LOOK, type Turn } from './outflow.ts';
import type { Quotas } from './quotas.ts';
import { refuseUpgrade } from '../http/refuse-upgrade.ts';
import { SocketOperations } from './socket-operations.ts';
import { SocketProtocol } from './socket-protocol.ts';
import { NOT_SPOKEN, isFormer, protocolFor, refuseFormer } from './web-socket-protocol.ts';

/** How many sockets and operations are opened, and how many tokens checked, at once. */
const MOST_OPENING = 64;
const MOST_CHECKING = 16;
/** How many bytes the pieces of a message must have on average, and how many pieces it may have in any case. */
const PIECE = 256;
const FEWEST_PIECES = 64;

/** The listeners of a WebSocket, which is their `this`. */
interface Listeners {
  readonly message: (this: WebSocket, data: Buffer) => void;
  readonly ping: (this: WebSocket, data: Buffer) => void;
  readonly pong: (this: WebSocket) => void;
  readonly error: (this: WebSocket, error: NodeJS.ErrnoException) => void;
  readonly close: (this: WebSocket, code: number) => void;
}

export interface WebSocketsOptions {
  readonly operations: { readonly prepare: Prepare };
  readonly live: Live;
  readonly turn: Turn;
  readonly signIn: SignIn;
  readonly tokens: Pick<Tokens, 'hold'>;
  readonly origins: Origins;
  readonly admission: Admission;
  readonly drain: Drain;
  readonly limits: ConnectionLimits;
  readonly quotas: Quotas;
  readonly onLimit: OnLimit;
  readonly observer: Pick<Observer, 'onConnect' | 'onDisconnect' | 'onWebSocketClose'>;
  readonly reports: Reports;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds of a clock that only goes forward. */
  readonly clock: () => number;
}

/** GraphQL over WebSocket: the sockets, and their viewers. `SocketProtocol` handles their messages. */
export class WebSockets {
  readonly #options: WebSocketsOptions;
  readonly #server: WebSocketServer;
  readonly #connections = new Map<WebSocket, SocketConnection>();
  readonly #protocol: SocketProtocol;
  readonly #listeners: Listeners;
  readonly #opening = new Lanes(MOST_OPENING);
  /** Checking tokens has lanes of its own: a client that comes back need not wait behind thousands of handshakes. */
  readonly #checking = new Lanes(MOST_CHECKING);
  /** One lane, so that the messages of each socket keep their order. */
  readonly #reading = new Lanes(1);
  readonly #looking: NodeJS.Timeout;
  readonly #expiry: Expiry<SocketConnection>;

  constructor(options: WebSocketsOptions) {
    this.#options = options;
    const { limits, onLimit } = options;
    const pieces = Math.max(FEWEST_PIECES, Math.ceil(limits.message / PIECE));
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: limits.message,
      // Each socket has one message read in a turn, however many are in a packet: a thousand sockets may send a packet at once.
      allowSynchronousEvents: false,
      // Each piece of a message takes more memory than the few bytes that may be in it.
      maxFragments: pieces,
      maxBufferedChunks: pieces,
      perMessageDeflate: false,
      // The connection answers pings, since it knows whether the peer reads the answers.
      autoPong: false,
      handleProtocols: protocolFor,
    });
    // Otherwise ws answers by itself: with a page in HTML, which a cache may keep.
    this.#server.on('wsClientError', ({ message }, socket, request) => {
      const detail = `The WebSocket's handshake is not one of RFC 6455: ${message}. If the client sends it, a proxy has changed it.`;
      refuseUpgrade(request, socket, new HookcastError('BAD_REQUEST', detail));
    });
    const report = options.reports.of('a subscription failed');
    const operations = new SocketOperations({ ...options, opening: this.#opening, report });
    this.#protocol = new SocketProtocol({
      ...options,
      signIn: (connection, authorization) => this.#signIn(connection, authorization),
      operations,
      reading: this.#reading,
    });
    this.#listeners = this.#makeListeners();
    this.#expiry = new Expiry(options.now, (connection: SocketConnection) => connection.expire());
    this.#looking = setInterval(() => {
      for (const connection of this.#connections.values()) connection.look(onLimit);
    }, LOOK).unref();
  }

  /** How many bytes of frames the sockets have not taken yet. */
  get bufferedBytes(): number {
    let bytes = 0;
    for (const { outflow } of this.#connections.values()) bytes += outflow.held;
    return bytes;
  }

  /** Takes over a request that asked for a WebSocket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    try {
      void this.#upgradeInTurn(request, socket, head, admit(request, this.#options));
    } catch (thrown) {
      refuseUpgrade(request, socket, toHookcastError(thrown));
    }
  }

  /**
   * Closes the sockets that are still there. One whose handshake is halfway is let in later, and then sent away by the drain: ws itself would
   * refuse it if its server was closed, and a stock client does not come back after that.
   */
  async close(): Promise<void> {
    clearInterval(this.#looking);
    this.#expiry.close();
    const gone = [...this.#connections].map(([webSocket, connection]) => {
      connection.leave();
      return new Promise<void>((resolve) => webSocket.once('close', () => resolve()));
    });
    await Promise.all(gone);
  }

  async #upgradeInTurn(request: IncomingMessage, socket: Duplex, head: Buffer, place: ConnectionSlot): Promise<void> {
    const { turn, observer, origins } = this.#options;
    const credentials = credentialsOf(request, origins);
    // The slot is also given back if ws refuses the handshake, or if the client gives up while it waits for its turn.
    const leave = () => place.leave();
    socket.once('close', leave);
    const open = (webSocket: WebSocket) => {
      if (isFormer(webSocket)) {
        observer.onWebSocketClose(NOT_SPOKEN);
        return refuseFormer(webSocket);
      }
      socket.off('close', leave);
      this.#open(webSocket, new SocketConnection({ webSocket, socket: request.socket, turn, place, credentials }));
    };
    await this.#opening.run(async () => this.#server.handleUpgrade(request, socket, head, open));
  }

  #open(webSocket: WebSocket, connection: SocketConnection): void {
    const { drain, observer } = this.#options;
    observer.onConnect('websocket');
    this.#connections.set(webSocket, connection);
    webSocket.on('message', this.#listeners.message);
    webSocket.on('ping', this.#listeners.ping);
    webSocket.on('pong', this.#listeners.pong);
    webSocket.on('error', this.#listeners.error);
    webSocket.on('close', this.#listeners.close);
    this.#protocol.opened(connection);
    drain.add(connection);
  }

  /** All sockets share these listeners: closures for each socket would take as much memory as all else that an idle socket needs. */
  #makeListeners(): Listeners {
    const { logger, onLimit } = this.#options;
    const connections = this.#connections;
    const protocol = this.#protocol;
    const close = (webSocket: WebSocket, code: number) => this.#closed(webSocket, code);
    return {
      message(data) {
        const connection = connections.get(this);
        if (connection) protocol.hear(connection, data);
      },
      ping(data) {
        connections.get(this)?.pinged(data);
      },
      pong() {
        connections.get(this)?.ponged();
      },
      error(error) {
        const connection = connections.get(this);
        if (connection) connection.closedWith ??= closeCodeOf(error);
        if (isTooLarge(closeCodeOf(error))) onLimit('message');
        logger.debug({ err: error }, 'a WebSocket failed');
      },
      close(code) {
        close(this, code);
      },
    };
  }

  #closed(webSocket: WebSocket, code: number): void {
    const { drain, observer } = this.#options;
    const connection = this.#connections.get(webSocket);
    if (!connection) return;
    this.#connections.delete(webSocket);
    observer.onDisconnect('websocket');
    drain.delete(connection);
    connection.gone();
    connection.forget?.();
    observer.onWebSocketClose(connection.closedWith ?? code);
    if (connection.viewer) this.#expiry.remove(connection.viewer.expiresAt, connection);
  }

  /** Finds out who the client is. If it may not stay, the connection is closed, and the result is false. */
  async #signIn(connection: SocketConnection, said: string | undefined): Promise<boolean> {
    const { credentials } = connection;
    // The token is not needed again.
    connection.credentials = null;
    try {
      const shown = said === undefined && credentials ? credentials : { authorization: said };
      const bearer = await this.#options.signIn(shown, (check) => this.#checking.run(check));
      // If the client left meanwhile, its close has come already, and nothing would take the connection off these lists again.
      if (!connection.isOpen) return false;
      connection.place.giveTo(bearer.holder);
      connection.viewer = bearer;
      this.#expiry.add(bearer.expiresAt, connection);
      connection.forget = this.#options.tokens.hold(bearer, () => connection.revoke());
      return true;
    } catch (thrown) {
      const error = toHookcastError(thrown);
      if (HTTP[error.code].status >= 500) this.#options.reports.of('a token could not be checked')(thrown);
      connection.shut({ code: closeOf(error).code, reason: error.message });
      return false;
    }
  }
}

/** Clients come back after TOKEN_EXPIRED with a fresh token, and after TRY_LATER, if there is no room or no check at the moment. */
function closeOf({ code }: HookcastError): { readonly code: number } {
  if (code === 'TOKEN_EXPIRED') return CLOSE.TOKEN_EXPIRED;
  if (code === 'TOO_MANY_REQUESTS') return CLOSE.TRY_LATER;
  return HTTP[code].status >= 500 ? CLOSE.TRY_LATER : CLOSE.UNAUTHENTICATED;
}
