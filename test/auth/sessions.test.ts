import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { issueToken, listTokens, revokeTokens } from '../../src/commands/tokens.ts';
import { Peer } from '../support/peer.ts';
import { signToken } from '../../src/auth/sign-token.ts';
import { TestGateway, environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { TestTerminal } from '../support/terminal.ts';
import { WebPage } from '../support/web-page.ts';

const DAY = 86_400_000;

/** The gateways' clock. */
let ahead = 0;
const now = () => Date.now() + ahead;
let gateway: TestGateway;
/** Another one on the same log. */
let other: TestGateway;

beforeAll(async () => {
  gateway = await TestGateway.start({ lasting: true, now, env: { ALLOWED_ORIGINS: '*' } });
  other = await TestGateway.start({ lasting: true, now, folder: gateway.folder });
});
afterAll(async () => {
  await other.close();
  await gateway.end();
});

async function issue(label: string, { scope = 'events:read', expires = 200 * 86_400 } = {}) {
  const terminal = new TestTerminal(environment(gateway.folder));
  await issueToken({ for: label, tenant: ['*'], scope, expires }, terminal);
  const [text = ''] = terminal.lines;
  return { text, id: decodeJwt(text).jti! };
}

const revoke = (...ids: string[]) => revokeTokens(ids, {}, new TestTerminal(environment(gateway.folder)));

async function sessions(label: string): Promise<Record<string, any>[]> {
  const terminal = new TestTerminal(environment(gateway.folder));
  await listTokens({ all: true, json: true }, terminal);
  return terminal.lines.map((line) => JSON.parse(line)).filter((token) => token.label === `session of ${label}`);
}

/** Signed in with a token for Ana, or somebody else. */
async function signedIn(label = 'Ana', at: TestGateway = gateway) {
  const token = await issue(label);
  const page = new WebPage(at);
  expect(await page.signIn(token.text)).toMatchObject({ status: 200, body: { session: { scopes: ['events:read'] } } });
  return { page, token };
}

/** As the browser of that page asks another gateway of the same address: behind a balancer. */
const at = (gateway: TestGateway, page: WebPage): WebPage => {
  const there = new WebPage(gateway);
  const port = (url: string) => new URL(url).port;
  for (const [name, value] of page.cookies) {
    there.cookies.set(name.replace(port(page.gateway.url), port(gateway.url)), value);
  }
  return there;
};

it('AUTH7.1 gives a page a session for a token, in a cookie that no script and no other site has', async () => {
  const { page } = await signedIn();
  const [cookie] = page.set;
  expect(cookie?.name).toMatch(/^hookcast-session-\d+$/);
  expect(cookie?.attributes).toEqual(['Path=/', `Max-Age=${90 * 86_400}`, 'HttpOnly', 'SameSite=Strict']);
  expect(await page.query()).toMatchObject({ status: 200, body: { data: { __typename: 'Query' } } });
  const headers = { accept: 'text/event-stream' };
  const body = JSON.stringify({ query: '{ __typename }' });
  const init = {
    method: 'POST',
    body,
    headers: { ...headers, origin: page.origin, cookie: page.cookie, 'content-type': 'application/json' },
  };
  const streamed = await fetch(`${gateway.url}/graphql`, init);
  expect(await streamed.text()).toContain('"__typename":"Query"');
  const socket = await page.open();
  socket.subscribe('one');
  await expect.poll(() => socket.count('CaughtUp'), { interval: 5 }).toBe(1);

  // On whichever gateway, also at once.
  const fresh = await signedIn('Ana', other);
  expect((await at(gateway, fresh.page).query()).status).toBe(200);
  const looked = await page.ask('PUT', '/console/session');
  expect(looked.body).toMatchObject({
    session: { tenants: null, scopes: ['events:read'] },
    hasEnded: false,
    provider: null,
  });
});

it('AUTH7.1 has its cookie for https alone where the page came by https, and takes no other there', async () => {
  const secure = new WebPage(gateway, gateway.url.replace('http:', 'https:'));
  await secure.signIn(await makeToken());
  const [cookie] = secure.set;
  expect(cookie?.name).toMatch(/^__Host-hookcast-session-\d+$/);
  expect(cookie?.attributes).toContain('Secure');
  expect((await secure.query()).status).toBe(200);
  // Cookies that somebody in between, or another host of the domain, could have set.
  const plain = new WebPage(gateway, secure.origin);
  plain.cookies.set(cookie!.name.replace('__Host-', ''), cookie!.value);
  expect((await plain.query()).status).toBe(401);
});

it('AUTH7.2 takes a session only from its own pages, whichever other origins may call', async () => {
  const { page } = await signedIn();
  const foreign = ['https://evil.example', gateway.url.replace('127.0.0.1', 'localhost'), 'null', `${gateway.url}0`];
  for (const origin of foreign) {
    const there = new WebPage(gateway, origin);
    for (const [name, value] of page.cookies) there.cookies.set(name, value);
    expect((await there.query()).status, origin).toBe(401);
    expect((await there.query('subscription { events { __typename } }', { accept: 'text/event-stream' })).status).toBe(
      401,
    );
    expect(await (await there.open({ isTaken: false })).closed, origin).toBe(4401);
    for (const method of ['PUT', 'DELETE']) {
      expect((await there.ask(method, '/console/session')).status, origin).toBe(403);
    }
    expect((await there.ask('DELETE', '/console/sessions')).status).toBe(403);
    expect((await there.signIn(await makeToken())).status).toBe(403);
    expect((await there.ask('POST', '/console/provider')).status).toBe(403);
    expect(there.set).toEqual([]);
  }
  // A request without an origin is no page's: it comes from forms, images and links of old browsers, or from programs.
  const { cookie } = page;
  const nobody = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json' },
    body: '{"query":"{ __typename }"}',
  });
  expect(nobody.status).toBe(401);
  const address = `${gateway.url}/graphql?query=${encodeURIComponent('subscription { events { __typename } }')}`;
  expect((await fetch(address, { headers: { cookie, accept: 'text/event-stream' } })).status).toBe(401);
  // A form can send no JSON, and another page's script has to ask first.
  const form = await page.ask('POST', '/console/session', {
    body: 'token=a',
    headers: { 'content-type': 'text/plain' },
  });
  expect(form.status).toBe(415);
  const asked = await fetch(`${gateway.url}/console/session`, {
    method: 'OPTIONS',
    headers: { origin: 'https://evil.example' },
  });
  expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([405, null]);
  expect((await page.query()).status).toBe(200);
});

