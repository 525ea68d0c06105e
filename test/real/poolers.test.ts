import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Connection, statement } from '../../src/log/postgres/connection.ts';
import { PostgresLog } from '../../src/log/postgres/postgres-log.ts';
import { parseTarget } from '../../src/log/postgres/target.ts';
import { newEvent } from '../contract/log-under-test.ts';
import { atEnd } from '../support/ending.ts';
import { PostgresServer, query } from '../support/postgres.ts';

const PGBOUNCER = '/usr/sbin/pgbouncer';
const PGPOOL = '/usr/sbin/pgpool';
const BIN = '/usr/lib/postgresql/15/bin';
/** So long would be waited for what may pass; what won't ends long before. */
const LONG = { patience: 100_000 };
/** None of them runs as root. */
const user = idsOf('postgres');
const asUser = process.getuid?.() === 0 && user ? { uid: user.uid, gid: user.gid } : {};

function idsOf(name: string): { uid: number; gid: number } | null {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return line ? { uid: Number(uid), gid: Number(gid) } : null;
}

/** A folder for what is run as somebody else, gone with the test. */
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'hookcast-real-'));
  if (asUser.uid !== undefined) chownSync(made, asUser.uid, asUser.gid);
  return made;
}

function write(path: string, text: string): string {
  writeFileSync(path, text);
  chmodSync(path, 0o644);
  return path;
}

/** A free port: these programs can't choose one themselves. */
const anyPort = () => 20_000 + Math.floor(Math.random() * 12_000);

async function answers(port: number): Promise<void> {
  const isThere = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('close', () => resolve(false));
    });
  while (!(await isThere())) await setTimeout(100);
}

/** Runs a program in the foreground until the test is over. */
function run(program: string, parameters: readonly string[]) {
  const child = spawn(program, parameters, { stdio: 'ignore', ...asUser });
  atEnd(async () => {
    if (child.exitCode !== null) return;
    child.kill('SIGINT');
    await Promise.race([once(child, 'exit'), setTimeout(3_000)]);
    child.kill('SIGKILL');
  });
  return child;
}

async function pgbouncer(to: string, mode: string, settings = ''): Promise<string> {
  const url = new URL(to);
  const place = folder();
  atEnd(() => rmSync(place, { recursive: true, force: true }));
  const port = anyPort();
  const users = write(join(place, 'users.txt'), `"${url.username}" "${decodeURIComponent(url.password)}"\n`);
  const ini = write(
    join(place, 'pgbouncer.ini'),
    `[databases]
* = host=${url.hostname} port=${url.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = ${mode}
${settings}
`,
  );
  run(PGBOUNCER, ['-q', ini]);
  await answers(port);
  return Object.assign(new URL(to), { port: String(port) }).href;
}

async function pgpool(to: string, standbyPort: number | null, loadBalance: boolean): Promise<string> {
  const url = new URL(to);
  const place = folder();
  atEnd(() => rmSync(place, { recursive: true, force: true }));
  const port = anyPort();
  const backends = [Number(url.port), ...(standbyPort === null ? [] : [standbyPort])].map(
    (backend, index) => `
backend_hostname${index} = '127.0.0.1'
backend_port${index} = ${backend}
backend_weight${index} = ${index === 0 ? 0 : 1}
backend_flag${index} = 'DISALLOW_TO_FAILOVER'`,
  );
  const conf = write(
    join(place, 'pgpool.conf'),
    `backend_clustering_mode = 'streaming_replication'
listen_addresses = '127.0.0.1'
port = ${port}
pcp_port = ${port + 1}
unix_socket_directories = '${place}'
pcp_socket_dir = '${place}'
pid_file_name = '${place}/pgpool.pid'
logdir = '${place}'
work_dir = '${place}'
num_init_children = 16
allow_clear_text_frontend_auth = on
load_balance_mode = ${loadBalance ? 'on' : 'off'}
sr_check_user = '${url.username}'
sr_check_password = '${decodeURIComponent(url.password)}'
sr_check_database = 'postgres'
${backends.join('\n')}
`,
  );
  const empty = write(join(place, 'empty'), '');
  run(PGPOOL, ['-n', '-f', conf, '-a', empty, '-F', empty]);
  await answers(port);
  const through = Object.assign(new URL(to), { port: String(port) }).href;
  // It listens some seconds before it knows which server is the primary.
  await expect.poll(() => query(through, 'SELECT 1 AS one').catch(() => null)).toEqual([{ one: 1 }]);
  return through;
}

