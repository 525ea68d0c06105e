import type { ExportedParts } from '../export/exported-event.ts';
import type { Delimiter } from '../export/lines.ts';
import { type Format, encoderOf } from './export-format.ts';
import { pagesOf } from './export-pages.ts';
import { toFile, toOutput } from './export-target.ts';
import { momentOf } from './moment.ts';
import { CommandError, type SendingTerminal } from './terminal.ts';
import { withOperations } from './with-operations.ts';

/** The lists of `EventFilter`. */
const LISTS = ['providers', 'sources', 'tenants', 'types', 'typenames', 'kinds', 'happened', 'subjects'] as const;
/** How often a long export reports its progress, in milliseconds. */
const EVERY = 2_000;

export interface ExportOptions extends ExportedParts {
  readonly format: Format;
  /** Of CSV only. */
  readonly delimiter?: Delimiter;
  /** Moments or days in ISO 8601: when the events occurred. */
  readonly since?: string;
  readonly until?: string;
  /** Each in the form `sources=eduzz`. */
  readonly filter?: readonly string[];
  /** A file. If it is left out, the output of the process. */
  readonly output?: string;
  readonly force: boolean;
}

/**
 * `hookcast export`: writes the log's events to a file for other programs. @throws {CommandError} if the file is not complete.
 */
export async function exportEvents(options: ExportOptions, terminal: SendingTerminal): Promise<void> {
  const { format, delimiter, output, people, raw } = options;
  if (delimiter !== undefined && format !== 'csv') {
    throw new CommandError('Only CSV has a delimiter: add --format csv, or leave out --delimiter.');
  }
  const filter = filterOf(options);
  if (format === 'parquet' && output === undefined && terminal.isScreen) {
    throw new CommandError('Parquet can’t be shown on a terminal: name a file with --output.');
  }
  const work = { command: 'export', needsTypes: true, scopes: 'events:read' } as const;
  await withOperations(terminal, work, async (operations) => {
    const encoder = await encoderOf(format, { people, raw }, delimiter);
    const target = output === undefined ? toOutput(terminal) : await toFile(output, options);
    const until = untilInterrupted(terminal);
    let count = 0;
    let next = performance.now() + EVERY;
    try {
      const begin = encoder.begin();
      if (begin.length > 0) await until(target.write(begin));
      const pages = pagesOf(operations, filter, { people, raw });
      for (let page = await until(pages.next()); !page.done; page = await until(pages.next())) {
        const chunk = encoder.encode(page.value);
        if (chunk.length > 0) await until(target.write(chunk));
        count += page.value.length;
        if (performance.now() < next) continue;
        next = performance.now() + EVERY;
        terminal.progress(`${count} events so far`);
      }
      const end = encoder.end();
      if (end.length > 0) await until(target.write(end));
      await target.finish();
    } catch (error) {
      await target.abandon();
      throw error;
    }
    const done = `Exported ${count} event${count === 1 ? '' : 's'}`;
    if (output === undefined) terminal.progress(`${done}.`);
    else terminal.print(`${done} to ${output}.`);
  });
}

/**
 * Waits for a step, but stops waiting when the operator interrupts the export. Otherwise a reader that hangs, or a gateway that
 * does not answer, would hold it until the process ends with a code of success. `Promise.race` would keep some memory for each
 * step.
 */
function untilInterrupted({ interrupted }: SendingTerminal): <T>(step: Promise<T>) => Promise<T> {
  let interruption: CommandError | null = null;
  let refuse: ((error: CommandError) => void) | null = null;
  const interrupt = async () => {
    await interrupted();
    interruption = new CommandError('The export was interrupted, and is incomplete.');
    refuse?.(interruption);
  };
  void interrupt();
  return (step) =>
    new Promise((resolve, reject) => {
      refuse = reject;
      step.then(resolve, reject);
      if (interruption) reject(interruption);
    });
}

function moment(text: string | undefined, option: string): string | null {
  return text === undefined ? null : new Date(momentOf(text, option)).toISOString();
}

/** The options as an `EventFilter`. @throws {CommandError} */
function filterOf({ since, until, filter: words = [] }: ExportOptions): Readonly<Record<string, unknown>> {
  const filter: Record<string, unknown> = {
    occurredFrom: moment(since, '--since'),
    occurredBefore: moment(until, '--until'),
  };
  for (const word of words) {
    const [, list, value] = /^(\w+)=(.+)$/s.exec(word) ?? [];
    if (list === undefined || !(LISTS as readonly string[]).includes(list)) {
      throw new CommandError(
        `--filter: expected a list and a value, like sources=eduzz. The lists are ${LISTS.join(', ')}.`,
      );
    }
    filter[list] = [...((filter[list] as string[] | undefined) ?? []), value];
  }
  return filter;
}
