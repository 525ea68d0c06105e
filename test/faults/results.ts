import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem, type, release } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DatabaseSync } from 'node:sqlite';

/** Not committed, like everything in data/. */
const FOLDER = fileURLToPath(new URL('../../data/faults/', import.meta.url));

export interface Result {
  readonly name: string;
  readonly what: string;
  readonly unit: string;
  readonly runs: number;
  readonly minutes: number;
  readonly seed: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly broken: readonly string[];
  /** Why it could not be done here. */
  readonly lacking: string | null;
  readonly seconds: number;
  readonly command: string;
  readonly machine: string;
}

export function keep(result: Result): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${result.name}.json`), `${JSON.stringify(result, null, 2)}\n`);
}

export function readKept(): Result[] {
  try {
    return readdirSync(FOLDER)
      .filter((file) => file.endsWith('.json'))
      .map((file) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Result);
  } catch {
    return [];
  }
}

export function verdict({ broken, lacking }: Result): string {
  if (lacking !== null) return 'not done';
  return broken.length === 0 ? 'kept' : 'BROKEN';
}

/** For a terminal. */
export function toLines(results: readonly Result[]): string[] {
  return results.flatMap((result) => [
    `${result.name.padEnd(14)} seed ${result.seed}  ${String(Math.round(result.seconds)).padStart(5)} s  ${verdict(result)}`,
    `    ${countsOf(result)}`,
    ...(result.lacking === null ? [] : [`    ${result.lacking}`]),
    ...result.broken.map((said) => `    ${said}`),
  ]);
}

/** The table of docs/RELIABILITY.md, and what was counted. */
export function toMarkdown(results: readonly Result[]): string {
  const rows = results.map((result) => [
    result.what,
    `${result.runs} ${result.unit}${result.minutes > 0 ? `, ${result.minutes} min` : ''}`,
    String(result.seed),
    `${Math.round(result.seconds)} s`,
    verdict(result),
    `\`${result.command}\``,
  ]);
  const head = ['fault', 'runs', 'seed', 'took', 'promises', 'command'];
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, at) => cell.padEnd(widths[at]!)).join(' | ')} |`;
  const machines = [...new Set(results.map(({ machine }) => machine))].map((machine) => `On ${machine}.`);
  const table = [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
  const seen = results.map((result) => `- \`${result.name}\`: ${countsOf(result)}.`);
  return [...machines, '', ...table, '', ...seen].join('\n');
}

export function machine(): string {
  const [cpu] = cpus();
  const { v } = new DatabaseSync(':memory:').prepare('SELECT sqlite_version() AS v').get() as { v: string };
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${cpus().length} cores of ${cpu?.model.trim() ?? 'an unknown kind'}, ${memory} GB, ${type()} ${release()}, Node ${process.version}, SQLite ${v}`;
}

/** The counts; those with a common head, such as `header: files`, are under it. */
function countsOf({ counts }: Result): string {
  const entries = Object.entries(counts).map(([name, count]) => {
    const [head = '', ...rest] = name.split(': ');
    return rest.length > 0
      ? { head: `${head}: `, said: `${count} ${rest.join(': ')}` }
      : { head: '', said: `${count} ${name}` };
  });
  const groups = [...Map.groupBy(entries, ({ head }) => head)];
  return groups.map(([head, said]) => head + said.map(({ said }) => said).join(', ')).join('; ');
}
