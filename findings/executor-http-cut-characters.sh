#!/bin/sh
# @graphql-tools/executor-http 3.4.1 (npm), by which Hive Gateway, GraphQL Mesh and stitched schemas read the event streams of other GraphQL
# servers: a subscription's text is changed if the network cuts the stream within a letter of two bytes or more. João becomes
# Jo��o, in data that passes every check, and nothing says so.
#
# What one would say from memory: how a stream is cut into chunks is no matter to what is in it. An event stream is decoded as one
# text (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream), and TextDecoder has the option
# `stream` for that (https://encoding.spec.whatwg.org/#dom-textdecodeoptions-stream). The same library joins the bytes of answers in
# JSON, which it reads as a whole.
#
# What it does: it decodes each chunk by itself, without that option. urql (6.0.3) decodes the same stream as one text.
#
# Seen: cut between letters: executor-http João, urql João
#       cut within ã: executor-http Jo��o, urql João
# It exits with 1 when that changes. Node 20 or newer.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @graphql-tools/executor-http@3.4.1 @urql/core@6.0.3 graphql@16.11.0 >/dev/null
cat > finding.mjs <<'JS'
import { once } from 'node:events';
import { createServer } from 'node:http';
import { buildHTTPExecutor } from '@graphql-tools/executor-http';
import { Client, fetchExchange } from '@urql/core';
import { parse } from 'graphql';

const stream = Buffer.from('event: next\ndata: {"data":{"name":"João"}}\n\nevent: complete\ndata:\n\n');
const text = 'subscription { name }';

/** What both clients read of a stream whose second chunk begins at that byte. */
async function attempt(at) {
  const server = createServer(async (request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.write(stream.subarray(0, at));
    await new Promise((resolve) => setTimeout(resolve, 300));
    response.end(stream.subarray(at));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}/graphql`;
  const results = await buildHTTPExecutor({ endpoint: url })({ document: parse(text) });
  const { value } = await results[Symbol.asyncIterator]().next();
  const client = new Client({ url, exchanges: [fetchExchange], fetchSubscriptions: true, preferGetMethod: false });
  const { data } = await new Promise((resolve) => client.subscription(text, {}).subscribe(resolve));
  server.closeAllConnections();
  server.close();
  return `executor-http ${value.data.name}, urql ${data.name}`;
}

const letter = stream.indexOf('ã');
const said = [`cut between letters: ${await attempt(letter)}`, `cut within ã: ${await attempt(letter + 1)}`];
console.log(said.join('\n'));
const seen = ['cut between letters: executor-http João, urql João', 'cut within ã: executor-http Jo��o, urql João'];
process.exit(said.join('\n') === seen.join('\n') ? 0 : 1);
JS
node --no-warnings finding.mjs
