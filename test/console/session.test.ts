import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { identityOf, isOperator, mayRead, readClaims } from '../../console/gateway/claims.ts';
import { Links } from '../../console/gateway/links.ts';
import type { Taken } from '../../console/gateway/request.ts';
import { Session, readToken, takeRefusalFromAddress, takeTokenFromAddress } from '../../console/gateway/session.ts';
import type { Sessions } from '../../console/gateway/sessions.ts';
import { rememberPlace, takePlace } from '../../console/place.ts';
import { openStore, type Store } from '../../console/storage.ts';
import { bikes, rentalCancelled, signedBike } from '../fixtures/bikes.ts';
import { axe } from '../support/axe.ts';
import { openConsole, signedIn } from '../support/browser.ts';
import { TestGateway, makeToken } from '../support/gateway.ts';
import { CLIENT, TestProvider } from '../support/test-provider.ts';

/** A token of no gateway's, with the claims as they are. */
function tokenOf(claims: unknown): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'HS256' })}.${part(claims)}.c2lnbmF0dXJl`;
}

/** A browser's store, on a map. */
function storeOn(kept: Map<string, string>): Store {
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
  };
}

/** A gateway that gives no sessions. */
const NONE: Sessions = { look: async () => null, begin: async () => null, end: async () => false };
const sessionOn = (kept: Map<string, string>, sessions = NONE) =>
  new Session(
    openStore(() => storeOn(kept)),
    sessions,
    { postMessage: () => {}, addEventListener: () => {} },
  );
const brought = (token: string) => readToken(token)!;

it('CON2.3 reads the claims of a token in any script', () => {
  for (const name of ['eduzz:Padaria São João', 'wix:パン屋', 'x:🥖?>~', '']) {
    expect(readClaims(tokenOf({ tenants: [name], scope: 'events:read' }))?.tenants).toEqual([name]);
  }
  const claims = readClaims(tokenOf({ tenants: ['*', 'eduzz:1'], exp: 1_000 }))!;
  expect(claims).toEqual({ tenants: null, scopes: new Set(), expiresAt: 1_000_000 });
  expect([isOperator(claims), mayRead(claims)]).toEqual([false, false]);
  expect(readClaims(tokenOf({ tenants: ['*'], scope: 'ops  events:read ' }))?.scopes).toEqual(
    new Set(['ops', 'events:read']),
  );
  // There is no date for it.
  expect(readClaims(tokenOf({ tenants: ['a'], exp: 9e99 }))?.expiresAt).toBeNull();
  expect(new Date(readClaims(tokenOf({ tenants: [], exp: 8.64e12 }))!.expiresAt!).toISOString()).toMatch(/^\+275760/);
  for (const none of ['', 'a.b.c', tokenOf(null), tokenOf('text'), tokenOf({ scope: 'ops' }), `${tokenOf({})}.x.y`]) {
    expect(readClaims(none), none).toBeNull();
  }
});

it('CON2.4 takes two tokens for one person only when they may see the same', () => {
  const identity = (tenants: string[], scope: string) => identityOf(readClaims(tokenOf({ tenants, scope }))!);
  expect(identity(['a', 'b'], 'ops events:read')).toBe(identity(['b', 'a'], 'events:read ops'));
  expect(identity(['a'], 'ops')).not.toBe(identity(['a', 'b'], 'ops'));
  expect(identity(['a'], 'ops')).not.toBe(identity(['a'], 'events:read'));
});

it('CON2.3 keeps the token in one place, lets go of it, and does without a store', async () => {
  const kept = new Map<string, string>();
  const token = tokenOf({ tenants: ['a'] });
  const session = sessionOn(kept);
  expect(readToken('none')).toBe(null);
  await session.signIn(brought(` Bearer ${token.slice(0, 20)}\n${token.slice(20)} `));
  expect([...kept.values()]).toEqual([token]);
  const again = sessionOn(kept);
  await again.look();
  expect(again.view.signedIn?.token).toBe(token);
  expect(brought(`https://gateway.example/console/events?a=b#token=${token}`).token).toBe(token);
  await session.signOut();
  expect([kept.size, session.view.signedIn]).toEqual([0, null]);

  const without = [
    () => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    },
    () => ({
      ...storeOn(new Map([['hookcast.token', 'of before']])),
      setItem: () => {
        throw new DOMException('', 'QuotaExceededError');
      },
    }),
  ];
  for (const find of without) {
    const store = openStore(find);
    const session = new Session(store, NONE, { postMessage: () => {}, addEventListener: () => {} });
    await session.signIn(brought(token));
    expect(store.getItem('hookcast.token')).toBe(token);
    await session.signOut();
    expect(store.getItem('hookcast.token')).not.toBe(token);
  }
});

