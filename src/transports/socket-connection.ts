import type { Socket } from 'node:net';
import type { ExecutionResult, GraphQLError } from 'graphql';
import type { WebSocket } from 'ws';
import type { Bearer } from '../auth/viewer.ts';
import { CLOSE } from '../errors.ts';
import type { WrittenResult } from '../execution/written-result.ts';
import type { OnLimit } from '../limits.ts';
import type { Credentials } from '../auth/sign-in.ts';
import type { ConnectionSlot } from './admission.ts';
import type { Allowance } from '../tallies/allowance.ts';
import type { Drainable } from '../http/drain.ts';
import { expiredError, revokedError } from './operation.ts';
import { type OutflowOwner, Outflow, type Turn } from './outflow.ts';
import { RunningOperations } from './running-operations.ts';

export interface SocketConnectionOptions {
  readonly webSocket: WebSocket;
  readonly socket: Socket;
  readonly turn: Turn;
  /** Counts the connection. It is given back with the socket. */
  readonly place: ConnectionSlot;
  readonly credentials: Credentials;
}

/** How long a socket may take to close by itself, in milliseconds. */
const CLOSING = 2_000;
/** How many looks may find the peer silent. A pong may have to wait behind megabytes in a slow network. */
const SILENT_LOOKS = 6;
const CLOSING_BRACE = Buffer.from('}');

/**
 * One WebSocket and the socket below it. Frames of subscriptions are written to the socket itself, everything else by ws. Both
 * write whole frames, so only their order has to be kept.
 */
export class SocketConnection implements OutflowOwner, Drainable {
  readonly outflow: Outflow;
  readonly place: ConnectionSlot;
  /** The credentials in the request that asked for the WebSocket. Null once they were used. */
  credentials: Credentials | null;
  viewer: Bearer | null = null;
  /** Called when the socket is gone: it need not be told any more that its token was revoked. */
  forget: (() => void) | null = null;
  /** How many operations it may still begin. It is made with the first operation, since unknown clients begin none. */
  allowance: Allowance | null = null;
  /** The code with which the gateway closed it. Null if the peer did. */
  closedWith: number | null = null;
  phase: 'silent' | 'signing in' | 'acknowledged' = 'silent';
  /** The timer that ends the wait for `connection_init`. */
  waiting: NodeJS.Timeout | null = null;
  readonly running = new RunningOperations();
  readonly #webSocket: WebSocket;
  /** How many messages wait for their turn to be read. */
  #unread = 0;
  #silentLooks = 0;

  constructor({ webSocket, socket, turn, place, credentials }: SocketConnectionOptions) {
    this.#webSocket = webSocket;
    this.outflow = new Outflow({ stream: socket, socket, turn, owner: this });
    this.place = place;
    this.credentials = credentials;
  }

  get isOpen(): boolean {
    return this.#webSocket.readyState === this.#webSocket.OPEN;
  }

  /** Whether a message waits for its turn to be read. */
  get hasUnread(): boolean {
    return this.#unread > 0;
  }

  /**
   * Called when a message waits for its turn. Nothing more is received meanwhile: a thousand sockets may send more than is read,
   * and each message that waits is kept.
   */
  waits(): void {
    this.#unread += 1;
    this.#webSocket.pause();
  }

  /** Called when the turn of a message has come. */
  hasTurn(): void {
    this.#unread -= 1;
    if (!this.hasUnread && !this.outflow.isFull) this.#webSocket.resume();
  }

  drained(): void {
    if (!this.hasUnread) this.#webSocket.resume();
  }

  stopWaiting(): void {
    if (this.waiting) clearTimeout(this.waiting);
    this.waiting = null;
  }

  /** Called when the peer's WebSocket sends a ping. */
  pinged(data: Buffer): void {
    this.#webSocket.pong(data);
    this.#askNoMore();
  }

  /** Called when the peer's WebSocket sends a pong. */
  ponged(): void {
    this.#silentLooks = 0;
  }

