#!/bin/sh
# @microsoft/fetch-event-source 2.0.1 and extended-eventsource 2.1.0 (npm): a sign of life of an event stream is given to the page as a
# message with empty data, and ends the connection of a page that parses what it is given.
#
# What one would say from memory: a comment is ignored. Comments are what the standard advises as signs of life against proxies that cut
# idle connections, and an event without data is not dispatched ("If the data buffer is an empty string … return",
# https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage).
#
# What they do: each empty line gives a message, also behind a comment, as most servers write it (":\n\n"). JSON.parse('') in
# `onmessage` throws, and both take what is thrown there for a failed connection: they connect anew, for each sign of life.
# A comment without an empty line gives no message.
#
# Seen: @microsoft/fetch-event-source 2.0.1: ":" and an empty line: messages {"n":1}, ""; connections 2; ":" alone: messages {"n":1}; connections 1
#       extended-eventsource 2.1.0: ":" and an empty line: messages {"n":1}, ""; connections 2; ":" alone: messages {"n":1}; connections 1
#       eventsource 5.1.5: ":" and an empty line: messages {"n":1}; connections 1; ":" alone: messages {"n":1}; connections 1
# It exits with 1 when that changes. Node 20 or newer.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @microsoft/fetch-event-source@2.0.1 extended-eventsource@2.1.0 \
  eventsource@5.1.5 >/dev/null
cat > finding.mjs <<'JS'
import { once } from 'node:events';
import { createServer } from 'node:http';

// fetch-event-source is written for a page, and asks whether it can be seen.
globalThis.window = globalThis;
globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} };
// What a page throws in a listener is told, and goes no further.
process.on('uncaughtException', () => {});
console.error = console.warn = () => {};

const eventSource = (EventSource) => (url, give) => {
  const source = new EventSource(url);
  source.onmessage = ({ data }) => give(data);
  return () => source.close();
};
const { fetchEventSource } = (await import('@microsoft/fetch-event-source')).default;
const clients = {
  '@microsoft/fetch-event-source 2.0.1': (url, give) => {
    const controller = new AbortController();
    void fetchEventSource(url, { signal: controller.signal, onmessage: ({ data }) => give(data), onerror: () => 100 });
    return () => controller.abort();
  },
  'extended-eventsource 2.1.0': eventSource((await import('extended-eventsource')).EventSource),
  'eventsource 5.1.5': eventSource((await import('eventsource')).EventSource),
};

/** One event, and then a sign of life on the first connection. */
async function attempt(open, life) {
  let connections = 0;
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(connections === 0 ? `retry: 100\ndata: {"n":1}\n\n${life}` : '');
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const messages = [];
  const close = open(`http://127.0.0.1:${server.address().port}`, (data) => {
    messages.push(data === '' ? '""' : data);
    JSON.parse(data);
  });
  while (messages.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  close();
  server.closeAllConnections();
  server.close();
  return `messages ${messages.join(', ')}; connections ${connections}`;
}

const said = [];
for (const [name, open] of Object.entries(clients)) {
  const [usual, alone] = [await attempt(open, ':\n\n'), await attempt(open, ':\n')];
  said.push(`${name}: ":" and an empty line: ${usual}; ":" alone: ${alone}`);
}
console.log(said.join('\n'));
const ONE = 'messages {"n":1}; connections 1';
const seen = [
  `@microsoft/fetch-event-source 2.0.1: ":" and an empty line: messages {"n":1}, ""; connections 2; ":" alone: ${ONE}`,
  `extended-eventsource 2.1.0: ":" and an empty line: messages {"n":1}, ""; connections 2; ":" alone: ${ONE}`,
  `eventsource 5.1.5: ":" and an empty line: ${ONE}; ":" alone: ${ONE}`,
];
process.exit(said.join('\n') === seen.join('\n') ? 0 : 1);
JS
node --no-warnings finding.mjs
