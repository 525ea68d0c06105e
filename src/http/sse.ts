import type { ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import type { Cursor } from '../events/cursor.ts';
import { written } from '../graphql/answer.ts';
import type { Operation } from '../graphql/operations.ts';
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
  /** Where a subscription resumes that says nothing itself. */
  readonly lastEventId: Cursor | null;
  /** When the token expires, and what time it is: milliseconds since 1970. */
  readonly expiresAt: number;
  readonly now: () => number;
  /** How long it may last, in milliseconds. */
  readonly longest: number;
  readonly drain: Drain;
  readonly limited: Limited;
  readonly report: (cause: unknown) => void;
}

/**
 * GraphQL over SSE, distinct connections: one operation for one response, each result a `next` with the cursor as its
 * id, and at the end of a query `complete`. A subscription ends after a while without it, to be taken up again: behind a
 * proxy that collects whole answers (lighttpd) nobody hears of a client that has left, and its stream would never end.
 * https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
 */
export async function sendEventStream(
  response: ServerResponse,
  operation: Operation,
  { live, turn, lastEventId, expiresAt, now, longest, drain, limited, report }: EventStreamOptions,
): Promise<void> {
  const opened = operation.kind === 'single' ? await operation.run() : await operation.open();
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': `${NOT_STORED}, no-transform`,
    // nginx would collect the stream otherwise.
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
  if (!('following' in opened)) return void response.end(nextOf(opened) + COMPLETE);

  const { promise: over, resolve: end } = Promise.withResolvers<Outcome>();
  const leave = () => end('left');
  response.on('close', leave);
  // It is quiet for as long as it likes, and looked after here.
  response.req.socket.setTimeout(0);
  const cancelExpiry = callAt(expiresAt, now, () => end('expired'));
  const stream = new EventStream(response, { turn, limited, over: end });
  const ending = setTimeout(leave, longest * (1 - SPREAD * Math.random()));
  const looking = setInterval(() => stream.look(), LOOK);
  const subscriber = live.follow(opened.following, opened.after ?? lastEventId, stream);
  stream.subscriber = subscriber;
  drain.add(stream);
  // Whose event came before anybody listened.
  if (response.destroyed) leave();

  const outcome = await over;
  clearTimeout(ending);
  clearInterval(looking);
  cancelExpiry();
  drain.delete(stream);
  subscriber.end();
  stream.flush();
  if (outcome === 'expired') response.write(nextOf({ errors: [expiredError()] }));
  if (typeof outcome === 'object') report(outcome.failed);
  // Without `complete`: it is a stream to come back to, of an expired token with a fresh one. Nobody would look after one
  // that is stuck.
  if (response.writableNeedDrain) response.destroy();
  else response.end();
}

type Outcome = 'left' | 'expired' | 'ended' | { readonly failed: unknown };

function nextOf(result: ExecutionResult): string {
  return `event: next\ndata: ${written(result)}\n\n`;
}

/** One subscription over SSE: the cohort's bytes as events of a response. */
class EventStream implements Outlet, Framing, Guest {
  subscriber: Subscriber | null = null;
  readonly #response: ServerResponse;
  readonly #over: (outcome: Outcome) => void;
  readonly #limited: Limited;
  readonly #outflow: Outflow;
  #looks = 0;

  constructor(
    response: ServerResponse,
    { turn, limited, over }: { turn: Turn; limited: Limited; over: (outcome: Outcome) => void },
  ) {
    this.#response = response;
    this.#limited = limited;
    this.#over = over;
    this.#outflow = new Outflow({ stream: response, socket: response.req.socket, turn, gate: this });
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
    this.#over(error === undefined ? 'ended' : { failed: error });
  }

  leave(): void {
    this.#over('left');
  }

  flush(): void {
    this.#outflow.flush();
  }

  drained(): void {
    this.subscriber?.drained();
  }

  /** Says that it is there, and lets go of a reader that takes nothing. */
  look(): void {
    if (this.#outflow.isStuck()) {
      this.#limited('reading');
      this.#response.destroy();
      return;
    }
    this.#looks += 1;
    if (this.#looks % 2 === 0 && this.isOpen) this.#response.write(KEEP_ALIVE);
  }

  size({ id, bytes }: Payload): number {
    return headOf(id).length + bytes.length + 2;
  }

  put({ id, bytes }: Payload, into: Buffer, at: number): number {
    const next = at + into.write(headOf(id), at, 'latin1');
    const end = next + bytes.copy(into, next);
    return end + into.write('\n\n', end, 'latin1');
  }
}

function headOf(id: string): string {
  return `event: next\nid: ${id}\ndata: `;
}