it('AUTH7.2 ignores the session if an invalid token is sent', async () => {
  const { page } = await signedIn();
  expect((await page.query('{ __typename }', { authorization: 'Bearer a.b.c' })).status).toBe(401);
  const peer = await Peer.open(gateway, { signedIn: false, headers: { origin: page.origin, cookie: page.cookie } });
  peer.signIn('a.b.c');
  expect(await peer.closed).toBe(4401);
});

it('AUTH7.3 ends a session with the token that it was begun with, on every gateway, and its sockets too', async () => {
  const { page, token } = await signedIn('Bea');
  const socket = await at(other, page).open();
  socket.subscribe('one');
  await revoke(token.id);
  expect(await socket.closed).toBe(4401);
  expect(socket.count('TOKEN_REVOKED')).toBe(1);
  for (const there of [gateway, other]) {
    await expect.poll(async () => (await at(there, page).query()).status).toBe(401);
  }
  expect(await page.ask('PUT', '/console/session')).toMatchObject({
    status: 200,
    body: { session: null, hasEnded: true },
  });
  // Nor can the browser cut it off from that token.
  const cut = await signedIn('Bea');
  const [name, value] = [...cut.page.cookies][0]!;
  for (const forged of [value.replace(/\.[^.]*$/, '.'), `${value}A`, `${'A'.repeat(43)}${value.slice(43)}`, 'x', '']) {
    cut.page.cookies.set(name, forged);
    expect((await cut.page.query()).status, forged).toBe(401);
  }
});

