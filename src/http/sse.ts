import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { type Cursor, encodeCursor } from '../events/cursor.ts';
import { callAt } from './call-at.ts';
import { type Prepared, expiredError } from './operation.ts';

/** How often a silent stream says that it is there, in milliseconds: well under the minute after which proxies cut it. */
const KEEP_ALIVE = 12_000;
/** How long a stream may take nothing before it is ended, in milliseconds. */
const BLOCKED = 30_000;

export interface EventStreamOptions {
  /** The cursor of the message that the newest result was made from. */
  readonly position: () => Cursor | null;
  /** When the token expires, and what time it is: milliseconds since 1970. */
  readonly expiresAt: number;
  readonly now: () => number;
  /** Aborted when the gateway drains. */
  readonly draining: AbortSignal;
  readonly report: (cause: unknown) => void;
}

/**
 * GraphQL over SSE, distinct connections: one operation for one response, each result a `next` with the cursor as its
 * id, and at its end `complete`. https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
 */
export async function sendEventStream(
  response: ServerResponse,
  { args, isSubscription, execute, subscribe }: Prepared,
  { position, expiresAt, now, draining, report }: EventStreamOptions,
): Promise<void> {
  const result = await (isSubscription ? subscribe(args) : execute(args));
  const results = Symbol.asyncIterator in result ? result : null;

  const end = new AbortController();
  const stop = () => end.abort();
  response.on('close', stop);
  draining.addEventListener('abort', stop);
  // Wakes a stream that waits for the next event; what it is sending, it still sends.
  end.signal.addEventListener('abort', () => void results?.return(undefined));
  if (draining.aborted) stop();
  let expired = false;
  const cancelExpiry = callAt(expiresAt, now, () => {
    expired = true;
    stop();
  });

  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    // nginx would collect the stream otherwise.
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
  const keepAlive = setInterval(() => {
    if (!response.writableNeedDrain) response.write(':\n\n');
  }, KEEP_ALIVE);

  const send = async (event: string, data: string): Promise<void> => {
    if (response.destroyed || response.write(`${event}data: ${data}\n\n`)) return;
    // Nothing more is read from the log until the socket takes this: a slow reader is just further behind.
    await once(response, 'drain', { signal: AbortSignal.any([end.signal, AbortSignal.timeout(BLOCKED)]) });
  };
  const next = (payload: ExecutionResult) => {
    const cursor = position();
    return send(`event: next\n${cursor ? `id: ${encodeCursor(cursor)}\n` : ''}`, JSON.stringify(payload));
  };

  try {
    if (!results) await next(result as ExecutionResult);
    else for await (const payload of results) await next(payload);
    if (expired) await next({ errors: [expiredError()] });
    // A stream that ends without `complete` is one to come back to.
    if (!draining.aborted) await send('event: complete\n', '');
  } catch (error) {
    // A reader that went away, or took nothing for too long, is no fault of ours; anything else is.
    if (!(error instanceof Error && error.name === 'AbortError')) report(error);
  } finally {
    clearInterval(keepAlive);
    cancelExpiry();
    draining.removeEventListener('abort', stop);
    await results?.return(undefined);
    if (response.writableNeedDrain) response.destroy();
    else response.end();
  }
}
