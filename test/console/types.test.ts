import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { eventType } from '../../src/declaration/event-type.ts';
import { id, instant, listOf, text } from '../../src/declaration/fields.ts';
import { open } from '../../src/declaration/mark.ts';
import { defineProvider } from '../../src/providers/define-provider.ts';
import { event } from '../../src/providers/definition.ts';
import { eduzz } from '../../src/providers/eduzz/eduzz.ts';
import { eduzzSamples } from '../../src/providers/eduzz/samples.ts';
import { parseInstant } from '../../src/providers/instant.ts';
import { sharedToken } from '../../src/providers/verify/shared-token.ts';
import { money } from '../../src/types/money.ts';
import { person } from '../../src/types/person.ts';
import { axe } from '../support/axe.ts';
import { openConsole } from '../support/browser.ts';
import { EDUZZ_SECRET, TestGateway, makeToken } from '../support/gateway.ts';
import { canceledTicket, rowOf, rowsOf, says } from '../support/live-page.ts';

const SeatSold = eventType('SeatSold', {
  description: 'A seat was sold.',
  fields: z.object({
    seatNumber: id.describe('Row and seat'),
    price: money.describe('What the buyer paid.'),
    channel: z.enum(['WEB_SHOP', 'DOOR']),
    show: z.object({ name: open(text), startsAt: instant }),
    companions: listOf(z.object({ seatNumber: id, guest: person })),
    buyer: person,
    note: text.nullable(),
  }),
  amount: 'price',
});
const TOKEN = 'a token of the theatre';
/** A provider of a user's own, with a type of its own. */
const theatre = defineProvider({
  name: 'theatre',
  verify: sharedToken({ header: 'x-theatre', tokens: [TOKEN] }),
  about: ({ payload }) => ({ type: String(payload['event']), eventId: String(payload['id']), account: 'h1' }),
  events: {
    'seat.sold': event(z.object({}), SeatSold, () => ({
      seatNumber: 'F-12',
      price: { amount: '149.90', currency: 'BRL' },
      channel: 'WEB_SHOP',
      show: { name: 'A Tempestade', startsAt: parseInstant('2026-12-24T20:00:00-03:00')! },
      companions: [{ seatNumber: 'F-13', guest: { name: 'Caio Inventado' } }],
      buyer: { name: 'Ana Imaginária', email: 'ana@imaginaria.example' },
      note: 'in a wheelchair',
    })),
  },
});

let gateway: TestGateway;
beforeAll(async () => {
  const sources = new Map([
    ['eduzz', eduzz({ secrets: [EDUZZ_SECRET] })],
    ['theatre', theatre],
  ]);
  gateway = await TestGateway.start({ lasting: true, sources });
  for (const name of Object.keys(SAID)) {
    const sample = eduzzSamples.find(({ event }) => event === name)!;
    await gateway.eduzz(sample.payload({ id: name, at: new Date() }));
  }
  await gateway.eduzz(canceledTicket('cancelled'));
  const body = JSON.stringify({ id: 'sold', event: 'seat.sold' });
  await gateway.post('theatre', { headers: { 'x-theatre': TOKEN }, body });
  await gateway.post('theatre', {
    headers: { 'x-theatre': TOKEN },
    body: JSON.stringify({ id: 'unknown', event: 'seat.moved' }),
  });
});
afterAll(() => gateway.end());

/** Of the sample of each event, what its details say. */
const SAID: Readonly<Record<string, readonly string[]>> = {
  'blinket.attendance_added': [
    'Ticket change',
    'What happenedadded',
    'BatchFirst batch',
    'Bought byTereza Macedo',
    'cavaquinho',
  ],
  'blinket.attendances_printed': ['What happenedprinted', 'Participants', '04713323'],
  'blinket.ticket_edited': ['Ticket edit', 'Balcony', 'Batches'],
  'myeduzz.invoice_paid': ['Order change', 'What happenedpaid', 'Total', 'R$'],
  'myeduzz.contract_created': ['Subscription change', 'What happenedcreated', 'Chargedevery'],
  'myeduzz.commission_processed': ['Commission', 'Commissions', 'R$'],
  'sun.cart_abandonment': ['Cart abandonment', 'Last step'],
  'nutror.lesson_watched': ['Learner activity', 'What happened', 'Lesson'],
};

const selectOf = (page: Page) => page.getByLabel('Kind');
const detailsOf = (page: Page) => page.locator('.details');

