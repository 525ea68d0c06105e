import { readFileSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { blankPage } from '../support/browser.ts';
import { TestGateway, makeToken, temporaryFolder } from '../support/gateway.ts';
import { canceledTicket } from '../support/live-page.ts';

const PAGE = readFileSync(new URL('../clients/recipes/page.html', import.meta.url), 'utf8');

/** Serves the page of FRONTENDS.md, with only the address and the token filled in. */
async function serve(page: () => Promise<string>): Promise<string> {
  const server: Server = createServer((_request, response) => {
    void page().then((text) => response.writeHead(200, { 'content-type': 'text/html' }).end(text));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('LIVE5.6 follows cancellations in a plain page that imports the client from the gateway, also across a restart', async () => {
  let url = '';
  const own = await serve(async () =>
    PAGE.replace('http://127.0.0.1:4000', url).replace('YOUR TOKEN', await makeToken()),
  );
  const folder = temporaryFolder();
  const env = { ALLOWED_ORIGINS: own };
  const first = await TestGateway.start({ folder, env });
  url = first.url;
  const page = await blankPage();
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  const caughtUp = new Promise<void>((resolve) => {
    page.on('websocket', (socket) => {
      socket.on('framereceived', ({ payload }) => String(payload).includes('CaughtUp') && resolve());
    });
  });
  await page.goto(own);
  await caughtUp;
  await first.eduzz(canceledTicket('one', { title: 'Choro no parque' }));
  await page.getByText('Choro no parque').waitFor();
  await first.close();
  const second = await TestGateway.start({ folder, env: { ...env, PORT: new URL(url).port } });
  await second.eduzz(canceledTicket('two', { title: 'Samba na praça' }));
  await page.getByText('Samba na praça').waitFor();
  await expect.poll(() => page.getByRole('listitem').allTextContents()).toEqual(['Samba na praça', 'Choro no parque']);
  expect(errors).toEqual([]);
});

it('LIVE5.7 serves the client under a name that is kept for ever, and leads to it', async () => {
  const gateway = await TestGateway.start();
  const led = await fetch(`${gateway.url}/client.js`, { redirect: 'manual' });
  expect(led.status).toBe(302);
  expect(led.headers.get('cache-control')).toBe('no-store');
  const name = led.headers.get('location')!;
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(name).toMatch(new RegExp(`^client-${version.replaceAll('.', '\\.')}-[\\w-]{8}\\.js$`));
  const module = await fetch(`${gateway.url}/${name}`, { headers: { origin: 'https://app.example' } });
  expect(Object.fromEntries(module.headers)).toMatchObject({
    'access-control-allow-origin': '*',
    'cache-control': 'public, max-age=31536000, immutable',
    'content-type': 'text/javascript; charset=utf-8',
    'cross-origin-resource-policy': 'cross-origin',
  });
  const text = await module.text();
  expect(text).toContain('export{');
  // One module: nothing else is loaded with it.
  expect(/\bfrom\s*["'`]\.|\bimport\s*\(/.exec(text)).toBeNull();
  const known = { 'if-none-match': module.headers.get('etag')! };
  expect((await fetch(`${gateway.url}/${name}`, { headers: known })).status).toBe(304);
  const other = await fetch(`${gateway.url}/client-0.0.1-abcdefgh.js`);
  expect([other.status, ((await other.json()) as { detail: string }).detail]).toEqual([
    404,
    expect.stringContaining('/client.js'),
  ]);
  expect((await fetch(`${gateway.url}/client.js`, { method: 'POST' })).status).toBe(405);
});
