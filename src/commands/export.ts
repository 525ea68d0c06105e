import type { ExportedParts } from '../export/exported-event.ts';
import type { Delimiter } from '../export/lines.ts';
import { type FilterOptions, eventFilterOf } from './event-filter.ts';
import { type Chunk, type Format, encoderOf, formatOf } from './export-format.ts';
import { headOf, pagesOf, positionOf } from './export-pages.ts';
import { ExportProgress } from './export-progress.ts';
import { GZIP, toFile, toOutput } from './export-target.ts';
import { CommandError, type SendingTerminal } from './terminal.ts';
import { withOperations } from './with-operations.ts';

/** How often the progress is shown, in milliseconds. */
const EVERY = 1_000;

/** The name that means the output of the process. */
const STDOUT = '-';

export interface ExportOptions extends ExportedParts, FilterOptions {
  /** If it is left out, the name of the file says it; otherwise it is NDJSON. */
  readonly format?: Format;
  /** Of CSV only. */
  readonly delimiter?: Delimiter;
  /** The cursor after which to begin: that of an event, or the one that an earlier export ended with. */
  readonly after?: string;
  /** A file. If it is left out, the output of the process. */
  readonly output?: string;
  readonly force: boolean;
}

/**
 * `hookcast export`: writes the log's events to a file for other programs. @throws {CommandError} if the file is not complete.
 */
export async function exportEvents(options: ExportOptions, terminal: SendingTerminal): Promise<void> {
  const { delimiter, people, raw } = options;
  const output = options.output === STDOUT ? undefined : options.output;
  const format = options.format ?? (output === undefined ? null : formatOf(output)) ?? 'ndjson';
  if (delimiter !== undefined && format !== 'csv') {
    throw new CommandError('Only CSV has a delimiter: add --format csv, or leave out --delimiter.');
  }
  const filter = eventFilterOf(options);
  if (format === 'parquet' && output === undefined && terminal.isScreen) {
    throw new CommandError('Parquet can’t be shown on a terminal: name a file with --output.');
  }
  if (format === 'parquet' && output?.endsWith(GZIP)) {
    throw new CommandError(`Parquet is compressed already: leave out ${GZIP} at the end of the name.`);
  }
  const { after = null } = options;
  const start = after === null ? null : positionOf(after);
  const work = { command: 'export', needsTypes: true, scopes: 'events:read' } as const;
  await withOperations(terminal, work, async (operations) => {
    const encoder = await encoderOf(format, { people, raw }, delimiter);
    const target = output === undefined ? toOutput(terminal) : await toFile(output, options);
    const until = untilInterrupted(terminal);
    const write = (chunk: Chunk) => (chunk.length > 0 ? until(target.write(chunk)) : null);
    let showing: NodeJS.Timeout | undefined;
    try {
      await write(encoder.begin());
      const head = await until(headOf(operations));
      const progress = new ExportProgress({ start, end: positionOf(head) });
      // On a screen, the progress would stand between the events.
      const isShown = output !== undefined || !terminal.isScreen;
      if (isShown) showing = setInterval(() => terminal.progress(progress.line()), EVERY);
      const pages = pagesOf(operations, { filter, after, head }, { people, raw });
      for (let page = await until(pages.next()); !page.done; page = await until(pages.next())) {
        await write(encoder.encode(page.value));
        progress.wrote(page.value);
      }
      await write(encoder.end());
      await target.finish();
      const done = `Exported ${progress.count} event${progress.count === 1 ? '' : 's'}`;
      const tell = output === undefined ? terminal.remark : terminal.print;
      tell(output === undefined ? `${done}.` : `${done} to ${output}.`);
      tell(`To export later events, add --after ${head}`);
    } catch (error) {
      await target.abandon();
      throw error;
    } finally {
      clearInterval(showing);
    }
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
