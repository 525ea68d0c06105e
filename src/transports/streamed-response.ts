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

/** A stream may end earlier by up to this part of its longest time: after a restart, thousands begin at the same moment. */
const SPREAD = 0.1;

/** How a streamed answer is written. This is the only difference between the two forms. */
export interface StreamForm {
  /** The name in metrics. */
  readonly transport: Transport;
  readonly contentType: string;
  /** The text before the first message. */
  readonly opening: string;
  /** A sign of life, without content. */
  readonly heartbeat: string;
  /** The size of a message in bytes. */
  size(payload: SerializedMessage): number;
  /** Writes the message, and returns where it ends. */
  put(payload: SerializedMessage, into: Buffer, at: number): number;
  /** The single result of an operation, and the end of its stream. The client does not come back after it. */
  whole(answer: WrittenResult): string;
  /** The last message of a stream that the client should come back to. */
  last(errors: readonly GraphQLError[]): string;
}

export interface StreamedResponseOptions {
  readonly form: StreamForm;
  readonly live: Live;
  readonly turn: Turn;
  readonly viewer: Bearer;
  readonly tokens: Pick<Tokens, 'hold'>;
  /** The cursor in the client's header `Last-Event-ID`. Null if it sends none. */
  readonly lastEventId: Cursor | null;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How long the stream may last, in milliseconds. */
  readonly longest: number;
  readonly drain: Drain;
  readonly onLimit: OnLimit;
  readonly report: (cause: unknown) => void;
}

type Outcome = 'left' | 'expired' | 'revoked' | 'ended' | { readonly failed: unknown };

/** Sends the single result of an operation as a stream. */
export function sendAsStream(response: ServerResponse, answer: WrittenResult, form: StreamForm): null {
  begin(response, form);
  response.end(form.whole(answer));
  return null;
}

/**
 * A subscription as one long answer to one request: the bytes of its cohort, in the form that the client takes. A subscription is
 * never told that it is complete. It ends after a while, at a drain and when its token expires, and each time its client should
 * come back. The end after a while is for proxies that collect whole answers (lighttpd): behind them, the gateway does not notice
 * that a client has left, and its stream would never end.
 */
export class StreamedResponse implements MessageSink, FrameWriter, Drainable {
  /** Resolves when the stream is over. It never rejects. */
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
   * Begins the stream.
   *
   * @throws {HookcastError} TOO_MANY_REQUESTS if there are too many subscriptions. Then nothing is sent.
   */
  constructor(response: ServerResponse, { following, after, reading }: Stream, options: StreamedResponseOptions) {
    const { form, live, turn, viewer, lastEventId, drain, onLimit } = options;
    const { promise: ended, resolve: end } = Promise.withResolvers<Outcome>();
    this.#form = form;
    this.#response = response;
    this.#onLimit = onLimit;
    this.#end = end;
    this.#outflow = new Outflow({ stream: response, socket: response.req.socket, turn, owner: this });
    // The count must exist before it follows, since following may write at once.
    this.#reading = reading?.() ?? null;
    const from = furtherOn(after, lastEventId);
    this.#subscriber = live.follow(following, from.after, this, viewer.holder, from.instead);
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
    // The server's timeout must not end a quiet stream. `#look` watches it instead.
    response.req.socket.setTimeout(0);
    const cancelExpiry = callAt(viewer.expiresAt, now, () => this.#end('expired'));
    const forget = tokens.hold(viewer, () => this.#end('revoked'));
    const ending = setTimeout(leave, longest * (1 - SPREAD * Math.random()));
    const looking = setInterval(() => this.#look(), LOOK);
    // If the response was closed before the listener was added, no event comes any more.
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
    // The end doesn't say that the stream is complete, so that the client comes back, after an expiry with a fresh token. A stuck
    // stream is destroyed, since nothing would watch it any more.
    if (response.writableNeedDrain) response.destroy();
    else response.end();
  }

  /** Sends a sign of life. If the reader takes nothing, the response is destroyed. */
  #look(): void {
    if (this.#outflow.isStuck()) {
      this.#onLimit('reading');
      this.#response.destroy();
      return;
    }
    this.#looks += 1;
    // A heartbeat at every other look comes well within the minute after which proxies cut off silent answers.
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
