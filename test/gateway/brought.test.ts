import { createHmac } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { beforeEach, expect, it } from 'vitest';
import { ofAccounts } from '../../src/providers/accounts.ts';
import { headerEcho } from '../../src/providers/secret-handshakes.ts';
import { defineProvider } from '../../src/providers/define-provider.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { broughtSecret } from '../../src/providers/verify/brought-secret.ts';
import { hmac } from '../../src/providers/verify/hmac.ts';
import { TestGateway, temporaryFolder } from '../support/gateway.ts';

const TOKEN = 'a-token-in-the-address-of-the-suite';
const OTHER = 'another-token-in-the-address';
const SECRET = 'b537207f20cbfa02357cf448134da559';

const asana = (...tokens: readonly [string, ...string[]]): Provider =>
  defineProvider({
    name: 'asana',
    verify: broughtSecret((secrets) => hmac({ secrets, header: 'x-hook-signature', encoding: 'hex' })),
    challenge: [headerEcho({ header: 'X-Hook-Secret', verifyToken: { param: 'token', tokens } })],
    about: ({ payload }) => ({ type: 'changed', eventId: String(payload['id']) }),
    events: {},
  });

const lines: string[] = [];
const logger = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  lines.length = 0;
});

const serve = (provider = asana(TOKEN), env: Record<string, string> = {}) =>
  TestGateway.start({
    folder,
    logger,
    env,
    sources: new Map([
      ['asana', provider],
      ['twin', provider],
    ]),
  });

async function bring({ url }: TestGateway, { secret = SECRET, token = TOKEN, source = 'asana' } = {}) {
  const headers = { 'x-hook-secret': secret };
  const answer = await fetch(`${url}/webhooks/${source}?token=${token}`, { method: 'POST', headers });
  return [answer.status, answer.headers.get('x-hook-secret')];
}

let count = 0;
async function deliver(gateway: TestGateway, { secret = SECRET, source = 'asana' } = {}) {
  const body = `{"id":${(count += 1)}}`;
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return (await gateway.post(source, { headers: { 'x-hook-signature': signature }, body })).status;
}

it('IN11.12 takes deliveries signed with a secret that the sender brought, also after a restart and in another gateway', async () => {
  const first = await serve();
  const second = await serve();
  expect(await deliver(second)).toBe(401);
  expect(await bring(first)).toEqual([200, SECRET]);
  expect(await deliver(first)).toBe(200);
  // It has asked before, and asks again soon.
  await expect.poll(() => deliver(second)).toBe(200);
  expect(await bring(second, { secret: 'a second secret of the sender' })).toEqual([
    200,
    'a second secret of the sender',
  ]);
  expect([await deliver(second), await deliver(second, { secret: 'a second secret of the sender' })]).toEqual([
    200, 200,
  ]);
  // Of one source, and of no other.
  expect(await deliver(first, { source: 'twin' })).toBe(401);
  await Promise.all([first.close(), second.close()]);
  expect(await deliver(await serve())).toBe(200);
});

it('IN11.13 takes a secret only from a sender with a token of the source, and for as long as the source has the token', async () => {
  const gateway = await serve(asana(TOKEN, OTHER));
  expect(await bring(gateway, { token: 'somebody-elses-token-of-the-suite' })).toEqual([401, null]);
  expect(await bring(gateway, { token: '' })).toEqual([401, null]);
  // As short as one that can be found by trying.
  expect(await bring(gateway, { secret: 'short' })).toEqual([401, null]);
  expect(await deliver(gateway)).toBe(401);
  expect(await bring(gateway, { token: OTHER })).toEqual([200, SECRET]);
  expect(await deliver(gateway)).toBe(200);
  await gateway.close();
  const without = await serve(asana(TOKEN));
  expect(await deliver(without)).toBe(401);
  await without.close();
  expect(await deliver(await serve(asana(TOKEN, OTHER)))).toBe(200);
  expect(() => headerEcho({ header: 'x-hook-secret' })).toThrow(/verifyToken/);
  expect(() => asana('too short a token')).toThrow(/too short/);
});

it('PRIV2.1 writes a secret that a sender brings into no line, and into no file as it is', async () => {
  // Whatever is around the provider.
  const gateway = await serve(ofAccounts(asana(TOKEN), ['1']));
  await bring(gateway);
  expect(await deliver(gateway)).toBe(200);
  await bring(gateway, { token: OTHER });
  for (let index = 0; index < 33; index += 1) await bring(gateway, { secret: `${SECRET}${index}` });
  expect(lines.some((line) => line.includes('a sender sent a secret'))).toBe(true);
  expect(lines.some((line) => line.includes('the oldest secret'))).toBe(true);
  for (const secret of [SECRET, TOKEN, OTHER]) expect(lines.filter((line) => line.includes(secret))).toEqual([]);
  await gateway.close();
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
  expect(files.length).toBeGreaterThan(0);
  for (const secret of [SECRET, TOKEN]) expect(files.filter((file) => file.includes(secret))).toEqual([]);
});
