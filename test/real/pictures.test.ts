import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { aDay } from '../fixtures/a-day.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { openConsole } from '../support/browser.ts';
import { TestGateway, temporaryFolder } from '../support/gateway.ts';
import { ROOT } from '../support/package.ts';
import { streamOf } from '../support/live-page.ts';

/** `PICTURES=docs npx vitest run test/real/pictures.test.ts` takes those of the docs anew. */
const folder = process.env['PICTURES'] === 'docs' ? join(ROOT, 'docs', 'console') : null;

it('DOC1.4 shows the console in the docs as it is', async () => {
  let now = Date.now();
  const end = now;
  const gateway = await TestGateway.start({ now: () => now });
  for (const { source, payload, at } of aDay(90, end)) {
    now = at + 1_200;
    const { status } = await gateway[source](payload);
    expect(status).toBe(200);
  }
  now = end;
  const into = folder ?? temporaryFolder();
  mkdirSync(into, { recursive: true });
  const take = async (page: Page, name: string) => {
    const picture = await page.screenshot({ path: join(into, `${name}.png`), animations: 'disabled' });
    // A page without anything is a tenth of that.
    expect(picture.length).toBeGreaterThan(15_000);
  };

  const page = await openConsole({ gateway, path: '/live', viewport: { width: 1280, height: 760 } });
  await expect.poll(() => streamOf(page).textContent()).toMatch(/^Live/);
  await take(page, 'live');
  await page
    .getByRole('button', { name: /Masaje/ })
    .first()
    .click();
  await page.getByText('@ninguem.example').first().waitFor();
  await take(page, 'details');
  await page.goto(`${gateway.url}/console/history`);
  await page.locator('.list-body [data-event]').first().waitFor();
  await take(page, 'history');
  await page.goto(`${gateway.url}/console/overview`);
  await page.locator('.uplot canvas').waitFor();
  await take(page, 'overview');

  const unfit = attendanceCanceled({ producer: { name: 'Rosa Produtora' } });
  expect((await gateway.eduzz(unfit)).body['status']).toBe('quarantined');
  await page.goto(`${gateway.url}/console/quarantine`);
  await page.getByText('data.producer.id').first().waitFor();
  await take(page, 'quarantine');

  const phone = await openConsole({
    gateway,
    path: '/live',
    locale: 'pt-BR',
    colorScheme: 'dark',
    viewport: { width: 390, height: 780 },
  });
  await expect.poll(() => streamOf(phone).textContent()).toMatch(/^Ao vivo/);
  await take(phone, 'telephone');
});
