import type { Socket } from 'node:net';
import type { GraphQLError } from 'graphql';
import type { WebSocket } from 'ws';
import type { Bearer } from '../auth/viewer.ts';
import { CLOSE } from '../errors.ts';
import type { Limited } from '../limits.ts';
import type { Place } from './admission.ts';
import type { Allowance } from './allowance.ts';
import type { Guest } from './drain.ts';
import { expiredError, revokedError } from './operation.ts';
import { type Gate, Outflow, type Turn } from './outflow.ts';

/** An operation that has begun. */
export interface Running {
  /** It is over, or nobody is there for whom it could go on. Called once or more. */
  release(): void;
}

export interface ConnectionOptions {
  readonly webSocket: WebSocket;
  readonly socket: Socket;
  readonly turn: Turn;
  /** What it counts for; it leaves with the socket. */
  readonly place: Place;
  readonly authorization: string | undefined;
}

/** How long a socket may take to close by itself, in milliseconds. */
const CLOSING = 2_000;
/** At how many looks nobody may be heard of. A pong may have to wait behind megabytes in a slow network. */
const SILENT_LOOKS = 6;

/**
 * One WebSocket and the socket below it. Frames of subscriptions are written to the latter, everything else by ws: both
 * write whole frames, so they only have to keep their order.
 */
export class Connection implements Gate, Guest {
  readonly outflow: Outflow;
  readonly place: Place;
  /** Of the request that asked for the WebSocket, until it is read. */
  authorization: string | undefined;
  viewer: Bearer | null = null;
  /** To be called when it is gone: it need not be told any more that its token was revoked. */
  forget: (() => void) | null = null;
  /** What it may still begin. Made with the first: most sockets begin one, and a stranger none. */
  allowance: Allowance | null = null;
  /** The code that it was closed with, unless the peer did it. */
  closedWith: number | null = null;
  readonly #webSocket: WebSocket;
  /** What runs, by the client's ids; null while it is being opened. graphql-ws loses one when an id is used again. */
  readonly #operations = new Map<string, Running | null>();
  #silentLooks = 0;

  constructor({ webSocket, socket, turn, place, authorization }: ConnectionOptions) {
    this.#webSocket = webSocket;
    this.outflow = new Outflow({ stream: socket, socket, turn, gate: this });
    this.place = place;
    this.authorization = authorization;
    webSocket.on('pong', () => (this.#silentLooks = 0));
    webSocket.on('ping', (data) => {
      webSocket.pong(data);
      this.#askNoMore();
    });
  }

  get isOpen(): boolean {
    return this.#webSocket.readyState === this.#webSocket.OPEN;
  }

  drained(): void {
    this.#webSocket.resume();
  }

  /** Sends a message of the protocol. Resolves when the kernel has taken it. */
  send(data: string): Promise<void> {
    if (!this.isOpen) return Promise.reject(new Error('the socket is closed'));
    this.outflow.flush();
    const sent = new Promise<void>((resolve, reject) =>
      this.#webSocket.send(data, (error) => (error ? reject(error) : resolve())),
    );
    this.#askNoMore();
    return sent;
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
    const payload = { errors: [last.toJSON()] };
    for (const id of this.#operations.keys()) {
      this.send(JSON.stringify({ id, type: 'next', payload })).catch(() => {});
    }
  }

  /** How many operations run, or are being opened. */
  get operations(): number {
    return this.#operations.size;
  }

  /** Whether an operation may have the id. It may not while another one has it, even one that was just completed. */
  claim(id: string): boolean {
    if (this.#operations.has(id)) return false;
    this.#operations.set(id, null);
    return true;
  }

  began(id: string, operation: Running): void {
    this.#operations.set(id, operation);
  }

  /** The operation is over, and its id free. */
  release(id: string): void {
    this.#operations.get(id)?.release();
    this.#operations.delete(id);
  }

  /** The socket is gone, and with it everything that ran over it. */
  gone(): void {
    for (const operation of this.#operations.values()) operation?.release();
    this.#operations.clear();
  }

  /** At every look: whether it takes what it is sent, and whether anybody is there. */
  look(limited: Limited): void {
    if (!this.isOpen) return;
    if (this.outflow.isStuck()) {
      limited('reading');
      return this.shut(CLOSE.TOO_SLOW);
    }
    // A blocked socket can't carry a ping.
    if (this.outflow.held > 0) return;
    this.#silentLooks += 1;
    if (this.#silentLooks > SILENT_LOOKS) return this.#webSocket.terminate();
    if (this.#silentLooks % 2 === 0) this.#webSocket.ping();
  }
}
