import type { Outcome, ReprocessedEvents } from '../events/reprocess.ts';
import { momentOf } from './moment.ts';
import type { Terminal } from './terminal.ts';
import { withOperations } from './with-operations.ts';

const REPROCESS = `mutation Reprocess($source: String, $type: String, $since: DateTime, $dryRun: Boolean, $after: String) {
  reprocess(source: $source, type: $type, since: $since, dryRun: $dryRun, after: $after) {
    events { source type outcome typename becomes issues { path message } count }
    cursor isDone progress
  }
}`;

interface Reprocessing {
  readonly events: readonly ReprocessedEvents[];
  readonly cursor: string;
  readonly isDone: boolean;
  readonly progress: number;
}

export interface ReprocessOptions {
  readonly source?: string;
  readonly type?: string;
  /** A moment or a day in ISO 8601. */
  readonly since?: string;
  readonly dryRun?: boolean;
}

/** `hookcast reprocess`: gives recorded events the form that the present code makes of them. Gateways may be running. */
export async function reprocess(options: ReprocessOptions, terminal: Terminal): Promise<void> {
  const { source = null, type = null, dryRun = false } = options;
  const since = options.since === undefined ? null : new Date(momentOf(options.since)).toISOString();
  await withOperations(terminal, { command: 'reprocess', needsSources: true }, async (operations) => {
    if (!dryRun) terminal.print('Reprocessing. If you stop it, the next run continues with the events that are left.');
    const sum = new Map<string, ReprocessedEvents>();
    // A call reads for about two seconds, and the next one continues from there.
    let after: string | null = null;
    for (;;) {
      const asked: Record<string, unknown> = { source, type, since, dryRun, after };
      const { reprocess: done } = await operations.ask<{ readonly reprocess: Reprocessing }>(REPROCESS, asked);
      for (const { count, ...sort } of done.events) {
        const key = JSON.stringify(sort);
        sum.set(key, { ...sort, count: count + (sum.get(key)?.count ?? 0) });
      }
      if (done.isDone) break;
      after = done.cursor;
      printProgress([...sum.values()], done.progress, terminal);
    }
    printReport([...sum.values()], dryRun, terminal);
  });
}

function printProgress(events: readonly ReprocessedEvents[], progress: number, { print }: Terminal): void {
  const revised = total(events, 'REVISED').toLocaleString('en');
  print(`${Math.floor(progress * 100)} %, ${counted(total(events))}, ${revised} of them revised`);
}

function printReport(events: readonly ReprocessedEvents[], dryRun: boolean, { print }: Terminal): void {
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
      return `${typename}, does not fit, and stays as it is`;
    case 'WITHOUT_RAW':
      return `${typename}, has no payload any more, and stays as it is`;
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
