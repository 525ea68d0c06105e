import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import type { Authenticate } from '../auth/authenticate.ts';
import type { Bearer } from '../auth/viewer.ts';
import { type Code, HTTP, HookcastError, toHookcastError } from '../errors.ts';
import { type Cursor, decodeCursor } from '../events/cursor.ts';
import { written } from '../graphql/answer.ts';
import type { Prepare } from '../graphql/operations.ts';
import type { Yoga } from '../graphql/yoga.ts';
import type { Limited } from '../limits.ts';
import type { Live } from '../live/live.ts';
import type { Transport } from '../telemetry/metrics.ts';
import type { Reports } from '../telemetry/reports.ts';
import { requestIdOf } from '../telemetry/request-id.ts';
import type { Admission, Place } from './admission.ts';
import type { Bodies } from './bodies.ts';
import { allowOrigin } from './cross-origin.ts';
import type { Drain } from './drain.ts';
import type { LostUpgrades } from './lost-upgrades.ts';
import { asksByHash, notKnownByHash, parseOperationRequest } from './operation.ts';
import { isFromHere } from './from-here.ts';
import type { Origins } from './origins.ts';
import type { Turn } from './outflow.ts';
import type { Query, Quotas } from './quotas.ts';
import { EventStream, sendAsEvents } from './sse.ts';
import { sendGraphQLError, sendText } from './problem.ts';

export interface GraphQLOptions {
  readonly yoga: Yoga;
  readonly operations: { readonly prepare: Prepare };
  readonly live: Live;
  readonly turn: Turn;
  readonly authenticate: Authenticate;
  readonly origins: Origins;
  readonly lostUpgrades: LostUpgrades;
  readonly bodies: Bodies;
  readonly dev: boolean;
  readonly admission: Admission;
  readonly drain: Drain;
  readonly quotas: Quotas;
  readonly limited: Limited;
  /** How long an event stream may last, in milliseconds. */
  readonly longestStream: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly reports: Reports;
  /** Told of each event stream that begins; what it returns is told of its end. */
  readonly connected: (transport: Transport) => () => void;
}

const JSON_TYPE = 'application/json';
const RESPONSE_TYPE = 'application/graphql-response+json';
const STREAM_TYPE = 'text/event-stream';

/** `/graphql` over HTTP: answers, and with `Accept: text/event-stream` streams. Nothing is read of a stranger's request. */
export function graphql(options: GraphQLOptions) {
  const { reports } = options;
  const report = reports.of('a request failed');
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let query: Query | null = null;
    try {
      options.lostUpgrades.check(request);
      // Before any header for other origins: the page may hold a token, and is for nobody but who opened it.
      const byHash = request.method === 'GET' && asksByHash(request);
      if (request.method === 'GET' && options.dev && !byHash)
        return await sendGraphiQL(request, response, options.yoga);
      allowOrigin(request, response, options.origins);
      if (request.method === 'OPTIONS') return void response.writeHead(204).end();
      if (request.method !== 'POST' && !byHash) {
        response.setHeader('allow', 'POST, OPTIONS');
        throw new HookcastError('METHOD_NOT_ALLOWED', 'Send GraphQL requests with POST, or open a WebSocket.');
      }
      const place = acceptsOf(request).stream ? admit(request, response, options) : null;
      const viewer = await options.authenticate(request.headers.authorization);
      // A stream has its place: a thousand that come back at once are not refused like so many queries.
      if (place) place.giveTo(viewer.holder);
      else query = options.quotas.begin(viewer.holder);
      if (byHash) return void sendResult(response, { errors: [notKnownByHash()] }, acceptsOf(request).type);
      // No form and no script of another page can send this without asking first (CORS), which is answered above.
      if (!/^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? '')) {
        throw new HookcastError('UNSUPPORTED_MEDIA_TYPE', 'Send GraphQL requests as application/json.');
      }
      const stream = await answer(request, response, { viewer, isCounted: query !== null, report }, options);
      if (!stream) return;
      const disconnected = options.connected('sse');
      await stream.over;
      disconnected();
    } catch (thrown) {
      const error = toHookcastError(thrown);
      if (HTTP[error.code].status >= 500) report(thrown, requestIdOf(response));
      sendGraphQLError(response, error);
    } finally {
      if (query) releaseWith(response, query);
    }
  };
}

/** The place of an event stream, kept until it ends. @throws {HookcastError} */
function admit(request: IncomingMessage, response: ServerResponse, { admission, drain }: GraphQLOptions): Place {
  // Behind an answer that is still to come, which may be a stream itself, it would never be sent a byte.
  if (!response.socket) throw new HookcastError('BAD_REQUEST', 'Ask for a stream when the last answer is there.');
  if (drain.isLeaving) throw new HookcastError('OVERLOADED', 'This gateway is about to end. Come back in a moment.');
  const place = admission.enter(request);
  response.once('close', () => place.leave());
  return place;
}