it('CON2.4 asks for a new token once, for the one that was refused and no newer one', async () => {
  const session = sessionOn(new Map());
  const [first, second] = [tokenOf({ tenants: ['a'], exp: 1 }), tokenOf({ tenants: ['a'], exp: 2 })];
  await session.signIn(brought(first));
  const shown = session.view.signedIn;
  session.expire(shown);
  expect(session.view.stale).toBe(true);
  const renewed = session.renewal();
  await session.signIn(brought(second));
  await renewed;
  // An answer to what was asked with the first comes late.
  session.expire(shown);
  expect(session.view.stale).toBe(false);
  await session.renewal();
});

it('CON12.1 takes over the session that another tab has begun, and asks only once if there is none', async () => {
  const claims = readClaims(tokenOf({ tenants: ['a'] }))!;
  const known = (id: string) => ({ token: null, session: id, claims });
  let found: Awaited<ReturnType<Sessions['look']>> = { known: known('one'), hasEnded: false, provider: 'Padaria' };
  const session = sessionOn(new Map(), { ...NONE, look: async () => found });
  await session.look();
  expect(session.view).toMatchObject({ signedIn: known('one'), stale: false, looking: false, provider: 'Padaria' });
  // Refused although it is a session: to show it again would be in vain, and without end.
  session.expire(session.view.signedIn);
  await session.look();
  expect(session.view.stale).toBe(true);
  found = { ...found, known: known('two') };
  await session.look();
  expect(session.view).toMatchObject({ signedIn: known('two'), stale: false });
  found = { ...found, known: null, hasEnded: true };
  session.expire(session.view.signedIn);
  await session.look();
  expect(session.view).toMatchObject({ signedIn: known('two'), stale: true, hasEnded: true });
  // The gateway can't be asked to end it: it would go on.
  const kept = sessionOn(new Map(), { ...NONE, look: async () => ({ ...found, known: known('three') }) });
  await kept.look();
  expect([await kept.signOut(), kept.view.signedIn]).toEqual([false, known('three')]);
});

it('CON12.1 tells the other tabs at once that somebody signed out or in, also one that follows nothing', async () => {
  const claims = readClaims(tokenOf({ tenants: ['a'] }))!;
  // The cookie that all tabs of a browser have.
  let cookie: string | null = 'one';
  const known = () => (cookie === null ? null : { token: null, session: cookie, claims });
  const ofAll: Sessions = {
    look: async () => ({ known: known(), hasEnded: cookie === null, provider: null }),
    begin: async () => {
      cookie = 'two';
      return known();
    },
    end: async () => {
      cookie = null;
      return true;
    },
  };
  const tab = async () => {
    const channel = new BroadcastChannel('hookcast.session');
    onTestFinished(() => channel.close());
    const session = new Session(storeOn(new Map()), ofAll, channel);
    await session.look();
    return session;
  };
  const [one, other] = [await tab(), await tab()];
  await one.signOut();
  await expect.poll(() => other.view).toMatchObject({ stale: true, hasEnded: true });
  const renewed = other.renewal();
  await one.signIn(brought(tokenOf({ tenants: ['a'] })));
  await expect.poll(() => other.view).toMatchObject({ signedIn: { session: 'two' }, stale: false });
  await renewed;
});

it('CON12.1 leads back to the page that somebody left to sign in, and nowhere else', () => {
  const store = storeOn(new Map());
  const start = { pathname: '/console', search: '' };
  rememberPlace(store, { pathname: '/console/events', search: '?kind=TICKET' });
  expect(takePlace(store, start)).toBe('/console/events?kind=TICKET');
  expect(takePlace(store, start)).toBe(null);
  rememberPlace(store, { pathname: '/console/events', search: '' });
  expect(takePlace(store, { pathname: '/console/today', search: '' })).toBe(null);
  rememberPlace(store, { pathname: '//evil.example', search: '' });
  expect(takePlace(store, start)).toBe(null);
});

