import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { pino } from 'pino';
import { readConfig } from '../../src/config.ts';
import { TestGateway, environment, makeToken } from '../support/gateway.ts';
import { CLIENT, PUBLIC_CLIENT, TestProvider, follow } from '../support/test-provider.ts';
import { WebPage } from '../support/web-page.ts';

const ANA = { sub: 'ana', tenants: ['eduzz:1', 'wix:7'], scope: 'events:read pii:read other' };

let provider: TestProvider;
let gateway: TestGateway;
let isPublic: TestGateway;
const lines: string[] = [];

beforeAll(async () => {
  provider = await TestProvider.start({ lasting: true });
  const env = { OIDC_ISSUER: provider.issuer, OIDC_SCOPES: 'hookcast', OIDC_NAME: 'Padaria' };
  const logger = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  gateway = await TestGateway.start({ lasting: true, env: { ...env, ...CLIENT }, logger });
  isPublic = await TestGateway.start({ lasting: true, env: { ...env, ...PUBLIC_CLIENT } });
});
afterAll(async () => {
  await gateway.end();
  await isPublic.end();
  await provider.end();
});
beforeEach(() => {
  provider.account = ANA;
  provider.isInToken = true;
  provider.knows(gateway);
});

/** Begins, and goes where the provider leads. The path and query with which the browser comes back. */
async function cameBack(page: WebPage): Promise<string> {
  const begun = await page.ask('POST', '/console/provider');
  expect(begun.status).toBe(200);
  const { url } = page.gateway;
  return (await follow(begun.body['address'], url)).slice(url.length);
}

async function look(page: WebPage) {
  return (await page.ask('PUT', '/console/session')).body;
}

it('AUTH8.1 signs people in at an OpenID provider, with tenants and scopes by its claims', async () => {
  for (const [there, isInToken] of [
    [gateway, true],
    [gateway, false],
    [isPublic, true],
  ] as const) {
    provider.isInToken = isInToken;
    provider.knows(there);
    const page = new WebPage(there);
    expect((await look(page))['provider']).toEqual({ name: 'Padaria' });
    const answer = await page.ask('GET', await cameBack(page));
    expect([answer.status, answer.headers.get('location'), answer.headers.get('referrer-policy')]).toEqual([
      303,
      '/console',
      'no-referrer',
    ]);
    expect(page.set.map(({ name, value }) => [name.replace(/-\d+$/, ''), value !== ''])).toEqual([
      ['hookcast-sign-in', false],
      ['hookcast-session', true],
    ]);
    expect((await look(page))['session']).toMatchObject({ tenants: ANA.tenants, scopes: ['events:read', 'pii:read'] });
    expect((await page.query('{ events(first: 1) { head } }')).status).toBe(200);
  }
});

it('AUTH8.1 asks with PKCE, a state and a nonce, each of them new', async () => {
  const seen = new Set<string>();
  const page = new WebPage(gateway);
  for (let count = 0; count < 2; count += 1) {
    const begun = await page.ask('POST', '/console/provider');
    const [cookie] = page.set;
    expect(cookie?.attributes).toEqual(['Path=/', 'Max-Age=600', 'HttpOnly', 'SameSite=Lax']);
    const { searchParams: asked } = new URL(begun.body['address']);
    expect(Object.fromEntries(asked)).toMatchObject({
      response_type: 'code',
      client_id: 'console',
      redirect_uri: `${gateway.url}/console/callback`,
      scope: 'openid hookcast',
      code_challenge_method: 'S256',
    });
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(asked.get(name)).toMatch(/^[\w-]{43}$/);
      seen.add(asked.get(name)!);
      expect(cookie!.value).not.toContain(asked.get(name));
    }
  }
  expect(seen.size).toBe(6);
});

it('AUTH8.2 takes an answer only once, and only in the browser that asked for it', async () => {
  const [ana, eve] = [new WebPage(gateway), new WebPage(gateway)];
  const [hers, theirs] = [await cameBack(ana), await cameBack(eve)];
  const refused = async (page: WebPage, path: string, why: string) => {
    const answer = await page.ask('GET', path);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/console#sign-in=${why}`]);
    expect((await look(page))['session']).toBe(null);
  };
  // A link to somebody else's answer: in a browser that asked for nothing, and in one that did.
  await refused(new WebPage(gateway), theirs, 'again');
  const asking = new WebPage(gateway);
  await cameBack(asking);
  await refused(asking, theirs, 'again');
  // Somebody else's code under the state of this browser: it was asked for with another verifier.
  const state = (path: string) => new URL(path, gateway.url).searchParams.get('state')!;
  const begun = new WebPage(gateway);
  const own = await cameBack(begun);
  await refused(begun, theirs.replace(state(theirs), state(own)), 'nothing');
  // An answer that names another provider is not redeemed at this one.
  const mixed = new WebPage(gateway);
  await refused(mixed, (await cameBack(mixed)).replace(/iss=[^&]*/, 'iss=https%3A%2F%2Fevil.example'), 'nothing');
  const unnamed = new WebPage(gateway);
  await refused(unnamed, (await cameBack(unnamed)).replace(/&iss=[^&]*/, ''), 'nothing');

  const cookie = new Map(ana.cookies);
  expect((await ana.ask('GET', hers)).headers.get('location')).toBe('/console');
  await refused(new WebPage(gateway), hers, 'again');
  // Also for who kept the cookie that this browser had.
  const replayed = new WebPage(gateway);
  for (const [name, value] of cookie) replayed.cookies.set(name, value);
  await refused(replayed, hers, 'nothing');
});

