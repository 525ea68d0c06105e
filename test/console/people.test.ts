import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bikes, rentalCancelled, signedBike } from '../fixtures/bikes.ts';
import { axe } from '../support/axe.ts';
import { openConsole } from '../support/browser.ts';
import { TestGateway, makeToken, temporaryFolder } from '../support/gateway.ts';
import { thoroughly } from '../support/thorough.ts';

const version = (number: 1 | 2) => ({ sources: new Map([['bikes', bikes(number)]]) });

/** Of two cancellations, and a delivery that waits: of a bike that is a number, which the second version understands. */
let log: Buffer;
/** On that log, for the tests that change nothing. */
let unchanged: TestGateway;
beforeAll(async () => {
  const old = await TestGateway.start({ ...version(1), lasting: true });
  for (const bike of ['Ipê', 'Cajá', 41]) {
    await old.post('bikes', signedBike(rentalCancelled({ id: `event-${bike}`, rental: `r-${bike}`, bike })));
  }
  await old.close();
  log = readFileSync(join(old.folder, 'hookcast.db'));
  unchanged = await TestGateway.start({ ...version(2), lasting: true, folder: old.folder });
});
afterAll(() => unchanged.end());

/** On a copy of that log, for a test that changes it. */
function withDeliveries(): Promise<TestGateway> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'hookcast.db'), log);
  return TestGateway.start({ ...version(2), folder });
}

const styles = readFileSync(new URL('../../console/styles/base.css', import.meta.url), 'utf8');

/** A colour's light, as WCAG 2.2 reckons it. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((from) => {
    const share = Number.parseInt(colour.slice(from, from + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

it('CON6.2 has text that stands out from every ground that it is written on, by day and by night', () => {
  const colours = new Map(
    [...styles.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name, day, night]) => [
      name!,
      [day!, night!],
    ]),
  );
  const grounds = ['ground', 'surface', 'raised'];
  const pairs: [text: string, ground: string][] = [
    ...['text', 'quiet', 'accent', 'good', 'warning', 'bad'].flatMap((text) =>
      grounds.map((ground): [string, string] => [text, ground]),
    ),
    ['on-accent', 'accent'],
    ['surface', 'bad'],
    ['text', 'warning-ground'],
    ['warning', 'warning-ground'],
    ['text', 'bad-ground'],
    ['bad', 'bad-ground'],
  ];
  for (const [text, ground] of pairs) {
    for (const scheme of [0, 1]) {
      const ratio = contrast(colours.get(text)![scheme]!, colours.get(ground)![scheme]!);
      expect(ratio, `${text} on ${ground}, ${scheme === 0 ? 'by day' : 'by night'}`).toBeGreaterThanOrEqual(4.5);
    }
  }
});

/** Nothing stands out of the page to the side. */
const expectNoSidewaysScrolling = (page: Page) =>
  expect
    .poll(() => page.evaluate('document.documentElement.scrollWidth - innerWidth'), { message: page.url() })
    .toBeLessThanOrEqual(0);