it('CON6.8 shows events of every type, and what each says under labels', async () => {
  const page = await openConsole({ gateway, path: '/live' });
  await rowOf(page, 'cancelled').waitFor();
  await expect.poll(() => rowsOf(page)).toEqual(['cancelled']);
  await page.getByRole('button', { name: 'Everything' }).click();
  await rowOf(page, 'sold').waitFor();
  await expect.poll(() => rowsOf(page)).toEqual(['unknown', 'sold', 'cancelled', ...Object.keys(SAID).toReversed()]);
  await axe(page);
  for (const [name, facts] of Object.entries(SAID)) {
    await rowOf(page, name).getByRole('button').click();
    const details = detailsOf(page);
    await details.locator('code', { hasText: name }).waitFor();
    await says(details, facts);
    expect(await details.textContent(), name).not.toContain('Withheld');
  }
  await axe(page);
  const labels = detailsOf(page).locator('.facts > dl > div > dt');
  const inOrder = ['What happened', 'Lesson', 'Lesson ID'];
  await expect
    .poll(async () => (await labels.allTextContents()).filter((label) => inOrder.includes(label)))
    .toEqual(inOrder);
  await selectOf(page).selectOption('Ticket change');
  await expect.poll(() => rowsOf(page)).toEqual(['blinket.attendances_printed', 'blinket.attendance_added']);
  await rowOf(page, 'blinket.attendance_added').getByText('Tereza Macedo').waitFor();
  const wanted = () => ['kind', 'type'].map((name) => new URL(page.url()).searchParams.get(name));
  await expect.poll(wanted).toEqual([null, 'TicketChange']);
  await selectOf(page).selectOption({ value: 'TICKET' });
  await expect.poll(() => rowsOf(page)).toEqual(['cancelled']);
  await expect.poll(wanted).toEqual(['TICKET', null]);
  await selectOf(page).selectOption({ value: '' });
  await rowOf(page, 'unknown').waitFor();
  await expect.poll(wanted).toEqual([null, null]);
});

it('CON6.8 shows what a type of one’s own says, as far as a token may see it', async () => {
  const path = '/history?type=SeatSold';
  const whole = await openConsole({ gateway, path });
  await expect
    .poll(() => rowOf(whole, 'sold').textContent())
    .toMatch(/Seat sold.*Ana Imaginária.*A Tempestade.*R\$149\.90/);
  await rowOf(whole, 'sold').getByRole('button').click();
  const open = [
    'Seat sold',
    'Row and seatF-12',
    'PriceR$',
    'Channelweb shop',
    'ShowA Tempestade',
    'Show · Begins',
    'F-13',
  ];
  const personal = ['Bought byAna Imaginária, ana@imaginaria.example', 'Notein a wheelchair', 'Caio Inventado'];
  const details = detailsOf(whole);
  await details.getByText('in a wheelchair').waitFor();
  await says(details, [...open, ...personal]);
  await expect
    .poll(() => details.getByText('Price', { exact: true }).getAttribute('title'))
    .toBe('What the buyer paid.');
  await axe(whole);

  const few = await openConsole({ gateway, path, token: await makeToken({ scope: 'events:read' }) });
  await rowOf(few, 'sold').getByRole('button').click();
  await detailsOf(few).getByText('F-12').waitFor();
  await says(detailsOf(few), [...open, 'Bought byWithheld', 'NoteWithheld']);
  expect(await few.locator('main').textContent()).not.toMatch(/Ana|Caio|wheelchair/);
});

it('CON6.8 shows an event without a type as what every event is', async () => {
  const page = await openConsole({ gateway, path: '/live?type=OtherEvent' });
  await rowOf(page, 'unknown').getByRole('button').click();
  const details = detailsOf(page);
  await details.getByText('What the provider sent').click();
  await expect.poll(() => details.locator('pre').textContent()).toContain('seat.moved');
  await expect.poll(() => details.textContent()).toMatch(/Other event.*Happened.*theatre/s);
});

it('CON6.3 calls the fields of every type what they are called in Portuguese', async () => {
  const viewport = { width: 360, height: 740 };
  const page = await openConsole({ gateway, path: '/live?type=*', locale: 'pt-BR', viewport, colorScheme: 'dark' });
  await rowOf(page, 'blinket.attendance_added').getByRole('button').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('cavaquinho').waitFor();
  await says(dialog, ['O que aconteceuadicionado', 'LoteFirst batch', 'Comprado porTereza', 'ProdutorDalva']);
  await axe(page);
  await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBe(360);
});
