import { expect, it } from 'vitest';
import { eduzzDay } from '../../src/providers/eduzz/day.ts';
import { wixDay } from '../../src/providers/wix/day.ts';
import { axe } from '../support/axe.ts';
import { openConsole, zoneAtNoon } from '../support/browser.ts';
import { TestGateway, makeToken } from '../support/gateway.ts';

const HOUR = 3_600_000;

it('CON9.2 compares today’s sales live with yesterday’s until the same time, and names nobody', async () => {
  const gateway = await TestGateway.start();
  const now = Date.now();
  const post = async (date: string, moment: (share: number) => number, back: number) => {
    const day = { date, moment: (share: number) => new Date(moment(share)), busy: 1, back };
    for (const { payload } of eduzzDay(day)) expect((await gateway.eduzz(payload)).status).toBe(200);
    for (const { payload } of wixDay(day)) expect((await gateway.wix(payload)).status).toBe(200);
  };
  await post('today', (share) => now - (1 - share) * 3 * HOUR, 0);
  // A quarter of yesterday is later than now was then.
  await post('yesterday', (share) => now - 24 * HOUR - (0.75 - share) * 4 * HOUR, 1);

  // Of orders of their own: one that is to be answered soon, one that was not answered in time, and one of some days ago that was won since.
  const [told] = eduzzDay({ date: 'disputed', moment: () => new Date(), busy: 1, back: 0 }).filter(
    ({ payload }) => payload['event'] === 'myeduzz.invoice_chargeback',
  );
  const at = (days: number) => new Date(now + days * 24 * HOUR).toISOString();
  const dispute = async (id: string, days: number, chargeback: object, event = 'myeduzz.invoice_chargeback') => {
    const { data } = told!.payload as { data: Record<string, any> };
    const more = { ...data['chargeback'], createdAt: at(days), ...chargeback };
    const sent = { ...told!.payload, event, id: `${event} ${id}`, sentDate: at(days) };
    const { body } = await gateway.eduzz({ ...sent, data: { ...data, id, paidAt: at(days), chargeback: more } });
    expect(body['status']).toBe('accepted');
  };
  await dispute('32000001', 0, { limitDate: at(2.5) });
  await dispute('32000002', 0, { limitDate: at(-1) });
  await dispute('32000003', -3, { limitDate: at(20) });
  const won = { limitDate: at(20), status: 'won', finishedAt: at(-2) };
  await dispute('32000003', -2, won, 'myeduzz.invoice_paid');

  const page = await openConsole({
    gateway,
    token: await makeToken({
      tenants: ['eduzz:40021', 'wix:5e0f6a34-93c7-4d1b-8a52-0d7c1be94f26'],
      scope: 'events:read',
    }),
    timeZone: zoneAtNoon(),
  });
  await expect.poll(() => page.locator('.hero .value').first().textContent()).toBe('R$3,452.80');
  await expect.poll(() => new URL(page.url()).pathname).toBe('/console/today');
  await expect.poll(() => page.locator('.hero .count').textContent()).toBe('24 paid orders');
  const tile = (name: string, section = 'Sales') =>
    page
      .getByRole('region', { name: section })
      .locator('.tile')
      .filter({ hasText: new RegExp(`^${name}`) });
  await expect.poll(() => tile('Refunded').textContent()).toMatch(/^Refunded2R\$387.00Yesterday [12]A week ago 0$/);
  await expect.poll(() => tile('Checked in').textContent()).toContain('1623 sold today');
  await expect.poll(() => tile('Abandoned carts').locator('.value').textContent()).toBe('6');
  await expect.poll(() => tile('Booked', 'Bookings').locator('.value').textContent()).toBe('13');
  // Yesterday had as much until its end, and less of it until the same time.
  const yesterday = tile('Booked', 'Bookings').locator('.before b').first();
  await expect.poll(() => yesterday.textContent()).toMatch(/^([6-9]|1[0-2])$/);

  await expect
    .poll(() => page.locator('.disputes').textContent())
    .toMatch(/Festival de Inverno.*R\$240.00.*in 6 days|in 7 days/);
  const course = (name: string) => page.locator(`.disputes li.${name}`);
  await expect.poll(() => course('soon').textContent()).toMatch(/answer by .* \(in 2 days\)/);
  await expect.poll(() => course('passed').textContent()).toMatch(/the time to answer was over on/);
  await expect.poll(() => course('won').textContent()).toMatch(/won, on .*: the money stays with you/);
  await expect.poll(() => page.locator('.ledger.sold thead').textContent()).toContain('YesterdayA week ago');
  const then = page.getByRole('row', { name: /^Noite de Choro/ }).locator('td.then');
  await expect.poll(() => then.allTextContents()).toEqual([expect.stringMatching(/^R\$\d/), '–']);
  const choro = page.getByRole('row', { name: /^Choro para iniciantes/ });
  await expect.poll(() => choro.textContent()).toMatch(/R\$\d/);
  expect(await page.locator('body').textContent()).not.toMatch(/Fictícia|Inventado|@ninguem/);
  await axe(page);

  const more = eduzzDay({ date: 'later', moment: () => new Date(), busy: 1, back: 0 }).find(
    ({ payload }) => payload['event'] === 'myeduzz.invoice_paid',
  )!;
  await gateway.eduzz(more.payload);
  await expect.poll(() => page.locator('.hero .count').textContent()).toBe('25 paid orders');
  await expect.poll(() => page.getByRole('row', { name: /^Noite de Choro/ }).textContent()).toContain('R$');

  // A figure leads to the events that it counts: of orders the gateway can't be asked for those that were refunded alone.
  await tile('Refunded').getByRole('link').click();
  const rows = page.locator('.list-body [data-event]');
  await expect.poll(() => rows.count()).toBe(3);
  await expect.poll(() => rows.first().textContent()).toMatch(/Refunded.*Withheld.*R\$\d/);
  await expect.poll(() => new URL(page.url()).searchParams.get('what')).toBe('refunded');
  await axe(page);
  await page.getByRole('button', { name: 'Save view' }).click();
  await page.keyboard.insertText('Money back');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Everything' }).click();
  await expect.poll(() => rows.count()).toBeGreaterThan(10);
  await page.getByRole('link', { name: 'Money back' }).click();
  await expect.poll(() => rows.count()).toBe(3);
});