  /** Sends a message of the protocol. Resolves when the kernel has taken it. */
  send(data: string | Buffer): Promise<void> {
    if (!this.isOpen) return Promise.reject(new Error('the socket is closed'));
    this.outflow.flush();
    const sent = new Promise<void>((resolve, reject) =>
      this.#webSocket.send(data, { binary: false }, (error) => (error ? reject(error) : resolve())),
    );
    this.#askNoMore();
    return sent;
  }

  /** Sends a result of an operation. */
  next(id: string, { errors, ...result }: ExecutionResult): Promise<void> {
    const payload = errors ? { ...result, errors } : result;
    return this.send(JSON.stringify({ id, type: 'next', payload }));
  }

  /** Sends the answer to a query or mutation. All that asked the same share its bytes. */
  answer(id: string, { bytes }: WrittenResult): Promise<void> {
    const prefix = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
    return this.send(Buffer.concat([prefix, bytes, CLOSING_BRACE]));
  }

  /** Ends an operation. Resolves when its client has been told so. */
  complete(id: string): Promise<void> {
    return this.#over(id, { id, type: 'complete' });
  }

  /** Ends an operation because of errors. */
  fail(id: string, errors: readonly GraphQLError[]): Promise<void> {
    return this.#over(id, { id, type: 'error', payload: errors });
  }

  /** Ends an operation, and tells its client, unless the client has given it up. */
  async #over(id: string, message: object): Promise<void> {
    const isWanted = this.running.isWanted(id);
    this.running.release(id);
    if (isWanted) await this.send(JSON.stringify(message));
  }

  /** Answers a ping of the protocol with the ping's payload. */
  pong(payload: unknown): void {
    const answer = { type: 'pong', ...(payload !== null && payload !== undefined && { payload }) };
    // If it can't be sent, the socket is gone.
    this.send(JSON.stringify(answer)).catch(() => {});
  }

  /** Reads no more until the peer takes its answers: each ping, of either protocol, is answered with as many bytes as it has. */
  #askNoMore(): void {
    if (this.outflow.isFull) this.#webSocket.pause();
  }

  /** Closes with a code and a reason. If the peer doesn't answer, the socket is terminated. */
  shut({ code, reason }: { readonly code: number; readonly reason: string }): void {
    this.stopWaiting();
    this.outflow.flush();
    if (this.isOpen) this.closedWith ??= code;
    // RFC 6455, section 5.5: a close frame has 125 bytes, two of them the code. A client's own id may be in it.
    this.#webSocket.close(code, Buffer.from(reason).subarray(0, 120).toString());
    this.#webSocket.resume();
    setTimeout(() => this.#webSocket.terminate(), CLOSING).unref();
  }

  leave(): void {
    this.shut(CLOSE.RESTART);
  }

  /**
   * Tells every running operation that its token expired, and closes. It sends no `complete`: the operation is not over, and a
   * graphql-ws client takes it up again when it reconnects.
   */
  expire(): void {
    this.#tellAll(expiredError());
    this.shut(CLOSE.TOKEN_EXPIRED);
  }

  /** The same when its token was revoked. But then the client should not come back. */
  revoke(): void {
    this.#tellAll(revokedError());
    this.shut(CLOSE.TOKEN_REVOKED);
  }

  #tellAll(last: GraphQLError): void {
    const result = { errors: [last] };
    for (const id of this.running.wanted()) this.next(id, result).catch(() => {});
  }

  /** Called when the socket is gone. Ends everything that ran over it. */
  gone(): void {
    this.stopWaiting();
    this.place.leave();
    this.running.clear();
  }

  /** Called at every look. Closes the socket if the peer takes nothing, or is silent. */
  look(onLimit: OnLimit): void {
    if (!this.isOpen) return;
    if (this.outflow.isStuck()) {
      onLimit('reading');
      return this.shut(CLOSE.TOO_SLOW);
    }
    // A blocked socket can't carry a ping.
    if (this.outflow.held > 0) return;
    this.#silentLooks += 1;
    if (this.#silentLooks > SILENT_LOOKS) return this.#webSocket.terminate();
    if (this.#silentLooks % 2 === 0) this.#webSocket.ping();
  }
}
