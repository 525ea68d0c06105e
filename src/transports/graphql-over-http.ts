import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SignIn } from '../auth/sign-in.ts';
import type { Tokens } from '../auth/tokens.ts';
import type { Bearer } from '../auth/viewer.ts';
import { type Code, HTTP, HookcastError, toHookcastError } from '../errors.ts';
import { type Cursor, decodeCursor } from '../events/cursor.ts';
import { type WrittenResult, writeResult } from '../execution/written-result.ts';
import type { Prepare } from '../execution/operations.ts';
import type { Yoga } from '../execution/yoga.ts';
import type { Observer } from '../events/observer.ts';
import type { OnLimit } from '../limits.ts';
import type { Live } from '../live/live.ts';
import type { Reports } from '../telemetry/reports.ts';
import { type Accepts, JSON_TYPE, acceptsOf, refusalType } from './accepts.ts';
import type { Admission, ConnectionSlot } from './admission.ts';
import type { Bodies } from '../http/bodies.ts';
import { credentialsOf } from '../http/credentials.ts';
import { allowOrigin } from '../http/cross-origin.ts';
import type { Drain } from '../http/drain.ts';
import type { LostUpgrades } from './lost-upgrades.ts';
import { asksByHash, notKnownByHash, operationInAddress, parseOperationRequest } from './operation.ts';
import { isFromHere } from '../http/from-here.ts';
import type { Origins } from '../http/origins.ts';
import type { Turn } from './outflow.ts';
import type { QueryQuota, Quotas } from './quotas.ts';
import { sendGraphQLError, sendText } from '../http/problem.ts';
import { StreamedResponse, sendAsStream } from './streamed-response.ts';
import { requestIdOf } from '../http/reply.ts';

export interface GraphQLHandlerOptions {
  readonly yoga: Yoga;
  readonly operations: { readonly prepare: Prepare };
  readonly live: Live;
  readonly turn: Turn;
  readonly signIn: SignIn;
  readonly tokens: Pick<Tokens, 'hold'>;
  readonly origins: Origins;
  readonly lostUpgrades: LostUpgrades;
  readonly bodies: Bodies;
  readonly dev: boolean;
  readonly admission: Admission;
  readonly drain: Drain;
  readonly quotas: Quotas;
  readonly onLimit: OnLimit;
  /** How long a streamed answer may last, in milliseconds. */
  readonly longestStream: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly reports: Reports;
  readonly observer: Pick<Observer, 'onConnect' | 'onDisconnect'>;
}

const NO_STREAM =
  'A subscription needs a WebSocket, or "Accept: text/event-stream", or "Accept: multipart/mixed;subscriptionSpec=1.0".';

const HOW_TO_ASK: Readonly<Record<string, string>> = {
  GET: 'Send queries and mutations with POST, since addresses get into logs. A subscription can be asked for with GET and "Accept: text/event-stream".',
  // graphql-sse reserves a stream with it.
  PUT: 'Each event stream needs its own connection: leave out `singleConnection` in the client, and send requests with POST.',
};

/** `/graphql` over HTTP: answers, and streams for clients that accept one. If the viewer is unknown, the request's body is not read. */
export function graphql(options: GraphQLHandlerOptions) {
  const { reports } = options;
  const report = reports.of('a request failed');
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const accepts = acceptsOf(request);
    let query: QueryQuota | null = null;
    try {
      options.lostUpgrades.check(request);
      // GraphiQL is sent without headers for other origins: the page may hold a token, so no shared cache may keep it.
      const isGet = request.method === 'GET';
      const byAddress = isGet && accepts.stream !== null;
      const byHash = isGet && !byAddress && asksByHash(request);
      if (isGet && options.dev && !byHash && !byAddress) return await sendGraphiQL(request, response, options.yoga);
      allowOrigin(request, response, options.origins);
      if (request.method === 'OPTIONS') return void response.writeHead(204).end();
      if (request.method !== 'POST' && !byHash && !byAddress) throw methodNotAllowed(request, response);
      const place = accepts.stream ? admit(request, response, options) : null;
      const viewer = await options.signIn(credentialsOf(request, options.origins));
      // A stream counts as a connection and not as a query, so that a thousand may come back at once.
      if (place) place.giveTo(viewer.holder);
      else query = options.quotas.begin(viewer.holder);
      if (byHash) return void sendAnswer(response, writeResult({ errors: [notKnownByHash()] }), accepts.type);
      // A form or script of another page can't send this type without a preflight (CORS), which is answered above. An address can
      // ask only for a subscription: that changes nothing, and the token in its header needs a preflight as well.
      if (!byAddress && !/^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? '')) {
        throw new HookcastError('UNSUPPORTED_MEDIA_TYPE', 'Send GraphQL requests as application/json.');
      }
      const stream = await answer(request, response, { accepts, viewer, isCounted: query !== null, report }, options);
      if (!stream) return;
      options.observer.onConnect(stream.transport);
      await stream.over;
      options.observer.onDisconnect(stream.transport);
    } catch (thrown) {
      const error = toHookcastError(thrown);
      if (HTTP[error.code].status >= 500) report(thrown, requestIdOf(response));
      sendGraphQLError(response, error, refusalType(accepts, error.code));
    } finally {
      if (query) releaseWith(response, query);
    }
  };
}

