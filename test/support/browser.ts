import type { Browser, BrowserContext, BrowserContextOptions, CDPSession, Page, WebSocket } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { findChromium, launch } from './chromium.ts';
import { makeToken } from './gateway.ts';

/** One for all tests of a process, started by the first that wants it. It ends with the process, which it is a child of. */
let browser: Promise<Browser> | null = null;

/** A context that is kept for the next tests, by a page that stays. A new one costs a new process of Chromium's, and half of a page's opening. */
interface Kept {
  readonly context: BrowserContext;
  /** Of the page that stays. */
  readonly session: CDPSession;
}
/** By language and time zone, those that no test uses now. */
const free = new Map<string, Kept[]>();
/** Of this test, by language and time zone: who is signed in is the same in all pages of a context. */
const shared = new Map<string, Promise<Kept>>();

const VIEWPORT = { width: 1280, height: 800 };

/** How long a locator is waited for, in milliseconds: a machine that is busy is no failure. */
const PATIENCE = 120_000;

/** Where it is between eleven and noon, so that "today" has hours on both sides at whichever hour the tests run. */
export function zoneAtNoon(): string {
  const ahead = 11 - new Date().getUTCHours();
  // The signs of these names are the other way round.
  return ahead === 0 ? 'Etc/GMT' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}

interface PageOptions {
  readonly gateway: { readonly url: string };
  readonly locale?: 'en-GB' | 'en-US' | 'es-ES' | 'pt-BR';
  readonly timeZone?: string;
  readonly colorScheme?: 'light' | 'dark';
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Errors that the test itself causes, such as connections that are refused while a gateway is away. */
  readonly expected?: RegExp;
}

export interface ConsoleOptions extends PageOptions {
  /** For every tenant with every scope when it is left out; null opens the page without one. */
  readonly token?: string | null;
  /** Below `/console`, such as `/history?kind=TICKET`. */
  readonly path?: string;
}

/**
 * The console in a browser of its own, as a person opens it. The test fails when the page does anything wrong until it
 * ends: an error, in its console or thrown; something that its policy forbids; a request to any other host.
 */
export async function openConsole(options: ConsoleOptions): Promise<Page> {
  const { gateway, path = '' } = options;
  const token = options.token === undefined ? await makeToken() : options.token;
  const page = await newPage(options, { isAlone: typeof options.token === 'string' });
  await page.goto(`${gateway.url}/console${path}${token === null ? '' : `#token=${token}`}`);
  return page;
}

/** A page of other frontends. It fails a test as the console does. */
export async function openPage(options: PageOptions & { readonly html: string }): Promise<Page> {
  const page = await newPage(options);
  await load(page, options);
  return page;
}

/** Loads it anew, in a document that came from the gateway: Chromium (153) lets a page of unknown origin not reach this machine. */
export async function load(page: Page, { gateway, html }: Pick<PageOptions, 'gateway'> & { readonly html: string }) {
  await page.goto(`${gateway.url}/livez`);
  await page.setContent(html);
}

async function newPage(options: PageOptions, { isAlone = false } = {}): Promise<Page> {
  const { gateway, locale = 'en-GB', timeZone = 'America/Sao_Paulo', colorScheme = 'light' } = options;
  const settings: BrowserContextOptions = { locale, timezoneId: timeZone, viewport: VIEWPORT };
  const key = JSON.stringify(settings);
  const taken = (isAlone ? undefined : shared.get(key)) ?? take(key, settings, gateway.url);
  if (!isAlone) shared.set(key, taken);
  const kept = await taken;
  const page = await kept.context.newPage();
  const wrong = await watch(page, gateway.url, options.expected);
  onTestFinished(async ({ task }) => {
    // A test that fails once in a hundred runs has to say all that it saw.
    if (task.result?.state === 'fail') console.error(await seen(page));
    await leave(kept, gateway.url);
    if (!isAlone) shared.delete(key);
    const others = (free.get(key) ?? []).filter((other) => other !== kept);
    free.set(key, [...others, kept]);
    expect(wrong, 'what the page did wrong').toEqual([]);
  });
  // Not of the context, since each window and color scheme has its own context.
  if (options.viewport) await page.setViewportSize(options.viewport);
  if (colorScheme !== 'light') await page.emulateMedia({ colorScheme });
  return page;
}

/** The visible text of a page, and its address. */
async function seen(page: Page): Promise<string> {
  const body = await page.locator('body').ariaSnapshot().catch(String);
  return `the page at ${page.url().split('#')[0]} showed:\n${body}`;
}

/** A link is tried before its token is kept: a page that is left before that is signed in to nothing. */
export async function signedIn(page: Page): Promise<void> {
  await page.locator('header.top nav [aria-current=page]').waitFor();
}

async function take(key: string, settings: BrowserContextOptions, url: string): Promise<Kept> {
  const kept = free.get(key)?.pop();
  if (kept) return kept;
  const context = await newContext(settings);
  const staying = await context.newPage();
  await staying.goto(`${url}/healthz`);
  return { context, session: await context.newCDPSession(staying) };
}

async function newContext(settings: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await (await (browser ??= findChromium().then(launch))).newContext(settings);
  context.setDefaultTimeout(PATIENCE);
  return context;
}

/** A page with nothing in it, which ends with the test. */
export async function blankPage(): Promise<Page> {
  const context = await newContext();
  onTestFinished(() => context.close());
  return context.newPage();
}

/** Closes what the test opened, and forgets what its gateway's pages kept: the next may be given the same port. */
async function leave({ context, session }: Kept, url: string): Promise<void> {
  const [, ...opened] = context.pages();
  for (const page of opened) await page.close();
  await context.clearPermissions();
  await session.send('Storage.clearDataForOrigin', { origin: new URL(url).origin, storageTypes: 'all' });
}

/** In the page, before any script of its own. */
const TELL = `addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sample }) =>
  console.error('against the policy', effectiveDirective, blockedURI, sample))`;

/** The errors in a page from now on, one line each. */
export async function watch(page: Page, url: string, expected?: RegExp): Promise<readonly string[]> {
  const wrong: string[] = [];
  const add = (line: string) => void (expected?.test(line) || wrong.push(line));
  const goesTo = (to: string) => {
    if (new URL(to).host !== new URL(url).host) add(`a request to ${to}`);
  };
  page.on('console', (message) => {
    if (message.type() === 'error') add(`${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => add(error.stack || String(error)));
  page.on('crash', () => add('it crashed'));
  page.on('request', (request) => goesTo(request.url()));
  page.on('websocket', (socket: WebSocket) => goesTo(socket.url()));
  await page.addInitScript({ content: TELL });
  return wrong;
}
