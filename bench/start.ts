import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { median } from './load.ts';
import { cpuOf } from './process-tree.ts';
import { SECRET } from './servers.ts';

const ROUNDS = 5;
const LOOK = 10;
const ROOT = fileURLToPath(new URL('..', import.meta.url));

interface Start {
  readonly seconds: number;
  /** Seconds of CPU, threads included. */
  readonly cpu: number;
}

/**
 * Measures `hookcast serve` from its call to the first 200 of /readyz, from the package as users install it: the first start, and the
 * second start, when its modules are compiled. With `--beside FOLDER`, another installation takes turns with it.
 */
export async function main(options: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hookcast-bench-'));
  try {
    const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    const install = ['install', '--no-audit', '--no-fund', '--silent', `./${packed.trim().split('\n').at(-1)}`];
    execFileSync('npm', install, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    const beside = options.indexOf('--beside');
    const installed = { 'this one': folder, ...(beside >= 0 && { 'the other': options[beside + 1]! }) };
    const starts = new Map<string, Start[]>();
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, where] of Object.entries(installed)) {
        rmSync(join(where, 'node_modules/hookcast/.compiled'), { recursive: true, force: true });
        for (const time of ['first', 'second']) {
          const key = `${name}, ${time} start`;
          starts.set(key, [...(starts.get(key) ?? []), await start(where)]);
        }
      }
    }
    console.log(`hookcast serve, from its call to the first 200 of /readyz; medians of ${ROUNDS}`);
    for (const [key, all] of starts) {
      const [seconds, cpu] = [all.map((one) => one.seconds), all.map((one) => one.cpu)].map((values) => median(values));
      console.log(`  ${key.padEnd(24)} ${seconds!.toFixed(2)} s, ${cpu!.toFixed(2)} s of CPU`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function start(installation: string): Promise<Start> {
  const data = mkdtempSync(join(tmpdir(), 'hookcast-bench-'));
  const port = 20_000 + Math.floor(Math.random() * 10_000);
  const settings = {
    PORT: String(port),
    DATABASE_URL: `sqlite:${join(data, 'x.db')}`,
    SOURCES: 'eduzz',
    EDUZZ_SECRETS: SECRET,
    AUTH_SECRET: SECRET,
    DRAIN_NOTICE_SECONDS: '0',
    DRAIN_SPREAD_SECONDS: '0',
  };
  const program = join(installation, 'node_modules/hookcast/dist/launch.js');
  const began = performance.now();
  // The child runs on this Node, so that the launcher need not find another one.
  const child = spawn(process.execPath, [program, 'serve'], {
    cwd: data,
    env: { PATH: process.env['PATH'], ...settings },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    for (;;) {
      const status = await fetch(`http://127.0.0.1:${port}/readyz`).then(
        (response) => response.status,
        () => 0,
      );
      if (status === 200) break;
      if (child.exitCode !== null) throw new Error('it ended before it was ready');
      await setTimeout(LOOK);
    }
    return { seconds: (performance.now() - began) / 1_000, cpu: cpuOf(child.pid!) / 1e6 };
  } finally {
    child.kill('SIGTERM');
    await ended;
    rmSync(data, { recursive: true, force: true });
  }
}
