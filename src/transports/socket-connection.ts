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
  /** What it counts for; it leaves with the socket. */
  readonly place: ConnectionSlot;
  readonly credentials: Credentials;
}

/** How long a socket may take to close by itself, in milliseconds. */
const CLOSING = 2_000;
/** At how many looks nobody may be heard of. A pong may have to wait behind megabytes in a slow network. */
const SILENT_LOOKS = 6;
const CLOSING_BRACE = Buffer.from('}');

/**
 * One WebSocket and the socket below it. Frames of subscriptions are written to the latter, everything else by ws: both
 * write whole frames, so they only have to keep their order.
 */
export class SocketConnection implements OutflowOwner, Drainable {
  readonly outflow: Outflow;
  readonly place: ConnectionSlot;
  /** Of the request that asked for the WebSocket, until it is read. */
  credentials: Credentials | null;
  viewer: Bearer | null = null;
  /** To be called when it is gone: it need not be told any more that its token was revoked. */
  forget: (() => void) | null = null;
  /** What it may still begin. Made with the first: most sockets begin one, and a stranger none. */
  allowance: Allowance | null = null;
  /** The code that it was closed with, unless the peer did it. */
  closedWith: number | null = null;
  /** Where it stands in the protocol. */
  phase: 'silent' | 'signing in' | 'acknowledged' = 'silent';
  /** Until it says who it is. */
  waiting: NodeJS.Timeout | null = null;
  /** Messages that wait for their turn to be read. */
  unread = 0;
  readonly running = new RunningOperations();
  readonly #webSocket: WebSocket;
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

  drained(): void {
    this.#webSocket.resume();
  }

  stopWaiting(): void {
    if (this.waiting) clearTimeout(this.waiting);
    this.waiting = null;
  }

  /** The peer's WebSocket asks whether anybody is there. */
  pinged(data: Buffer): void {
    this.#webSocket.pong(data);
    this.#askNoMore();
  }

  /** The peer's WebSocket is there. */
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

  /** Sends the answer to a query or mutation: its bytes are the same for all who asked the same. */
  answer(id: string, { bytes }: WrittenResult): Promise<void> {
    const prefix = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
    return this.send(Buffer.concat([prefix, bytes, CLOSING_BRACE]));
  }

  /** The operation is over. Resolves when its client has been told so. */
  complete(id: string): Promise<void> {
    return this.#over(id, { id, type: 'complete' });
  }

  /** The operation is over because of errors. */
  fail(id: string, errors: readonly GraphQLError[]): Promise<void> {
    return this.#over(id, { id, type: 'error', payload: errors });
  }

  /** If the client has given it up, it is not told. */
  async #over(id: string, message: object): Promise<void> {
    const isWanted = this.running.isWanted(id);
    this.running.release(id);
    if (isWanted) await this.send(JSON.stringify(message));
  }

  /** Answers a ping of the protocol, with what it said. */
  pong(payload: unknown): void {
    const answer = { type: 'pong', ...(payload !== null && payload !== undefined && { payload }) };
    // Nobody is left to be told that it could not be sent.
    this.send(JSON.stringify(answer)).catch(() => {});
  }

  /** Unless the peer reads the answers: each of its pings, of either protocol, is answered with as many bytes. */
  #askNoMore(): void {
    if (this.outflow.isFull) this.#webSocket.pause();
  }

  /** Closes with a code and what to say along with it, and lets go of a peer that doesn't answer. */
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
   * Tells every running operation that its token expired, and closes. No `complete`: the operation is not over, and a
   * graphql-ws client takes it up again when it reconnects.
   */
  expire(): void {
    this.#tellAll(expiredError());
    this.shut(CLOSE.TOKEN_EXPIRED);
  }

  /** The same when its token was revoked, but that its client should not come back. */
  revoke(): void {
    this.#tellAll(revokedError());
    this.shut(CLOSE.TOKEN_REVOKED);
  }

  #tellAll(last: GraphQLError): void {
    const result = { errors: [last] };
    for (const id of this.running.wanted()) this.next(id, result).catch(() => {});
  }

  /** The socket is gone, and with it everything that ran over it. */
  gone(): void {
    this.stopWaiting();
    this.place.leave();
    this.running.clear();
  }

  /** At every look: whether it takes what it is sent, and whether anybody is there. */
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