it('AUTH7.3 lasts no longer than the token that it was begun with', async () => {
  const page = new WebPage(gateway);
  await page.signIn(await makeToken({ expires: 600 }));
  expect((await page.query()).status).toBe(200);
  ahead = 600_000;
  onTestFinished(() => void (ahead = 0));
  const refused = await page.query();
  expect(refused).toMatchObject({ status: 401, body: { errors: [{ extensions: { code: 'TOKEN_EXPIRED' } }] } });
});

it('AUTH7.4 signs out, here and everywhere, and the list of tokens shows and revokes sessions', async () => {
  const [one, two, third] = [await signedIn('Caio'), await signedIn('Caio', other), await signedIn('Dora')];
  const [first] = await sessions('Caio');
  expect(first).toMatchObject({ scope: 'events:read', tenants: ['*'], revokedAt: null });
  const kept = one.page.cookie;
  const socket = await one.page.open();
  expect((await one.page.ask('DELETE', '/console/session')).status).toBe(204);
  expect(await socket.closed).toBe(4401);
  expect(one.page.cookies.size).toBe(0);
  // A copy of the cookie.
  const thief = new WebPage(gateway);
  thief.cookies.set(...(kept.split('=') as [string, string]));
  expect((await thief.query()).status).toBe(401);
  expect((await two.page.query()).status).toBe(200);

  const again = await signedIn('Caio');
  expect((await again.page.ask('DELETE', '/console/sessions')).body).toEqual({ ended: 2 });
  for (const { page } of [two, again]) {
    await expect.poll(async () => (await at(other, page).query()).status).toBe(401);
  }
  expect((await third.page.query()).status).toBe(200);
  const [hers] = await sessions('Dora');
  await revoke(hers!['id']);
  await expect.poll(async () => (await third.page.query()).status).toBe(401);
});

it('AUTH7.4 ends the session that a browser had once the browser shows the one that it has begun in its place', async () => {
  const { page, token } = await signedIn('Eva');
  const before = at(gateway, page);
  expect((await page.signIn(token.text)).status).toBe(200);
  expect(page.set.map(({ name, attributes }) => [name.replace(/-\d+$/, ''), attributes.slice(2)])).toEqual([
    ['hookcast-session', ['HttpOnly', 'SameSite=Strict']],
    ['hookcast-former', ['HttpOnly', 'SameSite=Strict']],
  ]);
  expect((await page.query()).status).toBe(200);
  // The answer with the new cookie may never have come to the browser.
  expect((await before.query()).status).toBe(200);
  expect((await before.ask('PUT', '/console/session')).body).toMatchObject({ session: { id: expect.any(String) } });
  expect((await page.ask('PUT', '/console/session')).body).toMatchObject({ hasEnded: false });
  expect(page.cookies.size).toBe(1);
  await expect.poll(async () => (await before.query()).status).toBe(401);
  // A third one ends what the second left behind, and signing out ends all.
  const second = at(gateway, page);
  for (let n = 0; n < 2; n += 1) expect((await page.signIn(token.text)).status).toBe(200);
  await expect.poll(async () => (await second.query()).status).toBe(401);
  const former = [...page.cookies].find(([name]) => name.includes('former'))!;
  const third = new WebPage(gateway);
  third.cookies.set(former[0].replace('former', 'session'), former[1]);
  expect((await third.query()).status).toBe(200);
  expect((await page.ask('DELETE', '/console/session')).status).toBe(204);
  expect(page.cookies.size).toBe(0);
  await expect.poll(async () => (await third.query()).status).toBe(401);
});

it('AUTH7.5 ends after two weeks without use and after ninety days in any case, by any gateway’s use', async () => {
  onTestFinished(() => void (ahead = 0));
  const { page } = await signedIn('Fabio');
  const there = at(other, page);
  for (ahead of [13, 26, 39, 52, 65, 78].map((days) => days * DAY)) {
    // The other one does not know of it until it is told, or looks.
    expect((await there.query()).status, `${ahead / DAY}`).toBe(200);
    const noted = () => sessions('Fabio').then(([session]) => Date.parse(session!['lastUsedAt'] ?? 0));
    await expect.poll(async () => noted()).toBeGreaterThan(now() - DAY);
  }
  ahead = 79 * DAY;
  expect((await page.query()).status).toBe(200);
  ahead = 89.9 * DAY;
  expect((await page.query()).status).toBe(200);
  ahead = 90.1 * DAY;
  expect(await page.query()).toMatchObject({
    status: 401,
    body: { errors: [{ extensions: { code: 'TOKEN_EXPIRED' } }] },
  });
  ahead = 0;
  const idle = await signedIn('Fabio');
  ahead = 14.1 * DAY;
  expect((await idle.page.query()).status).toBe(401);
});

