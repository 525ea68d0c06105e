import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type ProxyOptions, type UserConfig, createServer } from 'vite';
import { ticket } from '../fixtures/eduzz.ts';
import { GatewayProcess } from '../support/child.ts';
import { TestGateway, environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { Peer, knock } from '../support/peer.ts';

/** Vite's dev server before a gateway, with more options of its proxy. */
async function vite(target: string, more: object): Promise<{ url: string; webSocketUrl: string }> {
  const root = temporaryFolder();
  writeFileSync(join(root, 'index.html'), '<title>app</title>');
  const server = await createServer({
    root,
    configFile: false,
    logLevel: 'silent',
    server: { host: '127.0.0.1', port: 0, proxy: { '/graphql': { target, ws: true, ...more } } },
  });
  onTestFinished(() => server.close());
  await server.listen();
  const url = server.resolvedUrls!.local[0]!.replace(/\/$/, '');
  return { url, webSocketUrl: `${url.replace('http', 'ws')}/graphql` };
}

/** How a page of the app's is answered: a query, and a handshake. */
async function asked({ url, webSocketUrl }: { url: string; webSocketUrl: string }): Promise<readonly number[]> {
  const headers = { origin: url, 'content-type': 'application/json', authorization: `Bearer ${await makeToken()}` };
  const body = '{"query":"{ __typename }"}';
  const query = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
  return [query.status, (await knock({ webSocketUrl }, { headers: { origin: url } })).status];
}

it("OPS9.4 takes a page of Vite's dev server for its own, with the proxy of PROXIES.md", async () => {
  const gateway = await TestGateway.start({ env: { TRUST_PROXY: 'loopback' } });
  const app = await vite(gateway.url, {});
  expect(await asked(app)).toEqual([200, 101]);
  const peer = await Peer.open(app, { headers: { origin: app.url } });
  peer.subscribe('1');
  await expect.poll(() => peer.count('CaughtUp')).toBe(1);
  await gateway.eduzz(ticket('through vite'));
  await expect.poll(() => peer.count('through vite')).toBe(1);
  // With changeOrigin the proxy must say where the page was asked for.
  expect(await asked(await vite(gateway.url, { changeOrigin: true }))).toEqual([403, 403]);
  expect(await asked(await vite(gateway.url, { changeOrigin: true, xfwd: true }))).toEqual([200, 101]);
});

it("OPS9.6 breaks an event stream off when the gateway is killed, with Vite's proxy of PROXIES.md", async () => {
  const gateway = await GatewayProcess.start(environment(temporaryFolder()));
  const { url } = await vite(gateway.url, { configure: (await recipe()).configure });
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${await makeToken()}`,
    },
    body: '{"query":"subscription { events { __typename cursor } }"}',
  });
  const reader = response.body!.getReader();
  await reader.read();
  await gateway.end('SIGKILL');
  await expect(reader.read()).rejects.toThrow('terminated');
});

/** The options of the proxy, as PROXIES.md has them. */
async function recipe(): Promise<ProxyOptions> {
  const page = readFileSync(new URL('../../docs/PROXIES.md', import.meta.url), 'utf8');
  const text = /^\/\/ vite\.config\.ts\n([^]*?)```/m.exec(page)![1]!;
  const file = join(temporaryFolder(), 'vite.config.mjs');
  writeFileSync(file, `const defineConfig = (config) => config;\n${text}`);
  const { default: config } = (await import(file)) as { default: UserConfig };
  return config.server!.proxy!['/graphql'] as ProxyOptions;
}
