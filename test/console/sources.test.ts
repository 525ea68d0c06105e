import { join } from 'node:path';
import pino from 'pino';
import { expect, it } from 'vitest';
import { HOUR, hourOf } from '../../src/events/answer-count.ts';
import { Reconciling } from '../../src/ingest/reconciliation.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { defineProvider } from '../../src/providers/define-provider.ts';
import { eduzz } from '../../src/providers/eduzz/eduzz.ts';
import { sharedToken } from '../../src/providers/verify/shared-token.ts';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { axe } from '../support/axe.ts';
import { openConsole } from '../support/browser.ts';
import { EDUZZ_SECRET, TestGateway, makeToken, temporaryFolder } from '../support/gateway.ts';

it('CON13.1 shows operators how a source is set up, how its deliveries fared, and no secret of them', async () => {
  const gateway = await TestGateway.start({ env: { PUBLIC_URL: 'https://hooks.example.com' } });
  await gateway.eduzz(attendanceCanceled({ id: 'one' }));
  const forged = signAsEduzz(attendanceCanceled({ id: 'two' }), 'a forger');
  await gateway.post('eduzz', forged);
  const page = await openConsole({ gateway, path: '/sources' });
  const eduzz = page.getByRole('region', { name: 'eduzz' });
  await eduzz.getByText('https://hooks.example.com/webhooks/eduzz').waitFor();
  const text = () => eduzz.innerText();
  await expect.poll(text).toMatch(/Takes deliveries[^]*Secret\s+set[^]*New fields\s+none/);
  await expect
    .poll(text)
    .toMatch(/Last deliveries[^]*Unauthorised\s*signature_invalid[^]*Accepted\s*blinket.attendance_canceled/);
  await expect
    .poll(() => eduzz.getByRole('listitem').filter({ hasText: 'Accepted 1, Unauthorised 1' }).count())
    .toBe(1);
  await eduzz.getByText('signature_invalid').click();
  const course = eduzz.getByRole('group').filter({ hasText: 'signature_invalid' });
  await course.getByText('x-signature').waitFor();
  await expect.poll(() => course.innerText()).toMatch(/Verified in\s+[\d.]+ ms\s+Read in\s+–\s+Recorded in\s+–/);
  expect(await page.content()).not.toContain(forged.headers['x-signature']);
  await axe(page);
  const other = await openConsole({ gateway, path: '/sources', token: await makeToken({ scope: 'events:read' }) });
  await other.getByText('Only operators see the sources').waitFor();
});

it('CON13.3 shows operators since when a source is silent, and what webhooks had missed', async () => {
  const folder = temporaryFolder();
  const log = new SqliteLog(join(folder, 'hookcast.db'));
  const last = Date.now() - 24 * HOUR;
  const hours = Array.from({ length: 28 * 24 }, (_, ago) => hourOf(last - ago * HOUR));
  await log.answers.add(hours.map((hour) => ({ source: 'club', outcome: 'accepted', hour, count: 2, lastAt: last })));
  await log.silences.begin('club', last);
  const club = defineProvider({
    name: 'club',
    verify: sharedToken({ header: 'x-token', tokens: ['t'.repeat(8)] }),
    about: ({ payload }) => ({ type: 'left', eventId: String(payload['id']), account: '1' }),
    events: {},
    reconcile: {
      every: HOUR,
      lookBack: HOUR,
      list: async () => ({ items: [{ id: 'a' }, { id: 'b' }], next: null, webhook: 'OFF' }),
    },
  });
  const sources = new Map([
    ['club', club],
    ['eduzz', eduzz({ secrets: [EDUZZ_SECRET] })],
  ]);
  const options = { sources, log, logger: pino({ level: 'silent' }), mostValues: 1_000, onLimit: () => {} };
  const { signal } = new AbortController();
  await new Reconciling({ ...options, now: Date.now }).run('club', { signal });
  await log.close();
  const gateway = await TestGateway.start({ folder, sources });
  const page = await openConsole({ gateway, path: '/sources' });
  const card = page.getByRole('region', { name: 'club' });
  await card.getByText('club is silent for longer than usual').waitFor();
  await expect
    .poll(() => card.innerText())
    .toMatch(/Its last delivery came (23|24) hours ago\. In usual weeks about 4\d would have come since\./);
  await expect.poll(() => card.innerText()).toMatch(/Usually one comes about every (29|30|31) minutes\./);
  await expect.poll(() => card.innerText()).toMatch(/Compared with the API of its provider\s+(now|\d+ minutes? ago)/);
  await expect.poll(() => card.innerText()).toMatch(/Missed by webhooks\s+2 events, recorded since\s+left 2/);
  await expect
    .poll(() => card.innerText())
    .toMatch(/Webhook at the provider\s+the webhook is switched off at the provider/);
  expect(await page.getByRole('region', { name: 'eduzz' }).innerText()).not.toMatch(/silent|Compared/);
  await axe(page);
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByText('club is silent for longer than usual').waitFor();
  for (const name of ['Overview', 'Today', 'Events']) {
    await page.getByRole('link', { name, exact: true }).click();
    await page.getByText('club: the webhook is switched off at the provider').waitFor();
    await page.getByText('Switch the webhook on in the settings of the provider.').waitFor();
  }
});