interface Asking {
  readonly viewer: Bearer;
  /** Whether it counts as a query already. */
  readonly isCounted: boolean;
  readonly report: (cause: unknown) => void;
}

/**
 * Answers, or begins a stream, which is waited for elsewhere: what holds the request's operation here would hold it for as
 * long as the stream lasts.
 */
async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { viewer, isCounted, report }: Asking,
  options: GraphQLOptions,
): Promise<EventStream | null> {
  const accepts = acceptsOf(request);
  const operation = await prepare(request, response, viewer, options);
  if ('length' in operation) return sendResult(response, { errors: operation }, accepts.type);
  if (operation.kind === 'single') {
    if (!isCounted) releaseWith(response, options.quotas.begin(viewer.holder));
    const result = await options.reports.during(requestIdOf(response), operation.run);
    return accepts.single ? sendResult(response, result, accepts.type) : sendAsEvents(response, result);
  }
  if (!accepts.stream) {
    throw new HookcastError('NOT_ACCEPTABLE', `A subscription needs a WebSocket, or "Accept: ${STREAM_TYPE}".`);
  }
  const opened = await operation.open();
  if (!('following' in opened)) return sendAsEvents(response, opened);
  const { live, turn, drain, limited, longestStream: longest, now } = options;
  const lastEventId = lastEventIdOf(request);
  return new EventStream(response, opened, { live, turn, viewer, lastEventId, now, longest, drain, limited, report });
}

/** The operation that a request asks for. Its body, and what was parsed of it, are let go of when this returns. */
async function prepare(
  request: IncomingMessage,
  response: ServerResponse,
  viewer: Bearer,
  { bodies, operations, quotas, reports }: GraphQLOptions,
): Promise<Awaited<ReturnType<Prepare>>> {
  const body = await bodies.read(request);
  // Before anything is parsed, so that a mistake in it is told first.
  lastEventIdOf(request);
  await quotas.turn(viewer.holder);
  return reports.during(requestIdOf(response), () =>
    operations.prepare(parseOperationRequest(body), viewer, request.headers),
  );
}

/** Until the answer has left: one that nobody reads takes room for as long. */
function releaseWith(response: ServerResponse, query: Query): void {
  if (response.destroyed || response.writableFinished) query.release();
  else response.once('close', () => query.release());
}

/** Where a stream is to resume, as browsers and SSE clients say it. @throws {HookcastError} INVALID_CURSOR. */
function lastEventIdOf(request: IncomingMessage): Cursor | null {
  const header = acceptsOf(request).stream ? request.headers['last-event-id'] : undefined;
  return typeof header === 'string' && header !== '' ? decodeCursor(header) : null;
}

/** In which forms a client takes answers. Whatever else it would rather have, this is what there is. */
function acceptsOf({ headers: { accept = '' } }: IncomingMessage) {
  const stream = accept.includes(STREAM_TYPE);
  // Some take either for everything: then what is one answer comes as one.
  const single = !stream || accept.includes(JSON_TYPE) || accept.includes(RESPONSE_TYPE);
  return { stream, single, type: accept.includes(RESPONSE_TYPE) || !single ? RESPONSE_TYPE : JSON_TYPE };
}

/**
 * Answers a request that was well-formed. In application/json that is 200, so that clients know it from what a proxy
 * says: https://graphql.github.io/graphql-over-http/draft/#sec-application-json
 */
function sendResult(response: ServerResponse, result: ExecutionResult, type: string): null {
  const code = result.data === undefined ? (result.errors?.[0]?.extensions['code'] as Code) : null;
  const isOk = code === null || (type === JSON_TYPE && code !== 'DOCUMENT_NOT_TRUSTED');
  sendText(response, isOk ? 200 : HTTP[code].status, written(result), { 'content-type': `${type}; charset=utf-8` });
  return null;
}

async function sendGraphiQL(request: IncomingMessage, response: ServerResponse, yoga: Yoga): Promise<void> {
  if (!request.headers.accept?.includes('text/html')) {
    throw new HookcastError(
      'METHOD_NOT_ALLOWED',
      'Open this address in a browser, or send GraphQL requests with POST.',
    );
  }
  const asked = { seesSchema: true, signedIn: isFromHere(request) };
  const answer = await yoga.fetch('http://gateway/graphql', { headers: { accept: 'text/html' } }, asked);
  response.setHeader('cache-control', 'no-store');
  await sendAnswer(response, answer);
}

async function sendAnswer(response: ServerResponse, answer: Response): Promise<void> {
  const body = Buffer.from(await answer.arrayBuffer());
  response.writeHead(answer.status, {
    'content-type': answer.headers.get('content-type') ?? 'application/json; charset=utf-8',
    'content-length': body.length,
  });
  response.end(body);
}
