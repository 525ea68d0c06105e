import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { TestGateway } from '../support/gateway.ts';
import { followers, lists } from './clients.ts';
import { Seen } from './seen.ts';

/** Headers that Node's fetch adds, and those that need no permission: https://fetch.spec.whatwg.org/#cors-safelisted-request-header */
const UNASKED = /^(host|connection|accept|accept-language|accept-encoding|user-agent|content-length|sec-fetch-mode)$/;

/** Headers that libraries for tracing add to the requests of a page, and a proxy's or an app's own id of a request. */
const tracing = ['traceparent', 'tracestate', 'baggage', 'sentry-trace', 'b3', 'x-datadog-trace-id', 'x-request-id'];

it('GQL5.4 allows pages of an origin of ALLOWED_ORIGINS every header that the clients send', async () => {
  const origin = 'https://box-office.example';
  const gateway = await TestGateway.start({ env: { ALLOWED_ORIGINS: origin } });
  const preflight = await fetch(`${gateway.url}/graphql`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST' },
  });
  expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
  expect(preflight.headers.get('access-control-allow-methods')).toContain('POST');
  const allowed = preflight.headers.get('access-control-allow-headers')!.split(', ');

  const sent = new Set<string>();
  let requests = 0;
  const server = createServer(({ headers }, response) => {
    requests += 1;
    for (const name of Object.keys(headers)) sent.add(name);
    response.writeHead(503).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => server.close().closeAllConnections());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const overHttp = Object.entries({ ...followers, ...lists }).filter(([name]) => !name.includes('graphql-ws'));
  const all = overHttp.map(
    ([, client]) => new Seen(client, { url, webSocketUrl: 'ws://127.0.0.1:1' }, { after: 'cursor' }),
  );
  await expect.poll(() => requests).toBeGreaterThanOrEqual(all.length);
  const asked = [...sent].filter((name) => !UNASKED.test(name));
  expect(asked).toContain('last-event-id');
  expect(asked.filter((name) => !allowed.includes(name))).toEqual([]);
  expect(tracing.filter((name) => !allowed.includes(name))).toEqual([]);
});
