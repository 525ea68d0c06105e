#!/bin/sh
# @fastify/http-proxy 11.6.3 before a GraphQL server, and graphql-ws 6.4.2 in a client (npm): a restart of the server ends every
# subscription for good, although the client is told to try again without an end.
#
# What one would say from memory: a client with `retryAttempts: Infinity` and `shouldRetry: () => true` comes back after a restart,
# through a proxy as without one. A proxy that reaches no server answers the handshake with 502
# (https://www.rfc-editor.org/rfc/rfc9110#name-502-bad-gateway), or closes a WebSocket with 1014, which is registered as "Bad Gateway"
# (https://www.iana.org/assignments/websocket). The proxy's README says nothing else.
#
# What they do: the proxy accepts the WebSocket before it has reached the server, and if it reaches none, it closes the
# WebSocket with 1011. That is one of the "few close events" that graphql-ws takes for final, whatever `shouldRetry` says. (Its
# documentation names the function that has the list, where 1006 and 1014 may be tried again.) Behind http-proxy, or with no
# proxy, the same client sees its handshake fail (1006), and comes back. `wsReconnect` of the proxy is no way out: it connects to
# the server anew by itself, and the new connection knows nothing of the subscriptions that there were.
#
# Seen: no proxy: 1012, 1006, messages 2
#       http-proxy 1.18.1: 1012, 1006, messages 2
#       @fastify/http-proxy 11.6.3: 1012, 1011, gave up, messages 1
# It exits with 1 when that changes. Node 20 or newer.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @fastify/http-proxy@11.6.3 fastify@5.12.8 http-proxy@1.18.1 \
  graphql-ws@6.4.2 graphql@16.11.0 ws@8.23.0 >/dev/null
cat > finding.mjs <<'JS'
import { once } from 'node:events';
import { createServer } from 'node:http';
import fastifyHttpProxy from '@fastify/http-proxy';
import fastify from 'fastify';
import { createClient } from 'graphql-ws';
import httpProxy from 'http-proxy';
import { WebSocket, WebSocketServer } from 'ws';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const handleProtocols = () => 'graphql-transport-ws';

/** A server of graphql-transport-ws that sends one message. */
async function serve(port) {
  const server = new WebSocketServer({ port, host: '127.0.0.1', handleProtocols });
  await once(server, 'listening');
  server.on('connection', (socket) =>
    socket.on('message', (data) => {
      const { type, id } = JSON.parse(String(data));
      if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
      if (type === 'subscribe') socket.send(JSON.stringify({ type: 'next', id, payload: { data: { it: 1 } } }));
    }),
  );
  return server;
}

const proxies = {
  'no proxy': async (port) => port,
  'http-proxy 1.18.1': async (target) => {
    const proxy = httpProxy.createProxyServer({ target: `http://127.0.0.1:${target}` });
    proxy.on('error', (error, request, socket) => socket.destroy());
    const server = createServer().on('upgrade', (request, socket, head) => proxy.ws(request, socket, head));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server.address().port;
  },
  '@fastify/http-proxy 11.6.3': async (target) => {
    const server = fastify();
    await server.register(fastifyHttpProxy, {
      upstream: `http://127.0.0.1:${target}`,
      websocket: true,
      wsServerOptions: { handleProtocols },
    });
    await server.listen({ port: 0, host: '127.0.0.1' });
    return server.server.address().port;
  },
};

const said = [];
for (const [name, through] of Object.entries(proxies)) {
  const server = await serve(0);
  const { port } = server.address();
  const codes = new Set();
  let messages = 0;
  const client = createClient({
    url: `ws://127.0.0.1:${await through(port)}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: () => pause(100),
    on: { closed: ({ code }) => codes.add(code) },
  });
  const sink = { next: () => (messages += 1), error: () => codes.add('gave up'), complete() {} };
  client.subscribe({ query: 'subscription { it }' }, sink);
  while (messages === 0) await pause(20);
  for (const socket of server.clients) socket.close(1012, 'restart');
  server.close();
  while (codes.size < 2) await pause(20);
  await serve(port);
  await pause(2_000);
  said.push(`${name}: ${[...codes].join(', ')}, messages ${messages}`);
}
console.log(said.join('\n'));
const seen = [
  'no proxy: 1012, 1006, messages 2',
  'http-proxy 1.18.1: 1012, 1006, messages 2',
  '@fastify/http-proxy 11.6.3: 1012, 1011, gave up, messages 1',
];
process.exit(said.join('\n') === seen.join('\n') ? 0 : 1);
JS
node --no-warnings finding.mjs
