import { readFile } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { erase } from '../../src/commands/erase.ts';
import { exportEvents } from '../../src/commands/export.ts';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { axe } from '../support/axe.ts';
import { openConsole } from '../support/browser.ts';
import { EDUZZ_SECRET, TestGateway, environment, makeToken } from '../support/gateway.ts';
import { TestTerminal } from '../support/terminal.ts';

/** More than four pages of the gateway's. Every fiftieth is another tenant's. */
const COUNT = 430;
const NOON = Date.parse('2026-03-01T12:00:00.000Z');
const MINUTE = 60_000;
const isForeign = (n: number) => n % 50 === 49;

/** One gateway for all tests. The last of them changes what it holds. */
let gateway: TestGateway;
/** As the log has them, newest first. */
let all: readonly number[] = [];
let cursors: readonly string[] = [];
beforeAll(async () => {
  gateway = await TestGateway.start({ lasting: true });
  for (let n = 0; n < COUNT; n += 10) {
    await Promise.all(Array.from({ length: 10 }, (_, next) => cancel(n + next)));
  }
  const edges = await edgesOf();
  all = edges.map(({ node }) => Number(node.eventId.slice(1)));
  cursors = edges.map(({ cursor }) => cursor);
});
afterAll(() => gateway.end());

/** The nth happens n minutes after noon. */
async function cancel(n: number): Promise<void> {
  const at = new Date(NOON + n * MINUTE).toISOString();
  const { headers, body } = signAsEduzz(
    attendanceCanceled({
      id: `n${n}`,
      sentDate: at,
      producer: { id: isForeign(n) ? 2 : 1, name: 'P', email: 'p@p.example' },
      participant: { id: `participant-${n}`, inviteKey: `${n}`, name: `Person ${n}`, email: `${n}@p.example` },
      occasion: { name: n % 200 === 7 ? 'Festa Junina' : 'Noite de Choro' },
      data: { createdAt: at },
    }),
    EDUZZ_SECRET,
  );
  const { status } = await fetch(`${gateway.url}/webhooks/eduzz`, { method: 'POST', headers, body });
  expect(status).toBe(200);
}

interface Edge {
  readonly cursor: string;
  readonly node: { readonly eventId: string };
}

/** All of them, newest first. */
async function edgesOf(): Promise<Edge[]> {
  const all: Edge[] = [];
  const query = `query ($after: String) {
    cancellations(first: 100, after: $after) { edges { cursor node { eventId } } pageInfo { hasNextPage } }
  }`;
  for (let more = true; more;) {
    const { data } = await gateway.query(query, { after: all.at(-1)?.cursor ?? null });
    const { edges, pageInfo } = data!['cancellations'];
    all.push(...edges);
    more = pageInfo.hasNextPage;
  }
  expect(all).toHaveLength(COUNT);
  return all.toReversed();
}

const open = (path = '', token?: string) =>
  openConsole({ gateway, path: `/events${path}`, ...(token !== undefined && { token }) });
const ownTenant = () => makeToken({ tenants: ['eduzz:1'], scope: 'events:read pii:read' });
const row = (page: Page, n: number) => page.locator(`[data-event="n${n}"]`);
const status = (page: Page, text: string | RegExp) => page.getByRole('status').filter({ hasText: text });

/** Scrolls to the nth of the rows that are loaded. */
async function scrollTo(page: Page, index: number): Promise<void> {
  await page.locator('.list-body').evaluate((list: any, index) => {
    list.scrollTop = index * list.querySelector('[data-event]').offsetHeight;
  }, index);
}

/** Opens the address somewhere else, once it says which row is at the top. */
async function share(page: Page): Promise<Page> {
  const top = `[data-event="n${(await inSight(page))[0]}"]`;
  const cursor = await page.locator(top).getAttribute('data-line');
  await expect.poll(() => new URL(page.url()).searchParams.get('at')).toBe(cursor);
  const shared = await open(new URL(page.url()).search);
  await shared.locator(top).waitFor();
  return shared;
}

/** The rows in sight, more than half of each, the topmost first. */
function inSight(page: Page): Promise<number[]> {
  return page.locator('.list-body').evaluate((list: any) => {
    const { top, bottom } = list.getBoundingClientRect();
    return [...list.querySelectorAll('[data-event]')]
      .map((element: any) => ({ n: Number(element.dataset.event.slice(1)), at: element.getBoundingClientRect() }))
      .filter(({ at }) => at.bottom > top + at.height / 2 && at.top < bottom - at.height / 2)
      .toSorted((a, b) => a.at.top - b.at.top)
      .map(({ n }) => n);
  });
}

/**
 * Scrolls to an end, a screen at a time, as far as there is more.
 *
 * @returns the rows that were in sight on the way, each as often as it came in sight anew.
 */