async function settingAt(url: string, name: string) {
  const target = parseTarget(url);
  const connection = await Connection.open(target, target.hosts[0]!);
  const [[value] = []] = await connection.ask(statement('SELECT current_setting(?)'), [name]);
  connection.destroy();
  return value;
}

async function appends(url: string): Promise<void> {
  const log = await PostgresLog.open(url, { commits: { onCommit: () => {}, onCommitFailure: () => {} } });
  let woken = 0;
  log.watch(() => (woken += 1));
  expect(await log.append([newEvent()])).toMatchObject([{ outcome: 'accepted' }]);
  await expect.poll(() => woken).toBeGreaterThan(0);
  await log.close();
}

/** Debian's server, with what the crash that lost events had, and one that follows it. */
class DebianServer {
  readonly place = folder();
  readonly port = anyPort();
  readonly standbyPort = anyPort();

  get url(): string {
    return `postgres://hookcast:secret@127.0.0.1:${this.port}/postgres`;
  }

  start(): void {
    const password = write(join(this.place, 'password'), 'secret\n');
    this.#do('initdb', [
      '-D',
      this.#data,
      '-U',
      'hookcast',
      '-A',
      'scram-sha-256',
      `--pwfile=${password}`,
      '--no-sync',
      '--locale=C',
      '--encoding=UTF8',
    ]);
    this.#start(this.#data, this.port);
    this.#do('pg_basebackup', ['-D', `${this.place}/standby`, '-R', '-c', 'fast', '-d', this.url]);
    this.#start(`${this.place}/standby`, this.standbyPort);
  }

  remove(): void {
    for (const data of [`${this.place}/standby`, this.#data])
      this.#do('pg_ctl', ['-D', data, '-m', 'immediate', 'stop']);
    rmSync(this.place, { recursive: true, force: true });
  }

  get #data(): string {
    return `${this.place}/data`;
  }

  #start(data: string, port: number): void {
    const settings = `-p ${port} -k ${this.place} -c listen_addresses=127.0.0.1 -c synchronous_commit=off`;
    this.#do('pg_ctl', ['-D', data, '-w', '-l', `${data}.log`, '-o', settings, 'start']);
  }

  #do(program: string, parameters: readonly string[]): void {
    const { status } = spawnSync(join(BIN, program), parameters, { stdio: 'ignore', cwd: '/', ...asUser });
    if (status !== 0) throw new Error(`${program} ended with ${status}`);
  }
}

