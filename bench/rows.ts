import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from './load.ts';

const ROUNDS = 3;
const PARTS = ['insert', 'commit', 'checkpoint'] as const;
type Round = Record<(typeof PARTS)[number], number>;

/**
 * Measures the CPU of the SQLite log's writer, in microseconds for each row. It writes batches of 64 after a million rows, or `--rows N`,
 * whose people and tickets are all different. The WAL is copied into the file when each build's gateway would copy it. With
 * `--against FOLDER`, another checkout is measured beside this one, which needs its own node_modules.
 */
export async function main(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...options],
    options: { rows: { type: 'string', default: '1000000' }, against: { type: 'string' } },
  });
  const here = fileURLToPath(new URL('..', import.meta.url));
  const builds = [
    ...(values.against === undefined ? [] : [['the other build', resolve(values.against)] as const]),
    ['this build', here] as const,
  ];
  const folder = mkdtempSync(join(tmpdir(), 'hookcast-rows-'));
  const child = (...args: string[]) =>
    execFileSync(process.execPath, [fileURLToPath(new URL('./rows.child.ts', import.meta.url)), ...args], {
      encoding: 'utf8',
    });
  const results: Record<string, Round[]> = {};
  try {
    for (const [name, root] of builds) {
      console.log(`Writing ${values.rows} rows with ${name}…`);
      child('fill', root, join(folder, `${name}.db`), values.rows);
    }
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, root] of builds) {
        const measured = JSON.parse(child('measure', root, join(folder, `${name}.db`), String(round))) as Round;
        (results[name] ??= []).push(measured);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const sums = builds.map(([name]) => {
    const of = PARTS.map((part) => median(results[name]!.map((round) => round[part])));
    const sum = of.reduce((all, one) => all + one, 0);
    console.log(
      `${name}: ${PARTS.map((part, at) => `${part} ${of[at]!.toFixed(1)}`).join(', ')}; ${sum.toFixed(1)} µs a row`,
    );
    return sum;
  });
  if (sums.length > 1) console.log(`this build / the other build: ${(sums[1]! / sums[0]!).toFixed(2)}`);
}