it('CON2.3 takes the token out of the address, and leaves the rest of it', () => {
  const addresses: string[] = [];
  const history = { state: null, replaceState: (_state: unknown, _: string, to: string) => void addresses.push(to) };
  const location = { pathname: '/console/history', search: '?kind=TICKET', hash: '' };
  expect(takeTokenFromAddress({ ...location, hash: '#content' }, history)).toBeNull();
  expect(addresses).toEqual([]);
  expect(takeTokenFromAddress({ ...location, hash: '#token=ey.is.one' }, history)).toBe('ey.is.one');
  // An invalid one is removed from the address as well.
  expect(takeTokenFromAddress({ ...location, hash: '#token=' }, history)).toBe('');
  expect(addresses).toEqual(['/console/history?kind=TICKET', '/console/history?kind=TICKET']);
  expect(takeRefusalFromAddress({ ...location, hash: '#sign-in=nothing' }, history)).toBe('nothing');
  expect(takeRefusalFromAddress({ ...location, hash: '#sign-in=<b>other' }, history)).toBe(null);
  expect(addresses.length).toBe(4);
});

it('CON2.4 asks before a link signs a person in as somebody else', async () => {
  const [mine, renewed, theirs] = [
    tokenOf({ tenants: ['a'], exp: 1 }),
    tokenOf({ tenants: ['a'], exp: 2 }),
    tokenOf({ tenants: ['b'] }),
  ];
  const session = sessionOn(new Map());
  let said: Taken = 'refused';
  const links = new Links(session, async () => said);
  const follow = async (token: string, taken: Taken) => {
    said = taken;
    await links.follow(token);
    return [session.view.signedIn?.token, links.view.offered?.token, links.view.answer];
  };
  expect(await follow('none', 'taken')).toEqual([undefined, undefined, 'none']);
  expect(await follow(theirs, 'refused')).toEqual([undefined, undefined, 'refused']);
  // Whether it is good is said when the gateway is there again.
  expect(await follow(mine, 'unknown')).toEqual([mine, undefined, null]);
  for (const not of ['refused', 'expired'] as const) {
    for (const token of [renewed, theirs]) expect(await follow(token, not)).toEqual([mine, undefined, not]);
  }
  expect(await follow('none', 'taken')).toEqual([mine, undefined, 'none']);
  for (const token of [renewed, theirs]) expect(await follow(token, 'unknown')).toEqual([mine, undefined, null]);
  expect(await follow(renewed, 'taken')).toEqual([renewed, undefined, null]);
  expect(await follow(theirs, 'taken')).toEqual([renewed, theirs, null]);
  links.stay();
  expect([session.view.signedIn?.token, links.view.offered]).toEqual([renewed, null]);
  await follow(theirs, 'taken');
  await links.change();
  expect([session.view.signedIn?.token, links.view.offered]).toEqual([theirs, null]);
});

/** For the whole file. No test shows what another adds. */
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await TestGateway.start({ lasting: true, sources: new Map([['bikes', bikes(1)]]) });
  await gateway.post('bikes', signedBike(rentalCancelled({ id: 'r', shop: 'recife', bike: 'Ipê' })));
  await gateway.post('bikes', signedBike(rentalCancelled({ id: 'o', shop: 'olinda', bike: 'Cajá' })));
});
afterAll(() => gateway.end());
/** Chromium says of each answer that is an error that it is one. */
const REFUSED = /401|\/graphql/;

