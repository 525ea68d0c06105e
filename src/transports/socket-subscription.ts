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

/** Called for each subscription that the gateway ends, with the error if something went wrong. */
export type Ended = (connection: SocketConnection, id: string, error: unknown) => void;

export interface SocketSubscriptionOptions {
  /** One function for all subscriptions. */
  readonly ended: Ended;
  /** Counts, for the audit, the events with personal data that are sent. */
  readonly reading: Reading | null;
}

/**
 * One subscription over a WebSocket. Its results are frames `{"id":…,"type":"next","payload":…}` around the bytes that its
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
    // A client's id may be any text, but mostly it is ASCII, for which latin1 takes half the time.
    this.#encoding = this.#prefixBytes === this.#prefix.length ? 'latin1' : 'utf8';
  }

  /** Takes the subscriber that writes to this subscription. */
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

  /** Another operation may have the id by now: then this one's end is not told. */
  end(error?: unknown): void {
    this.#stopReading();
    if (this.#connection.running.isRunning(this.#id, this)) this.#ended(this.#connection, this.#id, error);
  }

  /** Called when the client completed the subscription, or left. */
  release(): void {
    this.#subscriber?.end();
    this.#stopReading();
  }

  /** Ends the count of the audit. It may be called more than once. */
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
