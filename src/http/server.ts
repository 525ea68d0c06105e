import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { HookcastError, toHookcastError } from '../errors.ts';
import type { OnLimit, Limits } from '../limits.ts';
import { identify } from '../telemetry/request-id.ts';
import type { Handle } from './auth.ts';
import type { ClientModule } from './client-module.ts';
import type { Console } from './console.ts';
import type { Drain } from './drain.ts';
import type { Health } from './health.ts';
import { sendJson, sendProblem } from './problem.ts';
import { Reply } from './reply.ts';
import { hasTwoHosts, takeAbsoluteForm } from './target.ts';
import { Unfinished } from './unfinished.ts';

/** The most bytes of a request's headers, including names. A token for thousands of tenants belongs in `connection_init`. */
const MAX_HEADERS = 16 * 1024;
/** The header may list other protocols as well (RFC 9110, section 7.8). */
const WEB_SOCKET = /(?:^|,)\s*websocket\s*(?:,|$)/i;
/** The rest of what such a client sends is not read as further requests. */
const CLOSE = { connection: 'close' };
/** How often connections that have become idle are closed when the gateway drains, in milliseconds. */
const IDLE_LOOK = 50;

export interface Routes {
  readonly webhooks: (request: IncomingMessage, response: ServerResponse, source: string) => Promise<void>;
  readonly graphql: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Serves `/console` and everything below it. Null if there is no console. */
  readonly console: Console | null;
  /** Finds the handler of a path at which people sign in, or at which tokens are exchanged. */
  readonly auth: (method: string, path: string) => Handle | null;
  /** Serves `/client.js`. Null if it was not built. */
  readonly client: ClientModule | null;
  readonly health: Health;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly drain: Drain;
  readonly limits: Limits;
  readonly onLimit: OnLimit;
  readonly report: (cause: unknown, requestId: string) => void;
}

/** The server of all paths: it finds the handler of each request. */
export function createHttpServer(routes: Routes): Server {
  const { onLimit, drain } = routes;
  const { connections, documents } = routes.limits;
  const unfinished = new Unfinished(onLimit);
  const server = createServer(
    {
      // Node does not allow a longer time for the headers than for the whole request.
      headersTimeout: Math.min(connections.headers, connections.request),
      requestTimeout: connections.request,
      // By default Node looks every 30 seconds, so that ten seconds could become forty.
      connectionsCheckingInterval: Math.min(1_000, Math.ceil(connections.headers / 4)),
      // Longer than proxies keep their connections, mostly a minute: if both ends close at the same moment, the proxy may have just
      // sent a request, which is lost. Node waits for a second more than it announces.
      keepAliveTimeout: connections.keepAlive,
      maxHeaderSize: MAX_HEADERS,
      ServerResponse: Reply,
      shouldUpgradeCallback: isWebSocket,
    },
    (request, response) => {
      takeAbsoluteForm(request);
      unfinished.began(response);
      response.requestId = identify(request.headers);
      if (hasTwoHosts(request))
        return sendProblem(response, new HookcastError('BAD_REQUEST', 'Send one Host header.'), CLOSE);
      // A sender that kept its connection would go on delivering over it until the gateway cuts it.
      response.isLast = drain.isAnnounced;
      route(routes, request, response).catch((thrown: unknown) => {
        const error = toHookcastError(thrown);
        if (error.code === 'INTERNAL') routes.report(thrown, response.requestId);
        sendProblem(response, error);
      });
    },
  );
  // Ends a socket on which nothing moves. A query may take its time, and then the client has as long as a request to read the answer.
  server.setTimeout(connections.request + documents.timeout, (socket) => {
    if (socket.writableLength > 0) onLimit('reading');
    socket.destroy();
  });
  server.on('clientError', (error, socket) => unfinished.failed(error, socket));
  server.on('upgrade', (request, socket, head) => {
    // Node removes its own listener here. Without one, a peer that resets the connection would end the process.
    socket.on('error', destroy);
    // ws would refuse a list.
    request.headers.upgrade = 'websocket';
    routes.upgrade(request, socket, head);
  });
  return server as unknown as Server;
}

/**
 * Whether the request is to become a WebSocket. Any other `Upgrade` is ignored, and the request is answered as it would be without: some
 * senders offer HTTP/2 in this way, and some proxies are told to send `Upgrade: websocket` with every request, deliveries included.
 */
function isWebSocket(request: IncomingMessage): boolean {
  takeAbsoluteForm(request);
  const { method, headers } = request;
  if (method !== 'GET' || !WEB_SOCKET.test(headers.upgrade ?? '')) return false;
  return pathOf(request) === '/graphql' && !hasTwoHosts(request);
}

/** One function for all sockets, since each keeps it as long as it lives. */
function destroy(this: Duplex): void {
  this.destroy();
}

function route(routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<unknown> {
  const path = pathOf(request);
  // Deliveries are the most frequent requests, so they get no second promise.
  if (path.startsWith('/webhooks/')) return routes.webhooks(request, response, path.slice('/webhooks/'.length));
  return routeOther(routes, request, response, path);
}

async function routeOther(routes: Routes, request: IncomingMessage, response: ServerResponse, path: string) {
  const { graphql, health } = routes;
  const signIn = /^\/(?:console|auth)\//.test(path) ? routes.auth(request.method ?? '', path) : null;
  if (signIn) return signIn(request, response);
  if (routes.console && /^\/console(?:\/|$)/.test(path)) return routes.console(request, response, path);
  if (routes.client?.matches(path)) return routes.client.serve(request, response, path);
  switch (path) {
    case '/graphql':
      return graphql(request, response);
    case '/livez':
      return sendJson(response, 200, { status: 'ok' });
    case '/readyz': {
      const status = await health.readiness();
      return sendJson(response, status === 'ok' ? 200 : 503, { status });
    }
    case '/metrics': {
      const { contentType, body } = await health.metrics(request);
      response.writeHead(200, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
      return response.end(body);
    }
    default:
      throw nothingHere();
  }
}

/** The answer to unknown paths. It does not name the known ones: they are in the docs, and strangers need not know them. */
function nothingHere(): HookcastError {
  return new HookcastError('NOT_FOUND', 'There is nothing at this path. Check the URL.');
}

/** The path without its query and without a slash at its end, which people may paste as well. */
function pathOf({ url = '/' }: IncomingMessage): string {
  const query = url.indexOf('?');
  const path = query === -1 ? url : url.slice(0, query);
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** Takes no more connections, lets what is under way finish, and cuts off what doesn't within `grace` milliseconds. */
export async function closeHttpServer(server: Server, grace: number, cutting: () => void): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection whose last answer began before the drain was not told to close, so it is closed here once it is idle.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_LOOK);
  const cut = setTimeout(() => {
    cutting();
    server.closeAllConnections();
  }, grace);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}
