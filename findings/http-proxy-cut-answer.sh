#!/bin/sh
# http-proxy 1.18.1 (so http-proxy-middleware 2 and 3) and http-proxy-3 2.0.1 (so Vite's dev server), npm: if the server behind the
# proxy dies within an answer, the proxy never ends the answer to its client, and closes no connection.
#
# What one would say from memory: a client behind a proxy sees an answer end or break off where it does without the proxy. An answer
# in chunks whose last chunk has not come is incomplete, which a client has to be able to tell (RFC 9112, section 8:
# https://www.rfc-editor.org/rfc/rfc9112#name-handling-incomplete-message). Both give `proxyTimeout` for servers that say nothing,
# which is another matter: here the proxy's connection to the server is closed.
#
# What they do: they pipe the server's answer into their own. `pipe` ends its target at the end of its source and not at an error, and
# nobody listens for `aborted` or `close` of the source. So an EventSource, or a fetch that reads an event stream, waits for good
# after `kill -9` of the server, also when the server is back. httpxy 0.5.6, the fork that http-proxy-middleware 4 takes, tells the
# client. A listener does it for the others:
# proxy.on('proxyRes', (answer, _, response) => answer.on('close', () => answer.complete || response.destroy()))
#
# Seen: no proxy: ECONNRESET
#       http-proxy 1.18.1: still waiting after 3 s; with the listener: ECONNRESET
#       http-proxy-3 2.0.1: still waiting after 3 s; with the listener: ECONNRESET
#       httpxy 0.5.6: ECONNRESET; with the listener: ECONNRESET
# It exits with 1 when that changes. Node 20 or newer.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts http-proxy@1.18.1 http-proxy-3@2.0.1 httpxy@0.5.6 >/dev/null
cat > finding.mjs <<'JS'
import { once } from 'node:events';
import { createServer, get } from 'node:http';

async function portOf(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
}

/** How a client's answer ends when the server's connections are cut within it. */
async function attempt(createProxy, isListened) {
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: one\n\n');
  });
  let port = await portOf(server);
  if (createProxy) {
    const proxy = createProxy({ target: `http://127.0.0.1:${port}` });
    proxy.on('error', () => {});
    const told = (answer, _, response) => answer.on('close', () => answer.complete || response.destroy());
    if (isListened) proxy.on('proxyRes', told);
    port = await portOf(createServer((request, response) => void proxy.web(request, response)));
  }
  const [answer] = await once(get({ host: '127.0.0.1', port, path: '/' }), 'response');
  await once(answer, 'data');
  const end = new Promise((resolve) => {
    answer.on('end', () => resolve('end'));
    answer.on('error', ({ code }) => resolve(code));
    setTimeout(() => resolve('still waiting after 3 s'), 3_000);
  });
  server.closeAllConnections();
  return end;
}

const said = [`no proxy: ${await attempt(null, false)}`];
for (const [name, version] of [['http-proxy', '1.18.1'], ['http-proxy-3', '2.0.1'], ['httpxy', '0.5.6']]) {
  const { default: whole, createProxyServer = whole.createProxyServer } = await import(name);
  const [alone, listened] = [await attempt(createProxyServer, false), await attempt(createProxyServer, true)];
  said.push(`${name} ${version}: ${alone}; with the listener: ${listened}`);
}
console.log(said.join('\n'));
const seen = [
  'no proxy: ECONNRESET',
  'http-proxy 1.18.1: still waiting after 3 s; with the listener: ECONNRESET',
  'http-proxy-3 2.0.1: still waiting after 3 s; with the listener: ECONNRESET',
  'httpxy 0.5.6: ECONNRESET; with the listener: ECONNRESET',
];
process.exit(said.join('\n') === seen.join('\n') ? 0 : 1);
JS
node --no-warnings finding.mjs
