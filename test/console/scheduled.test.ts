import { expect, it } from 'vitest';
import { stripe } from '../../src/providers/stripe/stripe.ts';
import { stripeDeleted, stripeUpdated } from '../fixtures/providers.ts';
import { axe } from '../support/axe.ts';
import { openConsole } from '../support/browser.ts';
import { TestGateway } from '../support/gateway.ts';
import { rowOf } from '../support/live-page.ts';

const provider = stripe({ secrets: ['whsec_of-the-console-s-tests'] });

async function started() {
  const gateway = await TestGateway.start({ sources: new Map([['stripe', provider]]) });
  const send = async (payload: Record<string, unknown>) =>
    gateway.post('stripe', await provider.sign!(payload, new Date()));
  return { gateway, send };
}

it('CON1.7 says of a cancellation that is only scheduled when it takes effect, and what has become of it', async () => {
  const { gateway, send } = await started();
  const page = await openConsole({ gateway, path: '/live', timeZone: 'UTC' });
  await send(stripeUpdated({}, undefined, { id: 'decided' }));
  const row = rowOf(page, 'decided');
  await row.getByText('Scheduled', { exact: true }).waitFor();
  const details = page.getByRole('region', { name: 'Season ticket' });
  const says = async (text: RegExp) => {
    await row.getByRole('button').click();
    await details.getByText(text).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => details.count()).toBe(0);
  };
  await says(/goes on until it ends.* It is to end on 21 Sept 2026/);
  await send(
    stripeUpdated({ cancel_at: null }, { cancel_at: 1_790_000_000 }, { id: 'undone', created: 1_778_000_020 }),
  );
  await says(/was undone on 5 May 2026/);
  await send(stripeDeleted({}, { id: 'ended', created: 1_778_000_030 }));
  const explained = { ended_at: 1_778_000_005, cancellation_details: { feedback: 'unused' } };
  const before = { cancellation_details: { feedback: null } };
  await send(stripeUpdated(explained, before, { id: 'explained', created: 1_778_000_040 }));
  // It comes in above, and would be clicked instead.
  await rowOf(page, 'ended').waitFor();
  await says(/The subscription ended on 5 May 2026/);
  expect(await rowOf(page, 'ended').getByText('Scheduled').count()).toBe(0);
});

it('CON4.1 counts a subscription in the overview when it ends, and has both in the history, in Portuguese', async () => {
  const { gateway, send } = await started();
  const now = Math.floor(Date.now() / 1000);
  const ended = (id: string) => send(stripeDeleted({ id, canceled_at: now, ended_at: now }, { id, created: now }));
  await ended('before');
  const overview = await openConsole({ gateway, path: '/overview?range=24h' });
  const figures = async () => (await overview.locator('.figure .value').allTextContents()).map(Number);
  await expect.poll(figures).toEqual([1, 0, 1]);
  await send(
    stripeUpdated({ canceled_at: now - 20, cancel_at: now - 10 }, undefined, { id: 'decided', created: now - 20 }),
  );
  await send(stripeDeleted({ canceled_at: now - 20, ended_at: now - 10 }, { id: 'ended', created: now - 10 }));
  // One more, so that whatever is counted of the first has been.
  await ended('after');
  await expect.poll(figures).toEqual([3, 0, 3]);
  await overview.reload();
  await expect.poll(figures).toEqual([3, 0, 3]);

  const history = await openConsole({ gateway, path: '/history', locale: 'pt-BR' });
  await rowOf(history, 'decided').getByText('Agendado', { exact: true }).waitFor();
  expect(await rowOf(history, 'ended').getByText('Agendado').count()).toBe(0);
  await rowOf(history, 'decided').getByRole('button').click();
  await history.getByText(/A assinatura terminou em/).waitFor();
  await axe(history);
});
