import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { HookcastError, toHookcastError } from '../errors.ts';
import { identify, requestIdOf } from '../telemetry/request-id.ts';
import type { Health } from './health.ts';
import { sendJson, sendProblem } from './problem.ts';

/** How long a request may take to arrive, in milliseconds: its headers, and all of it. */
const HEADERS_TIMEOUT = 10_000;
const REQUEST_TIMEOUT = 30_000;
/** How long what is under way may take when the gateway drains, in milliseconds. */
const GRACE = 5_000;

export interface Routes {
  readonly webhooks: (request: IncomingMessage, response: ServerResponse, source: string) => Promise<void>;
  readonly graphql: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly health: Health;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Aborted when the gateway drains. */
  readonly draining: AbortSignal;
  readonly report: (cause: unknown, requestId: string) => void;
}

/** The one door: who is asked for by which path. */
export function createHttpServer(routes: Routes): Server {
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT,
      requestTimeout: REQUEST_TIMEOUT,
      // Some senders offer HTTP/2 with an Upgrade that they expect to be ignored.
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
    },
    (request, response) => {
      identify(request.headers, response);
      // A sender that keeps its connection would go on delivering over it, and find it cut in the end.
      if (routes.draining.aborted) response.setHeader('connection', 'close');
      route(routes, request, response).catch((thrown: unknown) => {
        const error = toHookcastError(thrown);
        if (error.code === 'INTERNAL') routes.report(thrown, requestIdOf(response));
        sendProblem(response, error);
      });
    },
  );
  server.on('upgrade', (request, socket, head) => {
    // Node takes its own listener away here, and a peer that resets the connection would end the process.
    socket.on('error', destroy);
    if (pathOf(request) === '/graphql') return routes.upgrade(request, socket, head);
    refuseUpgrade(socket, '404 Not Found');
  });
  return server;
}

/** One function for all sockets, which keep it for as long as they live. */
function destroy(this: Duplex): void {
  this.destroy();
}

/** Answers and lets go of the socket, also when the peer keeps its half open: no timeout of the server's covers it. */
export function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () => socket.destroy());
}

async function route({ webhooks, graphql, health }: Routes, request: IncomingMessage, response: ServerResponse) {
  const path = pathOf(request);
  if (path.startsWith('/webhooks/')) return webhooks(request, response, path.slice('/webhooks/'.length));
  switch (path) {
    case '/graphql':
      return graphql(request, response);
    case '/livez':
      return sendJson(response, 200, { status: 'ok' });
    case '/readyz': {
      const reason = await health.unready();
      return sendJson(response, reason === null ? 200 : 503, reason === null ? { status: 'ok' } : { status: reason });
    }
    case '/metrics': {
      const { contentType, body } = await health.metrics();
      response.writeHead(200, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
      return response.end(body);
    }
    default:
      throw new HookcastError('NOT_FOUND', 'There is /webhooks/<source>, /graphql, /livez, /readyz and /metrics.');
  }
}

/** The path without query and without a slash at its end, which people paste along. */
function pathOf({ url = '/' }: IncomingMessage): string {
  const query = url.indexOf('?');
  const path = query === -1 ? url : url.slice(0, query);
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** Takes no more connections, lets what is under way finish, and cuts off what doesn't. */
export async function closeHttpServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), GRACE);
  await closed;
  clearTimeout(cut);
}
