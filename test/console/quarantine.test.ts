import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { type Delivery, kindOf, kindsOf } from '../../console/quarantine/delivery.ts';
import { reasonOf } from '../../console/quarantine/reasons.ts';
import { type Decided, Run } from '../../console/quarantine/run.ts';
import { id, time } from '../../src/providers/fields.ts';
import { bikes, rentalCancelled, signedBike } from '../fixtures/bikes.ts';
import { en } from '../../console/words/en.ts';
import { ptBR } from '../../console/words/pt-br.ts';
import { openConsole } from '../support/browser.ts';
import { TestGateway, makeToken, temporaryFolder } from '../support/gateway.ts';

const delivery = (id: number, fields: Partial<Delivery> = {}): Delivery => ({
  id: String(id),
  state: 'WAITING',
  provider: 'bikes',
  source: 'bikes',
  type: 'rental.cancelled',
  eventId: null,
  issues: [{ path: 'bike', message: 'a text was expected' }],
  receivedAt: '2026-03-01T12:00:00Z',
  settledAt: null,
  personalData: 'AVAILABLE',
  before: null,
  ...fields,
});

it('CON5.1 takes deliveries for one kind when they come from one source, of one type, and fail in the same places', () => {
  const issues = (...paths: string[]) => paths.map((path) => ({ path, message: `wrong: ${path}` }));
  const kinds = kindsOf([
    delivery(1, { issues: issues('items.0.name', 'bike') }),
    delivery(2),
    delivery(3, { issues: issues('bike', 'items.7.name', 'items.12.name') }),
    delivery(4, { source: 'others' }),
    delivery(5, { type: null }),
  ]);
  expect(kinds.map(({ deliveries }) => deliveries.map(({ id }) => id))).toEqual([['1', '3'], ['2'], ['4'], ['5']]);
  expect(kinds[0]!.misfits).toEqual([
    {
      path: 'items.….name',
      messages: ['wrong: items.0.name', 'wrong: items.7.name', 'wrong: items.12.name'],
    },
    { path: 'bike', messages: ['wrong: bike'] },
  ]);
  expect(kindOf(delivery(6, { issues: issues('10') }))).not.toBe(kindOf(delivery(7, { issues: issues('10x') })));
});

it('CON5.2 decides about a few at a time, says what became of each, and stops where it is told to', async () => {
  let underWay = 0;
  let most = 0;
  const decided: Record<string, Partial<Decided>> = {
    1: { state: 'RELEASED', eventId: 'e-1' },
    2: { state: 'WAITING', issues: [{ path: 'shop', message: 'a text was expected' }] },
    3: { state: 'DISCARDED' },
  };
  const decide = async (_decision: string, id: string): Promise<Decided> => {
    most = Math.max(most, (underWay += 1));
    await new Promise(setImmediate);
    underWay -= 1;
    if (id === '4') throw Object.assign(new Error('it is gone'), { code: 'NOT_FOUND' });
    if (id === '20') throw Object.assign(new Error(''), { code: 'LOG_UNAVAILABLE' });
    return { state: 'RELEASED', eventId: null, issues: [], ...decided[id] };
  };
  const carryOut = async (ids: number, stopAt = Infinity) => {
    const deliveries = Array.from({ length: ids }, (_, index) => delivery(index + 1));
    let run!: Run;
    await new Promise<void>((onEnd) => {
      run = new Run({ decision: 'release', deliveries, decide, onEnd });
      run.subscribe(() => {
        if (run.view.outcomes.length === stopAt) run.stop();
      });
    });
    return run.view;
  };
  const { outcomes, state } = await carryOut(5);
  expect([state, most]).toEqual(['done', 3]);
  expect(Object.fromEntries(outcomes.map(({ delivery: { id }, ...rest }) => [id, rest]))).toMatchObject({
    1: { became: 'released', eventId: 'e-1' },
    2: { became: 'unfit', issues: [{ path: 'shop' }] },
    3: { became: 'meanwhile', state: 'DISCARDED' },
    4: { became: 'failed', error: { code: 'NOT_FOUND', message: 'it is gone' } },
    5: { became: 'released' },
  });
  const stopped = await carryOut(15, 4);
  expect(stopped.state).toBe('stopped');
  expect(stopped.outcomes.length).toBeLessThan(8);
  // The gateway can't do it for any of them: the rest are left as they are.
  const broken = await carryOut(60);
  expect(broken.state).toBe('broken');
  expect(broken.outcomes.length).toBeLessThan(24);
});

