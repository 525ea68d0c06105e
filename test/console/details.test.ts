import { afterAll, beforeAll, expect, it } from 'vitest';
import { erase } from '../../src/commands/erase.ts';
import { wixSamples } from '../../src/providers/wix/samples.ts';
import { axe } from '../support/axe.ts';
import { openConsole } from '../support/browser.ts';
import { TestGateway, environment, makeToken, signedAsEduzz } from '../support/gateway.ts';
import { canceledTicket, rowOf, says } from '../support/live-page.ts';
import { TestTerminal } from '../support/terminal.ts';

/** For the whole file. Each test looks at events of its own. */
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await TestGateway.start({ lasting: true });
});
afterAll(() => gateway.end());

const HOUR = 60 * 60 * 1_000;

/** The cells of a row that end outside of it, and the lines in its first cell that are cut short. */
const CUT_OFF = (row: Element) =>
  [...row.querySelectorAll<HTMLElement>('[role="cell"], .when .second')]
    .filter(({ offsetWidth }) => offsetWidth > 0)
    .filter((cell) => {
      const isOutside = cell.getBoundingClientRect().right > row.getBoundingClientRect().right;
      return isOutside || (cell.matches('.when, .second') && cell.scrollWidth > cell.clientWidth);
    })
    .map(({ className }) => className);

const FOCUSED = 'document.activeElement.closest("[data-event]")?.dataset.event';

it('CON6.1 opens details by keyboard, goes from one to the next, and gives the focus back', async () => {
  await gateway.wix(wixSamples[0]!.payload({ id: 'booking', at: new Date('2026-03-07T14:30:00Z') }));
  await gateway.eduzz(canceledTicket('ticket', { title: 'Noite de Choro' }));
  const page = await openConsole({ gateway, path: '/live', timeZone: 'America/Sao_Paulo' });
  await rowOf(page, 'ticket').getByRole('button').press('Enter');
  const ticket = page.getByRole('region', { name: 'Noite de Choro' });
  await ticket.getByText('cavaquinho').waitFor();
  await expect
    .poll(() => ticket.textContent())
    .toMatch(/Eduzz doesn’t say.*Tereza.*tereza@convidada\.example.*04713322/s);

  await page.keyboard.press('ArrowDown');
  const booking = page.getByRole('region', { name: 'Aula de cerâmica' });
  await booking.getByText('Teresa Ficção').waitFor();
  await says(booking, [
    'The customer is to get money back.',
    'the customer: Bruno Inventado',
    'Fiquei doente',
    '7 Mar 2026, 11:30:00your time',
    '7 Mar 2026, 14:30:00the event’s time (Europe/Lisbon)',
    '11 Mar 2026, 06:00:00your time',
    '11 Mar 2026, 09:00:00the event’s time (Europe/Lisbon)',
    'confirmed → cancelled',
    'Cancellation fee waivedyes',
  ]);
  await booking.getByText('What the provider sent').click();
  await expect.poll(() => booking.locator('pre').textContent()).toContain('"slug": "canceled"');
  await axe(page);

  await booking.getByRole('button', { name: 'Close' }).press('Escape');
  await expect.poll(() => page.evaluate(FOCUSED)).toBe('booking');
  await expect.poll(() => booking.count()).toBe(0);
});

it.each([820, 1024, 1280])('CON6.4 cuts off no column of the list beside details, %i pixels wide', async (width) => {
  await gateway.eduzz(canceledTicket(`wide ${width}`, { title: 'Noite de Choro', at: new Date(Date.now() - HOUR) }));
  const page = await openConsole({ gateway, path: '/events', viewport: { width, height: 800 } });
  const row = rowOf(page, `wide ${width}`);
  await row.getByRole('button').click();
  await page.getByRole('region', { name: 'Noite de Choro' }).waitFor();
  // Whatever is shown ends within the row, and says when the event came and what it is about as a whole.
  await expect.poll(() => row.evaluate(CUT_OFF)).toEqual([]);
  await expect.poll(() => row.locator('.who').isVisible()).toBe(true);
  await expect.poll(() => row.locator('.what').isVisible()).toBe(true);
});

it('CON6.4 does not move the list by a button that clears the filters', async () => {
  await gateway.eduzz(canceledTicket('still', { title: 'Noite de Choro' }));
  const page = await openConsole({ gateway, path: '/events', viewport: { width: 1280, height: 800 }, locale: 'es-ES' });
  const top = () => page.locator('.narrowing .dates').evaluate((dates) => dates.getBoundingClientRect().top);
  await rowOf(page, 'still').waitFor();
  const before = await top();
  await page.getByRole('searchbox').fill('choro');
  await page.getByRole('button', { name: 'Quitar filtros' }).waitFor();
  expect(await top()).toBe(before);
});

it('CON6.4 opens details over the whole of a telephone, from a link, and goes back', async () => {
  await gateway.eduzz(canceledTicket('telephone', { title: 'Noite de Choro' }));
  const { data } = await gateway.query('{ cancellations(last: 1) { edges { node { id } } } }');
  const path = `/events?open=${encodeURIComponent(data?.['cancellations'].edges[0].node.id)}`;
  const viewport = { width: 360, height: 740 };
  const page = await openConsole({ gateway, path, viewport, locale: 'pt-BR', colorScheme: 'dark' });
  const dialog = page.getByRole('dialog', { name: 'Noite de Choro' });
  await dialog.getByText('cavaquinho').waitFor();
  await axe(page);
  await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  await page.keyboard.press('Escape');
  await expect.poll(() => page.evaluate(FOCUSED)).toBe('telephone');
  await expect.poll(() => new URL(page.url()).search).toBe('');
  await rowOf(page, 'telephone').getByRole('button').click();
  await dialog.waitFor();
  await page.goBack();
  await expect.poll(() => dialog.count()).toBe(0);
});

