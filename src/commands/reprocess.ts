import { pino } from 'pino';
import { readMostValues } from '../config.ts';
import type { Outcome, Reprocessed, ReprocessedEvents } from '../events/reprocess.ts';
import { openReprocessor } from '../open-log.ts';
import { momentOf } from './moment.ts';
import { note } from './note.ts';
import { requireSource } from './require-source.ts';
import { findSources } from './sources.ts';
import type { Terminal } from './terminal.ts';
import { withLog } from './with-log.ts';

export interface ReprocessOptions {
  readonly source?: string;
  readonly type?: string;
  /** A moment or a day, as ISO 8601 writes it. */
  readonly since?: string;
  readonly dryRun?: boolean;
}

/** How often a long run says how far it is, in milliseconds. */
const EVERY = 2_000;

/** `hookcast reprocess`: what the present code makes of the events that are kept, in their place. Gateways may be running. */
export async function reprocess(options: ReprocessOptions, terminal: Terminal): Promise<void> {
  const since = options.since === undefined ? null : momentOf(options.since);
  const sources = await findSources(terminal);
  const mostValues = readMostValues(terminal.env);
  await withLog(terminal, async (log) => {
    // A mistyped source would find nothing, and look as if there were nothing to do.
    if (options.source !== undefined) await requireSource(log, options.source);
    const reprocessor = openReprocessor(log, { sources, mostValues, logger: pino({ level: 'silent' }) });
    const { dryRun = false } = options;
    if (!dryRun) terminal.print('Reprocessing. If you stop it, the next run continues with the events that are left.');
    if (!dryRun) await note(log, 'reprocess', { action: 'REPROCESS', target: options.source ?? null });
    const request = { source: options.source ?? null, type: options.type ?? null, since, dryRun };
    const done = await reprocessor.run({ ...request, progress: progressOn(terminal) });
    printReport(done, dryRun, terminal);
  });
}

function progressOn({ print }: Terminal) {
  let next = performance.now() + EVERY;
  return (done: Reprocessed, last: number) => {
    if (done.isDone || performance.now() < next) return;
    next = performance.now() + EVERY;
    const share = last === 0 ? 100 : Math.floor((done.end.seq / last) * 100);
    print(
      `${share} %, ${counted(total(done.events))}, ${total(done.events, 'REVISED').toLocaleString('en')} of them revised`,
    );
  };
}

function printReport({ events }: Reprocessed, dryRun: boolean, { print }: Terminal): void {
  const would = (is: string, would: string) => (dryRun ? would : is);
  for (const { source, type, outcome, typename, becomes, issues, count } of events.toSorted(bySort)) {
    const what = describe(outcome, typename, becomes, dryRun);
    print(
      source,
      type,
      count.toLocaleString('en'),
      what,
      ...issues.map(({ path, message }) => `${path || '(the whole)'}: ${message}`),
    );
  }
  const of = (outcome: Outcome) => total(events, outcome).toLocaleString('en');
  print(
    `${counted(total(events))}: ${of('REVISED')} ${would('revised', 'would be revised')}, ${of('SAME')} the same, ` +
      `${of('UNFIT')} not fitting, ${of('WITHOUT_RAW')} without a payload` +
      (total(events, 'ERASING') > 0
        ? `, ${of('ERASING')} requests for privacy ${would('fulfilled', 'to be fulfilled')}.`
        : '.'),
  );
  if (dryRun) return print('This was a dry run: nothing was changed.');
  if (total(events, 'REVISED') > 0) print('Subscribers are told, and the counts of activity have changed with them.');
}

function describe(outcome: Outcome, typename: string, becomes: string | null, dryRun: boolean): string {
  switch (outcome) {
    case 'REVISED':
      if (typename === becomes) return `${typename}, ${dryRun ? 'would have' : 'has'} other values`;
      return `${typename} ${dryRun ? 'would become' : 'became'} ${becomes}`;
    case 'SAME':
      return `${typename}, the same`;
    case 'UNFIT':
      return `${typename}, does not fit and is left as it is`;
    case 'WITHOUT_RAW':
      return `${typename}, has no payload any more and is left as it is`;
    case 'ERASING':
      return `${typename}, a request for privacy: the people that it names ${dryRun ? 'would be' : 'were'} erased`;
  }
}

function bySort(one: ReprocessedEvents, other: ReprocessedEvents): number {
  return one.source.localeCompare(other.source) || one.type.localeCompare(other.type) || other.count - one.count;
}

function total(events: readonly ReprocessedEvents[], outcome: Outcome | null = null): number {
  return events.reduce((sum, sort) => sum + (outcome === null || sort.outcome === outcome ? sort.count : 0), 0);
}

function counted(count: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'event' : 'events'}`;
}