async function scroll(page: Page, direction: 1 | -1, until: string): Promise<number[]> {
  return page.locator('.list-body').evaluate(
    async (list: any, { direction, until }) => {
      const passed: number[] = [];
      const { body, defaultView: window } = list.ownerDocument;
      const frame = () => new Promise((resolve) => window.requestAnimationFrame(resolve));
      for (let still = 0; still < 200;) {
        await frame();
        const { top, bottom } = list.getBoundingClientRect();
        const rows = [...list.querySelectorAll('[data-event]')]
          .map((element: any) => ({ n: Number(element.dataset.event.slice(1)), at: element.getBoundingClientRect() }))
          .filter(({ at }) => at.bottom > top + 1 && at.top < bottom - 1)
          .toSorted((a, b) => direction * (a.at.top - b.at.top));
        const last = passed.at(-1);
        const known = rows.findIndex(({ n }) => n === last);
        passed.push(...rows.slice(known + 1).map(({ n }) => n));
        const before = list.scrollTop;
        list.scrollTop += direction * (list.clientHeight - 80);
        still = list.scrollTop === before ? still + 1 : 0;
        if (still > 0 && body.innerText.includes(until)) break;
      }
      return passed;
    },
    { direction, until },
  );
}

it('CON3.1 scrolls back to the oldest and forward to the newest, with every event once and in order', async () => {
  const page = await open();
  await row(page, all[0]!).waitFor();
  await status(page, 'These are the newest').waitFor();
  await status(page, /^Live$/).waitFor();
  await expect.poll(() => page.getByRole('table').getAttribute('aria-rowcount')).toBe('-1');
  expect(await scroll(page, 1, 'That is all the gateway keeps: nothing older')).toEqual(all);
  await expect.poll(() => page.getByRole('table').getAttribute('aria-rowcount')).toBe(String(COUNT + 2));

  // Its address opens the same for somebody else, and from there it goes forward again.
  const shared = await share(page);
  // Its top row is whole, so that one more may be in sight at the bottom.
  const seen = (await inSight(page)).slice(0, -1);
  await expect.poll(async () => (await inSight(shared)).slice(0, seen.length)).toEqual(seen);
  await scroll(shared, 1, 'That is all the gateway keeps: nothing older');
  expect(await scroll(shared, -1, 'These are the newest')).toEqual([...all].toReversed());
});

it('CON3.1 keeps the visible rows in place while newer ones are loaded above them', async () => {
  const page = await open(`?at=${cursors[260]}`);
  await page.getByText('200 loaded').waitFor();
  // It begins with a hundred rows up to the one that was asked for, and a hundred after it.
  await expect.poll(async () => (await inSight(page))[0]).toBe(all[260]);
  await scrollTo(page, 10);
  await page.getByText('300 loaded').waitFor();
  // The day's heading stands above the first of them.
  expect((await inSight(page))[0]).toBe(all[170]);
});

it('CON3.2 puts filters and dates into the address, and a text only on the page', async () => {
  const page = await open();
  await row(page, all[0]!).waitFor();
  await page.getByRole('button', { name: '7 days' }).click();
  await page.getByText('Nothing fits').waitFor();
  await expect.poll(() => new URL(page.url()).searchParams.get('from')).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z$/);
  // 12:10 UTC is 9:10 in São Paulo.
  await page.getByLabel('From').fill('2026-03-01T09:10');
  await page.getByLabel('To', { exact: true }).fill('2026-03-01T09:20');
  await page.getByLabel('Kind').selectOption('TICKET');
  await status(page, 'That is all that fits: nothing older').waitFor();
  await page.getByText('10 loaded').waitFor();
  const fitting = all.filter((n) => n >= 10 && n < 20);
  await expect.poll(() => inSight(page)).toEqual(fitting);
  await expect
    .poll(() => Object.fromEntries(new URL(page.url()).searchParams))
    .toEqual({ kind: 'TICKET', from: '2026-03-01T12:10Z', to: '2026-03-01T12:20Z' });

  const shared = await open(`${new URL(page.url()).search}&text=person+12`);
  await shared.getByText('1 found').waitFor();
  await expect.poll(() => inSight(shared)).toEqual([12]);
  await shared.getByText('the address, when you share it, doesn’t hold it').waitFor();
  expect(new URL(shared.url()).search).not.toContain('text');
  await axe(shared);
});

it('CON3.3 has the gateway search for a text, far beyond the loaded rows', async () => {
  const page = await open();
  await row(page, all[0]!).waitFor();
  await page.getByLabel('Text').fill('junina');
  await page.getByText('3 found').waitFor();
  await status(page, 'That is all that fits: nothing older').waitFor();
  await expect.poll(() => inSight(page)).toEqual([407, 207, 7]);
  await page.getByLabel('Text').fill('');
  await row(page, all[0]!).waitFor();
});

