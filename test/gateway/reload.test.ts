import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { signToken } from '../../src/auth/sign-token.ts';
import { ticket } from '../fixtures/eduzz.ts';
import { PROGRAM, SOURCES, hookcast, run } from '../support/child.ts';
import { AUTH_SECRET, environment, signedAsEduzz, temporaryFolder } from '../support/gateway.ts';
import { KILLABLE } from '../support/several-workers.ts';
import { EVENTS, Subscriber } from '../support/subscriber.ts';
import { thoroughly } from '../support/thorough.ts';
import { WebPage } from '../support/web-page.ts';

const [FIRST, SECOND] = ['edzwgd_the-first-secret-there-was', 'edzwgd_the-second-that-replaces-it'];
const OTHER_AUTH = 'another secret that tokens are signed with';

interface Line {
  readonly msg: string;
  readonly level: number;
  readonly [field: string]: unknown;
}

/** `hookcast serve` in a folder of its own, and what it says. */
class Reloading {
  readonly folder = temporaryFolder();
  readonly lines: Line[] = [];
  readonly env: Record<string, string>;
  child!: ChildProcess;
  url = '';

  constructor(env: Record<string, string | undefined>) {
    const given: Record<string, string | undefined> = { ...environment(this.folder), LOG_LEVEL: 'info', ...env };
    this.env = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as typeof this.env;
  }

  async start(program?: readonly string[]): Promise<void> {
    this.child = hookcast(['serve'], this.env, this.folder, program);
    createInterface({ input: this.child.stdout! }).on('line', (line) => void this.lines.push(JSON.parse(line) as Line));
    this.url = String((await this.line('listening'))['url']);
  }

  write(file: string, text: string): string {
    const path = join(this.folder, file);
    writeFileSync(path, text);
    return path;
  }

  async line(msg: string): Promise<Line> {
    const find = () => this.lines.find((line) => line.msg === msg);
    await expect.poll(find).toBeDefined();
    return find()!;
  }

  /** SIGHUP, and what it said then. */
  async reload(msg = 'the settings were read again'): Promise<Line> {
    this.lines.length = 0;
    this.child.kill('SIGHUP');
    return this.line(msg);
  }

  /** SIGHUP while .env is a folder, as Docker makes it if it is to mount a file that is missing; and what it said then. */
  async reloadWithoutEnv(): Promise<Line> {
    const file = join(this.folder, '.env');
    rmSync(file);
    mkdirSync(file);
    const line = await this.reload('the settings were read again, but not applied');
    rmSync(file, { recursive: true });
    return line;
  }

  /** @param connection `close` has the next request take a connection of its own, and so perhaps another worker. */
  async post(source: string, id: string, secret: string, connection = 'keep-alive'): Promise<number> {
    const { headers, body } = signedAsEduzz(JSON.stringify(ticket(id)), secret);
    const response = await fetch(`${this.url}/webhooks/${source}`, {
      method: 'POST',
      headers: { ...headers, connection },
      body,
    });
    await response.text();
    return response.status;
  }

