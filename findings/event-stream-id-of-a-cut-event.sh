#!/bin/sh
# @microsoft/fetch-event-source 2.0.1, extended-eventsource 2.1.0 and eventsource 2.0.2 (npm): if a connection is cut within an event,
# these clients lose the event, although they come back with Last-Event-ID.
#
# What one would say from memory: a client that comes back asks for what follows the last event that it gave to the page. The
# standard says so: a line "id" only sets a buffer, the last event ID is taken from it when the event is dispatched, at the empty
# line, and an event whose empty line has not come is discarded
# (https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation).
#
# What they do: they take the id as soon as its line has come. A server usually writes it before "data", so a cut anywhere in
# the data leaves the client with the id of an event that it never gave to anybody, and it asks for those after it. eventsource 5.1.5,
# launchdarkly-eventsource 2.2.0 and event-source-plus 0.1.15 follow the standard. A server can avoid it for all of
# them by writing "data" first and "id" last.
#
# Seen: @microsoft/fetch-event-source 2.0.1: id first: given one, then asks for what follows 2; id last: given one, then asks for what follows 1
#       extended-eventsource 2.1.0: id first: given one, then asks for what follows 2; id last: given one, then asks for what follows 1
#       eventsource 2.0.2: id first: given one, then asks for what follows 2; id last: given one, then asks for what follows 1
#       eventsource 5.1.5: id first: given one, then asks for what follows 1; id last: given one, then asks for what follows 1
# It exits with 1 when that changes. Node 20 or newer.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @microsoft/fetch-event-source@2.0.1 extended-eventsource@2.1.0 \
  two@npm:eventsource@2.0.2 five@npm:eventsource@5.1.5 >/dev/null
cat > finding.mjs <<'JS'
import { once } from 'node:events';
import { createServer } from 'node:http';

// fetch-event-source is written for a page, and asks whether it can be seen.
globalThis.window = globalThis;
globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} };
// extended-eventsource tells the console of the cut.
console.error = console.warn = () => {};

const eventSource = (EventSource) => (url, give) => {
  const source = new EventSource(url);
  source.onmessage = ({ data }) => give(data);
  source.onerror = () => {};
  return () => source.close();
};
const load = async (name) => {
  const { default: given, EventSource = given } = await import(name);
  return eventSource(EventSource);
};
const { fetchEventSource } = (await import('@microsoft/fetch-event-source')).default;
const clients = {
  '@microsoft/fetch-event-source 2.0.1': (url, give) => {
    const controller = new AbortController();
    void fetchEventSource(url, { signal: controller.signal, onmessage: ({ data }) => give(data), onerror: () => 100 });
    return () => controller.abort();
  },
  'extended-eventsource 2.1.0': await load('extended-eventsource'),
  'eventsource 2.0.2': await load('two'),
  'eventsource 5.1.5': await load('five'),
};

/** The first connection is cut within the second event. */
async function attempt(open, second) {
  const given = [];
  const asked = [];
  let cut = () => {};
  const server = createServer((request, response) => {
    asked.push(request.headers['last-event-id']);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    if (asked.length > 1) return;
    response.write(`retry: 100\nid: 1\ndata: one\n\n${second}`);
    cut = () => response.socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = open(`http://127.0.0.1:${server.address().port}`, (data) => given.push(data));
  const until = async (condition) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await until(() => given.length > 0);
  // So that the rest of what was written has come, too.
  await new Promise((resolve) => setTimeout(resolve, 300));
  cut();
  await until(() => asked.length > 1);
  close();
  server.closeAllConnections();
  server.close();
  return `given ${given}, then asks for what follows ${asked[1]}`;
}

const said = [];
for (const [name, open] of Object.entries(clients)) {
  const first = await attempt(open, 'id: 2\ndata: tw');
  const last = await attempt(open, 'data: two\nid: 2');
  said.push(`${name}: id first: ${first}; id last: ${last}`);
}
console.log(said.join('\n'));
const LOST = 'given one, then asks for what follows 2';
const KEPT = 'given one, then asks for what follows 1';
const isAsSeen = said.every((line) =>
  line.endsWith(`id first: ${line.startsWith('eventsource 5') ? KEPT : LOST}; id last: ${KEPT}`),
);
process.exit(isAsSeen ? 0 : 1);
JS
node --no-warnings finding.mjs