/** What a schema says of values, one message each. */
const messages = (schema: z.ZodType, ...values: unknown[]) =>
  values.map((value) => schema.safeParse(value).error!.issues[0]!.message);

it('CON5.1 translates the messages of schemas, and shows others as they are', () => {
  const said = [
    ...messages(z.string().min(3).max(5), undefined, 3, 'ab', 'abcdef'),
    ...messages(z.int().min(2).max(9), 1.5, 1, 10),
    ...messages(z.literal('ping'), 'pong'),
    ...messages(z.enum(['a', 'b']), 'c'),
    ...messages(z.union([z.string(), z.int()]), {}),
    ...messages(id, {}),
    ...messages(time, 'soon'),
    'and 3 more',
  ];
  expect(said.map((message) => reasonOf(message, ptBR.quarantine.reasons))).toEqual([
    'falta',
    'deveria ser texto, mas é um número',
    'é curto demais: no mínimo 3',
    'é longo demais: no máximo 5',
    'deveria ser um número inteiro',
    'é pequeno demais: no mínimo 2',
    'é grande demais: no máximo 9',
    'deveria ser "ping"',
    'deveria ser um destes: "a", "b"',
    'não tem a forma esperada',
    'deveria ser um identificador, em texto ou número inteiro',
    'deveria ser uma data com horário',
    'e mais 3',
  ]);
  expect(reasonOf(said[0]!, en.quarantine.reasons)).toBe('is missing');
  expect(reasonOf('must be Tuesday', ptBR.quarantine.reasons)).toBeNull();
  expect(Object.keys(ptBR.quarantine.reasons.said)).toEqual(Object.keys(en.quarantine.reasons.said));
});

/** A gateway that does not understand the deliveries, or that does, on the same folder. */
const start = (folder: string, version: 1 | 2) =>
  TestGateway.start({ folder, sources: new Map([['bikes', bikes(version)]]) });

const post = (gateway: TestGateway, id: string, fields: Record<string, unknown>) =>
  gateway.post('bikes', signedBike(rentalCancelled({ id, ...fields })));

const states = async (gateway: TestGateway, state: string) => {
  const query = `{ quarantine(state: ${state}) { edges { node { eventId } } } }`;
  return (await gateway.query(query)).data!['quarantine'].edges.map(({ node }: any) => node.eventId);
};

const status = (page: Page, text: string | RegExp) => page.getByRole('status').getByText(text).waitFor();

