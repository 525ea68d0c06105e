import { pino } from 'pino';
import { readMostValues } from '../config-parts.ts';
import { type RunProgress, openReconciling } from '../open-log.ts';
import { momentOf } from './moment.ts';
import { findSources } from './sources.ts';
import { CommandError, type Terminal } from './terminal.ts';
import { withLog } from './with-log.ts';

export interface ReconcileOptions {
  /** A moment or a day in ISO 8601. */
  readonly since?: string;
  readonly dryRun?: boolean;
}

/** How far back the command looks if `--since` is left out, in milliseconds. */
const DAY = 24 * 60 * 60 * 1000;

/** `hookcast reconcile`: records the events that a source's API knows and no webhook has told of. Gateways may be running. */
export async function reconcile(source: string, options: ReconcileOptions, terminal: Terminal): Promise<void> {
  const { dryRun = false } = options;
  const since = options.since === undefined ? Date.now() - DAY : momentOf(options.since);
  const sources = await findSources(terminal);
  const provider = sources.get(source);
  if (!provider)
    throw new CommandError(`There is no source "${source}". These are configured: ${[...sources.keys()].join(', ')}.`);
  if (!provider.reconcile)
    throw new CommandError(
      `The source "${source}" has no API to compare it with: see "Reconciliation" in docs/OPERATING.md for how to set it up.`,
    );
  const mostValues = readMostValues(terminal.env);
  await withLog(terminal, async (log) => {
    const reconciling = openReconciling(log, { sources, mostValues, logger: pino({ level: 'silent' }) });
    const { signal } = new AbortController();
    const progress = ({ seen, missed }: RunProgress) =>
      terminal.print(`${counted(seen)} compared, ${sumOf(missed)} missed`);
    if (!dryRun) terminal.print('Reconciling. If you stop it, a gateway or the next run continues from there.');
    let run = await reconciling.run(source, { signal, since, dryRun, progress });
    const all = new Map<string, number>();
    let unfit = 0;
    for (;;) {
      if (run.outcome === 'not now')
        throw new CommandError(`A gateway is reconciling "${source}" just now. Try again in a few minutes.`);
      for (const [type, count] of run.missed) all.set(type, (all.get(type) ?? 0) + count);
      unfit += run.unfit;
      if (run.outcome !== 'to go on') break;
      run = await reconciling.run(source, { signal, goesOn: true, progress });
    }
    for (const [type, count] of all) terminal.print(source, type, count.toLocaleString('en'));
    if (unfit > 0)
      terminal.print(`${unfit.toLocaleString('en')} items of the API fit no event, and were not recorded.`);
    if (run.webhook === 'OFF')
      terminal.print(
        `The provider says that the webhook of "${source}" is off: it sends nothing until you switch it on there.`,
      );
    if (run.outcome === 'failed') throw new CommandError(`${run.error.message} What was compared before is recorded.`);
    terminal.print(
      dryRun
        ? `${counted(sumOf(all))} would be recorded. This was a dry run: nothing was changed.`
        : `${counted(sumOf(all))} recorded, with the origin RECONCILED.`,
    );
  });
}

function sumOf(missed: ReadonlyMap<string, number>): number {
  return [...missed.values()].reduce((sum, count) => sum + count, 0);
}

function counted(count: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'event' : 'events'}`;
}
