import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { axe } from '../support/axe.ts';
import { openConsole } from '../support/browser.ts';
import { GatewayProcess } from '../support/child.ts';
import { TestGateway, environment, makeToken, signedAsEduzz, temporaryFolder } from '../support/gateway.ts';
import { canceledTicket, rowOf, rowsOf, streamOf } from '../support/live-page.ts';

/** What a browser says of a gateway that is away. */
const AWAY = /WebSocket|ERR_CONNECTION|Failed to load resource/;
const MONTH = 31 * 24 * 60 * 60;

/** For the tests that need no other, each with a tenant of its own. */
let shared: TestGateway;
beforeAll(async () => {
  shared = await TestGateway.start({ lasting: true });
});
afterAll(() => shared.end());
const tokenOf = (producer: string, expires = 600) => makeToken({ tenants: [`eduzz:${producer}`], expires });

const isLive = (page: Page) => expect.poll(() => streamOf(page).textContent()).toMatch(/^Live/);
const shows = (page: Page, ids: readonly string[]) => expect.poll(() => rowsOf(page)).toEqual(ids);

it('CON1.1 shows what arrives within a second, the newest first, and holds still while somebody reads', async () => {
  const gateway = await TestGateway.start();
  const page = await openConsole({ gateway, path: '/events' });
  await isLive(page);
  await page.getByText('Nothing has happened yet').waitFor();
  await axe(page);
  await gateway.eduzz(canceledTicket('first'));
  await rowOf(page, 'first').waitFor();
  await gateway.eduzz(canceledTicket('second'));
  await shows(page, ['second', 'first']);

  await page.getByRole('button', { name: 'Pause' }).click();
  await expect.poll(() => streamOf(page).textContent()).toBe('Paused');
  await page.getByRole('button', { name: 'Go on' }).waitFor();
  for (const id of ['third', 'fourth']) await gateway.eduzz(canceledTicket(id));
  await page.getByRole('button', { name: 'Show 2 new' }).waitFor();
  expect(await rowsOf(page)).toEqual(['second', 'first']);
  await axe(page);
  await page.getByRole('button', { name: 'Show 2 new' }).press('Enter');
  await isLive(page);
  await shows(page, ['fourth', 'third', 'second', 'first']);
  await expect
    .poll(() => page.evaluate('document.activeElement.closest("[data-event]")?.dataset.event'))
    .toBe('fourth');

  // More than are in sight.
  await Promise.all(Array.from({ length: 30 }, (_, n) => gateway.eduzz(canceledTicket(`more ${n}`))));
  // A machine that is busy is no failure: one of ten within a second is.
  const took: number[] = [];
  for (let n = 30; n < 40; n += 1) {
    const began = performance.now();
    await gateway.eduzz(canceledTicket(`more ${n}`));
    await rowOf(page, `more ${n}`).waitFor();
    took.push(performance.now() - began);
  }
  expect(Math.min(...took)).toBeLessThan(1_000);

  // Scrolled away.
  await page.evaluate(`document.querySelector('.list-body').scrollTop = 600`);
  let n = 40;
  const another = () => gateway.eduzz(canceledTicket(`more ${n++}`));
  const waiting = page.getByRole('button', { name: /^Show \d+ new$/ });
  // Until the page has heard that somebody scrolled.
  await expect.poll(async () => (await another()) && waiting.count()).toBe(1);
  const count = async () => Number(/\d+/.exec((await waiting.textContent())!));
  const before = await count();
  const [inSight] = (await rowsOf(page)).slice(12);
  const place = await rowOf(page, inSight!).boundingBox();
  for (let more = 0; more < 2; more += 1) await another();
  await expect.poll(count).toBeGreaterThanOrEqual(before + 2);
  expect(await rowOf(page, inSight!).boundingBox()).toEqual(place);
  await waiting.click();
  await rowOf(page, `more ${n - 1}`).waitFor();
  await expect
    .poll(async () => (await rowsOf(page)).slice(0, 3))
    .toEqual([n - 1, n - 2, n - 3].map((one) => `more ${one}`));
});

it('CON1.3 goes on by itself when the gateway was killed, and shows each event once', async () => {
  const folder = temporaryFolder();
  const first = await GatewayProcess.start(environment(folder));
  const page = await openConsole({ gateway: first, path: '/events', expected: AWAY });
  const post = async (id: string) => {
    const { headers, body } = signedAsEduzz(JSON.stringify(canceledTicket(id)));
    const url = `${first.url}/webhooks/eduzz`;
    expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(200);
  };
  await isLive(page);
  await post('before');
  await rowOf(page, 'before').waitFor();
  await first.end('SIGKILL');
  await expect.poll(() => streamOf(page).textContent()).toMatch(/^Reconnecting …since .*can’t be reached/);
  await GatewayProcess.start({ ...environment(folder), PORT: new URL(first.url).port });
  for (const id of ['one', 'two', 'three']) await post(id);
  await shows(page, ['three', 'two', 'one', 'before']);
  await isLive(page);
});