it('AUTH8.2 always goes on to the console, and logs nothing of the address', async () => {
  const page = new WebPage(gateway);
  const path = await cameBack(page);
  lines.length = 0;
  const more = '&return=https%3A%2F%2Fevil.example&redirect_uri=https%3A%2F%2Fevil.example&to=//evil.example';
  expect((await page.ask('GET', `${path}${more}`)).headers.get('location')).toBe('/console');
  const other = new WebPage(gateway);
  // Its own answer, or it would be refused before anybody reads the error.
  const theirs = (await cameBack(other)).replace(/code=[^&]*/, 'error=%3Cscript%3E');
  expect((await other.ask('GET', `${theirs}${more}`)).headers.get('location')).toBe('/console#sign-in=refused');
  const code = new URL(path, gateway.url).searchParams.get('code')!;
  const metrics = await fetch(`${gateway.url}/metrics`, {
    headers: { authorization: `Bearer ${environment('')['METRICS_TOKEN']}` },
  });
  const said = `${lines.join('\n')}${await metrics.text()}`;
  for (const secret of [code, page.cookie, 'evil', '<script', 'ana"'])
    expect(said.includes(secret), secret).toBe(false);
  expect(said).toContain('hookcast_sign_ins_total{by="provider",outcome="ok"}');
});

it('AUTH8.3 does not sign in a person without access or consent, nor while the provider can’t be reached', async () => {
  const outcome = async () => {
    const page = new WebPage(gateway);
    const { headers } = await page.ask('GET', await cameBack(page));
    expect((await look(page))['session']).toBe(null);
    return headers.get('location');
  };
  for (const tenants of [undefined, [], [''], ['eduzz:1', '']]) {
    provider.account = { sub: 'bea', tenants, scope: 'events:read' };
    expect(await outcome(), String(tenants)).toBe('/console#sign-in=nothing');
  }
  provider.account = null;
  expect(await outcome()).toBe('/console#sign-in=refused');

  const away = await TestGateway.start({ env: { OIDC_ISSUER: 'http://127.0.0.1:9', ...CLIENT } });
  const page = new WebPage(away);
  expect(await page.ask('POST', '/console/provider')).toMatchObject({
    status: 503,
    body: { code: 'KEYS_UNAVAILABLE' },
  });
  expect((await page.signIn(await makeToken())).status).toBe(200);
  // Another issuer than the one that is set, letter by letter.
  const differs = await TestGateway.start({ env: { OIDC_ISSUER: `${provider.issuer}/`, ...CLIENT } });
  expect((await new WebPage(differs).ask('POST', '/console/provider')).status).toBe(503);
  expect((await new WebPage(away).ask('GET', '/console/callback?code=a&state=b')).headers.get('location')).toBe(
    '/console#sign-in=again',
  );
  const none = new WebPage(await TestGateway.start());
  expect((await none.ask('POST', '/console/provider')).status).toBe(404);
});

it('AUTH8.3 refuses settings by which the secret or a code would be sent unencrypted, or nowhere', () => {
  const problems = (env: Record<string, string>) => {
    try {
      readConfig({ ...environment('/tmp'), ...env });
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(problems({ OIDC_ISSUER: 'https://login.example.com/realms/a', ...CLIENT })).toBe('');
  expect(problems({ OIDC_ISSUER: 'http://login.example.com', ...CLIENT })).toContain(
    'OIDC_ISSUER: expected an https URL',
  );
  expect(problems({ OIDC_ISSUER: 'https://a.example/.well-known/openid-configuration', ...CLIENT })).toContain(
    'OIDC_ISSUER',
  );
  expect(problems({ OIDC_ISSUER: 'https://login.example.com' })).toContain('OIDC_ISSUER, OIDC_CLIENT_ID: set both');
  expect(problems({ EXCHANGE_AUDIENCE: 'app' })).toContain('EXCHANGE_AUDIENCE: needs OIDC_ISSUER');
  expect(problems({ EXCHANGE_WIX_SECRETS: 'short' })).toContain('EXCHANGE_WIX_SECRETS');
  expect(problems({ EXCHANGE_WIX_SECRETS: 'a'.repeat(32), EXCHANGE_SCOPES: 'events:read all' })).toContain(
    'EXCHANGE_SCOPES',
  );
});
