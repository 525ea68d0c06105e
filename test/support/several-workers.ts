import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { CACHE, PROGRAM } from './child.ts';

export const KILLABLE = ['--import', fileURLToPath(new URL('killable.ts', import.meta.url))];

export interface Line {
  readonly msg: string;
  readonly level: number;
  readonly worker?: number;
  readonly url?: string;
  readonly [field: string]: unknown;
}

/** `hookcast serve` with several workers, for all tests of a file, which end it. */
export class SeveralWorkers {
  readonly url: string;
  readonly lines: Line[];
  readonly exited: Promise<unknown[]>;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string, lines: Line[]) {
    this.#child = child;
    this.url = url;
    this.lines = lines;
    this.exited = once(child, 'exit');
  }

  static async start(env: Record<string, string>, workers = 4): Promise<SeveralWorkers> {
    const args = [...KILLABLE, ...PROGRAM, 'serve', '--workers', String(workers)];
    const { PATH = '' } = process.env;
    const child = spawn(process.execPath, args, {
      env: { PATH, ...CACHE, ...env, LOG_LEVEL: 'info' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const lines: Line[] = [];
    let said = '';
    child.stderr.on('data', (chunk) => (said += String(chunk)));
    for await (const text of linesOf(child)) {
      const line = JSON.parse(text) as Line;
      lines.push(line);
      if (line.msg === 'listening') break;
    }
    const url = lines.find(({ msg }) => msg === 'listening')?.url;
    if (url === undefined) throw new Error(`The gateway did not start: ${said}`);
    createInterface({ input: child.stdout }).on('line', (line) => void lines.push(JSON.parse(line) as Line));
    return new SeveralWorkers(child, url, lines);
  }

  get webSocketUrl(): string {
    return `${this.url.replace('http', 'ws')}/graphql`;
  }

  /** Ends one worker as a crash would, and resolves when another one has taken its place. */
  async killOne(): Promise<void> {
    const before = this.#replaced();
    this.#child.kill('SIGURG');
    await expect.poll(() => this.#replaced(), { interval: 5 }).toBe(before + 1);
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Its exit code; null when a signal ended it. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(signal);
    const [code] = await this.exited;
    return code as number | null;
  }

  #replaced(): number {
    return this.lines.filter(({ msg }) => msg.startsWith('a worker failed')).length;
  }
}

async function* linesOf({ stdout }: ChildProcess): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of stdout!.iterator({ destroyOnReturn: false })) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
}
