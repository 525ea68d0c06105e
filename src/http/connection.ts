import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Viewer } from '../auth/viewer.ts';
import { CLOSE } from '../errors.ts';
import { Outflow, type Turn } from './outflow.ts';

/** How long a socket may take to close by itself, in milliseconds. */
const CLOSING = 2_000;

/**
 * One WebSocket and the socket below it. Frames of subscriptions are written to the latter, everything else by ws: both
 * write whole frames, so they only have to keep their order.
 */
export class Connection {
  readonly outflow: Outflow;
  /** Of the request that asked for the WebSocket, until it is read. */
  authorization: string | undefined;
  viewer: Viewer | null = null;
  cancelExpiry: (() => void) | null = null;
  readonly #webSocket: WebSocket;
  #alive = true;
  #pinged = false;

  constructor(webSocket: WebSocket, socket: Duplex, turn: Turn, authorization: string | undefined) {
    this.#webSocket = webSocket;
    this.outflow = new Outflow(socket, turn, this);
    this.authorization = authorization;
    webSocket.on('pong', () => (this.#alive = true));
  }

  get isOpen(): boolean {
    return this.#webSocket.readyState === this.#webSocket.OPEN;
  }

  /** Sends a message of the protocol. Resolves when the kernel has taken it. */
  send(data: string): Promise<void> {
    if (!this.isOpen) return Promise.reject(new Error('the socket is closed'));
    this.outflow.flush();
    return new Promise((resolve, reject) => this.#webSocket.send(data, (error) => (error ? reject(error) : resolve())));
  }

  /** Closes with a code and what to say along with it. */
  close(code: number, reason: string): void {
    this.outflow.flush();
    // RFC 6455, section 5.5: a close frame has 125 bytes, two of them the code. A client's own id may be in it.
    this.#webSocket.close(code, Buffer.from(reason).subarray(0, 120).toString());
  }

  /** Closes, and lets go of a peer that doesn't answer. */
  shut({ code, reason }: { readonly code: number; readonly reason: string }): void {
    this.close(code, reason);
    setTimeout(() => this.#webSocket.terminate(), CLOSING).unref();
  }

  /** At every look: whether it takes what it is sent, and whether anybody is there. */
  look(): void {
    if (this.outflow.isStuck()) return this.shut(CLOSE.TOO_SLOW);
    // A blocked socket can't carry a ping. And at every other look will do.
    this.#pinged = !this.#pinged;
    if (this.#pinged || this.outflow.held > 0 || !this.isOpen) return;
    if (!this.#alive) return this.#webSocket.terminate();
    this.#alive = false;
    this.#webSocket.ping();
  }
}
