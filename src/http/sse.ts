import type { ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { type Cursor, furtherOn } from '../events/cursor.ts';
import type { Bearer } from '../auth/viewer.ts';
import type { Stream } from '../graphql/stream.ts';
import type { Limited } from '../limits.ts';
import type { Live } from '../live/live.ts';
import type { Payload } from '../live/message.ts';
import type { Outlet, Subscriber } from '../live/subscriber.ts';
import { callAt } from './call-at.ts';
import type { Drain, Guest } from './drain.ts';
import { expiredError } from './operation.ts';
import { type Framing, LOOK, Outflow, type Turn } from './outflow.ts';
import { NOT_STORED } from './problem.ts';

const COMPLETE = 'event: complete\ndata: \n\n';
/** A comment that says that the stream is there, at every other look: well under the minute after which proxies cut it. */
const KEEP_ALIVE = ':\n\n';
/** By how much of its longest time a stream ends sooner, at most: thousands began in the moment after a restart. */
const SPREAD = 0.1;

export interface EventStreamOptions {
  readonly live: Live;
  readonly turn: Turn;
  /** Whoever asked: when the token expires, and for whom it counts. */
  readonly viewer: Bearer;
  /** The last event that the client got, if it says so in a header. */
  readonly lastEventId: Cursor | null;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How long it may last, in milliseconds. */
  readonly longest: number;
  readonly drain: Drain;
  readonly limited: Limited;
  readonly report: (cause: unknown) => void;
}

type Outcome = 'left' | 'expired' | 'ended' | { readonly failed: unknown };

/** Sends the one result of an operation that is no subscription as a stream of its own. */
export function sendAsEvents(response: ServerResponse, result: ExecutionResult): null {
  begin(response);
  response.end(nextOf(result) + COMPLETE);
  return null;
}

/**
 * GraphQL over SSE, distinct connections: one operation for one response, each result a `next` with the cursor as its
 * id, and at the end of a query `complete`. A subscription ends after a while without it, to be taken up again: behind a
 * proxy that collects whole answers (lighttpd) nobody hears of a client that has left, and its stream would never end.
 * https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
 */
export class EventStream implements Outlet, Framing, Guest {
  /** Resolves when it is over. It never rejects. */
  readonly over: Promise<void>;
  readonly #response: ServerResponse;
  readonly #limited: Limited;
  readonly #outflow: Outflow;
  readonly #end: (outcome: Outcome) => void;
  #subscriber: Subscriber | null = null;
  #looks = 0;

  /**
   * Begins: the cohort's bytes as events of the response.
   *
   * @throws {HookcastError} TOO_MANY_REQUESTS when there are too many different subscriptions; nothing is sent then.
   */
  constructor(response: ServerResponse, { following, after }: Stream, options: EventStreamOptions) {
    const { live, turn, viewer, lastEventId, drain, limited } = options;
    const { promise: ended, resolve: end } = Promise.withResolvers<Outcome>();
    this.#response = response;
    this.#limited = limited;
    this.#end = end;
    this.#outflow = new Outflow({ stream: response, socket: response.req.socket, turn, gate: this });
    this.#subscriber = live.follow(following, furtherOn(after, lastEventId), this, viewer.holder);
    begin(response);
    drain.add(this);
    this.over = this.#last(ended, options);
  }

  get isOpen(): boolean {
    return !this.#response.destroyed && !this.#response.writableEnded;
  }

  hasRoom(): boolean {
    return this.#outflow.hasRoom(this);
  }

  write(payload: Payload): void {
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

  size({ id, bytes }: Payload): number {
    return headOf(id).length + bytes.length + 2;
  }

  put({ id, bytes }: Payload, into: Buffer, at: number): number {
    const next = at + into.write(headOf(id), at, 'latin1');
    const end = next + bytes.copy(into, next);
    return end + into.write('\n\n', end, 'latin1');
  }

  async #last(ended: Promise<Outcome>, { viewer, now, longest, drain, report }: EventStreamOptions): Promise<void> {
    const response = this.#response;
    const leave = () => this.leave();
    response.on('close', leave);
    // It is quiet for as long as it likes, and looked after here.
    response.req.socket.setTimeout(0);
    const cancelExpiry = callAt(viewer.expiresAt, now, () => this.#end('expired'));
    const ending = setTimeout(leave, longest * (1 - SPREAD * Math.random()));
    const looking = setInterval(() => this.#look(), LOOK);
    // Whose event came before anybody listened.
    if (response.destroyed) leave();

    const outcome = await ended;
    clearTimeout(ending);
    clearInterval(looking);
    cancelExpiry();
    drain.delete(this);
    this.#subscriber?.end();
    this.#outflow.flush();
    if (outcome === 'expired') response.write(nextOf({ errors: [expiredError()] }));
    if (typeof outcome === 'object') report(outcome.failed);
    // Without `complete`: it is a stream to come back to, of an expired token with a fresh one. Nobody would look after one
    // that is stuck.
    if (response.writableNeedDrain) response.destroy();
    else response.end();
  }

  /** Says that it is there, and lets go of a reader that takes nothing. */
  #look(): void {
    if (this.#outflow.isStuck()) {
      this.#limited('reading');
      this.#response.destroy();
      return;
    }
    this.#looks += 1;
    if (this.#looks % 2 === 0 && this.isOpen) this.#response.write(KEEP_ALIVE);
  }
}

function begin(response: ServerResponse): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': `${NOT_STORED}, no-transform`,
    // nginx would collect the stream otherwise.
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
}

function nextOf(result: ExecutionResult): string {
  return `event: next\ndata: ${JSON.stringify(result)}\n\n`;
}

function headOf(id: string): string {
  return `event: next\nid: ${id}\ndata: `;
}
