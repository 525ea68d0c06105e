import type { ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';
import { type Cursor, furtherOn } from '../events/cursor.ts';
import type { Reading } from '../auth/audit.ts';
import type { Tokens } from '../auth/tokens.ts';
import type { Bearer } from '../auth/viewer.ts';
import type { WrittenResult } from '../execution/written-result.ts';
import type { Stream } from '../execution/stream.ts';
import type { OnLimit } from '../limits.ts';
import type { Live } from '../live/live.ts';
import type { SerializedMessage } from '../live/message.ts';
import type { MessageSink } from '../live/message.ts';
import type { Subscriber } from '../live/subscriber.ts';
import type { Transport } from '../events/observer.ts';
import { callAt } from './call-at.ts';
import type { Drain, Drainable } from '../http/drain.ts';
import { expiredError, revokedError } from './operation.ts';
import { type FrameWriter, LOOK, Outflow, type Turn } from './outflow.ts';
import { NOT_STORED } from '../http/reply.ts';

/** By how much of its longest time a stream ends sooner, at most: thousands began in the moment after a restart. */
const SPREAD = 0.1;

/** How a streamed answer is written down. Two forms differ in this and in nothing else. */
export interface StreamForm {
  /** As metrics call it. */
  readonly transport: Transport;
  readonly contentType: string;
  /** What the answer begins with, before its first message. */
  readonly opening: string;
  /** Says that the stream is there, and nothing else. */
  readonly heartbeat: string;
  /** Bytes of one message of a subscription. */
  size(payload: SerializedMessage): number;
  /** Writes the message, and returns where it ends. */
  put(payload: SerializedMessage, into: Buffer, at: number): number;
  /** The one result of an operation that does not go on, and the end of the stream, which the client need not come back from. */
  whole(answer: WrittenResult): string;
  /** The last that a client hears of a stream that it should come back to. */
  last(errors: readonly GraphQLError[]): string;
}

export interface StreamedResponseOptions {
  readonly form: StreamForm;
  readonly live: Live;
  readonly turn: Turn;
  /** The viewer: when the token expires, and for whom it counts. */
  readonly viewer: Bearer;
  readonly tokens: Pick<Tokens, 'hold'>;
  /** The last event that the client got, if it says so in a header. */
  readonly lastEventId: Cursor | null;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How long it may last, in milliseconds. */
  readonly longest: number;
  readonly drain: Drain;
  readonly onLimit: OnLimit;
  readonly report: (cause: unknown) => void;
}

type Outcome = 'left' | 'expired' | 'revoked' | 'ended' | { readonly failed: unknown };

/** Sends the one result of an operation that does not go on, as a stream of its own. */
export function sendAsStream(response: ServerResponse, answer: WrittenResult, form: StreamForm): null {
  begin(response, form);
  response.end(form.whole(answer));
  return null;
}

/**
 * A subscription as one answer to one request that goes on: the bytes of its cohort, in the form that the client takes. No
 * subscription is ever told that it is complete. It ends after a while, at a drain and when its token expires, and each time its
 * client should come back. The end after a while is for proxies that collect whole answers (lighttpd): behind them, nobody hears
 * of a client that has left, and its stream would never end.
 */
export class StreamedResponse implements MessageSink, FrameWriter, Drainable {
  /** Resolves when it is over. It never rejects. */
  readonly over: Promise<void>;
  readonly #form: StreamForm;
  readonly #response: ServerResponse;
  readonly #onLimit: OnLimit;
  readonly #outflow: Outflow;
  readonly #end: (outcome: Outcome) => void;
  readonly #reading: Reading | null;
  #subscriber: Subscriber | null = null;
  #looks = 0;

  /**
   * Begins.
   *
   * @throws {HookcastError} TOO_MANY_REQUESTS when there are too many different subscriptions; nothing is sent then.
   */
  constructor(response: ServerResponse, { following, after, reading }: Stream, options: StreamedResponseOptions) {
    const { form, live, turn, viewer, lastEventId, drain, onLimit } = options;
    const { promise: ended, resolve: end } = Promise.withResolvers<Outcome>();
    this.#form = form;
    this.#response = response;
    this.#onLimit = onLimit;
    this.#end = end;
    this.#outflow = new Outflow({ stream: response, socket: response.req.socket, turn, owner: this });
    // Before it follows, which may write at once.
    this.#reading = reading?.() ?? null;
    this.#subscriber = live.follow(following, furtherOn(after, lastEventId), this, viewer.holder);
    if (this.#reading) this.#reading.streams += 1;
    begin(response, form);
    drain.add(this);
    this.over = this.#last(ended, options);
  }

  get transport(): Transport {
    return this.#form.transport;
  }

  get isOpen(): boolean {
    return !this.#response.destroyed && !this.#response.writableEnded;
  }

  hasRoom(): boolean {
    return this.#outflow.hasRoom(this);
  }

  write(payload: SerializedMessage): void {
    if (this.#reading !== null) this.#reading.events += payload.events;
    this.#outflow.write(this, payload);
  }

  end(error?: unknown): void {
    this.#end(error === undefined ? 'ended' : { failed: error });
  }

  leave(): void {
    this.#end('left');
  }

  drained(): void {
    this.#subscriber?.drained();
  }

  size(payload: SerializedMessage): number {
    return this.#form.size(payload);
  }

  put(payload: SerializedMessage, into: Buffer, at: number): number {
    return this.#form.put(payload, into, at);
  }

  async #last(ended: Promise<Outcome>, options: StreamedResponseOptions): Promise<void> {
    const { viewer, tokens, now, longest, drain, report } = options;
    const response = this.#response;
    const leave = () => this.leave();
    response.on('close', leave);
    // It is quiet for as long as it likes, and looked after here.
    response.req.socket.setTimeout(0);
    const cancelExpiry = callAt(viewer.expiresAt, now, () => this.#end('expired'));
    const forget = tokens.hold(viewer, () => this.#end('revoked'));
    const ending = setTimeout(leave, longest * (1 - SPREAD * Math.random()));
    const looking = setInterval(() => this.#look(), LOOK);
    // Whose event came before anybody listened.
    if (response.destroyed) leave();

    const outcome = await ended;
    clearTimeout(ending);
    clearInterval(looking);
    cancelExpiry();
    forget?.();
    drain.delete(this);
    this.#subscriber?.end();
    if (this.#reading) this.#reading.streams -= 1;
    this.#outflow.flush();
    if (outcome === 'expired') response.write(this.#form.last([expiredError()]));
    if (outcome === 'revoked') response.write(this.#form.last([revokedError()]));
    if (typeof outcome === 'object') report(outcome.failed);
    // Nothing says that it is complete: it is a stream to come back to, of an expired token with a fresh one. Nobody would look
    // after one that is stuck.
    if (response.writableNeedDrain) response.destroy();
    else response.end();
  }

  /** Says that it is there, and lets go of a reader that takes nothing. */
  #look(): void {
    if (this.#outflow.isStuck()) {
      this.#onLimit('reading');
      this.#response.destroy();
      return;
    }
    this.#looks += 1;
    // At every other look: well under the minute after which proxies cut off what is silent.
    if (this.#looks % 2 === 0 && this.isOpen) this.#response.write(this.#form.heartbeat);
  }
}

function begin(response: ServerResponse, { contentType, opening }: StreamForm): void {
  response.writeHead(200, {
    'content-type': contentType,
    'cache-control': `${NOT_STORED}, no-transform`,
    // nginx would collect the stream otherwise.
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
  if (opening !== '') response.write(opening);
}
