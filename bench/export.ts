import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

/** How the names of the files end, which says their formats. */
const ENDINGS = ['ndjson', 'ndjson.gz', 'csv', 'parquet'];
const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The process itself writes this at its end, because only it knows its peak and its CPU, threads included. */
const REPORT = `
import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(process.env.REPORT, JSON.stringify(process.resourceUsage())));`;

/**
 * Measures time, CPU and peak memory of `hookcast export --people` in each format, on an SQLite log of a tenth of the rows and on one
 * of all rows (a million, or `--rows N`). If both peaks are alike, the memory does not depend on the rows. With `--keep FOLDER`, the
 * logs are filled into that folder and left there, and logs that are there already are used.
 */
export async function main(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...options],
    options: { rows: { type: 'string', default: '1000000' }, keep: { type: 'string' } },
  });
  const folder = mkdtempSync(join(tmpdir(), 'hookcast-export-'));
  const report = join(folder, 'report.json');
  const preload = join(folder, 'report.mjs');
  writeFileSync(preload, REPORT);
  try {
    for (const rows of [Math.ceil(Number(values.rows) / 10), Number(values.rows)]) {
      const file = join(values.keep ?? folder, `${rows}.db`);
      const fill = fileURLToPath(new URL('./rows.child.ts', import.meta.url));
      if (!existsSync(file)) execFileSync(process.execPath, [fill, 'fill', ROOT, file, String(rows)]);
      for (const ending of ENDINGS) {
        const output = join(folder, `events.${ending}`);
        const command = ['export', '--people', '--output', output];
        const began = performance.now();
        execFileSync(
          process.execPath,
          [
            '--import',
            pathToFileURL(preload).href,
            '--conditions=hookcast-source',
            join(ROOT, 'src/cli.ts'),
            ...command,
          ],
          {
            env: { PATH: process.env['PATH'], DATABASE_URL: `sqlite:${file}`, REPORT: report },
            cwd: folder,
            stdio: ['ignore', 'ignore', 'inherit'],
          },
        );
        const seconds = (performance.now() - began) / 1000;
        const { maxRSS, userCPUTime, systemCPUTime } = JSON.parse(readFileSync(report, 'utf8')) as NodeJS.ResourceUsage;
        const cpu = ((userCPUTime + systemCPUTime) / 1e6).toFixed(0);
        const size = (statSync(output).size / 1e6).toFixed(0);
        console.log(
          `${rows} events, ${ending}: ${size} MB, ${cpu} s of CPU in ${seconds.toFixed(0)} s, ${(rows / seconds).toFixed(0)} events a second, ` +
            `peak ${(maxRSS / 1024).toFixed(0)} MB`,
        );
        rmSync(output);
      }
      if (values.keep === undefined) rmSync(file);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
