import type { ExecutionResult } from 'graphql';
import type { Reading } from '../auth/audit.ts';
import type { Payload } from '../live/message.ts';
import type { Outlet, Subscriber } from '../live/subscriber.ts';
import type { Running } from './connection.ts';
import type { Framing, Outflow } from './outflow.ts';

/** RFC 6455, section 5.2: the last frame of a text message, unmasked as a server sends it. */
const TEXT = 0x81;
const CLOSING_BRACE = 0x7d;

/**
 * One subscription over a WebSocket. Its results are frames `{"id":…,"type":"next","payload":…}` round the bytes that its
 * whole cohort gets, written past graphql-ws straight into the connection. graphql-ws, which speaks the rest of the
 * protocol, holds it as a generator that yields nothing and ends with the subscription.
 */
export class SocketSubscription implements Outlet, Framing, Running, AsyncGenerator<ExecutionResult, void, void> {
  readonly #outflow: Outflow;
  readonly #prefix: string;
  readonly #prefixBytes: number;
  readonly #encoding: 'latin1' | 'utf8';
  readonly #ended: Promise<IteratorReturnResult<void>>;
  #settle!: (error?: unknown) => void;
  #subscriber: Subscriber | null = null;
  #reading: Reading | null;

  /** @param reading where it counts the events that it is sent with personal data. */
  constructor(id: string, outflow: Outflow, reading: Reading | null) {
    this.#outflow = outflow;
    this.#reading = reading;
    if (reading) reading.streams += 1;
    this.#prefix = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
    this.#prefixBytes = Buffer.byteLength(this.#prefix);
    // A client's id may be anything, but mostly it is plain, and then this takes half the time.
    this.#encoding = this.#prefixBytes === this.#prefix.length ? 'latin1' : 'utf8';
    this.#ended = new Promise((resolve, reject) => {
      this.#settle = (error) => (error === undefined ? resolve({ done: true, value: undefined }) : reject(error));
    });
    // graphql-ws may have left already.
    this.#ended.catch(() => {});
  }

  /** Begins, given the subscriber that writes to it. */
  begin(subscriber: Subscriber): this {
    this.#subscriber = subscriber;
    return this;
  }

  hasRoom(): boolean {
    return this.#outflow.hasRoom(this);
  }

  write(payload: Payload): void {
    if (this.#reading !== null) this.#reading.events += payload.events;
    this.#outflow.write(this, payload);
  }

  end(error?: unknown): void {
    this.#stopReading();
    this.#settle(error);
  }

  drained(): void {
    this.#subscriber?.drained();
  }

  size({ bytes }: Payload): number {
    const length = this.#length(bytes);
    return length + (length < 126 ? 2 : length < 65_536 ? 4 : 10);
  }

  put({ bytes }: Payload, into: Buffer, at: number): number {
    const length = this.#length(bytes);
    into[at] = TEXT;
    let next = at + 2;
    if (length < 126) into[at + 1] = length;
    else if (length < 65_536) {
      into[at + 1] = 126;
      next = into.writeUInt16BE(length, next);
    } else {
      into[at + 1] = 127;
      next = into.writeBigUInt64BE(BigInt(length), next);
    }
    next += into.write(this.#prefix, next, this.#encoding);
    next += bytes.copy(into, next);
    into[next] = CLOSING_BRACE;
    return next + 1;
  }

  #length(bytes: Buffer): number {
    return this.#prefixBytes + bytes.length + 1;
  }

  next(): Promise<IteratorReturnResult<void>> {
    return this.#ended;
  }

  release(): void {
    void this.return();
  }

  /** The client completed it, or left. */
  return(): Promise<IteratorReturnResult<void>> {
    this.#subscriber?.end();
    this.#stopReading();
    this.#settle();
    return this.#ended;
  }

  /** It reads no more. Called once or more. */
  #stopReading(): void {
    if (this.#reading) this.#reading.streams -= 1;
    this.#reading = null;
  }

  throw(error: unknown): Promise<IteratorReturnResult<void>> {
    this.#settle(error);
    return this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}