const WAYS = [
  { locale: 'en-GB', colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { locale: 'pt-BR', colorScheme: 'dark', viewport: { width: 360, height: 740 } },
] as const;

it.each(thoroughly<readonly (typeof WAYS)[number][]>(WAYS, WAYS.slice(1)))(
  'CON6.2 gives axe nothing to find on any page, $viewport.width wide, $colorScheme, in $locale',
  async (way) => {
    const gateway = await withDeliveries();
    const page = await openConsole({ gateway, ...way, token: null });
    const check = async () => {
      await expectNoSidewaysScrolling(page);
      await axe(page);
    };
    await page.getByRole('textbox').waitFor();
    await check();

    await page.goto(`${gateway.url}/console/events?#token=${await makeToken()}`);
    await page.getByText('Bike Ipê').click();
    await page.getByRole('heading', { name: 'Bike Ipê' }).waitFor();
    await check();

    for (const name of ['today', 'overview']) {
      await page.goto(`${gateway.url}/console/${name}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      await check();
    }

    await page.goto(`${gateway.url}/console/quarantine`);
    const article = page.getByRole('article');
    await article.getByRole('button').nth(0).click();
    await article.getByRole('region').waitFor();
    await check();
    await article.getByRole('button').nth(2).click();
    await page.getByRole('dialog').waitFor();
    await check();
    await page.keyboard.press('Escape');
    await page.getByRole('banner').getByRole('button').last().click();
    await check();
    await page.keyboard.press('Escape');
    await article.getByRole('button').nth(1).click();
    await page.getByRole('region').getByRole('listitem').filter({ hasText: 'Bike 41' }).first().waitFor();
    await check();
  },
);

it('CON6.1 can be used without a mouse, from signing in to releasing', async () => {
  const gateway = await withDeliveries();
  const page = await openConsole({ gateway, token: null });
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const focused = page.locator(':focus');
  /** Tab after Tab, as long as it takes. */
  const tabTo = async (name: string) => {
    for (let step = 0; step < 60; step += 1) {
      await press('Tab');
      if ((await focused.count()) === 0) continue;
      if ((await focused.ariaSnapshot()).includes(name)) return;
    }
    throw new Error(`nothing that is called ${name} can be reached`);
  };
  await focused.and(page.getByRole('textbox', { name: 'Token' })).waitFor();
  await page.keyboard.insertText(await makeToken());
  await press('Enter');
  await focused.and(page.getByRole('main', { name: 'Today' })).waitFor();
  await page.getByRole('link', { name: 'hookcast' }).focus();
  await tabTo('Events');
  await press('Enter');
  await focused.and(page.getByRole('main', { name: 'Events' })).waitFor();
  await page.getByText('Bike Ipê').waitFor();

  await tabTo('Text');
  await page.keyboard.insertText('caja');
  await page.getByText('Bike Ipê').waitFor({ state: 'detached' });
  await tabTo('Details: Bike Cajá');
  await press('Enter');
  await page.getByRole('heading', { name: 'Bike Cajá' }).waitFor();
  await press('Escape');
  await page.getByRole('heading', { name: 'Bike Cajá' }).waitFor({ state: 'detached' });
  await focused.and(page.getByRole('button', { name: 'Details: Bike Cajá' })).waitFor();

  // By the link that is only there for those who need it, and the pages' names.
  await page.evaluate('document.activeElement.blur(); getSelection().removeAllRanges()');
  await page.getByRole('link', { name: 'hookcast' }).focus();
  await press('Shift+Tab');
  await focused.and(page.getByRole('link', { name: 'Skip to the content' })).waitFor();
  await press('Enter');
  await focused.and(page.getByRole('main')).waitFor();
  await page.getByRole('link', { name: 'hookcast' }).focus();
  await tabTo('Quarantine');
  await press('Enter');
  await focused.and(page.getByRole('main', { name: 'Quarantine' })).waitFor();
  await expect.poll(() => page.title()).toBe('Quarantine · hookcast');

  await tabTo('Discard: delivery 1');
  await press('Enter');
  await focused.and(page.getByRole('button', { name: 'Keep' })).waitFor();
  await press('Enter');
  await focused.and(page.getByRole('button', { name: 'Discard: delivery 1' })).waitFor();
  await press('Shift+Tab', 'Enter');
  // What was pressed goes away, and the focus to what is said of it.
  // It may be done by now.
  await focused.and(page.getByRole('region', { name: /releas/i })).waitFor();
  await page.getByText('1 became an event.').waitFor();
  await tabTo('See it in the events');

  await press('Control+k');
  await focused.and(page.getByRole('combobox', { name: 'A page, a view, a number, an e-mail address' })).waitFor();
  await axe(page);
  await page.keyboard.insertText('cancel');
  await press('Enter');
  await page.getByRole('button', { name: 'Cancelled', pressed: true }).waitFor();
  await focused.and(page.getByRole('main', { name: 'Events' })).waitFor();
});

it('CON6.3 speaks Portuguese if the browser does, and keeps the chosen language', async () => {
  const gateway = unchanged;
  const page = await openConsole({ gateway, locale: 'pt-BR', path: '/quarantine' });
  await page.getByRole('heading', { name: 'Quarentena' }).waitFor();
  await page.getByRole('button', { name: 'Liberar: entrega 1' }).waitFor();
  const language = () => page.evaluate('document.documentElement.lang');
  await expect.poll(language).toBe('pt-BR');

  const account = page.getByRole('button', { name: 'Perfil' });
  const choice = page.getByRole('combobox', { name: 'Idioma' });
  await account.click();
  await page.getByRole('heading', { name: 'Quarentena' }).click();
  await choice.waitFor({ state: 'hidden' });
  await account.focus();
  await page.keyboard.press('Enter');
  await choice.focus();
  await page.keyboard.press('Escape');
  await choice.waitFor({ state: 'hidden' });
  await account.and(page.locator(':focus')).waitFor();
  await account.click();
  await choice.selectOption('en');
  await page.getByRole('heading', { name: 'Quarantine' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Quarantine' }).waitFor();
  await expect.poll(language).toBe('en');
});

it('CON6.5 says so where a part of the page fails, and goes on with the others', async () => {
  const gateway = unchanged;
  const page = await openConsole({ gateway, token: null, expected: /./ });
  // What no gateway answers.
  let isBroken = true;
  await page.route(/\/graphql$/, (route) => {
    if (!isBroken || !route.request().postData()?.includes('query Beside')) return route.continue();
    const node = { __typename: 'TicketCancellation', id: 'x' };
    const pageInfo = { hasNextPage: false, hasPreviousPage: false };
    return route.fulfill({ json: { data: { events: { head: 'h', edges: [{ cursor: 'c', node }], pageInfo } } } });
  });
  await page.goto(`${gateway.url}/console/events?#token=${await makeToken()}`);
  const alert = page.getByRole('alert').filter({ hasText: 'Something went wrong in this page' });
  await alert.waitFor();
  await axe(page);
  await page.getByRole('link', { name: 'Quarantine' }).click();
  await page.getByRole('article').first().waitFor();
  expect(await alert.count()).toBe(0);
  await page.getByRole('link', { name: 'Events' }).click();
  await alert.waitFor();
  isBroken = false;
  await alert.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('Bike Ipê').waitFor();
});

it('CON6.3 opens if the browser’s language is not a valid tag', async () => {
  const gateway = unchanged;
  const page = await openConsole({ gateway, token: null, timeZone: 'UTC' });
  // Chrome, on a Linux whose locale is C.
  const languages = `Object.defineProperties(Navigator.prototype, {
    language: { get: () => 'en-US@posix', configurable: true },
    languages: { get: () => ['en-US@posix'], configurable: true },
  })`;
  await page.addInitScript({ content: languages });
  await page.goto(`${gateway.url}/console/events?#token=${await makeToken()}`);
  await page.getByText('Bike Ipê').waitFor();
  await page.getByRole('link', { name: 'Overview' }).click();
  // With its charts, whose library writes numbers by it as soon as it is loaded.
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
});