it('CON2.1 says what is wrong with a token, and shows its holder no other tenant', async () => {
  const page = await openConsole({ gateway, token: null, path: '/events', expected: REFUSED });
  const field = page.getByRole('textbox', { name: 'Token' });
  const enter = async (token: string) => {
    await field.fill(token);
    await field.press('Enter');
  };
  await enter('nonsense');
  await page.getByText('This is not a token').waitFor();
  await enter(tokenOf({ tenants: ['bikes:recife'] }));
  await page.getByText('does not take this token').waitFor();
  await enter(await makeToken({ expires: -60 }));
  await page.getByText('has expired as well').waitFor();
  await enter(await makeToken({ tenants: ['bikes:recife'] }));
  await page.getByText('Bike Ipê').waitFor();

  // A link with somebody else's token, followed where the page is open already.
  const follow = (token: string) => page.evaluate(`location.hash = 'token=${token}'`);
  const kept = async () => (await page.context().cookies()).map(({ value }) => value);
  const mine = await kept();
  const other = await makeToken({ tenants: ['bikes:olinda'] });
  const question = page.getByRole('dialog', { name: 'A link wants to sign you in as somebody else' });
  const refused = page.waitForResponse((response) => response.status() === 401);
  await follow(`${other.slice(0, -9)}forged000`);
  await refused;
  const nothing = page.getByRole('status').filter({ hasText: 'The token of the link is not accepted' });
  await nothing.getByRole('button', { name: 'Close' }).click();
  await nothing.waitFor({ state: 'hidden' });
  for (const key of ['Enter', 'Escape']) {
    await follow(other);
    await question.getByText('bikes:olinda').waitFor();
    await page.keyboard.press(key);
    await question.waitFor({ state: 'detached' });
    expect([await kept(), await page.getByText('Bike Ipê').count()]).toEqual([mine, 1]);
  }
  await follow(other);
  await axe(page);
  await question.getByRole('button', { name: 'Switch' }).click();
  await page.getByText('Bike Cajá').waitFor();
  expect(await page.getByText('Bike Ipê').count()).toBe(0);
  // Nor by the socket of the one before.
  for (const [shop, bike] of [
    ['recife', 'Jatobá'],
    ['olinda', 'Umbu'],
  ]) {
    await gateway.post('bikes', signedBike(rentalCancelled({ id: bike, shop, bike })));
  }
  await page.getByText('Bike Umbu').waitFor();
  expect(await page.getByText('Bike Jatobá').count()).toBe(0);
  expect(page.url()).not.toContain('ey');

  // One that may see no events is told so, and asks for none.
  await follow(await makeToken({ scope: '' }));
  await question.getByRole('button', { name: 'Switch' }).click();
  await page.getByText('Your token does not show events').waitFor();
});

it('CON7.4 takes the token of a link out of the address before it is tried, and keeps it nowhere', async () => {
  const page = await openConsole({ gateway, token: null, path: '/events' });
  const tried = page.waitForRequest((request) => request.url().endsWith('/graphql'));
  const token = await makeToken();
  await page.evaluate(`location.hash = 'token=${token}'`);
  await tried;
  expect(page.url()).not.toContain('ey');
  await page.getByText('Bike Ipê').waitFor();
  // What there is instead, no script can read.
  expect(await page.evaluate('[sessionStorage.length, localStorage.length, document.cookie]')).toEqual([0, 0, '']);
  const cookies = await page.context().cookies();
  expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Strict', path: '/' }]);
  expect(cookies[0]!.value).not.toContain(token.split('.')[2]);
  await page.goBack();
  expect(page.url()).not.toContain('ey');
});

it('CON12.1 stays signed in after the page is closed and in other tabs, and is signed out in all of them at once', async () => {
  const page = await openConsole({ gateway, path: '/events' });
  await page.getByText('Bike Ipê').waitFor();
  const another = await page.context().newPage();
  await another.goto(`${gateway.url}/console/events`);
  await another.getByText('Bike Ipê').waitFor();
  await page.close();
  const third = await another.context().newPage();
  await third.goto(`${gateway.url}/console/events`);
  await third.getByText('Bike Ipê').waitFor();
  await third.getByRole('button', { name: 'Account' }).click();
  await axe(third);
  await third.getByRole('button', { name: 'Sign out on all devices' }).click();
  await third.getByRole('heading', { name: 'Sign in' }).waitFor();
  const dialog = another.getByRole('dialog', { name: 'Your session has ended' });
  await dialog.waitFor();
  await axe(another);
  // Signed in again in one of them, it goes on in the other.
  await third.getByRole('textbox', { name: 'Token' }).fill(`${gateway.url}/console#token=${await makeToken()}`);
  await third.getByRole('button', { name: 'Sign in' }).click();
  await signedIn(third);
  await dialog.waitFor({ state: 'hidden' });
  await another.getByText('Bike Ipê').waitFor();
});

it('CON12.1 stays signed in if a page is left while the link that it came with is tried', async () => {
  const page = await openConsole({ gateway, path: '/events', expected: /console\/session/ });
  await page.getByText('Bike Ipê').waitFor();
  const cookieOf = async () =>
    (await page.context().cookies(gateway.url)).map(({ name, value }) => `${name}=${value}`).join('; ');
  const cookie = await cookieOf();
  // The gateway has the request, and the page is left before its answer.
  let began = 0;
  await page.route('**/console/session', async (route) => {
    const request = route.request();
    if (request.method() !== 'POST') return route.continue();
    const headers = { 'content-type': 'application/json', origin: gateway.url, cookie };
    began += Number((await fetch(request.url(), { method: 'POST', headers, body: request.postData()! })).ok);
    await route.abort();
  });
  await page.goto(`${gateway.url}/console/today#token=${await makeToken()}`);
  await expect.poll(() => began).toBe(1);
  const another = await page.context().newPage();
  await page.close();
  await another.goto(`${gateway.url}/console/events`);
  await another.getByText('Bike Ipê').waitFor();
  await another.close();
});

