import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { eventOf, invoice } from '../fixtures/eduzz-events.ts';
import { bookingCanceled } from '../fixtures/wix.ts';
import { axe } from '../support/axe.ts';
import { openConsole } from '../support/browser.ts';
import { defineProvider } from '../../src/providers/define-provider.ts';
import { unsigned } from '../../src/providers/verify/unsigned.ts';
import { TestGateway, makeToken, signedAsEduzz } from '../support/gateway.ts';
import { measured } from '../support/metrics.ts';

const HOUR = 3_600_000;
const PATH = 'k3Yq-0uZ_x8bQm4tR7wLp2';

let tickets = 0;
function ticket(gateway: TestGateway, at: number, producer = 7001) {
  tickets += 1;
  const participant = { id: `p-${tickets}`, inviteKey: `k-${tickets}` };
  const data = { createdAt: new Date(at).toISOString() };
  const payload = { participant, data, producer: { id: String(producer), name: 'P', email: 'p@p.example' } };
  return gateway.eduzz(attendanceCanceled(payload));
}

function order(gateway: TestGateway, at: number) {
  const data = { ...invoice('canceled'), canceledAt: new Date(at).toISOString() };
  return gateway.eduzz(eventOf('myeduzz.invoice_canceled', data, { sentDate: new Date(at).toISOString() }));
}

function booking(gateway: TestGateway, at: number, withRefund: boolean) {
  const time = new Date(at).toISOString();
  return gateway.wix(
    bookingCanceled({
      eventTime: time,
      booking: { id: crypto.randomUUID(), canceledDate: time },
      body: { flowControlSettings: { withRefund } },
    }),
  );
}

/** Cancellations, those with a refund, and the others, as they stand at the top. */
async function figures(page: Page): Promise<number[]> {
  return (await page.locator('.figure .value').allTextContents()).map(Number);
}

/** The rows of the table: what the time's bucket is, and its numbers. */
async function rows(page: Page): Promise<Record<string, number[]>> {
  const read = await page.locator('.numbers tbody tr').evaluateAll((all) =>
    all.map((row) => ({
      time: row.querySelector('time')?.getAttribute('datetime') ?? '',
      numbers: [...row.querySelectorAll('td:not(.money)')].map(({ textContent }) => Number(textContent)),
    })),
  );
  return Object.fromEntries(read.map(({ time, numbers }) => [time, numbers]));
}

/** In São Paulo hours begin when those of UTC do. */
const hourOf = (at: number) => new Date(Math.floor(at / HOUR) * HOUR).toISOString();

it('CON4.1 counts what is in the log, goes on while it is looked at, and counts nothing twice over a restart', async () => {
  const now = Date.now();
  let gateway = await TestGateway.start();
  await ticket(gateway, now);
  await ticket(gateway, now);
  await order(gateway, now);
  await booking(gateway, now, true);
  await booking(gateway, now - 3 * HOUR, false);
  await ticket(gateway, now - 30 * HOUR);
  const page = await openConsole({ gateway, path: '/overview?range=24h', expected: /ERR_CONNECTION|WebSocket/ });
  await expect.poll(() => figures(page)).toEqual([5, 1, 4]);
  await page.locator('.numbers summary').click();
  // By source: eduzz, wix, together, with a refund.
  await expect.poll(() => rows(page)).toEqual({ [hourOf(now)]: [3, 1, 4, 1], [hourOf(now - 3 * HOUR)]: [0, 1, 1, 0] });

  await page.locator('.stream-state.live').waitFor();
  await booking(gateway, now, true);
  await expect.poll(() => figures(page)).toEqual([6, 2, 4]);
  await ticket(gateway, now - 3 * HOUR);
  await ticket(gateway, now - 30 * HOUR);
  const counted = { [hourOf(now)]: [3, 2, 5, 2], [hourOf(now - 3 * HOUR)]: [1, 1, 2, 0] };
  await expect.poll(() => rows(page)).toEqual(counted);

  await gateway.close();
  gateway = await TestGateway.start({ folder: gateway.folder, env: { PORT: new URL(gateway.url).port } });
  await booking(gateway, now, false);
  await expect.poll(() => figures(page)).toEqual([8, 2, 6]);
  await page.getByRole('radio', { name: 'Kind' }).check();
  // Tickets, bookings, orders.
  await expect
    .poll(() => rows(page))
    .toEqual({ [hourOf(now)]: [2, 3, 1, 6, 2], [hourOf(now - 3 * HOUR)]: [1, 1, 0, 2, 0] });
  await page.getByRole('combobox', { name: 'Kind' }).selectOption('BOOKING');
  await expect.poll(() => figures(page)).toEqual([4, 2, 2]);
  await expect.poll(() => page.url()).toMatch(/\?range=24h&by=kind&kind=BOOKING$/);
});