it('CON3.4 says that a place is gone, and leads to the newest', async () => {
  // A cursor as good as any, but of a log that was there before this one.
  const page = await open(`?at=${Buffer.from('another-log:5').toString('base64url')}`);
  await page.getByText('This place is no longer there').waitFor();
  await axe(page);
  await page.getByRole('button', { name: 'Show the newest' }).click();
  await row(page, all[0]!).waitFor();
  await expect.poll(() => new URL(page.url()).search).toBe('');
});

/** Saves what the page shows, and gives the file's name and its lines. */
async function downloaded(page: Page, format: 'CSV' | 'NDJSON') {
  await page.getByRole('button', { name: 'Download' }).click();
  const dialog = page.getByRole('dialog', { name: 'Download these events' });
  await dialog.getByRole('radio', { name: new RegExp(`^${format}`) }).check();
  const download = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Download' }).click();
  const file = await download;
  const text = await readFile(await file.path(), 'utf8');
  return { dialog, name: file.suggestedFilename(), lines: text.trimEnd().split(/\r?\n/) };
}

it('CON3.7 saves all that the filters show and not only the loaded rows, as “hookcast export” writes it', async () => {
  const page = await open();
  await page.getByText('100 loaded').waitFor();
  const whole = await downloaded(page, 'NDJSON');
  await whole.dialog.getByText(`The file has ${COUNT} events: all that there are.`).waitFor();
  await axe(page);
  expect(whole.name).toMatch(/^events-\d{4}-\d\d-\d\d\.ndjson$/);
  const env = { HOOKCAST_URL: gateway.url, HOOKCAST_TOKEN: await makeToken() };
  const sent = new PassThrough();
  const exported = text(sent);
  const terminal = Object.assign(new TestTerminal(env, () => new Promise(() => {})), {
    isScreen: false,
    progress: () => {},
    send: async (chunk: string | Uint8Array) => void sent.write(chunk),
  });
  await exportEvents({ format: 'ndjson', people: true, raw: false, force: false }, terminal);
  sent.end();
  const wanted = (await exported).trimEnd().split('\n').toReversed();
  expect(whole.lines).toEqual(wanted);
  await whole.dialog.getByRole('button', { name: 'Close' }).click();

  await page.getByLabel('Text').fill('junina');
  await page.getByText('3 found').waitFor();
  const some = await downloaded(page, 'CSV');
  await some.dialog.getByText('The file has 3 events').waitFor();
  expect(some.lines[0]).toMatch(/^\uFEFFWhen,What happened,.*,id,typename,/);
  expect(some.lines.slice(1).map((line) => /Person \d+/.exec(line)?.[0])).toEqual([
    'Person 407',
    'Person 207',
    'Person 7',
  ]);
});

it('CON3.7 has no personal data in the file if the token shows none', async () => {
  const page = await open('?to=2026-03-01T12:10Z', await makeToken({ tenants: ['eduzz:1'], scope: 'events:read' }));
  await page.getByText('10 loaded').waitFor();
  const { dialog, lines } = await downloaded(page, 'NDJSON');
  await dialog.getByText('The file has 10 events').waitFor();
  expect(lines).toHaveLength(10);
  expect(lines.join()).not.toMatch(/Person \d|p\.example|personalValues/);
});

it('CON2.1 shows only what its token may see', async () => {
  const page = await open('', await ownTenant());
  await row(page, all[0]!).waitFor();
  const own = all.filter((n) => !isForeign(n));
  expect(await scroll(page, 1, 'That is all the gateway keeps: nothing older')).toEqual(own);
  const foreign = await open('?tenant=eduzz:2', await ownTenant());
  await foreign.getByText('Your token doesn’t allow this').waitFor();
  expect(await foreign.locator('[data-event]').count()).toBe(0);
});

it('CON2.2 forgets an erased person while the page is looked at, and says what has arrived', async () => {
  const page = await open();
  await page.getByText(`Person ${all[0]!}`).waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  const { status } = await gateway.eduzz(attendanceCanceled({ id: `n${COUNT}` }));
  expect(status).toBe(200);
  await page.getByRole('button', { name: 'Show 1 new' }).waitFor();
  expect((await inSight(page))[0]).toBe(all[0]);
  await erase({ email: `${all[0]!}@p.example` }, new TestTerminal(environment(gateway.folder)));
  await row(page, all[0]!).getByText('Erased').waitFor();
  await page.getByRole('button', { name: 'Show 1 new' }).click();
  await row(page, COUNT).waitFor();
  expect(await page.getByText(`Person ${all[0]!}`).count()).toBe(0);
});
