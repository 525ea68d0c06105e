import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { load, openPage } from '../support/browser.ts';
import { CLIENT, bundle } from '../support/bundle.ts';
import { GatewayProcess } from '../support/child.ts';
import { deliver } from '../support/deliver.ts';
import { TestGateway, environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { canceledTicket } from '../support/live-page.ts';
import { ShownList } from './shown-list.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

let shared: TestGateway;
/** The recipe of the docs, and the list that a server renders, as a page has them. */
let script: string;
/** Of all pages. */
let token: string;
beforeAll(async () => {
  token = await makeToken();
  shared = await TestGateway.start({ lasting: true });
  script = await bundle(
    `import { StrictMode, createElement } from 'react';
    import { createRoot, hydrateRoot } from 'react-dom/client';
    import { createClient } from 'graphql-ws';
    import { HookcastProvider } from 'hookcast/react';
    import { App } from '${at('../clients/recipes/react.tsx')}';
    import { overSharedSocket } from '${at('../clients/recipes/tabs.ts')}';
    import { ShownList } from '${at('./shown-list.ts')}';
    const root = document.querySelector('#root');
    const url = location.origin.replace('http', 'ws') + '/graphql';
    const token = async () => TOKEN;
    const clients = {
      own: () => createClient({ url, connectionParams: { authorization: 'Bearer ' + TOKEN }, retryAttempts: 0 }),
      shared: () => overSharedSocket(url, token),
    };
    if (LIST === 'recipe') createRoot(root).render(createElement(StrictMode, null, createElement(App, { url, token })));
    else if (root.firstChild) hydrateRoot(root, createElement(ShownList, { client: clients[LIST] }));
    else createRoot(root).render(createElement(ShownList, { client: clients[LIST] }));`,
    { NODE_ENV: 'development', external: [], minify: false },
  );
});
afterAll(() => shared.end());

interface Opened {
  readonly gateway: { readonly url: string };
  readonly list: 'recipe' | 'own' | 'shared';
  readonly rendered?: string;
  /** That of all pages, unless it is another's. */
  readonly holder?: string;
  readonly canFreeze?: boolean;
}

/**
 * Gives a page `freeze`, which does what browsers do with a tab in the background: no event, timer or lock comes to it until it is thawed,
 * and its socket and its locks stay. Chromium without a window takes the command to freeze a page, and freezes nothing (153).
 */
const FREEZABLE = `<script>
  let isFrozen = false;
  const waiting = [];
  const later = (call) => function (...args) {
    if (isFrozen) waiting.push(() => call.apply(this, args));
    else call.apply(this, args);
  };
  for (const { prototype } of [WebSocket, BroadcastChannel]) {
    const add = prototype.addEventListener;
    prototype.addEventListener = function (type, listener) { add.call(this, type, later(listener)); };
    for (const type of ['open', 'message', 'close', 'error']) {
      Object.defineProperty(prototype, 'on' + type, { set(listener) { add.call(this, type, later(listener)); } });
    }
  }
  for (const name of ['setTimeout', 'setInterval']) {
    const set = window[name];
    window[name] = (call, ...rest) => set(later(call), ...rest);
  }
  const request = LockManager.prototype.request;
  LockManager.prototype.request = function (...args) {
    return new Promise((resolve, reject) => request.apply(this, args).then(later(resolve), later(reject)));
  };
  window.freeze = (is) => {
    isFrozen = is;
    if (!is) for (const call of waiting.splice(0)) call();
  };
</script>`;

function htmlOf({ list, rendered = '', holder = token, canFreeze = false }: Omit<Opened, 'gateway'>): string {
  const settings = `const TOKEN = ${JSON.stringify(holder)}, LIST = ${JSON.stringify(list)};`;
  return `<!doctype html><html lang="en"><title>A list</title><div id="root">${rendered}</div>
    ${canFreeze ? FREEZABLE : ''}
    <script type="module">${settings}\n${script.replaceAll('</script', '<\\/script')}</script></html>`;
}
const open = (opened: Opened): Promise<Page> =>
  openPage({ gateway: opened.gateway, html: htmlOf(opened), expected: /WebSocket|favicon/ });
const statusOf = (page: Page) => expect.poll(() => page.getByRole('status').textContent());
const itemsOf = (page: Page) => expect.poll(() => page.locator('li').allTextContents());

it('LIVE1.26 shows by the recipe for React, in StrictMode, each event once by one socket, across a cut and a kill', async () => {
  const env = environment(temporaryFolder());
  let gateway = await GatewayProcess.start(env);
  const name = (id: string) => deliver(gateway, canceledTicket(id, { name: id }));
  await name('first');
  const shown = await openPage({ gateway, html: '', expected: /WebSocket|favicon/ });
  let sockets = 0;
  let cut = () => {};
  await shown.routeWebSocket(/\/graphql$/, (socket) => {
    sockets += 1;
    const server = socket.connectToServer();
    cut = () => void [server.close(), socket.close({ code: 1012 })];
  });
  await load(shown, { gateway, html: htmlOf({ list: 'recipe' }) });
  await statusOf(shown).toBe('live');
  expect(sockets).toBe(1);
  cut();
  await name('second');
  await itemsOf(shown).toEqual(['second', 'first'].map((id) => `Noite de Choro: ${id}`));
  await statusOf(shown).toBe('live');

  await gateway.end('SIGKILL');
  await statusOf(shown).toBe('offline');
  gateway = await GatewayProcess.start({ ...env, PORT: new URL(gateway.url).port });
  await name('third');
  await itemsOf(shown).toEqual(['third', 'second', 'first'].map((id) => `Noite de Choro: ${id}`));
  await statusOf(shown).toBe('live');

  await shown.getByRole('button', { name: 'Pause' }).click();
  await name('fourth');
  await shown.getByRole('button', { name: 'Show 1 new' }).click();
  await expect.poll(() => shown.locator('li').first().textContent()).toBe('Noite de Choro: fourth');
});

it('LIVE1.27 renders on a server without a client, and a browser makes the list its own', async () => {
  const client = () => {
    throw new Error('a server has no use for a client');
  };
  const rendered = renderToString(createElement(ShownList, { client }));
  expect(rendered).toContain('connecting');
  await deliver(shared, canceledTicket('hydrated'));
  const page = await open({ gateway: shared, list: 'own', rendered });
  await statusOf(page).toBe('live');
  await itemsOf(page).toContain('hydrated');
  // Loaded again, it goes on from the cursor that it kept.
  await expect.poll(() => page.evaluate(`sessionStorage.getItem('hookcast.shown')`)).toEqual(expect.any(String));
  await deliver(shared, canceledTicket('again'));
  await load(page, { gateway: shared, html: htmlOf({ list: 'own', rendered }) });
  await statusOf(page).toBe('live');
  await itemsOf(page).toEqual(expect.arrayContaining(['again', 'hydrated']));
});

it('LIVE1.28 has one socket for all tabs of a token, and goes on if the tab that had it is closed', async () => {
  const first = await open({ gateway: shared, list: 'shared' });
  await statusOf(first).toBe('live');
  let sockets = 0;
  first.context().on('page', (page) => page.on('websocket', () => (sockets += 1)));
  const others = [await open({ gateway: shared, list: 'shared' }), await open({ gateway: shared, list: 'shared' })];
  for (const page of others) await statusOf(page).toBe('live');
  expect(sockets).toBe(0);
  // A tab with another token has a socket of its own, so that it never gets events by this token's rights.
  const holder = await makeToken({ tenants: ['eduzz:0'] });
  const foreign = await open({ gateway: shared, list: 'shared', holder });
  await statusOf(foreign).toBe('live');
  expect(sockets).toBe(1);
  await deliver(shared, canceledTicket('to all'));
  for (const page of [first, ...others]) await itemsOf(page).toContain('to all');
  await first.close();
  await deliver(shared, canceledTicket('to the others'));
  for (const page of others) {
    await itemsOf(page).toContain('to the others');
    const items = await page.locator('li').allTextContents();
    expect(new Set(items).size).toBe(items.length);
  }
  expect(sockets).toBe(2);
  expect(await foreign.locator('li').count()).toBe(0);
});

it('LIVE1.31 goes on in the other tabs if the tab that has the socket is frozen', async () => {
  const holder = await makeToken({ expires: 3_000 });
  const first = await open({ gateway: shared, list: 'shared', holder, canFreeze: true });
  await statusOf(first).toBe('live');
  const other = await open({ gateway: shared, list: 'shared', holder });
  await statusOf(other).toBe('live');
  let sockets = 0;
  other.on('websocket', () => (sockets += 1));
  await first.evaluate('freeze(true)');
  await deliver(shared, canceledTicket('while it is frozen'));
  await itemsOf(other).toContain('while it is frozen');
  expect(sockets).toBe(1);
  expect(await first.locator('li').allTextContents()).not.toContain('while it is frozen');
  await first.evaluate('freeze(false)');
  await deliver(shared, canceledTicket('when it is thawed'));
  for (const page of [first, other]) {
    await itemsOf(page).toEqual(expect.arrayContaining(['while it is frozen', 'when it is thawed']));
    const items = await page.locator('li').allTextContents();
    expect(new Set(items).size).toBe(items.length);
  }
  // The tab that was frozen has no socket of its own any more.
  expect(sockets).toBe(1);
});

it('LIVE1.29 is under 3 kB, gzipped, beside the client; sharing a socket between tabs is 1.5 kB more', async () => {
  const external = ['react'];
  const weigh = async (...modules: readonly string[]) => {
    const code = modules.map((module) => `export * from '${CLIENT}${module}';`).join('');
    const client = `export { createClient } from 'graphql-ws/client';${code}`;
    return gzipSync(await bundle(client, { NODE_ENV: 'production', external, minify: true })).length;
  };
  const client = await weigh('follow.ts', 'refusal.ts');
  const react = await weigh('follow.ts', 'refusal.ts', 'react.ts');
  const tabs = await weigh('follow.ts', 'refusal.ts', 'react.ts', 'tabs.ts');
  expect(client).toBeGreaterThan(4_000);
  expect(react - client).toBeGreaterThan(1_000);
  expect(react - client).toBeLessThan(3_000);
  expect(tabs - react).toBeLessThan(1_500);
});
