#!/bin/sh
# graphql-ws (npm) 6.4.2 and 5.16.2: a client that is disposed of while it connects rejects dispose() with the connection's error, if the
# connection fails then. What it rejects with is no Error but the WebSocket's event. `dispose()` is typed `void | Promise<void>`, and
# while no connection is being made, or one is open, it never fails. So `await client.dispose()` in a clean-up (a test's, a component's,
# a signal handler's) fails if the server went away first, and `void client.dispose()` is an unhandled rejection, which ends Node.
#
# Seen: 6.4.2: idle: resolved; open: resolved; connecting to a closed port: rejected with an ErrorEvent, which is no Error
#       5.16.2: idle: resolved; open: resolved; connecting to a closed port: rejected with an ErrorEvent, which is no Error
# It exits with 1 when that changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund six@npm:graphql-ws@6.4.2 five@npm:graphql-ws@5.16.2 graphql@16.11.0 ws@8.23.0 >/dev/null
cat > finding.mjs <<'JS'
import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'graphql-transport-ws' });
await once(server, 'listening');
server.on('connection', (socket) =>
  socket.on('message', (data) => {
    if (JSON.parse(String(data)).type === 'connection_init') socket.send('{"type":"connection_ack"}');
  }),
);
const open = `ws://127.0.0.1:${server.address().port}`;
const other = new WebSocketServer({ port: 0, host: '127.0.0.1' });
await once(other, 'listening');
const closed = `ws://127.0.0.1:${other.address().port}`;
await new Promise((resolve) => other.close(resolve));

async function dispose(createClient, url, until) {
  const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0 });
  if (until) {
    const reached = new Promise((resolve) => client.on(until, resolve));
    client.subscribe({ query: 'subscription { it }' }, { next() {}, error() {}, complete() {} });
    await reached;
  }
  try {
    await client.dispose();
    return 'resolved';
  } catch (error) {
    return `rejected with an ${error.constructor.name}, which is ${error instanceof Error ? 'an' : 'no'} Error`;
  }
}

let isAsSeen = true;
for (const [version, name] of [['6.4.2', 'six'], ['5.16.2', 'five']]) {
  const { createClient } = await import(name);
  const idle = await dispose(createClient, closed, null);
  const connected = await dispose(createClient, open, 'connected');
  const connecting = await dispose(createClient, closed, 'connecting');
  console.log(`${version}: idle: ${idle}; open: ${connected}; connecting to a closed port: ${connecting}`);
  isAsSeen &&= idle === 'resolved' && connected === 'resolved';
  isAsSeen &&= connecting === 'rejected with an ErrorEvent, which is no Error';
}
process.exit(isAsSeen ? 0 : 1);
JS
node finding.mjs