describe.skipIf(!existsSync(BIN) || !existsSync(PGBOUNCER))('with Debian’s postgresql-15 and pgbouncer', () => {
  let debian: DebianServer;
  let embedded: PostgresServer;
  const both = () => Promise.all([debian.url, embedded.url()].map((url) => query(url, 'SELECT 1').then(() => url)));

  beforeAll(async () => {
    debian = new DebianServer();
    debian.start();
    embedded = await PostgresServer.start();
  });

  afterAll(async () => {
    debian.remove();
    await embedded.remove();
  });

  it('LOG2.6 keeps its promises behind PgBouncer in session mode, with and without what it drops', async () => {
    for (const url of await both()) {
      for (const settings of ['', 'ignore_startup_parameters = synchronous_commit, statement_timeout, options']) {
        const through = await pgbouncer(url, 'session', settings);
        expect(await settingAt(through, 'synchronous_commit')).toBe('on');
        await appends(through);
      }
    }
  });

  it('OPS2.10 is refused by name behind PgBouncer in transaction and in statement mode', async () => {
    for (const url of await both()) {
      for (const mode of ['transaction', 'statement']) {
        const through = await pgbouncer(url, mode, 'ignore_startup_parameters = synchronous_commit');
        const began = performance.now();
        await expect(PostgresLog.open(through, LONG)).rejects.toThrow(/a pooler in transaction or statement mode/);
        expect(performance.now() - began).toBeLessThan(50_000);
      }
    }
  });

  it('OPS2.10 ends at once with PgBouncer’s words where they will not pass, and waits where they may', async () => {
    const through = await pgbouncer(debian.url, 'session');
    const wrong = Object.assign(new URL(through), { password: 'wrong' }).href;
    const began = performance.now();
    await expect(PostgresLog.open(wrong, LONG)).rejects.toThrow(/08P01, .*authentication failed/);
    await expect(PostgresLog.open(`${through}_nowhere`, LONG)).rejects.toThrow(/postgres_nowhere.* does not exist/);
    await expect(PostgresLog.open(`${through}?options=-c%20jit%3Doff`, LONG)).rejects.toThrow(
      /unsupported startup parameter: options/,
    );
    expect(performance.now() - began).toBeLessThan(50_000);
    const toNobody = await pgbouncer(Object.assign(new URL(debian.url), { port: '1' }).href, 'session');
    const waiting = performance.now();
    await expect(PostgresLog.open(toNobody, { patience: 1_500 })).rejects.toThrow(/The log can't be opened/);
    expect(performance.now() - waiting).toBeGreaterThan(1_400);
  });

  it('OPS4.3 makes do with two or three sessions of PgBouncer, which lets clients wait for more', async () => {
    for (const sessions of [2, 3]) {
      const log = await PostgresLog.open(await pgbouncer(debian.url, 'session', `default_pool_size = ${sessions}`));
      log.watch(() => {});
      for (let round = 0; round < 3; round += 1) {
        const reads = Array.from({ length: 20 }, () => log.read({ direction: 'forward', limit: 10, filter: {} }));
        expect(await log.append([newEvent()])).toMatchObject([{ outcome: 'accepted' }]);
        await Promise.all(reads);
      }
      await log.close();
    }
  });

  it('PRIV1.16 refuses what pg_restore --data-only leaves in a schema that a gateway made, and takes the rest', async () => {
    const databaseAt = (name: string) => Object.assign(new URL(debian.url), { pathname: `/${name}` }).href;
    const [from, made, empty] = ['from_here', 'made', 'empty'].map(databaseAt) as [string, string, string];
    for (const url of [from, made, empty]) await query(debian.url, `CREATE DATABASE ${new URL(url).pathname.slice(1)}`);
    const log = await PostgresLog.open(from);
    const address = 'rosa@example.org';
    await log.append([newEvent({ raw: JSON.stringify({ address }), traces: [{ kind: 'email', value: address }] })]);
    await log.close();
    await (await PostgresLog.open(made)).close();
    const dump = join(folder(), 'log.dump');
    const run = (program: string, ...parameters: string[]) => spawnSync(join(BIN, program), parameters).status;
    expect(run('pg_dump', '-Fc', '-f', dump, from)).toBe(0);
    expect(run('pg_restore', '--data-only', '-d', made, dump)).toBe(1);
    await expect(PostgresLog.open(made)).rejects.toThrow(/marked with the secret of another log/);
    // As docs/SCALING.md says.
    expect(run('pg_restore', '--schema-only', '-d', empty, dump)).toBe(0);
    expect(run('pg_restore', '--data-only', '-d', empty, dump)).toBe(0);
    const moved = await PostgresLog.open(empty);
    expect(await moved.previewErasure({ by: 'email', source: null, email: address })).toMatchObject({
      people: { byAddress: 1 },
    });
    await moved.close();
  });

  describe.skipIf(!existsSync(PGPOOL))('and pgpool2', () => {
    it('LOG3.5 takes pgpool where it reads from the primary, and refuses it where a standby answers', async () => {
      await appends(await pgpool(debian.url, null, true));
      await appends(await pgpool(debian.url, debian.standbyPort, false));
      await expect(PostgresLog.open(await pgpool(debian.url, debian.standbyPort, true))).rejects.toThrow(
        /sends reads to a standby/,
      );
    });
  });

  it('LOG2.6 works with PostgreSQL 15 itself', () => appends(debian.url));
});
