import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import type { Authenticate } from '../auth/authenticate.ts';
import type { Viewer } from '../auth/viewer.ts';
import { type Code, HTTP, HookcastError, toHookcastError } from '../errors.ts';
import { decodeCursor } from '../events/cursor.ts';
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
import type { Drain } from './drain.ts';
import type { LostUpgrades } from './lost-upgrades.ts';
import { parseOperationRequest } from './operation.ts';
import { isFromHere } from './from-here.ts';
import type { Origins } from './origins.ts';
import type { Turn } from './outflow.ts';
import { sendGraphQLError, sendText } from './problem.ts';
import { sendEventStream } from './sse.ts';

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
    try {
      options.lostUpgrades.check(request);
      // Before any header for other origins: the page may hold a token, and is for nobody but who opened it.
      if (request.method === 'GET' && options.dev) return await sendGraphiQL(request, response, options.yoga);
      allowOrigin(request, response, options.origins);
      if (request.method === 'OPTIONS') return void response.writeHead(204).end();
      if (request.method !== 'POST') {
        response.setHeader('allow', 'POST, OPTIONS');
        throw new HookcastError('METHOD_NOT_ALLOWED', 'Send GraphQL requests with POST, or open a WebSocket.');
      }
      const place = acceptsOf(request).stream ? admit(request, response, options) : null;
      const viewer = await options.authenticate(request.headers.authorization);
      place?.giveTo(viewer.holder);
      // No form and no script of another page can send this without asking first (CORS), which is answered above.
      if (!/^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? '')) {
        throw new HookcastError('UNSUPPORTED_MEDIA_TYPE', 'Send GraphQL requests as application/json.');
      }
      await answer(request, response, viewer, options, report);
    } catch (thrown) {
      const error = toHookcastError(thrown);
      if (HTTP[error.code].status >= 500) report(thrown, requestIdOf(response));
      sendGraphQLError(response, error);
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

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  viewer: Viewer,
  { operations, bodies, live, turn, drain, limited, longestStream: longest, now, reports, connected }: GraphQLOptions,
  report: (cause: unknown) => void,
): Promise<void> {
  const requestId = requestIdOf(response);
  const accepts = acceptsOf(request);
  const body = await bodies.read(request);
  const header = accepts.stream ? request.headers['last-event-id'] : undefined;
  const lastEventId = typeof header === 'string' && header !== '' ? decodeCursor(header) : null;
  const operation = await reports.during(requestId, () =>
    operations.prepare(parseOperationRequest(body), viewer, request.headers),
  );
  if ('length' in operation) return sendResult(response, { errors: operation }, accepts.type);
  if (operation.kind === 'single' && accepts.single) {
    return sendResult(response, await reports.during(requestId, operation.run), accepts.type);
  }
  if (!accepts.stream) {
    throw new HookcastError('NOT_ACCEPTABLE', `A subscription needs a WebSocket, or "Accept: ${STREAM_TYPE}".`);
  }
  const { expiresAt } = viewer;
  const disconnected = connected('sse');
  try {
    const options = { live, turn, lastEventId, expiresAt, now, longest, drain, limited, report };
    await sendEventStream(response, operation, options);
  } finally {
    disconnected();
  }
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
function sendResult(response: ServerResponse, result: ExecutionResult, type: string): void {
  const code = result.data === undefined ? (result.errors?.[0]?.extensions['code'] as Code) : null;
  const isOk = code === null || (type === JSON_TYPE && code !== 'DOCUMENT_NOT_TRUSTED');
  sendText(response, isOk ? 200 : HTTP[code].status, written(result), { 'content-type': `${type}; charset=utf-8` });
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

/**
 * Tokens come in a header, never in a cookie, so a page of another origin has only what its user hands it; and that it
 * gets nothing with, unless it is allowed.
 */
function allowOrigin(request: IncomingMessage, response: ServerResponse, origins: Origins): void {
  const { origin } = request.headers;
  if (origin === undefined) return;
  response.setHeader('vary', 'Origin');
  origins.check(request);
  response.setHeader('access-control-allow-origin', origin);
  if (request.method !== 'OPTIONS') return;
  response.setHeader('access-control-allow-methods', 'POST, OPTIONS');
  response.setHeader('access-control-allow-headers', 'authorization, content-type, last-event-id');
  response.setHeader('access-control-max-age', '600');
}
