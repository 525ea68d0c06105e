import { decodeJwt } from 'jose';
import { expect, it } from 'vitest';
import { issueToken, revokeTokens } from '../../src/commands/tokens.ts';
import { TestGateway, environment, temporaryFolder } from '../support/gateway.ts';
import { sharedPostgres } from '../support/postgres.ts';
import { EVENTS, Subscriber } from '../support/subscriber.ts';
import { TestTerminal } from '../support/terminal.ts';
import { WebPage } from '../support/web-page.ts';

const server = sharedPostgres();

/** Two gateways that share nothing but the database, and a terminal of another machine. */
async function two() {
  const DATABASE_URL = await server.newDatabase();
  const start = () => TestGateway.start({ env: { DATABASE_URL } });
  const gateways = await Promise.all([start(), start()]);
  return { gateways, env: { ...environment(temporaryFolder()), DATABASE_URL } };
}

async function issue(env: Record<string, string>, label: string) {
  const terminal = new TestTerminal(env);
  await issueToken({ for: label, tenant: ['*'], scope: 'events:read', expires: 3_600 }, terminal);
  const [text = ''] = terminal.lines;
  return { text, id: decodeJwt(text).jti! };
}

/** The same page, as the other gateway behind a balancer sees it. */
function elsewhere(page: WebPage, gateway: TestGateway): WebPage {
  const there = new WebPage(gateway);
  for (const [name, value] of page.cookies) there.cookies.set(name.replace(/\d+$/, new URL(gateway.url).port), value);
  return there;
}

it('AUTH5.1 AUTH7.3 on PostgreSQL, too, a token that is revoked ends its streams and its sessions on all gateways within a second', async () => {
  const { gateways, env } = await two();
  const [ana, rosa] = [await issue(env, 'Ana'), await issue(env, 'Rosa')];
  const streams = gateways.map((gateway) => new Subscriber(gateway.webSocketUrl, `Bearer ${ana.text}`, EVENTS, {}));
  const kept = new Subscriber(gateways[1].webSocketUrl, `Bearer ${rosa.text}`, EVENTS, {});
  for (const one of [...streams, kept]) await one.caughtUp();
  const page = new WebPage(gateways[0]);
  expect((await page.signIn(ana.text)).status).toBe(200);
  const there = elsewhere(page, gateways[1]);
  const socket = await there.open();
  const began = performance.now();
  await revokeTokens([ana.id], {}, new TestTerminal(env));
  for (const one of streams) expect(await one.closed).toMatchObject({ code: 4401, reason: 'Token revoked' });
  expect(await socket.closed).toBe(4401);
  // A second is promised; a machine that is busy is given more.
  expect(performance.now() - began).toBeLessThan(30_000);
  for (const one of [page, there]) await expect.poll(async () => (await one.query()).status).toBe(401);
  expect(kept.errors).toEqual([]);
});

it('AUTH7.4 on PostgreSQL, too, a session is known to all gateways at once, and signed out of on all', async () => {
  const { gateways, env } = await two();
  const page = new WebPage(gateways[0]);
  expect((await page.signIn((await issue(env, 'Ana')).text)).status).toBe(200);
  const there = elsewhere(page, gateways[1]);
  expect((await there.query()).status).toBe(200);
  const socket = await there.open();
  expect((await page.ask('DELETE', '/console/sessions')).body).toEqual({ ended: 1 });
  expect(await socket.closed).toBe(4401);
  // Another worker of that gateway may hear of it a moment later.
  await expect.poll(async () => (await there.query()).status).toBe(401);
});
