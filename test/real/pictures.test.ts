import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { openConsole } from '../support/browser.ts';
import { postDays } from '../support/day.ts';
import { TestGateway, temporaryFolder } from '../support/gateway.ts';
import { ROOT } from '../support/package.ts';
import { streamOf } from '../support/live-page.ts';

/** `PICTURES=docs npx vitest run test/real/pictures.test.ts` takes those of the docs anew. */
const folder = process.env['PICTURES'] === 'docs' ? join(ROOT, 'docs', 'console') : null;

it('DOC1.4 shows the console in the docs as it is', async () => {
  let now = Date.now();
  const end = now;
  const gateway = await TestGateway.start({ now: () => now });
  const answers = await postDays(gateway, new Date(end), (at) => (now = at.getTime()));
  expect(Object.keys(answers)).toEqual(['accepted']);
  const into = folder ?? temporaryFolder();
  mkdirSync(into, { recursive: true });
  const take = async (page: Page, name: string) => {
    const picture = await page.screenshot({ path: join(into, `${name}.png`), animations: 'disabled' });
    // A page without anything is a tenth of that.
    expect(picture.length).toBeGreaterThan(15_000);
  };

  // Their clocks are those of the day that was posted.
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const wide = { gateway, timeZone, viewport: { width: 1280, height: 900 } };
  const page = await openConsole({ ...wide, path: '/today' });
  await expect.poll(() => streamOf(page).textContent()).toMatch(/^Live/);
  await page.getByRole('row', { name: /Noite de Choro/ }).waitFor();
  await take(page, 'today');
  await page.goto(`${gateway.url}/console/events`);
  await page.locator('.list-body [data-event]').first().waitFor();
  await take(page, 'events');
  await page.goto(`${gateway.url}/console/events?what=cancelled`);
  await page
    .getByRole('button', { name: /Massagem|cerâmica|Yoga/ })
    .first()
    .click();
  await page.getByText('@ninguem.example').first().waitFor();
  await take(page, 'details');
  await page.goto(`${gateway.url}/console/events?what=refunded`);
  await page.getByRole('link', { name: 'The whole story: Choro para iniciantes' }).first().click();
  await page.locator('.besides .chapter').first().waitFor();
  await take(page, 'story');
  await page.goto(`${gateway.url}/console/overview?of=paid`);
  const over = page.locator('.uplot .u-over');
  const { x, y, width, height } = (await over.boundingBox())!;
  await page.mouse.move(x + width * 0.8, y + height / 2);
  await page.locator('.reading').waitFor();
  await take(page, 'overview');

  const unfit = attendanceCanceled({ producer: { name: 'Rosa Produtora' } });
  expect((await gateway.eduzz(unfit)).body['status']).toBe('quarantined');
  await page.goto(`${gateway.url}/console/quarantine`);
  await page.getByText('data.producer.id').first().waitFor();
  await take(page, 'quarantine');

  await page.goto(`${gateway.url}/console/sources`);
  await page.locator('.answered-hours').first().waitFor();
  await take(page, 'sources');

  const phone = await openConsole({
    gateway,
    path: '/today',
    timeZone,
    locale: 'pt-BR',
    colorScheme: 'dark',
    viewport: { width: 390, height: 844 },
  });
  await expect.poll(() => streamOf(phone).textContent()).toMatch(/^Ao vivo/);
  await phone.locator('.tile').first().waitFor();
  await take(phone, 'telephone');
  const dark = await openConsole({ ...wide, path: '/today', colorScheme: 'dark' });
  await dark.getByRole('row', { name: /Noite de Choro/ }).waitFor();
  await take(dark, 'dark');
});
