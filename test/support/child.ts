import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { atEnd } from './ending.ts';
import { untilFree } from './free-port.ts';

/** Of `hookcast/…` the sources too, and not what was last built. */
export const FROM_SOURCE = '--conditions=hookcast-source';
/** `hookcast` as the scripts of package.json run it: for tests of what it says there, and of what imports it by its name. */
export const SOURCES = [FROM_SOURCE, fileURLToPath(new URL('../../src/cli.ts', import.meta.url))];
/** Where the tests have it in a few files: see build.ts. Faults that are run by themselves come from the sources. */
const { HOOKCAST_BUILT } = process.env;
export const PROGRAM: readonly string[] = HOOKCAST_BUILT ? [HOOKCAST_BUILT] : SOURCES;

/** Where Node keeps what it has compiled, when it is told to: hundreds of processes are started here. */
const { NODE_COMPILE_CACHE } = process.env;
export const CACHE: Record<string, string> = NODE_COMPILE_CACHE
  ? { NODE_COMPILE_CACHE: resolve(NODE_COMPILE_CACHE) }
  : {};

/** The command line tool, as a process of its own. Ended with the test, by its own process id. */
export function hookcast(
  args: readonly string[],
  env: Record<string, string>,
  cwd = tmpdir(),
  program = PROGRAM,
  stdout: 'pipe' | number = 'pipe',
): ChildProcess {
  const child = spawn(process.execPath, [...program, ...args], {
    // Nothing of this process's environment: a setting of the machine must not get into a test.
    env: { PATH: process.env['PATH'] ?? '', ...CACHE, ...env },
    // Nor of a .env that somebody keeps in the project.
    cwd,
    stdio: ['ignore', stdout, 'pipe'],
  });
  atEnd(() => void child.kill('SIGKILL'));
  return child;
}

/** Runs it to its end. */
export async function run(
  args: readonly string[],
  env: Record<string, string>,
  cwd?: string,
  program?: readonly string[],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = hookcast(args, env, cwd, program);
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr?.on('data', (chunk) => (stderr += String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stdout, stderr };
}

/** `HOOKCAST_WORKERS=4 npx vitest run …` holds gateways that are processes of their own to the same promises with so many workers. */
export const WORKERS = Number(process.env['HOOKCAST_WORKERS'] ?? 1);

/** Of the lines at level error and above, so many are kept. */
const MOST_ERRORS = 1_000;

/** A gateway as a process: `hookcast serve`. */
export class GatewayProcess {
  readonly url: string;
  /** Its exit code when it has ended; null when a signal ended it. */
  readonly exited: Promise<number | null>;
  /** The first of its log's lines at level error and above. */
  readonly errors: string[] = [];
  readonly #child: ChildProcess;
  #stderr = '';

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
    this.exited = new Promise((resolve) => child.on('exit', resolve));
    child.stderr?.on('data', (chunk) => (this.#stderr += String(chunk)));
  }

  static async start(env: Record<string, string>, cwd?: string, program?: readonly string[]): Promise<GatewayProcess> {
    await untilFree(env['PORT']);
    const child = hookcast(['serve'], { WORKERS: String(WORKERS), ...env, LOG_LEVEL: 'info' }, cwd, program);
    let errors = '';
    child.stderr?.on('data', (chunk) => (errors += String(chunk)));
    const lines = createInterface({ input: child.stdout! });
    for await (const line of lines) {
      const { msg, url } = JSON.parse(line) as { msg: string; url?: string };
      if (msg !== 'listening' || !url) continue;
      lines.close();
      const gateway = new GatewayProcess(child, url);
      // Without a reader, the full pipe would block the process.
      gateway.#read(child.stdout!);
      return gateway;
    }
    throw new Error(`The gateway did not start: ${errors}`);
  }

  get webSocketUrl(): string {
    return `${this.url.replace('http', 'ws')}/graphql`;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Its standard error: the reason, if a gateway ended by itself. */
  get stderr(): string {
    return this.#stderr;
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(signal);
    return this.exited;
  }

  #read(stdout: Readable): void {
    let rest = '';
    stdout.on('data', (chunk) => {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop()!;
      for (const line of lines) {
        if (/^\{"level":[56]0/.test(line) && this.errors.length < MOST_ERRORS) this.errors.push(line);
      }
    });
    stdout.resume();
  }
}
