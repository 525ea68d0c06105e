import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { type IncomingMessage, get } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { createClient } from 'graphql-ws';
import { describeError } from '../../src/commands/describe-error.ts';
import { dev } from '../../src/commands/dev.ts';
import { schema } from '../../src/commands/schema.ts';
import { send } from '../../src/commands/send.ts';
import { serve } from '../../src/commands/serve.ts';
import { token as makeToken } from '../../src/commands/token.ts';
import { GatewayProcess, hookcast, run } from '../support/child.ts';
import { TestGateway, environment, temporaryFolder } from '../support/gateway.ts';
import { scrapeText } from '../support/metrics.ts';
import { TestTerminal, call } from '../support/terminal.ts';
import { endClient } from '../support/ending.ts';

it('OPS3.1 demo shows the whole way once and ends well', async () => {
  // In a checkout, which it is for the sources, it serves the console as well.
  const { code, stdout, stderr } = await call(['demo'], {});
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(stdout).toMatch(/CaughtUp[^]*POST \/webhooks\/eduzz: accepted[^]*"kind":"TICKET"[^]*wix: accepted[^]*BOOKING/);
  expect(stdout).toMatch(/once more|wix: duplicate/);
  expect(stdout).toContain('GET /console: 200');
  expect(stdout).toMatch(/TICKET +eduzz +Noite de Choro[^]*BOOKING +wix +Aula de cerâmica/);
});

it('OPS2.1 serve refuses to start without secrets, one line for each', async () => {
  const { code, stdout, stderr } = await run(['serve'], { PORT: 'x' });
  expect(code).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toBe('hookcast: PORT: expected a whole number from 0 to 65535\n');
  await expect(serve(new TestTerminal({}))).rejects.toMatchObject({
    problems: [
      expect.stringMatching(/^EDUZZ_SECRETS: /),
      expect.stringMatching(/^WIX_PUBLIC_KEYS: /),
      expect.stringMatching(/^AUTH_JWKS_URL, AUTH_PUBLIC_KEY, AUTH_SECRET or AUTH_SECRETS: /),
    ],
  });
});

it('OPS2.2 reads its settings from .env, and what the environment says counts for more', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, '.env'), 'PORT=nonsense\nLOG_LEVEL=loud\n');
  const { stderr } = await run(['serve'], { LOG_LEVEL: 'info' }, folder);
  expect(stderr).toBe('hookcast: PORT: expected a whole number from 0 to 65535\n');
});

