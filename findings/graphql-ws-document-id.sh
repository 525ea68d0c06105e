#!/bin/sh
# graphql-ws (npm) 6.4.2 and 5.16.2: the client can't send a persisted document by its id alone. Before it sends anything it checks its own
# message, and a `subscribe` without the text `query` is an error to it, although the server's side hands on whatever
# members a payload has, and GraphQL over HTTP's proposal for persisted documents leaves `query` out. The sink gets an Error, and
# nothing reaches the server. An empty `query` beside the id is sent.
#
# Seen: 6.4.2: documentId alone: Error, sent 0; with an empty query: sent 1
#       5.16.2: documentId alone: Error, sent 0; with an empty query: sent 1
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
let subscribed = 0;
server.on('connection', (socket) =>
  socket.on('message', (data) => {
    const { type, id } = JSON.parse(String(data));
    if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
    if (type !== 'subscribe') return;
    subscribed += 1;
    socket.send(JSON.stringify({ type: 'complete', id }));
  }),
);
const url = `ws://127.0.0.1:${server.address().port}`;

async function attempt(createClient, payload) {
  subscribed = 0;
  const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0 });
  const end = await new Promise((resolve) => {
    client.subscribe(payload, { next() {}, error: (error) => resolve(error.constructor.name), complete: () => resolve('') });
  });
  return `${end ? `${end}, ` : ''}sent ${subscribed}`;
}

let isAsSeen = true;
for (const [version, name] of [['6.4.2', 'six'], ['5.16.2', 'five']]) {
  const { createClient } = await import(name);
  const alone = await attempt(createClient, { documentId: 'one' });
  const beside = await attempt(createClient, { documentId: 'one', query: '' });
  console.log(`${version}: documentId alone: ${alone}; with an empty query: ${beside}`);
  isAsSeen &&= alone === 'Error, sent 0' && beside === 'sent 1';
}
process.exit(isAsSeen ? 0 : 1);
JS
node finding.mjs
