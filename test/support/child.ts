import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
/** Of `hookcast/…` the sources too, and not what was last built. */
export const FROM_SOURCE = '--conditions=hookcast-source';

/** Where Node keeps what it has compiled, when it is told to: hundreds of processes are started here. */
const { NODE_COMPILE_CACHE } = process.env;
const CACHE: Record<string, string> = NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE: resolve(NODE_COMPILE_CACHE) } : {};

/** The command line tool, as a process of its own. Ended with the test, by its own process id. */
export function hookcast(args: readonly string[], env: Record<string, string>, cwd = tmpdir()): ChildProcess {
  const child = spawn(process.execPath, [FROM_SOURCE, CLI, ...args], {
    // Nothing of this process's environment: a setting of the machine must not get into a test.
    env: { PATH: process.env['PATH'] ?? '', ...CACHE, ...env },
    // Nor of a .env that somebody keeps in the project.
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Runs it to its end. */
export async function run(
  args: readonly string[],
  env: Record<string, string>,
  cwd?: string,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = hookcast(args, env, cwd);
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr?.on('data', (chunk) => (stderr += String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stdout, stderr };
}

/** A gateway as a process: `hookcast serve`. */
export class GatewayProcess {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | null>;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
    this.#exited = new Promise((resolve) => child.on('exit', resolve));
  }

  static async start(env: Record<string, string>, cwd?: string): Promise<GatewayProcess> {
    const child = hookcast(['serve'], { ...env, LOG_LEVEL: 'info' }, cwd);
    let errors = '';
    child.stderr?.on('data', (chunk) => (errors += String(chunk)));
    const lines = createInterface({ input: child.stdout! });
    for await (const line of lines) {
      const { msg, url } = JSON.parse(line) as { msg: string; url?: string };
      if (msg !== 'listening' || !url) continue;
      lines.close();
      // Whoever stops reading would block the process once the pipe is full.
      child.stdout?.resume();
      return new GatewayProcess(child, url);
    }
    throw new Error(`The gateway did not start: ${errors}`);
  }

  get webSocketUrl(): string {
    return `${this.url.replace('http', 'ws')}/graphql`;
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(signal);
    return this.#exited;
  }
}