it('OPS2.1 serve says in one line that its port is taken, or its log can’t be opened', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const folder = temporaryFolder();
  const taken = await call(['serve'], { ...environment(folder), PORT: String(port) });
  expect(taken).toMatchObject({ code: 1, stderr: expect.stringMatching(/^hookcast: Port \d+ .* is taken.*\n$/) });
  const env = { ...environment(folder), DATABASE_URL: 'sqlite:/dev/null/x.db' };
  const nowhere: unknown = await serve(new TestTerminal(env)).catch((error: unknown) => error);
  expect(describeError(nowhere)).toEqual([expect.stringMatching(/^The log .* can't be opened/)]);
});

it('OPS3.2 serve answers its health checks, and ends well when it is told to', async () => {
  const gateway = await GatewayProcess.start(environment(temporaryFolder()));
  expect((await fetch(`${gateway.url}/livez`)).status).toBe(200);
  expect(await (await fetch(`${gateway.url}/readyz`)).json()).toEqual({ status: 'ok' });
  expect(await scrapeText(gateway)).toContain('hookcast_log_head 0');
  // GraphiQL is for trying things out.
  const page = await fetch(`${gateway.url}/graphql`, { headers: { accept: 'text/html' } });
  expect(page.status).toBe(405);
  expect(await gateway.end('SIGTERM')).toBe(0);
});

it('OPS3.3 dev keeps its secrets to itself, and send and token find them', async () => {
  const folder = temporaryFolder();
  const env = { PORT: '0', DATABASE_URL: `sqlite:${join(folder, 'data', 'hookcast.db')}` };
  const one = { event: undefined, count: 1 };
  // As in a checkout, which has scripts for it.
  const early = send('eduzz', { ...one, url: undefined }, new TestTerminal(env));
  await expect(early).rejects.toThrow('Start the gateway with "npm run dev" first');

  const stop = Promise.withResolvers<void>();
  const open = new TestTerminal(env, () => stop.promise);
  const ended = dev(open);
  onTestFinished(async () => {
    stop.resolve();
    await ended;
  });
  await expect.poll(() => open.lines.some((line) => line.includes('send -- wix'))).toBe(true);
  const said = open.lines.join('\n');
  const url = /GraphiQL +(http:\/\/\S+)\/graphql/.exec(said)![1]!;
  const token = /^ {2}(eyJ\S+)$/m.exec(said)![1]!;
  expect(said).toContain(`  DATABASE_URL=${env.DATABASE_URL} npm run send -- eduzz --url ${url}`);
  const secrets = join(folder, 'data', 'dev-secrets.json');
  expect(statSync(secrets).mode & 0o777).toBe(0o600);

  const opened = await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } });
  const page = await opened.text();
  expect(page).toContain('hookcast');
  // It can't be shown in a frame of another page, nor kept or loaded by one.
  expect(Object.fromEntries(opened.headers)).toMatchObject({
    'cache-control': 'no-store',
    'content-security-policy': "frame-ancestors 'none'",
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  });
  expect(page).toContain('"subscriptionsProtocol":"WS"');
  // The token in it is for nobody's page but this one: not for another origin, nor for a name that points here.
  const evil = await fetch(`${url}/graphql`, { headers: { accept: 'text/html', origin: 'https://evil.example' } });
  expect(evil.headers.get('access-control-allow-origin')).toBeNull();
  const pageFor = async (headers: Record<string, string>) => {
    const [response] = await once(get(`${url}/graphql`, { headers: { accept: 'text/html', ...headers } }), 'response');
    return text(response as IncomingMessage);
  };
  const statusOf = async (path: string, headers: Record<string, string>) => {
    const [response] = (await once(get(path, { headers }), 'response')) as [IncomingMessage];
    response.resume();
    return response.statusCode;
  };
  // Of megabytes that nobody wants to see in a failure.
  const isSignedIn = async (headers: Record<string, string>) => (await pageFor(headers)).includes('Bearer eyJ');
  expect(await isSignedIn({ 'sec-fetch-mode': 'navigate', cookie: 'a=b' })).toBe(true);
  // Nor for a client behind a proxy or a tunnel on this machine, which may write any Host.
  const proxied = ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip', 'cf-connecting-ip', 'tailscale-user-login'];
  for (const headers of [{ host: 'evil.example' }, ...proxied.map((name) => ({ [name]: '203.0.113.7' }))]) {
    expect(await isSignedIn(headers), JSON.stringify(headers)).toBe(false);
    expect(await statusOf(`${url}/metrics`, headers), JSON.stringify(headers)).toBe(401);
  }
  expect(await statusOf(`${url}/metrics`, {})).toBe(200);
  // No script of another host runs on a page that holds a token.
  expect(page).not.toMatch(/<script[^>]+src=["']?https?:/);

  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
  });
  onTestFinished(() => endClient(client));
  const messages = client.iterate<any>({ query: 'subscription { cancellations { __typename } }' });
  expect((await messages.next()).value.data.cancellations.__typename).toBe('CaughtUp');
  const sent = new TestTerminal(env);
  await send('eduzz', { ...one, url }, sent);
  expect(sent.lines).toEqual([expect.stringMatching(/^blinket.attendance_canceled [0-9a-f-]{36}: accepted$/)]);
  expect((await messages.next()).value.data.cancellations.__typename).toBe('CancellationEdge');
  const terminal = new TestTerminal(env);
  await send('wix', { event: undefined, count: 25, url }, terminal);
  expect(terminal.lines).toEqual([expect.stringMatching(/^25 sent in \d+ ms: 25 accepted$/)]);
  await send('eduzz', { event: 'ping', count: 1, url }, terminal);
  const noDay = send('stripe', { event: undefined, count: 1, url, day: true }, terminal);
  await expect(noDay).rejects.toThrow('No sample day exists for "stripe". There is one for: eduzz, wix.');
  const unknown = send('eduzz', { event: 'nothing', count: 1, url }, terminal);
  await expect(unknown).rejects.toThrow('There are: blinket.attendance_canceled');

  const made = new TestTerminal(env);
  await makeToken({ tenant: ['eduzz:40021'], scope: 'events:read', expires: 600 }, made);
  const [narrow = ''] = made.lines;
  const ask = async (bearer: string) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer.trim()}` },
      body: '{"query":"{ cancellations(first: 100) { edges { node { tenant { id } customer { name } } } } }"}',
    });
    return ((await response.json()) as { data: any }).data.cancellations.edges.map((edge: any) => edge.node);
  };
  expect(await ask(narrow)).toEqual([{ tenant: { id: 'eduzz:40021' }, customer: null }]);
  expect(await ask(token)).toHaveLength(26);

  await endClient(client);
  stop.resolve();
  await ended;
  const before = readFileSync(secrets, 'utf8');
  const again = hookcast(['dev', '--with-a-day'], env);
  for await (const line of createInterface({ input: again.stdout! })) if (line.startsWith('A day of')) break;
  expect(readFileSync(secrets, 'utf8')).toBe(before);
  const exited = new Promise((resolve) => again.on('exit', resolve));
  again.kill('SIGINT');
  expect(await exited).toBe(0);
});

it('OPS3.4 send tells a wrong address from wrong secrets', async () => {
  const gateway = await TestGateway.start();
  const terminal = new TestTerminal({ EDUZZ_SECRETS: 'another-of-the-suite' });
  const wrong = send('eduzz', { event: undefined, count: 1, url: gateway.url }, terminal);
  await expect(wrong).rejects.toThrow('secrets by which the samples were signed');
  expect(terminal.lines.join('\n')).toContain('401');
  const nobody = send('eduzz', { event: undefined, count: 1, url: 'http://127.0.0.1:1' }, terminal);
  await expect(nobody).rejects.toThrow('No gateway answers at');
});

it('OPS3.5 schema prints what is served, and every command has its help', async () => {
  const file = join(temporaryFolder(), 'schema.graphql');
  writeFileSync(file, '');
  await schema({ write: file }, new TestTerminal({}));
  expect(readFileSync(file, 'utf8')).toBe((await call(['schema'], {})).stdout);
  const help = await call(['--help'], {});
  for (const command of ['serve', 'dev', 'demo', 'send', 'token', 'schema', 'quarantine', 'erase', 'drift', 'verify']) {
    expect(help.stdout).toContain(`  ${command}`);
  }
  expect(await run(['nonsense'], {})).toMatchObject({ code: 1, stderr: expect.stringContaining('unknown command') });
  expect(await call(['send', 'eduzz', '--count', '-1'], {})).toMatchObject({ code: 1 });
});