  async query(secret: string): Promise<number> {
    const token = await signToken({ secret }, { tenant: ['*'], scope: 'events:read', expires: 60 });
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers,
      body: '{"query":"{ __typename }"}',
    });
    await response.text();
    return response.status;
  }

  async metrics(token: string): Promise<number> {
    const response = await fetch(`${this.url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
    await response.text();
    return response.status;
  }

  async end(): Promise<unknown> {
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    return (await exited)[0];
  }
}

it('AUTH5.4 replaces a secret on SIGHUP in two steps, and signs nobody out too soon', async () => {
  const gateway = new Reloading({ AUTH_SECRET: undefined });
  gateway.write('.env', `AUTH_SECRETS='${AUTH_SECRET}'\n`);
  await gateway.start();
  const token = await signToken({ secret: AUTH_SECRET }, { tenant: ['*'], scope: 'events:read', expires: 600 });
  const at = { url: gateway.url, webSocketUrl: `${gateway.url.replace('http', 'ws')}/graphql` };
  const page = new WebPage(at);
  expect((await page.signIn(token)).status).toBe(200);
  const subscriber = new Subscriber(at.webSocketUrl, `Bearer ${token}`, EVENTS, {});
  await subscriber.caughtUp();
  expect([await gateway.query(AUTH_SECRET), await gateway.query(OTHER_AUTH)]).toEqual([200, 401]);
  gateway.write('.env', `AUTH_SECRETS='${OTHER_AUTH},${AUTH_SECRET}'\n`);
  expect(await gateway.reload()).toMatchObject({ changed: ['AUTH_SECRETS'] });
  expect([await gateway.query(AUTH_SECRET), await gateway.query(OTHER_AUTH)]).toEqual([200, 200]);
  gateway.write('.env', `AUTH_SECRETS='${OTHER_AUTH}'\nSESSION_DAYS=30\n`);
  expect((await gateway.reload())['changed']).toEqual(['AUTH_SECRETS', 'SESSION_DAYS']);
  expect([await gateway.query(AUTH_SECRET), await gateway.query(OTHER_AUTH)]).toEqual([401, 200]);
  // Requests and streams that began with it go on until it expires or is revoked.
  expect((await page.query()).status).toBe(200);
  expect(subscriber.errors).toEqual([]);
  expect(gateway.child.exitCode).toBe(null);
});

it('OPS10.1 changes secrets on SIGHUP, with both good meanwhile, and cuts no delivery and no subscription', async () => {
  const gateway = new Reloading({ EDUZZ_SECRETS: undefined, AUTH_SECRET: undefined, METRICS_TOKEN: undefined });
  gateway.env['EDUZZ_SECRETS_FILE'] = gateway.write('eduzz', FIRST);
  gateway.write('.env', `AUTH_SECRET='${AUTH_SECRET}'\nMETRICS_TOKEN=the-first-of-two-tokens\n`);
  await gateway.start();
  const token = await signToken({ secret: AUTH_SECRET }, { tenant: ['*'], scope: 'events:read', expires: 600 });
  const subscriber = new Subscriber(`${gateway.url.replace('http', 'ws')}/graphql`, `Bearer ${token}`, EVENTS, {});
  await subscriber.until(({ messages }) => messages.length === 1);
  expect(await gateway.post('eduzz', 'one', FIRST)).toBe(200);
  expect(await gateway.post('eduzz', 'two', SECOND)).toBe(401);

  // A delivery whose body is still on its way while the settings are read.
  gateway.write('eduzz', `${SECOND}\n${FIRST}\n`);
  const { headers, body } = signedAsEduzz(JSON.stringify(ticket('slow')), FIRST);
  let sendRest!: () => void;
  const slow = new ReadableStream<Uint8Array>({
    async start(controller) {
      const bytes = Buffer.from(body);
      controller.enqueue(bytes.subarray(0, 10));
      await new Promise<void>((resolve) => (sendRest = resolve));
      controller.enqueue(bytes.subarray(10));
      controller.close();
    },
  });
  const posting = fetch(`${gateway.url}/webhooks/eduzz`, {
    method: 'POST',
    headers,
    body: slow,
    duplex: 'half',
  } as RequestInit);
  expect(await gateway.reload()).toMatchObject({ level: 30, changed: ['EDUZZ_SECRETS'], sources: ['eduzz', 'wix'] });
  sendRest();
  expect((await posting).status).toBe(200);
  expect(await gateway.post('eduzz', 'three', FIRST)).toBe(200);
  expect(await gateway.post('eduzz', 'four', SECOND)).toBe(200);

  gateway.write('eduzz', SECOND);
  gateway.write(
    '.env',
    `AUTH_SECRET='${OTHER_AUTH}'\nMETRICS_TOKEN=the-second-of-two-tokens\nRETENTION_DAYS=3\nEDUZZ_ACCOUNTS=1\n`,
  );
  const changed = ['EDUZZ_SECRETS', 'EDUZZ_ACCOUNTS', 'AUTH_SECRET', 'METRICS_TOKEN'];
  expect((await gateway.reload())['changed']).toEqual(changed);
  expect(await gateway.line('these settings change only after a restart')).toMatchObject({
    level: 40,
    settings: ['RETENTION_DAYS'],
  });
  expect(await gateway.post('eduzz', 'five', FIRST)).toBe(401);
  expect(await gateway.post('eduzz', 'six', SECOND)).toBe(200);
  const ofAnother = signedAsEduzz(JSON.stringify(ticket('belong to another account', 2)), SECOND);
  const ignored = await fetch(`${gateway.url}/webhooks/eduzz`, { method: 'POST', ...ofAnother });
  expect(await ignored.json()).toMatchObject({ status: 'ignored' });
  expect([await gateway.query(AUTH_SECRET), await gateway.query(OTHER_AUTH)]).toEqual([401, 200]);
  const [before, after] = ['the-first-of-two-tokens', 'the-second-of-two-tokens'];
  expect([await gateway.metrics(before), await gateway.metrics(after)]).toEqual([401, 200]);
  await subscriber.until(({ eventIds }) => eventIds.length === 5);
  expect(new Set(subscriber.eventIds)).toEqual(new Set(['one', 'slow', 'three', 'four', 'six']));

  // Settings that can't be used change nothing.
  gateway.write('eduzz', 'x');
  gateway.write('.env', `AUTH_SECRET='${AUTH_SECRET}'\n`);
  const refused = await gateway.reload('the settings were read again, but not applied');
  expect(refused).toMatchObject({ level: 50, problem: expect.stringMatching(/^EDUZZ_SECRETS: .* is too short/) });
  expect(await gateway.post('eduzz', 'seven', SECOND)).toBe(200);
  expect(await gateway.query(OTHER_AUTH)).toBe(200);
  expect(JSON.stringify(gateway.lines)).not.toMatch(/edzwgd|secret that tokens|of-two-tokens/);
  expect(await gateway.end()).toBe(0);
});

it('OPS10.1 takes sources anew from a file of one’s own', async () => {
  const gateway = new Reloading({ EDUZZ_SECRETS: undefined, WIX_PUBLIC_KEYS: undefined });
  symlinkSync(join(import.meta.dirname, '..', '..', 'node_modules'), join(gateway.folder, 'node_modules'));
  const eduzz = JSON.stringify(join(import.meta.dirname, '..', '..', 'src', 'providers', 'eduzz', 'eduzz.ts'));
  const file = (sources: string) =>
    gateway.write(
      'hookcast.config.mts',
      `import { eduzz } from ${eduzz};\nexport default { sources: { ${sources} } };\n`,
    );
  gateway.write('.env', `RECIFE_SECRET=${FIRST}\n`);
  file(`recife: eduzz({ secrets: [process.env['RECIFE_SECRET']] })`);
  await gateway.start(SOURCES);
  expect(await gateway.post('recife', 'one', FIRST)).toBe(200);
  gateway.write('.env', `RECIFE_SECRET=${SECOND}\n`);
  expect((await gateway.reload())['sources']).toEqual(['recife']);
  expect([await gateway.post('recife', 'two', FIRST), await gateway.post('recife', 'two', SECOND)]).toEqual([401, 200]);
  file(`olinda: eduzz({ secrets: ['${FIRST}'] })`);
  expect((await gateway.reload())['sources']).toEqual(['olinda']);
  expect([await gateway.post('recife', 'three', SECOND), await gateway.post('olinda', 'three', FIRST)]).toEqual([
    404, 200,
  ]);
  file(`olinda: eduzz({ secrets: [''] })`);
  const refused = await gateway.reload('the settings were read again, but not applied');
  expect(refused['problem']).toMatch(/^hookcast\.config\.mts: it can't be loaded: .*empty/);
  expect(await gateway.post('olinda', 'four', FIRST)).toBe(200);
  expect(await gateway.end()).toBe(0);
});

it('OPS10.1 takes a secret anew whose file Kubernetes has replaced, which it does by a symbolic link', async () => {
  const gateway = new Reloading({ EDUZZ_SECRETS: undefined });
  // The mounted file leads to ..data/eduzz, and ..data to a folder that a rename replaces as a whole.
  const mount = (version: string, secret: string) => {
    mkdirSync(join(gateway.folder, version));
    gateway.write(join(version, 'eduzz'), secret);
    symlinkSync(version, join(gateway.folder, '..data_tmp'));
    renameSync(join(gateway.folder, '..data_tmp'), join(gateway.folder, '..data'));
  };
  mount('..first', FIRST);
  symlinkSync(join('..data', 'eduzz'), join(gateway.folder, 'eduzz'));
  gateway.env['EDUZZ_SECRETS_FILE'] = join(gateway.folder, 'eduzz');
  await gateway.start();
  mount('..second', SECOND);
  rmSync(join(gateway.folder, '..first'), { recursive: true });
  expect((await gateway.reload())['changed']).toEqual(['EDUZZ_SECRETS']);
  expect([await gateway.post('eduzz', 'one', FIRST), await gateway.post('eduzz', 'one', SECOND)]).toEqual([401, 200]);
  rmSync(join(gateway.folder, '..data'));
  const refused = await gateway.reload('the settings were read again, but not applied');
  expect(refused['problem']).toMatch(/^EDUZZ_SECRETS_FILE: .*eduzz can't be read \(ENOENT\)/);
  expect(await gateway.post('eduzz', 'two', SECOND)).toBe(200);
});

it('OPS10.1 goes on with the settings that it has if its .env can’t be read', async () => {
  const gateway = new Reloading({ EDUZZ_SECRETS: undefined });
  gateway.write('.env', `EDUZZ_SECRETS=${FIRST}\n`);
  await gateway.start();
  expect(await gateway.reloadWithoutEnv()).toMatchObject({ level: 50, problem: ".env: it can't be read (EISDIR)" });
  expect(await gateway.post('eduzz', 'one', FIRST)).toBe(200);
  gateway.write('.env', `EDUZZ_SECRETS=${SECOND}\n`);
  expect((await gateway.reload())['changed']).toEqual(['EDUZZ_SECRETS']);
  expect(await gateway.post('eduzz', 'two', SECOND)).toBe(200);
  expect(await gateway.end()).toBe(0);
});

it('OPS10.1 starts all the same if a SIGHUP comes while its code is still being loaded', async () => {
  const gateway = new Reloading({});
  const early = `import { registerHooks } from 'node:module';
    registerHooks({ load(url, context, next) {
      if (url.endsWith('/call-command.ts')) process.kill(process.pid, 'SIGHUP');
      return next(url, context);
    } });`;
  await gateway.start(['--import', `data:text/javascript,${encodeURIComponent(early)}`, ...SOURCES]);
  expect(await gateway.end()).toBe(0);
});

it('OPS10.1 says in one line that its .env can’t be read, and does not start', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, '.env'));
  expect(await run(['serve'], environment(folder), folder)).toMatchObject({
    code: 1,
    stderr: "hookcast: .env: it can't be read (EISDIR)\n",
  });
});

it('OPS11.4 keeps all workers if its .env can’t be read, and gives new secrets also to a worker that is just starting', async () => {
  const gateway = new Reloading({ WORKERS: '2', EDUZZ_SECRETS: undefined });
  gateway.write('.env', `EDUZZ_SECRETS=${FIRST}\n`);
  await gateway.start([...KILLABLE, ...PROGRAM]);
  expect(await gateway.reloadWithoutEnv()).toMatchObject({ level: 50, problem: ".env: it can't be read (EISDIR)" });
  expect(await gateway.post('eduzz', 'one', FIRST)).toBe(200);
  gateway.child.kill('SIGURG');
  const { wait } = await gateway.line('a worker failed, and another one takes its place');
  // By then another one has begun, and it takes longer than this to listen.
  await setTimeout(Number(wait) + 50);
  gateway.write('.env', `EDUZZ_SECRETS=${SECOND}\n`);
  gateway.child.kill('SIGHUP');
  const reloaded = () =>
    new Set(gateway.lines.filter(({ msg }) => msg === 'the settings were read again').map(({ worker }) => worker));
  await expect.poll(() => reloaded().size).toBe(2);
  const statuses = new Set<number>();
  for (let index = 0; index < 24; index += 1) statuses.add(await gateway.post('eduzz', `of-${index}`, SECOND, 'close'));
  expect(statuses).toEqual(new Set([200]));
});

it('OPS10.2 drains on every other signal that asks it to end', async () => {
  for (const signal of thoroughly(['SIGQUIT', 'SIGUSR2'] as const, ['SIGQUIT'] as const)) {
    const gateway = new Reloading({});
    await gateway.start();
    const exited = once(gateway.child, 'exit');
    gateway.child.kill(signal);
    expect(await exited).toEqual([0, null]);
    expect(gateway.lines.at(-1)?.msg).toBe('Ended.');
  }
});

it.runIf(process.platform === 'linux')('OPS10.2 drains when the terminal that it runs in is closed', async () => {
  const gateway = new Reloading({});
  // util-linux' script gives it a terminal, which is gone when script is.
  const command = [process.execPath, ...PROGRAM, 'serve'].map((word) => `'${word}'`).join(' ');
  const terminal = spawn('script', ['--quiet', '--command', `exec ${command}`, '/dev/null'], {
    env: { ...gateway.env, PATH: process.env['PATH'] ?? '' },
    cwd: gateway.folder,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  onTestFinished(() => void terminal.kill('SIGKILL'));
  createInterface({ input: terminal.stdout }).on('line', (line) => {
    if (line.startsWith('{')) gateway.lines.push(JSON.parse(line) as Line);
  });
  const { url, pid } = await gateway.line('listening');
  terminal.kill('SIGKILL');
  const isRunning = () => {
    try {
      process.kill(Number(pid), 0);
      return true;
    } catch {
      return false;
    }
  };
  await expect.poll(isRunning).toBe(false);
  await expect(fetch(`${String(url)}/livez`)).rejects.toThrow();
  // A killed gateway would have left it behind.
  expect(existsSync(join(gateway.folder, 'hookcast.db-wal'))).toBe(false);
});
