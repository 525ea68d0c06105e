import type { Reading } from '../auth/audit.ts';
import type { SerializedMessage } from '../live/message.ts';
import type { MessageSink } from '../live/message.ts';
import type { Subscriber } from '../live/subscriber.ts';
import type { SocketConnection } from './socket-connection.ts';
import type { FrameWriter } from './outflow.ts';
import type { Running } from './running-operations.ts';

/** RFC 6455, section 5.2: the last frame of a text message, unmasked as a server sends it. */
const TEXT = 0x81;
const CLOSING_BRACE = 0x7d;

/** Told of each subscription that ends by itself, and why if something went wrong. */
export type Ended = (connection: SocketConnection, id: string, error: unknown) => void;

export interface SocketSubscriptionOptions {
  /** One function for all of them. */
  readonly ended: Ended;
  /** Where it counts the events that it is sent with personal data. */
  readonly reading: Reading | null;
}

/**
 * One subscription over a WebSocket. Its results are frames `{"id":…,"type":"next","payload":…}` round the bytes that its
 * whole cohort gets.
 */
export class SocketSubscription implements MessageSink, FrameWriter, Running {
  readonly #connection: SocketConnection;
  readonly #id: string;
  readonly #prefix: string;
  readonly #prefixBytes: number;
  readonly #encoding: 'latin1' | 'utf8';
  readonly #ended: Ended;
  #subscriber: Subscriber | null = null;
  #reading: Reading | null;

  constructor(connection: SocketConnection, id: string, { ended, reading }: SocketSubscriptionOptions) {
    this.#connection = connection;
    this.#id = id;
    this.#ended = ended;
    this.#reading = reading;
    if (reading) reading.streams += 1;
    this.#prefix = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
    this.#prefixBytes = Buffer.byteLength(this.#prefix);
    // A client's id may be anything, but mostly it is plain, and then this takes half the time.
    this.#encoding = this.#prefixBytes === this.#prefix.length ? 'latin1' : 'utf8';
  }

  /** Begins, given the subscriber that writes to it. */
  begin(subscriber: Subscriber): void {
    this.#subscriber = subscriber;
  }

  hasRoom(): boolean {
    return this.#connection.outflow.hasRoom(this);
  }

  write(payload: SerializedMessage): void {
    if (this.#reading !== null) this.#reading.events += payload.events;
    this.#connection.outflow.write(this, payload);
  }

  /** Its id may be another one's by now. */
  end(error?: unknown): void {
    this.#stopReading();
    if (this.#connection.running.isRunning(this.#id, this)) this.#ended(this.#connection, this.#id, error);
  }

  /** The client completed it, or left. */
  release(): void {
    this.#subscriber?.end();
    this.#stopReading();
  }

  /** It reads no more. Called once or more. */
  #stopReading(): void {
    if (this.#reading) this.#reading.streams -= 1;
    this.#reading = null;
  }

  drained(): void {
    this.#subscriber?.drained();
  }

  size({ bytes }: SerializedMessage): number {
    const length = this.#length(bytes);
    return length + (length < 126 ? 2 : length < 65_536 ? 4 : 10);
  }

  put({ bytes }: SerializedMessage, into: Buffer, at: number): number {
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
}