it('CON1.3 says that some are missing, and why, in their place', async () => {
  let now = Date.now();
  // The page is not used for that long.
  const env = { SESSION_IDLE_DAYS: '90' };
  const first = await TestGateway.start({ now: () => now, env });
  const token = await makeToken({ expires: 2 * MONTH });
  const page = await openConsole({ gateway: first, token, path: '/events', expected: AWAY });
  await isLive(page);
  await first.eduzz(canceledTicket('seen'));
  await rowOf(page, 'seen').waitFor();
  await first.close();
  await expect.poll(() => streamOf(page).textContent()).toMatch(/^Reconnecting/);

  // Elsewhere something came that is forgotten before the page comes back.
  const { folder } = first;
  const elsewhere = await TestGateway.start({ folder, now: () => now });
  await elsewhere.eduzz(canceledTicket('missed'));
  await elsewhere.close();
  now += MONTH * 1_000;
  const later = await TestGateway.start({ folder, now: () => now });
  await later.eduzz(canceledTicket('young'));
  const oldest = async () => {
    const { data } = await later.query(
      '{ events(first: 1) { edges { node { eventId } } } }',
      {},
      { expires: 2 * MONTH },
    );
    return data?.['events'].edges[0]?.node.eventId;
  };
  await expect.poll(oldest).toBe('young');
  await later.close();
  await TestGateway.start({ folder, now: () => now, env: { ...env, PORT: new URL(first.url).port } });

  await page.getByText('Some are missing here').waitFor();
  // What was there stays, with what is missing said above it.
  await shows(page, ['seen']);
  await axe(page);
  await page.getByRole('button', { name: 'Load the list anew' }).click();
  await shows(page, ['young']);
  await expect.poll(() => page.getByText('Some are missing here').count()).toBe(0);
});

it('CON1.5 asks for a new token when the old one expires, and goes on without a loss', async () => {
  const gateway = shared;
  const ticket = (id: string) => canceledTicket(id, { producer: 'expiring' });
  await gateway.eduzz(ticket('before'));
  const page = await openConsole({ gateway, token: null, path: '/events', expected: AWAY });
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  // Made only now: a busy machine takes longer to open a page than it lasts.
  await page.evaluate(`location.hash = 'token=${await tokenOf('expiring', 4)}'`);
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
  await dialog.waitFor();
  await expect.poll(() => streamOf(page).textContent()).toMatch(/^Token expired/);
  await axe(page);
  await gateway.eduzz(ticket('meanwhile'));
  await dialog.getByLabel('Token').fill(await tokenOf('expiring'));
  await dialog.getByRole('button', { name: 'Go on' }).click();
  await shows(page, ['meanwhile', 'before']);
  await isLive(page);
  await expect.poll(() => dialog.count()).toBe(0);
});

it('CON1.5 says that a token is refused, and not that it has expired, if it is refused before its time', async () => {
  const gateway = shared;
  const [head, payload] = (await makeToken()).split('.');
  const token = `${head}.${payload}.${Buffer.from('another secret').toString('base64url')}`;
  const page = await openConsole({ gateway, path: '/events', expected: AWAY });
  await isLive(page);
  // As if it had been good before the gateway got another secret.
  await page.evaluate(`sessionStorage.setItem('hookcast.token', '${token}')`);
  await page.reload();
  await page.getByRole('dialog', { name: 'Your token is no longer accepted' }).waitFor();
  await expect.poll(() => streamOf(page).textContent()).toMatch(/^Token no longer accepted/);
});

it('CON1.6 filters by what was chosen and typed, with or without accents, and in the address', async () => {
  const gateway = shared;
  await gateway.eduzz(canceledTicket('joao', { name: 'João Pereira', producer: 'filtered' }));
  await gateway.eduzz(canceledTicket('ana', { name: 'Ana Souza', producer: 'filtered' }));
  const page = await openConsole({ gateway, token: await tokenOf('filtered'), path: '/events' });
  await shows(page, ['ana', 'joao']);
  await page.getByLabel('Text').fill('JOAO choro');
  await shows(page, ['joao']);
  await gateway.eduzz(canceledTicket('other', { producer: 'filtered' }));
  await gateway.eduzz(canceledTicket('joão', { name: 'joão', producer: 'filtered' }));
  await shows(page, ['joão', 'joao']);
  await page.getByLabel('Kind').selectOption('Bookings cancelled');
  await page.getByText('Nothing fits').waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).first().click();
  await shows(page, ['joão', 'other', 'ana', 'joao']);
  await expect.poll(() => page.getByLabel('Text').inputValue()).toBe('');
});

it('CON2.1 never shows events of a tenant that the token doesn’t name, not even after a change of tokens', async () => {
  const gateway = shared;
  const own = (id: string) => gateway.eduzz(canceledTicket(id, { producer: 'own' }));
  const foreign = (id: string) => gateway.eduzz(canceledTicket(id, { producer: 'foreign' }));
  await own('own 1');
  await foreign('foreign 1');
  const page = await openConsole({
    gateway,
    token: await makeToken({ tenants: ['eduzz:own', 'eduzz:foreign'] }),
    path: '/events',
    expected: AWAY,
  });
  await shows(page, ['foreign 1', 'own 1']);
  await isLive(page);
  const token = await makeToken({ tenants: ['eduzz:own'], scope: 'events:read' });
  // In the same tab, without loading the page anew: its socket is open with the rights of the first.
  await page.evaluate(`location.hash = 'token=${token}'`);
  await page.getByRole('button', { name: 'Switch' }).click();
  await shows(page, ['own 1']);
  await foreign('foreign 2');
  await own('own 2');
  await shows(page, ['own 2', 'own 1']);
  expect(await page.locator('main').textContent()).not.toMatch(/foreign|Tereza|tereza@/);
  await expect.poll(() => rowOf(page, 'own 2').textContent()).toContain('Withheld');
});