it('CON7.4 links an e-mail address, and leaves what only calls itself one as text', async () => {
  for (const [id, email] of [
    ['honest', 'tereza@convidada.example'],
    ['other', 'javascript:alert(1)'],
  ]) {
    const ticket = canceledTicket(id!, { title: id! });
    await gateway.eduzz({ ...ticket, data: { ...ticket.data, participant: { ...ticket.data.participant, email } } });
  }
  const page = await openConsole({ gateway, path: '/live' });
  await rowOf(page, 'honest').getByRole('button').click();
  const link = page.getByRole('region', { name: 'honest' }).getByRole('link', { name: 'tereza@convidada.example' });
  await expect.poll(() => link.getAttribute('href')).toBe('mailto:tereza@convidada.example');
  await rowOf(page, 'other').getByRole('button').click();
  const details = page.getByRole('region', { name: 'other' });
  await details.getByText('javascript:alert(1)', { exact: true }).waitFor();
  expect(await page.locator('a[href^="javascript:"]').count()).toBe(0);
});

it('CON2.1 shows withheld data as withheld, and says which token would show it', async () => {
  await gateway.eduzz(canceledTicket('withheld'));
  const page = await openConsole({ gateway, token: await makeToken({ scope: 'events:read' }), path: '/live' });
  await rowOf(page, 'withheld').getByRole('button').click();
  const details = page.getByRole('region', { name: 'Noite de Choro' });
  await details.getByText('What the provider sent').click();
  await details.getByText('scopes raw:read and pii:read').waitFor();
  await expect.poll(() => details.getByText('Withheld', { exact: true }).count()).toBe(10);
  expect(await page.locator('main').textContent()).not.toMatch(/Tereza|tereza@|04713322|cavaquinho|Dalva/);
});

it('CON2.2 empties details that are open when the person in them is erased', async () => {
  const gateway = await TestGateway.start();
  await gateway.eduzz(canceledTicket('ticket'));
  const page = await openConsole({ gateway, path: '/live' });
  await rowOf(page, 'ticket').getByRole('button').click();
  const details = page.getByRole('region', { name: 'Noite de Choro' });
  await details.getByText('What the provider sent').click();
  await expect.poll(() => details.locator('pre').textContent()).toContain('cavaquinho');
  await erase({ email: 'tereza@convidada.example' }, new TestTerminal(environment(gateway.folder)));
  await expect.poll(() => page.locator('main').textContent()).not.toMatch(/Tereza|tereza@|04713322|cavaquinho|Dalva/);
  await expect.poll(() => details.getByText('Erased', { exact: true }).count()).toBe(10);
  await details.getByText('What the provider sent').click();
  await details.getByText('It was erased.').waitFor();
});

it('IN6.14 shows every number of a payload as it was sent, and a ticket’s sort, batch and buyer', async () => {
  const { data, ...envelope } = canceledTicket('exact');
  const bought = {
    ticket: { name: 'Plateia', isPaid: true },
    batch: { contentId: '1733', name: 'Lote 1', price: { currency: 'BRL', value: 10 } },
    buyer: { id: '9900551', name: 'Bento Comprador', email: 'bento@compra.example' },
  };
  const text = JSON.stringify({ ...envelope, data: { ...data, ...bought, amount: 'AMOUNT' } });
  await gateway.post('eduzz', signedAsEduzz(text.replace('"AMOUNT"', '12345678901234567890.5')));
  const page = await openConsole({ gateway, path: '/live' });
  await rowOf(page, 'exact').getByRole('button').click();
  const details = page.getByRole('region', { name: 'Noite de Choro' });
  await details.getByText('Lote 1').waitFor();
  await says(details, [
    'TicketPlateia',
    'Costs somethingyes',
    'BatchLote 1',
    'Bento Comprador',
    'bento@compra.example',
  ]);
  await details.getByText('What the provider sent').click();
  await expect.poll(() => details.locator('pre').textContent()).toContain('"amount": 12345678901234567890.5');
});

it('CON6.4 shows details with any words and any amount of data', async () => {
  const payload = canceledTicket('large', { title: `\u202e${'Noite '.repeat(400)}` });
  const customFields = Object.fromEntries(Array.from({ length: 205 }, (_, n) => [`question ${n}`, '\u202eanswer']));
  const participant = { ...payload.data.participant, status: '__proto__', customFields };
  await gateway.eduzz({ ...payload, data: { ...payload.data, participant } });
  const page = await openConsole({ gateway, path: '/live' });
  await rowOf(page, 'large').getByRole('button').click();
  const details = page.getByRole('region');
  await details.getByText('question 199').waitFor();
  await details.getByText('and 5 more').waitFor();
  expect(await details.getByText('question 200').count()).toBe(0);
  await details.getByText('__proto__').waitFor();
  const heading = details.getByRole('heading', { level: 2 });
  await expect.poll(async () => (await heading.boundingBox())?.height).toBeLessThan(150);
});
