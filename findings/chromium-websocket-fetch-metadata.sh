#!/usr/bin/env bash
# Chromium sends no Sec-Fetch-* header with the handshake of a WebSocket, also over HTTPS.
#
# What one would say from memory: Fetch Metadata is sent with every request to a secure origin. The values of
# Sec-Fetch-Mode have "websocket" among them (https://www.w3.org/TR/fetch-metadata/#sec-fetch-mode-header, and MDN's page of
# the header), and servers are advised to refuse what isn't "Sec-Fetch-Site: same-origin".
#
# What Chromium 153 does: a page's fetch to its own origin has "sec-fetch-site: same-origin", and a WebSocket that the same
# page opens to the same host in the same moment has no such header. A server that knows its own pages by Sec-Fetch-Site, so
# as not to depend on a proxy's Host header, takes the page's requests and refuses its WebSockets. Origin is all that there is.
#
# Needs: Node 20 or newer with npm, openssl. Prints the version and the headers; exits 1 if that changes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts playwright-core@1.65.1 @sparticuz/chromium@153.0.0 >/dev/null
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 1 -subj /CN=localhost 2>/dev/null

cat >try.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import chromium from '@sparticuz/chromium';
import { chromium as playwright } from 'playwright-core';

const seen = {};
const note = (what, { headers }) => {
  seen[what] = Object.fromEntries(Object.entries(headers).filter(([name]) => /^(sec-fetch-|origin$)/.test(name)));
};
const PAGE = `<script>fetch('/asked', { method: 'POST' }); new WebSocket('wss://' + location.host + '/socket')</script>`;
const server = createServer({ key: readFileSync('key.pem'), cert: readFileSync('cert.pem') }, (request, response) => {
  if (request.url === '/asked') note('fetch', request);
  response.setHeader('content-type', 'text/html');
  response.end(PAGE);
});
server.on('upgrade', (request, socket) => {
  note('websocket', request);
  socket.destroy();
});
server.listen(0, '127.0.0.1', async () => {
  const executablePath = await chromium.executablePath();
  const env = { ...process.env, LD_LIBRARY_PATH: `${process.env.TMPDIR}/al2023/lib` };
  const browser = await playwright.launch({ executablePath, env, chromiumSandbox: false });
  console.log(`Chromium ${browser.version()}`);
  const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
  await page.goto(`https://localhost:${server.address().port}/`);
  for (let tries = 0; tries < 100 && !(seen.fetch && seen.websocket); tries += 1) await page.waitForTimeout(50);
  await browser.close();
  server.close();
  for (const [what, headers] of Object.entries(seen)) console.log(what, JSON.stringify(headers));
  const { fetch, websocket } = seen;
  const isSo = fetch?.['sec-fetch-site'] === 'same-origin' && websocket?.origin === fetch.origin;
  process.exit(isSo && !Object.keys(websocket).some((name) => name.startsWith('sec-fetch-')) ? 0 : 1);
});
JS
# It brings the libraries that it needs only where it takes the machine for Amazon's.
TMPDIR="$folder" AWS_EXECUTION_ENV=AWS_Lambda_nodejs24.x node try.mjs
