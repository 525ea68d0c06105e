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
  GET: 'Send queries and mutations with POST: what stands in an address stands in logs. A subscription can be asked for with GET and "Accept: text/event-stream".',
  // graphql-sse reserves a stream with it.
  PUT: 'Event streams are spoken in distinct connections alone: leave out `singleConnection` in the client, and send requests with POST.',
};

/** `/graphql` over HTTP: answers, and streams for clients that accept one. Nothing is read of a stranger's request. */
export function graphql(options: GraphQLHandlerOptions) {
  const { reports } = options;
  const report = reports.of('a request failed');
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const accepts = acceptsOf(request);
    let query: QueryQuota | null = null;
    try {
      options.lostUpgrades.check(request);
      // Before any header for other origins: the page may hold a token, and is for nobody but who opened it.
      const isGet = request.method === 'GET';
      const byAddress = isGet && accepts.stream !== null;
      const byHash = isGet && !byAddress && asksByHash(request);
      if (isGet && options.dev && !byHash && !byAddress) return await sendGraphiQL(request, response, options.yoga);
      allowOrigin(request, response, options.origins);
      if (request.method === 'OPTIONS') return void response.writeHead(204).end();
      if (request.method !== 'POST' && !byHash && !byAddress) throw methodNotAllowed(request, response);
      const place = accepts.stream ? admit(request, response, options) : null;
      const viewer = await options.signIn(credentialsOf(request, options.origins));
      // A stream has its place: a thousand that come back at once are not refused like so many queries.
      if (place) place.giveTo(viewer.holder);
      else query = options.quotas.begin(viewer.holder);
      if (byHash) return void sendAnswer(response, writeResult({ errors: [notKnownByHash()] }), accepts.type);
      // No form and no script of another page can send this without asking first (CORS), which is answered above. By its address
      // only a subscription is asked for: it changes nothing, and the token in its header has to be asked for as well.
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

/** Says how to ask instead. */
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
  // Behind an answer that is still to come, which may be a stream itself, it would never be sent a byte.
  if (!response.socket) throw new HookcastError('BAD_REQUEST', 'Wait for the answer before you send the next request.');
  if (drain.isLeaving) throw new HookcastError('OVERLOADED', 'This gateway is shutting down. Try again in a moment.');
  const place = admission.enter(request);
  response.once('close', () => place.leave());
  return place;
}

interface Asking {
  readonly accepts: Accepts;
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
  const streaming = { form, live, turn, viewer, tokens, lastEventId, now, longest, drain, onLimit: onLimit, report };
  return new StreamedResponse(response, opened, streaming);
}

/** The operation that a request asks for. Its body, and what was parsed of it, are let go of when this returns. */
async function prepare(
  request: IncomingMessage,
  response: ServerResponse,
  viewer: Bearer,
  { bodies, operations, quotas, reports }: GraphQLHandlerOptions,
): Promise<Awaited<ReturnType<Prepare>>> {
  // The room for headers bounds an address, so that nothing else has to.
  const body = request.method === 'GET' ? null : await bodies.read(request);
  // Before anything is parsed, so that a mistake in it is told first.
  lastEventIdOf(request);
  await quotas.turn(viewer.holder);
  const asked = () => (body ? parseOperationRequest(body) : operationInAddress(request));
  return reports.during(requestIdOf(response), () => operations.prepare(asked(), viewer, request.headers));
}

/** Until the answer has left: one that nobody reads takes room for as long. */
function releaseWith(response: ServerResponse, query: QueryQuota): void {
  if (response.destroyed || response.writableFinished) query.release();
  else response.once('close', () => query.release());
}

/** Where a stream is to resume, as clients of event streams say it. @throws {HookcastError} INVALID_CURSOR. */
function lastEventIdOf(request: IncomingMessage): Cursor | null {
  const header = acceptsOf(request).stream ? request.headers['last-event-id'] : undefined;
  return typeof header === 'string' && header !== '' ? decodeCursor(header) : null;
}

/**
 * Answers a request that was well-formed. In application/json that is 200, so that clients know it from what a proxy
 * says: https://graphql.github.io/graphql-over-http/draft/#sec-application-json
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
  response.setHeader('cache-control', 'no-store');
  await sendPage(response, answer);
}

async function sendPage(response: ServerResponse, answer: Response): Promise<void> {
  const body = Buffer.from(await answer.arrayBuffer());
  response.writeHead(answer.status, {
    'content-type': answer.headers.get('content-type') ?? 'application/json; charset=utf-8',
    'content-length': body.length,
  });
  response.end(body);
}