it('CON5.2 releases what waits through the page, and it arrives in the events', async () => {
  const folder = temporaryFolder();
  const old = await start(folder, 1);
  for (const number of [41, 42, 43]) await post(old, `numbered-${number}`, { bike: number });
  await post(old, 'nameless', { rider: { name: 1, email: 'x@y.example' } });
  await old.close();

  const gateway = await start(folder, 2);
  const page = await openConsole({ gateway, path: '/quarantine' });
  const kind = page.getByRole('article').first();
  await kind.getByText('bikes · 3 deliveries').waitFor();
  await expect.poll(() => kind.innerText()).toMatch(/bike\s+should be text, but is a number/);
  await expect.poll(() => page.getByRole('link', { name: /^Quarantine/ }).innerText()).toContain('4');

  await kind.getByRole('button', { name: 'Payload: delivery 2' }).click();
  await expect.poll(() => kind.getByRole('region').innerText()).toContain('"bike": 42');
  expect(await kind.getByText('"bike": 41').count()).toBe(0);

  await kind.getByRole('button', { name: 'Release: delivery 1' }).click();
  await status(page, '1 became an event.');
  await kind.getByText('2 deliveries').waitFor();
  await kind.getByRole('button', { name: 'Release all 2' }).click();
  await status(page, '2 became events.');
  expect(await states(gateway, 'RELEASED')).toEqual(['numbered-41', 'numbered-42', 'numbered-43']);

  // The newer code does not understand this one either.
  await page.getByRole('button', { name: 'Release: delivery 4' }).click();
  await status(page, '1 delivery is not understood yet.');
  await expect
    .poll(() => page.getByRole('region', { name: 'Nothing could be released' }).innerText())
    .toMatch(/rider\.name/);
  await expect.poll(() => page.getByRole('link', { name: /^Quarantine/ }).innerText()).toMatch(/\b1 waiting/);

  await page.getByRole('link', { name: 'Released' }).click();
  await page.getByText('numbered-42').waitFor();
  await page.getByRole('link', { name: 'Events', exact: true }).click();
  for (const number of [41, 42, 43]) await page.getByText(`Bike ${number}`).waitFor();
});

it('CON5.2 shows the way from what was released to its cancellation', async () => {
  const folder = temporaryFolder();
  const old = await start(folder, 1);
  await post(old, 'numbered', { bike: 44 });
  await old.close();
  const page = await openConsole({ gateway: await start(folder, 2), path: '/quarantine' });
  await page.getByRole('button', { name: 'Release: delivery 1' }).click();
  await page.getByRole('link', { name: 'See it in the events' }).click();
  await page.getByRole('table').getByText('Bike 44').waitFor();
});

it('CON5.2 discards only when it is told so twice, and says when somebody else was first', async () => {
  const gateway = await start(temporaryFolder(), 1);
  for (const number of [1, 2, 3]) await post(gateway, `event-${number}`, { bike: number });
  const page = await openConsole({ gateway, path: '/quarantine' });
  const dialog = page.getByRole('dialog', { name: /^Discard/ });

  await page.getByRole('button', { name: 'Discard all 3' }).click();
  await dialog.getByRole('button', { name: 'Keep' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Discard: delivery 1' }).click();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  expect(await states(gateway, 'WAITING')).toHaveLength(3);

  await gateway.query('mutation { discardQuarantined(id: "3") { id } }');
  await page.getByRole('button', { name: 'Release: delivery 3' }).click();
  await page.getByText('somebody else had discarded it').waitFor();

  await page.getByRole('button', { name: 'Discard all 2' }).click();
  await dialog.getByRole('button', { name: 'Discard', exact: true }).click();
  await status(page, '2 deliveries discarded.');
  await page.getByText('Nothing waits here').waitFor();
  expect(await states(gateway, 'DISCARDED')).toHaveLength(3);
});

it('CON5.1 CON2.1 opens quarantine to operators, and payloads to those who may read them', async () => {
  const gateway = await start(temporaryFolder(), 1);
  await post(gateway, 'event', { bike: 41 });
  const page = await openConsole({ gateway, path: '/quarantine', token: await makeToken({ scope: 'events:read' }) });
  await page.getByText('Only operators see the quarantine').waitFor();
  expect(await page.getByRole('link', { name: /^Quarantine/ }).count()).toBe(0);

  await page.evaluate(`location.hash = 'token=${await makeToken({ scope: 'ops raw:read' })}'`);
  await page.getByRole('button', { name: 'Switch' }).click();
  await page.getByRole('button', { name: 'Payload: delivery 1' }).click();
  await page.getByText('a token that has pii:read as well').waitFor();
  expect(await page.getByText('Caio').count()).toBe(0);
});
