import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { eduzzDay } from '../../src/providers/eduzz/day.ts';
import { axe } from '../support/axe.ts';
import { type ConsoleOptions, openConsole, signedIn, zoneAtNoon } from '../support/browser.ts';
import { TestGateway, makeToken } from '../support/gateway.ts';
import { streamOf } from '../support/live-page.ts';

/** For the whole file: a day of an organiser, the last three hours of it. */
let gateway: TestGateway;
const told: Record<string, any>[] = [];
beforeAll(async () => {
  gateway = await TestGateway.start({ lasting: true });
  const now = Date.now();
  const moment = (share: number) => new Date(now - (1 - share) * 3 * 3_600_000);
  for (const { payload } of eduzzDay({ date: 'today', moment, busy: 1, back: 0 })) {
    told.push(payload);
    expect((await gateway.eduzz(payload)).status).toBe(200);
  }
});
afterAll(() => gateway.end());

/** Where the last three hours are all of today. */
const open = (options: Omit<ConsoleOptions, 'gateway'>) => openConsole({ gateway, timeZone: zoneAtNoon(), ...options });

const dataOf = (event: string) => told.filter((one) => one['event'] === event).map(({ data }) => data);
/** As the provider would tell of the same order later. */
const later = (event: string, order: { id: string }, more: object) => {
  const payload = told.find((one) => one['event'] === event)!;
  const at = new Date().toISOString();
  return {
    ...payload,
    id: `${event} later ${order.id}`,
    sentDate: at,
    data: { ...payload['data'], ...order, ...more },
  };
};
const sentenceOf = (page: Page) => page.locator('.about .money-sentence').textContent();
const words = async (page: Page) => (await page.locator('main').textContent()) ?? '';

it('CON10.1 tells what happened to an order in order, and goes on while it is looked at', async () => {
  const refunded = new Set(dataOf('myeduzz.invoice_refunded').map(({ id }) => id));
  const order = dataOf('myeduzz.invoice_paid').find(({ id }) => !refunded.has(id))!;
  const page = await open({ path: '/events?what=paid' });
  await page.locator('.list-body [data-event]').first().waitFor();
  // The number is typed where one goes anywhere.
  await page.keyboard.press('Control+k');
  await page.keyboard.insertText(order['id']);
  await page.getByRole('option', { name: new RegExp(`Order ${order['id']}`) }).waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.timeline li').first().waitFor();
  await expect.poll(() => new URL(page.url()).searchParams.get('of')).toBe(`order/${order['id']}`);
  await expect.poll(() => page.locator('.timeline li').count()).toBe(1);
  await expect.poll(() => sentenceOf(page)).toMatch(/^R\$[\d,.]+ was paid on .*, and nothing went back\.$/);
  await expect.poll(() => streamOf(page).textContent()).toMatch(/^Live/);
  const money = order['price'];
  const refund = {
    type: 'common',
    ...money,
    createdAt: new Date().toISOString(),
    refundedAt: new Date().toISOString(),
  };
  await gateway.eduzz(later('myeduzz.invoice_refunded', order as { id: string }, { refund }));
  await expect.poll(() => sentenceOf(page)).toMatch(/^Yes, the money went back: R\$[\d,.]+, as Eduzz said on/);
  await expect
    .poll(() => page.locator('.timeline li .chip-of').allTextContents())
    .toEqual(['Paid', 'Refunded'].map((one) => expect.stringContaining(one)));
  await axe(page);
  // What happened stands beside all that the event says.
  await page.getByRole('button', { name: 'Refunded' }).click();
  await page.locator('.details').getByText('myeduzz.invoice_refunded').waitFor();
  await axe(page);
});

