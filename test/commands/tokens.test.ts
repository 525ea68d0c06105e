import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { expect, it } from 'vitest';
import { issueToken, listTokens, revokeTokens } from '../../src/commands/tokens.ts';
import { token } from '../../src/commands/token.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { run } from '../support/child.ts';
import { TestGateway, environment, temporaryFolder } from '../support/gateway.ts';
import { EVENTS, Subscriber } from '../support/subscriber.ts';
import { TestTerminal } from '../support/terminal.ts';

const QUERY = '{ cancellations(first: 0) { head } }';

async function issue(env: Record<string, string>, label = 'Ana', scope = 'events:read') {
  const terminal = new TestTerminal(env);
  await issueToken({ for: label, tenant: ['*'], scope, expires: 3_600 }, terminal);
  const [text = ''] = terminal.lines;
  return { text, id: decodeJwt(text).jti! };
}

async function listed(env: Record<string, string>): Promise<Record<string, unknown>[]> {
  const terminal = new TestTerminal(env);
  await listTokens({ all: false, json: true }, terminal);
  return terminal.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function ask(gateway: TestGateway, text: string) {
  const answer = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${text}` },
    body: JSON.stringify({ query: QUERY }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, any> };
}

/** An event stream that is open; what it says until it ends. */
async function stream(gateway: TestGateway, text: string): Promise<{ readonly said: Promise<string> }> {
  const answer = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${text}` },
    body: JSON.stringify({ query: 'subscription { events { __typename } }' }),
  });
  expect(answer.status).toBe(200);
  return { said: answer.text() };
}

it('AUTH5.1 revoking a token ends its WebSockets and event streams on every gateway, and no others', async () => {
  const gateway = await TestGateway.start();
  const other = await TestGateway.start({ folder: gateway.folder });
  const env = environment(gateway.folder);
  const [ana, rosa] = [await issue(env, 'Ana'), await issue(env, 'Rosa')];
  const subscriberOf = (at: TestGateway, { text }: { text: string }) =>
    new Subscriber(at.webSocketUrl, `Bearer ${text}`, EVENTS, {});
  const hers = [subscriberOf(gateway, ana), subscriberOf(other, ana)];
  const kept = subscriberOf(other, rosa);
  for (const one of [...hers, kept]) await one.caughtUp();
  const streamed = await stream(other, ana.text);
  expect((await ask(other, ana.text)).status).toBe(200);

  await revokeTokens([ana.id], {}, new TestTerminal(env));
  const began = performance.now();
  for (const one of hers) {
    expect(await one.closed).toMatchObject({ code: 4401, reason: 'Token revoked' });
    expect(one.errors[0]?.extensions).toEqual({ code: 'TOKEN_REVOKED' });
  }
  expect(await streamed.said).toContain('TOKEN_REVOKED');
  // A second is promised; a machine that is busy is given more.
  expect(performance.now() - began).toBeLessThan(60_000);
  for (const at of [gateway, other]) {
    expect(await ask(at, ana.text)).toMatchObject({
      status: 401,
      body: { errors: [{ extensions: { code: 'TOKEN_REVOKED' } }] },
    });
  }
  const again = subscriberOf(gateway, ana);
  expect(await again.closed).toMatchObject({ code: 4401 });
  expect((await ask(other, rosa.text)).status).toBe(200);
  expect(kept.errors).toEqual([]);
  // It was let in just before, or is by another gateway that starts now.
  const third = await TestGateway.start({ folder: gateway.folder });
  expect((await ask(third, ana.text)).status).toBe(401);
});

it('AUTH5.2 the log keeps of a token whom it is for, what it may do and when it was used, and never the token', async () => {
  let now = Date.now();
  const gateway = await TestGateway.start({ now: () => now });
  const env = environment(gateway.folder);
  const { text, id } = await issue(env, 'Ana’s board', 'events:read pii:read');
  expect(decodeJwt(text)).toMatchObject({ jti: id, sub: 'Ana’s board' });
  expect(await listed(env)).toMatchObject([
    { id, label: 'Ana’s board', tenants: ['*'], scope: 'events:read pii:read', revokedAt: null, lastUsedAt: null },
  ]);
  const database = new DatabaseSync(join(gateway.folder, 'hookcast.db'), { readOnly: true });
  const used = () => database.prepare('SELECT used_at FROM tokens').get()!['used_at'];
  // Once the gateway has heard of it.
  await expect
    .poll(async () => {
      expect((await ask(gateway, text)).status).toBe(200);
      // So little that however long the first write takes, no minute is over for a second one.
      now += 100;
      return used();
    })
    .not.toBe(null);
  // However often it is used: within a minute nothing is written.
  const first = Number(used());
  for (let count = 0; count < 20; count += 1) await ask(gateway, text);
  now = first + 59_000;
  await ask(gateway, text);
  await gateway.close();
  expect(used()).toBe(first);
  const dump = JSON.stringify(database.prepare('SELECT * FROM tokens').all());
  expect(dump).not.toContain(text.split('.')[2]);
  database.close();
});

