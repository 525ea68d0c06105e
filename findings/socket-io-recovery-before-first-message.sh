#!/bin/sh
# socket.io and socket.io-client (npm) 4.8.4: connection state recovery brings back nothing to a client that was cut before it had received
# its first packet. The server sends the session's private id with the connection, so the session is known; but where the client stands
# is an offset that the client takes from the last packet that it received, and without one it asks for no recovery. Its next
# connection is a new session (`recovered` is false), and what was sent to it meanwhile is lost, within `maxDisconnectionDuration`.
# After one packet the same client is recovered, and gets what was sent meanwhile.
#
# Seen: cut before the first packet: recovered false, received []
#       cut after the first packet: recovered true, received ["first","meanwhile"]
# It exits with 1 when that changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund socket.io@4.8.4 socket.io-client@4.8.4 >/dev/null
cat > finding.mjs <<'JS'
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';

const http = createServer();
const server = new Server(http, { connectionStateRecovery: { maxDisconnectionDuration: 60_000 }, transports: ['websocket'] });
http.listen(0, '127.0.0.1');
await once(http, 'listening');
const url = `http://127.0.0.1:${http.address().port}`;

/** One client that is cut, misses a message, and comes back. */
async function attempt(hasOneFirst) {
  const client = io(url, { transports: ['websocket'], reconnectionDelay: 500, randomizationFactor: 0, forceNew: true });
  const received = [];
  client.on('message', (text) => received.push(text));
  await new Promise((resolve) => client.once('connect', resolve));
  if (hasOneFirst) {
    server.emit('message', 'first');
    while (received.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const gone = new Promise((resolve) => server.sockets.sockets.get(client.id).once('disconnect', resolve));
  const away = new Promise((resolve) => client.once('disconnect', resolve));
  // Neither side says good-bye: the transport is closed under both.
  client.io.engine.close();
  await Promise.all([gone, away]);
  server.emit('message', 'meanwhile');
  client.connect();
  await new Promise((resolve) => client.once('connect', resolve));
  // What is recovered comes before this answer.
  await new Promise((resolve) => setTimeout(resolve, 500));
  const seen = `recovered ${client.recovered}, received ${JSON.stringify(received)}`;
  client.disconnect();
  return seen;
}

const before = await attempt(false);
const after = await attempt(true);
console.log(`cut before the first packet: ${before}`);
console.log(`cut after the first packet: ${after}`);
server.close();
const isAsSeen =
  before === 'recovered false, received []' && after === 'recovered true, received ["first","meanwhile"]';
process.exit(isAsSeen ? 0 : 1);
JS
node finding.mjs
