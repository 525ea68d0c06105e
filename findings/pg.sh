#!/bin/sh
# postgres (npm) 3.4.9: when a server ends a session with a FATAL error while a statement runs, as it does with
# pg_terminate_backend, a shutdown, or a pooler that refuses the statement, the error's SQLSTATE and message are lost: the
# statement is rejected with CONNECTION_CLOSED. The library tells an error only when the server says that it is ready for
# more (ReadyForQuery), which PostgreSQL does not say after a FATAL one. So "57P01" or "3D000" can't be told from a cable
# that was pulled, and code that retries on the class of the error retries what will never do.
#
# Seen: CONNECTION_CLOSED write CONNECTION_CLOSED 127.0.0.1:<port>
# It exits with 1 when that changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund postgres@3.4.9 >/dev/null
cat > finding.mjs <<'JS'
import { createServer } from 'node:net';
import postgres from 'postgres';

const message = (letter, body) => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(letter), length, body]);
};
const fatal = 'SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0';
// What PostgreSQL sends: it lets the client in, and ends the session when the first statement comes.
const server = createServer((socket) => {
  socket.once('data', () => {
    socket.write(Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))]));
    socket.once('data', () => socket.end(message('E', Buffer.from(fatal))));
  });
});
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  const sql = postgres({ host: '127.0.0.1', port, user: 'u', database: 'd', max: 1, fetch_types: false });
  const error = await sql`SELECT pg_sleep(3)`.catch((thrown) => thrown);
  console.log(error.code, error.message.replace(String(port), '<port>'));
  process.exit(error.code === 'CONNECTION_CLOSED' ? 0 : 1);
});
JS
node finding.mjs
