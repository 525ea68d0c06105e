import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Authenticate } from '../auth/authenticate.ts';
import type { Viewer } from '../auth/viewer.ts';
import { HTTP, HookcastError, toHookcastError } from '../errors.ts';
import { decodeCursor } from '../events/cursor.ts';
import type { Context } from '../graphql/context.ts';
import type { Operations } from '../graphql/operations.ts';
import type { Yoga } from '../graphql/yoga.ts';
import type { Live } from '../live/live.ts';
import type { Transport } from '../telemetry/metrics.ts';
import type { Reports } from '../telemetry/reports.ts';
import { requestIdOf } from '../telemetry/request-id.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { parseOperationRequest } from './operation.ts';
import type { Turn } from './outflow.ts';
import { sendGraphQLError, sendJson } from './problem.ts';
import { readBody } from './read-body.ts';
import { sendEventStream } from './sse.ts';

export interface GraphQLOptions {
  readonly yoga: Yoga;
  readonly operations: Pick<Operations, 'prepare'>;
  readonly live: Live;
  readonly turn: Turn;
  readonly authenticate: Authenticate;
  readonly openContext: (viewer: Viewer) => Context;
  readonly allowedOrigins: readonly string[];
  readonly maxBodyBytes: number;
  readonly dev: boolean;
  readonly draining: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly reports: Reports;
  /** Null without traces. */
  readonly tracing: Tracing | null;
  /** Told of each event stream that begins; what it returns is told of its end. */
  readonly connected: (transport: Transport) => () => void;
}

const JSON_TYPE = 'application/json';
const RESPONSE_JSON = 'application/graphql-response+json';
const LOCAL = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/** `/graphql`: queries, and with `Accept: text/event-stream` subscriptions. Nothing is read of a stranger's request. */
export function graphql(options: GraphQLOptions) {
  const { reports } = options;
  const report = reports.of('a request failed');
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      // Before any header for other origins: the page holds a token, and is for nobody but who opened it.
      if (request.method === 'GET' && options.dev) return await sendGraphiQL(request, response, options.yoga);
      allowOrigin(request, response, options.allowedOrigins);
      if (request.method === 'OPTIONS') return void response.writeHead(204).end();
      if (request.method !== 'POST') {
        response.setHeader('allow', 'POST, OPTIONS');
        throw new HookcastError('METHOD_NOT_ALLOWED', 'Send GraphQL requests with POST, or open a WebSocket.');
      }
      const viewer = await options.authenticate(request.headers.authorization);
      if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
        throw new HookcastError('BAD_REQUEST', 'Send GraphQL requests as application/json.');
      }
      const body = await readBody(request, options.maxBodyBytes);
      const wantsStream = request.headers.accept?.includes('text/event-stream') ?? false;
      if (wantsStream) return await stream(request, response, viewer, body, options, report);
      await reports.during(requestIdOf(response), () => query(request, response, viewer, body, options));
    } catch (thrown) {
      const error = toHookcastError(thrown);
      if (HTTP[error.code].status >= 500) report(thrown, requestIdOf(response));
      sendGraphQLError(response, error);
    }
  };
}

async function query(
  request: IncomingMessage,
  response: ServerResponse,
  viewer: Viewer,
  body: Buffer,
  { yoga, openContext, tracing }: GraphQLOptions,
): Promise<void> {
  const { accept = '' } = request.headers;
  const operation = parseOperationRequest(body);
  const context = openContext(viewer);
  const answer = await yoga.fetch(
    'http://gateway/graphql',
    {
      method: 'POST',
      // Whatever else a client would rather have, this is what there is.
      headers: {
        'content-type': 'application/json',
        accept: accept.includes(RESPONSE_JSON) ? RESPONSE_JSON : JSON_TYPE,
      },
      body: JSON.stringify(operation),
    },
    { context: tracing ? { ...context, span: tracing.operation(request.headers) } : context },
  );
  await sendAnswer(response, answer);
}

async function stream(
  request: IncomingMessage,
  response: ServerResponse,
  viewer: Viewer,
  body: Buffer,
  { operations, live, turn, draining, now, connected }: GraphQLOptions,
  report: (cause: unknown) => void,
): Promise<void> {
  const header = request.headers['last-event-id'];
  const lastEventId = typeof header === 'string' && header !== '' ? decodeCursor(header) : null;
  const operation = await operations.prepare(parseOperationRequest(body), viewer);
  if ('length' in operation) return sendJson(response, 400, { errors: operation });
  const { expiresAt } = viewer;
  const disconnected = connected('sse');
  try {
    await sendEventStream(response, operation, { live, turn, lastEventId, expiresAt, now, draining, report });
  } finally {
    disconnected();
  }
}

async function sendGraphiQL(request: IncomingMessage, response: ServerResponse, yoga: Yoga): Promise<void> {
  if (!request.headers.accept?.includes('text/html')) {
    throw new HookcastError(
      'METHOD_NOT_ALLOWED',
      'Open this address in a browser, or send GraphQL requests with POST.',
    );
  }
  // A name that somebody else's DNS points here would make the page, and the token in it, part of their site.
  if (!LOCAL.test(request.headers.host ?? '')) {
    throw new HookcastError('FORBIDDEN', 'GraphiQL is served to http://localhost and http://127.0.0.1 only.');
  }
  const answer = await yoga.fetch('http://gateway/graphql', { headers: { accept: 'text/html' } });
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

/** Tokens come in a header, never in a cookie, so another origin gets only what its user hands it. */
function allowOrigin(request: IncomingMessage, response: ServerResponse, allowed: readonly string[]): void {
  const origin = request.headers.origin;
  if (origin === undefined) return;
  response.setHeader('vary', 'Origin');
  if (!allowed.includes('*') && !allowed.includes(origin)) return;
  response.setHeader('access-control-allow-origin', origin);
  if (request.method !== 'OPTIONS') return;
  response.setHeader('access-control-allow-methods', 'POST, OPTIONS');
  response.setHeader('access-control-allow-headers', 'authorization, content-type, last-event-id');
  response.setHeader('access-control-max-age', '600');
}
