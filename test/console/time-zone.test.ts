import { expect, it, onTestFinished } from 'vitest';
import { ticksOf } from '../../console/overview/ticks.ts';
import { clockAt, zoneOf } from '../../console/overview/time-zone.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { openConsole, watch } from '../support/browser.ts';
import { findChromium, launch } from '../support/chromium.ts';
import { TestGateway, makeToken } from '../support/gateway.ts';

it.each([
  ['America/Sao_Paulo', 'America/Sao_Paulo'],
  ['Asia/Calcutta', 'Asia/Calcutta'],
  ['Etc/Unknown', 'UTC'],
  ['Mars/Olympus', 'UTC'],
  ['', 'UTC'],
  [undefined, 'UTC'],
])('CON6.7 takes for UTC a zone that the browser itself doesn’t know: %s', (said, zone) => {
  expect(zoneOf(said)).toBe(zone);
});

it('CON6.7 labels the axis in UTC if the counts are in UTC', () => {
  const day = Date.parse('2026-07-07T00:00:00Z');
  const days = Array.from({ length: 10 }, (_, index) => day + index * 24 * 60 * 60_000);
  expect(clockAt(day, 'UTC').toISOString()).toBe('2026-07-07T00:00:00.000Z');
  // The Monday.
  expect(ticksOf(days, 'DAY', 'UTC', 3)).toEqual([6]);
});

/** What happened a moment ago. */
function canceled() {
  return attendanceCanceled({ data: { createdAt: new Date().toISOString() } });
}

it('CON6.7 goes on in a browser whose machine names no zone', async () => {
  const gateway = await TestGateway.start();
  await gateway.eduzz(canceled());
  const chromium = await findChromium();
  const browser = await launch({ ...chromium, env: { ...chromium.env, TZ: 'Etc/Unknown' } });
  onTestFinished(() => browser.close());
  const page = await browser.newPage({ locale: 'en-GB' });
  page.setDefaultTimeout(120_000);
  const wrong = await watch(page, gateway.url);
  await page.goto(`${gateway.url}/console/overview?range=90d#token=${await makeToken()}`);
  const said = await page.evaluate('Intl.DateTimeFormat().resolvedOptions().timeZone');
  expect(said).toBe('Etc/Unknown');
  await page.getByText('Time zone: Coordinated Universal Time (UTC)').waitFor();
  for (const path of ['live', 'history', 'quarantine']) {
    await page.goto(`${gateway.url}/console/${path}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
  }
  expect(wrong).toEqual([]);
});

/** One that browsers take and the gateway does not, as it would be with a zone that is newer than the gateway's tables. */
const NEWER_ZONE = `
  const { resolvedOptions } = Intl.DateTimeFormat.prototype;
  Intl.DateTimeFormat.prototype.resolvedOptions = function () {
    return { ...resolvedOptions.call(this), timeZone: '+03:00' };
  };`;

it('CON6.7 counts in UTC where the gateway doesn’t know the browser’s zone', async () => {
  const gateway = await TestGateway.start();
  await gateway.eduzz(canceled());
  const page = await openConsole({ gateway, token: null });
  await page.addInitScript({ content: NEWER_ZONE });
  await page.goto(`${gateway.url}/console/overview?range=90d#token=${await makeToken()}`);
  await page.getByText('Time zone: Coordinated Universal Time (UTC)').waitFor();
});