it('AUTH5.2 is issued from the command line with the tenants and scopes that stand there', async () => {
  const env = environment(temporaryFolder());
  const log = new SqliteLog(env['DATABASE_URL']!.replace(/^sqlite:/, ''));
  await log.close();
  // "token" has the same options as "token issue".
  const asked = ['--for', 'Ana', '--tenant', 'eduzz:1', 'wix:2', '--scope', 'events:read ops', '--expires', '60'];
  const { stdout, stderr } = await run(['token', 'issue', ...asked], env);
  expect(stderr).toBe('');
  const { iat, exp } = decodeJwt(stdout.trim());
  expect(exp! - iat!).toBe(60);
  expect(await listed(env)).toMatchObject([
    { label: 'Ana', tenants: ['eduzz:1', 'wix:2'], scope: 'events:read ops', revokedAt: null },
  ]);
});

it('AUTH5.3 a token of another issuer is revoked by its id, a mistyped id is not, and a token without one says what ends it', async () => {
  const gateway = await TestGateway.start();
  const env = environment(gateway.folder);
  const terminal = new TestTerminal(env);
  await expect(revokeTokens(['theirs'], {}, terminal)).rejects.toThrow(/Nothing was revoked.*--id/);
  await expect(revokeTokens([], {}, terminal)).rejects.toThrow('hookcast token list');
  await revokeTokens([], { id: ['theirs'] }, terminal);
  await revokeTokens([], { id: ['theirs'] }, terminal);
  expect(await listed(env)).toMatchObject([{ id: 'theirs', label: null, revokedAt: expect.any(String) }]);
  await expect(
    issueToken(
      { for: 'Ana', tenant: ['*'], scope: 'ops', expires: 60 },
      new TestTerminal({ ...env, AUTH_JWKS_URL: 'https://x.example' }),
    ),
  ).rejects.toThrow('accepts only tokens of another issuer');
  // Without a log, as ever.
  const plain = new TestTerminal({ AUTH_SECRET: env['AUTH_SECRET']! });
  await token({ tenant: ['*'], scope: 'ops', expires: 60 }, plain);
  expect(decodeJwt(plain.lines[0]!).jti).toBeUndefined();
});

it('AUTH5.4 several secrets are good at once, and the first of them signs', async () => {
  const [old, young] = ['the secret of before that is replaced', 'the secret that replaces it from now on'];
  const { AUTH_SECRET: _none, ...rest } = environment('/tmp');
  const signed = async (env: Record<string, string>) => {
    const terminal = new TestTerminal({ ...rest, ...env });
    await token({ tenant: ['*'], scope: 'events:read', expires: 3_600 }, terminal);
    return terminal.lines[0]!;
  };
  const before = await signed({ AUTH_SECRET: old });
  const gateway = await TestGateway.start({ env: { AUTH_SECRET: '', AUTH_SECRETS: `${young},${old}` } });
  const after = await signed({ AUTH_SECRETS: JSON.stringify([young, old]) });
  for (const text of [before, after]) expect((await ask(gateway, text)).status).toBe(200);
  const replaced = await TestGateway.start({ env: { AUTH_SECRET: '', AUTH_SECRETS: young } });
  expect((await ask(replaced, before)).status).toBe(401);
  expect((await ask(replaced, after)).status).toBe(200);
  await expect(TestGateway.start({ env: { AUTH_SECRETS: young } })).rejects.toThrow('set only one of them');
  await expect(TestGateway.start({ env: { AUTH_SECRET: '', AUTH_SECRETS: 'short' } })).rejects.toThrow('AUTH_SECRETS');
});

it('AUTH7.7 makes a link to the console that lasts for 90 days, and is taken back as any token is', async () => {
  const env: Record<string, string> = { ...environment(temporaryFolder()), PUBLIC_URL: 'https://hooks.example.com/' };
  await (await TestGateway.start({ env })).close();
  const linked = async (link: string | true, more: Record<string, string> = {}) => {
    const terminal = new TestTerminal({ ...env, ...more });
    await issueToken({ for: 'Ana', tenant: ['*'], scope: 'events:read', link }, terminal);
    return terminal.lines[0]!;
  };
  const link = await linked(true);
  expect(link).toMatch(/^https:\/\/hooks\.example\.com\/console#token=ey/);
  const { exp, iat, jti } = decodeJwt(link.split('=')[1]!);
  expect(exp! - iat!).toBe(90 * 86_400);
  expect(await linked('https://board.example.com/console/')).toMatch(
    /^https:\/\/board\.example\.com\/console#token=ey/,
  );
  for (const wrong of ['board', 'https://a b', 'https://a.example?x=y'])
    await expect(linked(wrong)).rejects.toThrow('--link');
  await expect(linked(true, { PUBLIC_URL: '' })).rejects.toThrow('PUBLIC_URL');
  await revokeTokens([jti!], {}, new TestTerminal(env));
  expect(await listed(env)).toContainEqual(expect.objectContaining({ id: jti, revokedAt: expect.any(String) }));
});