/** The error that says how to ask instead. */
function methodNotAllowed({ method = '' }: IncomingMessage, response: ServerResponse): HookcastError {
  response.setHeader('allow', 'POST, OPTIONS');
  return new HookcastError('METHOD_NOT_ALLOWED', HOW_TO_ASK[method] ?? 'Send GraphQL requests with POST.');
}

/** The place of a stream, kept until it ends. @throws {HookcastError} */
function admit(
  request: IncomingMessage,
  response: ServerResponse,
  { admission, drain }: GraphQLHandlerOptions,
): ConnectionSlot {
  // A pipelined stream waits for the answer before it, which may be a stream itself, so that it might never be sent a byte.
  if (!response.socket) throw new HookcastError('BAD_REQUEST', 'Wait for the answer before you send the next request.');
  if (drain.isLeaving) throw new HookcastError('OVERLOADED', 'This gateway is shutting down. Try again in a moment.');
  const place = admission.enter(request);
  response.once('close', () => place.leave());
  return place;
}

interface Asking {
  readonly accepts: Accepts;
  readonly viewer: Bearer;
  /** Whether the request counts as a query already. */
  readonly isCounted: boolean;
  readonly report: (cause: unknown) => void;
}

/**
 * Answers, or begins a stream. The caller waits for the stream's end: this function would hold the request's operation in memory
 * for as long as the stream lasts.
 */
async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { accepts, viewer, isCounted, report }: Asking,
  options: GraphQLHandlerOptions,
): Promise<StreamedResponse | null> {
  const operation = await prepare(request, response, viewer, options);
  if ('length' in operation) return sendAnswer(response, writeResult({ errors: operation }), accepts.type);
  if (operation.kind === 'single') {
    if (request.method === 'GET') throw methodNotAllowed(request, response);
    if (!isCounted) releaseWith(response, options.quotas.begin(viewer.holder));
    const answer = await options.reports.during(requestIdOf(response), operation.run);
    // A client that takes no single answer takes a stream.
    return accepts.single
      ? sendAnswer(response, answer, accepts.type)
      : sendAsStream(response, answer, accepts.stream!);
  }
  const form = accepts.stream;
  if (!form) throw new HookcastError('NOT_ACCEPTABLE', NO_STREAM);
  const opened = await operation.open();
  if (!('following' in opened)) return sendAsStream(response, writeResult(opened), form);
  const { live, turn, tokens, drain, onLimit, longestStream: longest, now } = options;
  const lastEventId = lastEventIdOf(request);
  const streaming = { form, live, turn, viewer, tokens, lastEventId, now, longest, drain, onLimit, report };
  return new StreamedResponse(response, opened, streaming);
}

/** The operation that a request asks for. The body and its parsed form are released when this returns. */
async function prepare(
  request: IncomingMessage,
  response: ServerResponse,
  viewer: Bearer,
  { bodies, operations, quotas, reports }: GraphQLHandlerOptions,
): Promise<Awaited<ReturnType<Prepare>>> {
  // Node's limit for headers bounds the address.
  const body = request.method === 'GET' ? null : await bodies.read(request);
  // Read before the body is parsed, so that a mistake in this header is told first.
  lastEventIdOf(request);
  await quotas.turn(viewer.holder);
  const asked = () => (body ? parseOperationRequest(body) : operationInAddress(request));
  return reports.during(requestIdOf(response), () => operations.prepare(asked(), viewer, request.headers));
}

/** Releases the query when the answer has left: an answer that nobody reads takes memory until then. */
function releaseWith(response: ServerResponse, query: QueryQuota): void {
  if (response.destroyed || response.writableFinished) query.release();
  else response.once('close', () => query.release());
}

/** The cursor from which a client of event streams wants to resume. @throws {HookcastError} INVALID_CURSOR. */
function lastEventIdOf(request: IncomingMessage): Cursor | null {
  const header = acceptsOf(request).stream ? request.headers['last-event-id'] : undefined;
  return typeof header === 'string' && header !== '' ? decodeCursor(header) : null;
}

/**
 * Answers a well-formed request. In application/json the status is 200, so that clients can tell the answer from a proxy's
 * error: https://graphql.github.io/graphql-over-http/draft/#sec-application-json
 */
function sendAnswer(response: ServerResponse, { bytes, hasData, errors }: WrittenResult, type: string): null {
  const code = hasData ? null : (errors[0]?.extensions['code'] as Code);
  const isOk = code === null || (type === JSON_TYPE && code !== 'DOCUMENT_NOT_TRUSTED');
  sendText(response, isOk ? 200 : HTTP[code].status, bytes, { 'content-type': `${type}; charset=utf-8` });
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
  for (const [name, value] of Object.entries(ALONE)) response.setHeader(name, value);
  await sendPage(response, answer);
}

/** The page holds a token for everything. In a frame, another page could have its visitor click on what it has filled in. */
const ALONE: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

async function sendPage(response: ServerResponse, answer: Response): Promise<void> {
  const body = Buffer.from(await answer.arrayBuffer());
  response.writeHead(answer.status, {
    'content-type': answer.headers.get('content-type') ?? 'application/json; charset=utf-8',
    'content-length': body.length,
  });
  response.end(body);
}