it('CON4.6 counts what was paid in money, exactly, goes on while it is looked at, and tells it where one points', async () => {
  const gateway = await TestGateway.start();
  const paid = (id: string, value: number, currency: string) => {
    const at = new Date().toISOString();
    const data = { ...invoice('paid'), id, paidAt: at, paid: { value, currency }, price: { value, currency } };
    return gateway.eduzz(eventOf('myeduzz.invoice_paid', data, { sentDate: at, id: `paid ${id}` }));
  };
  for (const [id, value, currency] of [
    ['1', 100.1, 'BRL'],
    ['2', 200.2, 'BRL'],
    ['3', 40, 'USD'],
  ] as const)
    expect((await paid(id, value, currency)).body['status']).toBe('accepted');
  const page = await openConsole({ gateway, path: '/overview' });
  await page.getByText('No cancellations in the last 24 hours').waitFor();
  await page.getByRole('combobox', { name: 'Counted' }).selectOption('paid');
  await expect.poll(() => new URL(page.url()).searchParams.get('of')).toBe('paid');
  const worth = page.locator('.figure .money');
  await expect.poll(() => worth.allTextContents()).toEqual(['R$300.30', 'US$40.00']);
  await expect.poll(() => figures(page)).toEqual([3]);
  await page.getByRole('heading', { name: 'Sold per hour, in BRL' }).waitFor();
  await page.locator('.stream-state.live').waitFor();
  await paid('4', 0.3, 'BRL');
  await expect.poll(() => worth.allTextContents()).toEqual(['R$300.60', 'US$40.00']);
  // At the last hour, or at the one before if an hour has just ended. The chart may still move.
  let hour = 0;
  const pointed = async () => {
    const box = (await page.locator('.plot .u-over').boundingBox())!;
    await page.mouse.move(box.x + box.width - 5 - (hour++ % 2) * (box.width / 24), box.y + box.height / 2);
    return (await page.locator('.reading').allTextContents()).join();
  };
  await expect.poll(pointed).toMatch(/Sold4WorthR\$300\.60US\$40\.00$/);
  await page.locator('.numbers summary').click();
  await expect.poll(() => page.locator('.numbers td.money').allTextContents()).toEqual(['R$300.60US$40.00']);
  await axe(page);
});

it('CON4.4 lets the gateway do the work once for all who watch the same tenants', async () => {
  const gateway = await TestGateway.start();
  await ticket(gateway, Date.now());
  await ticket(gateway, Date.now(), 7002);
  const of = (scope: string) => makeToken({ tenants: ['eduzz:7001'], scope });
  const pages = [
    await openConsole({ gateway, path: '/overview?range=1h', token: await of('events:read') }),
    await openConsole({
      gateway,
      path: '/overview?range=90d&kind=TICKET',
      token: await of('events:read pii:read'),
      timeZone: 'Asia/Kathmandu',
      locale: 'pt-BR',
    }),
  ];
  await ticket(gateway, Date.now());
  for (const page of pages) await expect.poll(() => figures(page)).toEqual([2, 0, 2]);
  await expect.poll(() => measured(gateway.url, 'hookcast_cohorts')).toBe(1);
  await expect.poll(() => measured(gateway.url, 'hookcast_subscribers{state="live"}')).toBe(2);
});