it('CON13.2 has refused deliveries checked again once the right secret is there', async () => {
  const env = { KEEP_REFUSED: '24h' };
  const wrong = await TestGateway.start({ env: { ...env, EDUZZ_SECRETS: 'edzwgd_a-secret-that-was-mistyped' } });
  for (const id of ['one', 'two']) expect((await wrong.eduzz(attendanceCanceled({ id }))).status).toBe(401);
  await wrong.close();
  const gateway = await TestGateway.start({ folder: wrong.folder, env });
  const page = await openConsole({ gateway, path: '/sources' });
  const eduzz = page.getByRole('region', { name: 'eduzz' });
  await eduzz.getByText('2 deliveries').waitFor();
  await eduzz.getByRole('button', { name: 'Check the refused again' }).click();
  await eduzz.getByText('2 recorded, 0 still refused').waitFor();
  await eduzz.getByText('Refused and kept').waitFor({ state: 'hidden' });
});

it('CON13.2 asks before a source is paused, resumes it, and sends a sample that is marked as one', async () => {
  const gateway = await TestGateway.start({ env: { ALLOW_SAMPLES: 'on' } });
  const page = await openConsole({ gateway, path: '/sources', locale: 'pt-BR' });
  const eduzz = page.getByRole('region', { name: 'eduzz' });
  const dialog = page.getByRole('dialog', { name: 'Pausar eduzz?' });
  await eduzz.getByRole('button', { name: 'Pausar' }).click();
  await dialog.getByRole('button', { name: 'Não pausar' }).click();
  await dialog.waitFor({ state: 'hidden' });
  expect((await gateway.eduzz(attendanceCanceled({ id: 'one' }))).status).toBe(200);
  await eduzz.getByRole('button', { name: 'Pausar' }).click();
  await dialog.getByRole('button', { name: 'Pausar', exact: true }).click();
  await eduzz.getByRole('button', { name: 'Retomar' }).waitFor();
  expect((await gateway.eduzz(attendanceCanceled({ id: 'one' }))).status).toBe(503);
  await eduzz.getByRole('button', { name: 'Retomar' }).click();
  await eduzz.getByRole('button', { name: 'Pausar' }).waitFor();
  await eduzz.getByRole('combobox').selectOption('blinket.attendance_canceled');
  await eduzz.getByRole('button', { name: 'Enviar uma amostra' }).click();
  await eduzz.getByText(/^Enviada: accepted \(sample-/).waitFor();
  await eduzz.getByRole('list').getByText('Amostra').waitFor();
});