it('CON12.2 signs in at an identity provider, and leads back to the same page', async () => {
  const provider = await TestProvider.start();
  const env = { OIDC_ISSUER: provider.issuer, OIDC_SCOPES: 'hookcast', OIDC_NAME: 'Padaria', ...CLIENT };
  const gateway = await TestGateway.start({ env, sources: new Map([['bikes', bikes(1)]]) });
  provider.knows(gateway);
  await gateway.post('bikes', signedBike(rentalCancelled({ id: 'r', shop: 'recife', bike: 'Ipê' })));
  provider.account = { sub: 'ana', tenants: undefined };
  const page = await openConsole({
    gateway,
    token: null,
    path: '/events?kind=BIKE',
    expected: /a request to/,
    locale: 'pt-BR',
  });
  const button = page.getByRole('button', { name: 'Entrar com Padaria' });
  await button.waitFor();
  await axe(page);
  await button.click();
  await page.getByText('não tem acesso aqui').waitFor();
  expect(page.url()).toBe(`${gateway.url}/console/events?kind=BIKE`);
  provider.account = { sub: 'ana', tenants: ['bikes:recife'], scope: 'events:read' };
  await button.click();
  await page.getByText('Ipê').first().waitFor();
  expect(page.url()).toMatch(/\/console\/events\b/);
  expect(await page.evaluate('[sessionStorage.length, document.cookie, document.referrer]')).toEqual([0, '', '']);
  const cookies = (await page.context().cookies(gateway.url)).filter(({ name }) => name.startsWith('hookcast'));
  expect(cookies.map(({ sameSite }) => sameSite)).toEqual(['Strict']);
  await page.getByRole('button', { name: 'Perfil' }).click();
  await page.getByRole('button', { name: 'Sair', exact: true }).click();
  await button.waitFor();
});

it('CON2.3 signs out without leaving anything, also if the browser keeps no store', async () => {
  const page = await openConsole({ gateway, token: null, path: '/live?text=Ip%C3%AA' });
  const socket = page.waitForEvent('websocket');
  await page.evaluate(`location.hash = 'token=${await makeToken()}'`);
  await page.getByText('Bike Ipê').waitFor();
  const closed = (await socket).waitForEvent('close');
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await closed;
  expect(await page.getByText('Ipê').count()).toBe(0);
  const left = await page.evaluate('[sessionStorage.length, document.cookie, location.search, location.hash]');
  expect(left).toEqual([0, '', '', '']);

  const refuse = `{ get() { throw new DOMException('The operation is insecure.', 'SecurityError'); } }`;
  const content = `for (const name of ['sessionStorage', 'localStorage']) Object.defineProperty(window, name, ${refuse});`;
  await page.addInitScript({ content });
  await page.goto(`${gateway.url}/console/events?anew#token=${await makeToken()}`);
  await page.getByText('Bike Ipê').waitFor();
});

it('CON2.4 asks for a new token when the old one expires, and goes on where it was', async () => {
  const page = await openConsole({ gateway, token: null, path: '/events', expected: REFUSED });
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  // Made only now: a busy machine takes longer to open a page than it lasts.
  await page.evaluate(`location.hash = 'token=${await makeToken({ expires: 6 })}'`);
  await page.getByText('Bike Ipê').waitFor();
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
  await dialog.waitFor();
  const field = dialog.getByRole('textbox', { name: 'Token' });
  for (const key of ['Escape', 'Escape']) await page.keyboard.press(key);
  await field.and(page.locator(':focus')).waitFor();
  await field.fill(await makeToken({ expires: -1 }));
  await field.press('Enter');
  await dialog.getByText('has expired as well').waitFor();
  await gateway.post('bikes', signedBike(rentalCancelled({ id: 'meanwhile', bike: 'Pitanga' })));
  await field.fill(await makeToken());
  await field.press('Enter');
  await dialog.waitFor({ state: 'hidden' });
  // Whether it was a query or the stream that met the end of the old one: each is there, and once.
  for (const bike of ['Pitanga', 'Ipê']) {
    await page.getByText(`Bike ${bike}`).waitFor();
    expect(await page.getByText(`Bike ${bike}`).count()).toBe(1);
  }
});