it('CON10.4 tells viewers with pii:read what happened to a person, in no address, until the person is erased', async () => {
  const [gone] = dataOf('blinket.attendance_canceled');
  const { email, name } = gone!['participant'];
  const page = await open({ path: '/events?what=cancelled' });
  await page.getByRole('searchbox').fill(email);
  const link = page.getByRole('link', { name: `Everything about ${email}` });
  await link.click();
  await page.locator('.chapters .chapter').first().waitFor();
  await expect.poll(() => page.getByRole('heading', { level: 1 }).textContent()).toContain(name);
  expect(decodeURIComponent(page.url())).not.toContain(email);
  // The ticket says nothing of money, and the order of the same person does.
  await expect.poll(() => words(page)).toMatch(/No event says whether the money went back/);
  await expect.poll(() => words(page)).toMatch(/Yes, the money went back|was paid on/);
  await axe(page);
  const ofPerson = page.url();

  const few = await open({ token: await makeToken({ scope: 'events:read' }), path: '/today' });
  await few.locator('.hero').waitFor();
  await few.goto(ofPerson);
  await few.getByText('Your token doesn’t show personal data').waitFor();
  await few.keyboard.press('Control+k');
  await few.keyboard.insertText(email);
  await few.getByText('Nothing is called that').waitFor();
  expect(await few.locator('body').textContent()).not.toContain(name);

  const log = new SqliteLog(join(gateway.folder, 'hookcast.db'));
  onTestFinished(() => log.close());
  await log.erase({ by: 'email', email, source: null }, { at: Date.now(), orderedBy: 'operator ana' });
  await expect.poll(() => words(page)).not.toContain(email);
  await expect.poll(() => page.getByRole('heading', { level: 1 }).textContent()).toContain('Erased');
});

it('CON10.7 answers on a telephone, in Portuguese, what was sold, who cancelled, whether it was given back and who is missing', async () => {
  const viewport = { width: 360, height: 740 };
  const page = await open({ locale: 'pt-BR', viewport, path: '/today' });
  await page.locator('.hero .value').first().waitFor();
  await expect.poll(() => page.locator('.hero').textContent()).toMatch(/VendidoR\$\s[\d.]+,\d\d2\d pedidos pagos/);
  await page.getByRole('link', { name: 'Quem não entrou' }).click();
  await page.locator('.tickets li').first().waitFor();
  await expect.poll(() => page.locator('.came').textContent()).toMatch(/^\d+ de \d+ ingressos já foram usados\.$/);
  const missing = await page.locator('.tickets li').count();
  const name = await page.locator('.tickets .who').last().textContent();
  await page.getByRole('searchbox', { name: 'Buscar nome' }).fill(name!.toUpperCase());
  await expect.poll(() => page.locator('.tickets li').count()).toBeLessThan(missing);
  expect(new Set(await page.locator('.tickets .who').allTextContents())).toEqual(new Set([name]));
  await page.getByRole('searchbox').fill('');
  await expect.poll(() => page.locator('.tickets li').count()).toBe(missing);
  await axe(page);
  await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  // Somebody comes in while one looks.
  const came = new Set(dataOf('blinket.attendance_checkin').map(({ participant }) => participant['id']));
  const lost = new Set(dataOf('blinket.attendance_canceled').map(({ participant }) => participant['id']));
  const absent = dataOf('blinket.attendance_added').find(({ participant: { id } }) => !came.has(id) && !lost.has(id))!;
  const checkin = later('blinket.attendance_checkin', absent as { id: string }, {});
  await gateway.eduzz({
    ...checkin,
    data: { ...checkin['data'], participant: { ...absent['participant'], checkInAt: new Date().toISOString() } },
  });
  await expect.poll(() => page.locator('.tickets li').count()).toBe(missing - 1);

  await page.getByRole('link', { name: 'Eventos' }).click();
  await page.getByRole('button', { name: 'Reembolsado', exact: true }).click();
  await page.locator('.list-body [data-event] button').first().click();
  await page.getByRole('link', { name: /^Histórico completo: Pedido/ }).click();
  await expect
    .poll(() => sentenceOf(page))
    .toMatch(/^Sim, o dinheiro foi devolvido: R\$\s[\d.,]+\. Eduzz informou isso em/);
  await axe(page);
  await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBe(360);
});

it('CON6.3 tells the story in Spanish if the browser speaks Spanish, by night as well', async () => {
  const page = await open({ locale: 'es-ES', colorScheme: 'dark', path: '/door' });
  await page.locator('.tickets li').first().waitFor();
  await expect.poll(() => page.getByRole('heading', { level: 1 }).textContent()).toBe('Quién no ha entrado');
  await expect.poll(() => page.evaluate('document.documentElement.lang')).toBe('es');
  await axe(page);
  await page.locator('.tickets li .what').first().click();
  await page.locator('.timeline li').first().waitFor();
  await expect.poll(() => page.locator('.timeline').textContent()).toContain('Vendido');
  await page.getByRole('button', { name: 'Vendido' }).click();
  await expect.poll(() => page.locator('.details').textContent()).toMatch(/Qué ocurrióañadida.*Comprado por/s);
  await axe(page);
});