it('AUTH7.6 keeps nothing of a session that anybody could sign in with, and notes who began and ended it', async () => {
  const { page } = await signedIn('Gil');
  const [, secret = ''] = page.cookie.split('.');
  await page.ask('DELETE', '/console/session');
  const database = new DatabaseSync(join(gateway.folder, 'hookcast.db'), { readOnly: true });
  onTestFinished(() => database.close());
  const dump = JSON.stringify(database.prepare('SELECT * FROM tokens').all());
  expect(dump).toContain('session of Gil');
  expect(dump).not.toContain(secret);
  const [{ id } = { id: '' }] = await sessions('Gil');
  const noted = database.prepare('SELECT action, operation, target FROM audit WHERE target = ? ORDER BY rowid').all(id);
  expect(noted.map((row) => ({ ...row }))).toEqual([
    { action: 'ISSUE', operation: 'sign in', target: id },
    { action: 'REVOKE', operation: 'sign out', target: id },
  ]);
});

it('AUTH7.6 gives one holder two hundred sessions a day, and no more', async () => {
  const token = await issue('Hugo');
  const database = new DatabaseSync(join(gateway.folder, 'hookcast.db'));
  const page = new WebPage(gateway);
  await page.signIn(token.text);
  const [{ id } = { id: '' }] = await sessions('Hugo');
  const insert = database.prepare(
    'INSERT INTO tokens SELECT substr(token_id, 1, 52) || ?, label, tenants, scope, issued_at, expires_at, 1, NULL FROM tokens WHERE token_id = ?',
  );
  database.exec('BEGIN IMMEDIATE');
  for (let count = 0; count < 199; count += 1) insert.run(`_${count}`, id);
  database.exec('UPDATE log SET token_changes = token_changes + 1');
  database.exec('COMMIT');
  database.close();
  expect(await page.signIn(token.text)).toMatchObject({ status: 429, body: { code: 'TOO_MANY_REQUESTS' } });
  expect((await page.query()).status).toBe(200);
  expect((await signedIn('Ida')).page.cookies.size).toBe(1);
});

it('AUTH7.8 ends a session at the next start once the secret is taken away that its token was signed with', async () => {
  const [stolen, other, young] = [
    'the secret that somebody has stolen',
    'the other secret that nobody else knows',
    'the secret that replaces the stolen one',
  ];
  const folder = temporaryFolder();
  const start = (secrets: string) => TestGateway.start({ folder, env: { AUTH_SECRET: '', AUTH_SECRETS: secrets } });
  const signedBy = (secret: string) => signToken({ secret }, { tenant: ['*'], scope: 'ops', expires: 90 * 86_400 });
  const before = await start(`${stolen},${other}`);
  const pages = [new WebPage(before), new WebPage(before)] as const;
  expect((await pages[0].signIn(await signedBy(stolen))).status).toBe(200);
  expect((await pages[1].signIn(await signedBy(other))).status).toBe(200);
  const seen = async (gateway: TestGateway) =>
    Promise.all(pages.map(async (page) => (await at(gateway, page).query()).status));
  expect(await seen(before)).toEqual([200, 200]);
  await before.close();
  const same = await start(`${young},${other},${stolen}`);
  expect(await seen(same)).toEqual([200, 200]);
  await same.close();
  const after = await start(`${young},${other}`);
  expect(await seen(after)).toEqual([401, 200]);
  expect((await at(after, pages[0]).ask('PUT', '/console/session')).body).toMatchObject({
    session: null,
    hasEnded: true,
  });
});
