import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { OnLimit } from '../limits.ts';
import { linger } from './linger.ts';
import { NOT_STORED } from './reply.ts';

/** How long a client may take to read that its request is malformed, in milliseconds. */
const READING = 2_000;

/** Refuses and counts requests that never became whole: they are too slow, too long, or no HTTP. */
export class Unfinished {
  readonly #onLimit: OnLimit;
  /** The newest response of each connection. */
  readonly #responses = new WeakMap<Duplex, ServerResponse>();
  /** One function for all responses. `this` is the response. */
  readonly #ended: (this: ServerResponse) => void;

  constructor(onLimit: OnLimit) {
    this.#onLimit = onLimit;
    const responses = this.#responses;
    this.#ended = function ended() {
      const { complete, socket } = this.req;
      if (!complete) linger(this.req);
      else if (responses.get(socket) === this) responses.delete(socket);
    };
  }

  /** Called when a request's headers have come. */
  began(response: ServerResponse): void {
    this.#responses.set(response.req.socket, response);
    // Otherwise a connection would keep its last request, with its body, until the next one: behind a proxy, for a minute.
    response.on('close', this.#ended);
  }

  failed(error: NodeJS.ErrnoException, socket: Duplex): void {
    const response = this.#responses.get(socket);
    const status = this.#statusOf(error, response?.req.complete === false);
    // Nothing may be written into the middle of an answer.
    const isAnswering = response !== undefined && response.headersSent && !response.writableFinished;
    if (error.code === 'ECONNRESET' || !socket.writable || isAnswering) return void socket.destroy();
    const headers = `connection: close\r\ncache-control: ${NOT_STORED}\r\ncontent-length: 0\r\n`;
    socket.end(`HTTP/1.1 ${status}\r\n${headers}\r\n`, () => socket.destroy());
    setTimeout(() => socket.destroy(), READING).unref();
  }

  #statusOf({ code = '' }: NodeJS.ErrnoException, isUnderWay: boolean): string {
    switch (code) {
      case 'ERR_HTTP_REQUEST_TIMEOUT':
        this.#onLimit(isUnderWay ? 'request' : 'headers');
        return '408 Request Timeout';
      case 'HPE_HEADER_OVERFLOW':
        this.#onLimit('headers');
        return '431 Request Header Fields Too Large';
      case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
        this.#onLimit('request');
        return '413 Payload Too Large';
      default:
        return '400 Bad Request';
    }
  }
}