it('CON4.5 tells operators how deliveries were answered, and what to do about those that went wrong', async () => {
  const gateway = await TestGateway.start();
  await wrongOnes(gateway);
  const page = await openConsole({ gateway, path: '/overview' });
  const sources = page.locator('.sources');
  await page.getByText('eduzz: 1 delivery could not be authenticated in this hour and the one before').waitFor();
  await page.getByText('1 delivery waits in quarantine').waitFor();
  const first = page.locator('.notice.warning, .figures').first();
  await expect.poll(() => first.getAttribute('class')).toContain('warning');
  const told = () =>
    sources
      .locator('[data-source=eduzz] td[data-outcome]')
      .evaluateAll((cells) =>
        cells.map((cell) => [
          cell.getAttribute('data-outcome'),
          cell.nextElementSibling?.textContent,
          cell.nextElementSibling?.nextElementSibling?.textContent,
        ]),
      );
  await expect.poll(told).toEqual([
    ['ACCEPTED', '1', '1'],
    ['QUARANTINED', '1', '1'],
    ['UNAUTHORISED', '1', '1'],
  ]);
  await expect
    .poll(() => sources.locator('[data-source=wix]').textContent())
    .toContain('No deliveries in the last 30 days');
  await axe(page);
  await page.getByRole('link', { name: 'See what waits in quarantine' }).click();
  await expect.poll(() => page.url()).toMatch(/\/console\/quarantine$/);
  await page.getByRole('button', { name: 'Discard: delivery 1' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Discard', exact: true }).click();
  await page.getByText('Nothing waits here').waitFor();
  // What was decided about is in nobody's way, however many there were of it today.
  await page.getByRole('link', { name: 'Overview' }).click();
  await sources.locator('[data-source=eduzz] [data-outcome=QUARANTINED]').waitFor();
  await expect.poll(() => page.getByText('waits in quarantine').count()).toBe(0);
});

it('CON4.5 says of a source that its sender signs nothing, and only of that one', async () => {
  const about = () => ({ type: 'thing.happened' });
  const open = defineProvider({ name: 'strava', verify: unsigned({ path: [PATH] }), about, events: {} });
  const confirm = async () => true;
  const asked = defineProvider({ name: 'mollie', verify: unsigned({ path: [PATH], confirm }), about, events: {} });
  const gateway = await TestGateway.start({
    sources: new Map([
      ['strava', open],
      ['mollie', asked],
    ]),
  });
  const page = await openConsole({ gateway, path: '/overview' });
  const sources = page.locator('.sources');
  await sources.locator('[data-source=strava]').getByText('Its sender signs nothing').waitFor();
  expect(await sources.locator('[data-source=mollie]').textContent()).not.toContain('signs nothing');
  await axe(page);
});

it('CON2.1 tells a viewer who is no operator when the latest event came, and nothing about refused deliveries', async () => {
  const gateway = await TestGateway.start();
  await wrongOnes(gateway);
  const token = await makeToken({ tenants: ['eduzz:7001'], scope: 'events:read' });
  const page = await openConsole({ gateway, path: '/overview', token, colorScheme: 'dark', locale: 'pt-BR' });
  await expect
    .poll(() => page.locator('.sources').textContent())
    .toMatch(/^OrigensOrigemÚltimo eventoeduzz(agora|há \d+ minutos?)$/);
  await axe(page);
});

it('CON6.1 offers a longer time if there is nothing to show, and tells the values of the chart by arrow keys', async () => {
  const gateway = await TestGateway.start();
  const at = Date.now() - 5 * HOUR;
  await booking(gateway, at, true);
  await ticket(gateway, at);
  await ticket(gateway, at - 2 * HOUR);
  const page = await openConsole({ gateway, path: '/overview?range=3h', viewport: { width: 360, height: 740 } });
  await page.getByText('No cancellations in the last 3 hours').waitFor();
  await page.getByRole('button', { name: 'Show last 24 hours' }).click();
  await page.locator('.plot canvas').waitFor();
  const said = () => page.locator('.chart output').textContent();
  await page.locator('.plot').focus();
  await page.keyboard.press('End');
  await expect.poll(said).toMatch(/: no cancellations$/);
  // Five hours back, or six if an hour ends meanwhile.
  const earlier = async () => {
    await page.keyboard.press('ArrowLeft');
    return said();
  };
  await expect.poll(earlier, { interval: 0 }).toMatch(/: 2 cancellations, 1 with a refund expected. eduzz: 1. wix: 1$/);
  for (let hour = 0; hour < 2; hour += 1) await page.keyboard.press('ArrowLeft');
  await expect.poll(said).toMatch(/: 1 cancellation. eduzz: 1$/);
  await expect.poll(() => page.locator('.reading').textContent()).toContain('Cancellations1');
  await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBe(360);
});

/** One that is taken, one that nobody signed, and one that nobody understands. */
async function wrongOnes(gateway: TestGateway): Promise<void> {
  await ticket(gateway, Date.now());
  const forged = await gateway.post('eduzz', signedAsEduzz('{}', 'a secret of somebody else'));
  expect(forged.status).toBe(401);
  const strange = await gateway.eduzz(eventOf('blinket.attendance_canceled', { producer: 1 }));
  expect(strange.body['status']).toBe('quarantined');
}