/** The browser's own notifications, which say that they were refused, without a screen, although they were granted. */
const SPY = `window.told = []; const Real = Notification;
  window.Notification = class extends Real {
    static get permission() { return 'granted'; }
    constructor(title, options) { super(title, options); told.push(title + ': ' + options.body); }
  };`;

it('CON11.1 notifies of new events in a view if it was asked to, without naming anybody', async () => {
  const page = await open({ path: '/today' });
  await signedIn(page);
  await page.context().grantPermissions(['notifications'], { origin: gateway.url });
  await page.addInitScript({ content: SPY });
  await page.goto(`${gateway.url}/console/events?what=paid`);
  await page.locator('.list-body [data-event]').first().waitFor();
  await expect.poll(() => streamOf(page).textContent()).toMatch(/^Live/);
  const [order] = dataOf('myeduzz.invoice_paid');
  const post = (id: string) => gateway.eduzz(later('myeduzz.invoice_paid', { id }, { price: order!['price'] }));
  await post('31000001');
  await page.locator('.list-body [data-event*="31000001"]').waitFor();
  expect(await page.evaluate('told')).toEqual([]);
  // From where the page has it told.
  const from = page.waitForResponse((response) => !!response.request().postData()?.includes('NewsHead'));
  await page.getByRole('button', { name: 'Notify me' }).click();
  await page.getByRole('button', { name: 'Stop notifying' }).waitFor();
  await (await from).finished();
  await axe(page);
  await post('31000002');
  await expect.poll(() => page.evaluate('told')).toEqual([expect.stringMatching(/^Paid: .*R\$/)]);
  // On another page as well, in one tab of several, and by the name that the view has.
  await page.getByRole('button', { name: 'Save view' }).click();
  await page.keyboard.insertText('Sales');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Today' }).click();
  await page.locator('.hero').waitFor();
  const other = await page.context().newPage();
  await other.addInitScript({ content: SPY });
  await other.goto(`${gateway.url}/console/overview`);
  await other.locator('.plot').waitFor();
  await post('31000003');
  await expect
    .poll(async () => [await page.evaluate('told.slice(1)'), await other.evaluate('told')].flat())
    .toEqual([expect.stringMatching(/^Sales: Paid: .*R\$/)]);
  await other.close();
  await page.goBack();
  expect(JSON.stringify(await page.evaluate('told'))).not.toMatch(new RegExp(order!['buyer']['name']));
  // Of each view by itself, and still after the page was loaded anew.
  await page.getByRole('button', { name: 'Everything' }).click();
  await page.getByRole('button', { name: 'Notify me' }).waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Paid' }).click();
  await page.getByRole('button', { name: 'Stop notifying' }).click();
  await page.getByRole('button', { name: 'Notify me' }).waitFor();
});

it('CON11.2 can be installed as an app', async () => {
  const page = await open({ path: '/today' });
  await page.locator('.hero').waitFor();
  const session = await page.context().newCDPSession(page);
  const { url, errors, data } = await session.send('Page.getAppManifest');
  expect([url, errors]).toEqual([`${gateway.url}/console/manifest.webmanifest`, []]);
  const { start_url: start, icons } = JSON.parse(data!) as {
    start_url: string;
    icons: { src: string; sizes: string }[];
  };
  expect(start).toBe('/console/');
  for (const { src, sizes } of icons) {
    const picture = Buffer.from(await (await fetch(`${gateway.url}/console/${src}`)).arrayBuffer());
    // Width and height of a PNG stand behind its signature and the name of its first chunk.
    expect(`${picture.readUInt32BE(16)}x${picture.readUInt32BE(20)}`).toBe(sizes);
  }
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  // Tests' browsers keep nothing, and would install nothing.
  expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito')).toEqual([]);
});
