import { pino } from 'pino';
import { readMostValues, readPublicUrl } from '../config.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Refused } from '../events/refused.ts';
import { type Admitted, openAdmission } from '../open-log.ts';
import { note } from './note.ts';
import { findSources } from './sources.ts';
import { CommandError, type Terminal } from './terminal.ts';
import { withLog } from './with-log.ts';

/** Rows that may have a whole body each. */
const PAGE = 20;

export interface Chosen {
  readonly all: boolean;
  /** Only of this one. */
  readonly source?: string;
}

/** `hookcast refused list`: what waits, one line each. Nothing of what was sent. */
export function listRefused({ source }: Pick<Chosen, 'source'>, terminal: Terminal): Promise<void> {
  return withLog(terminal, async (log) => {
    let count = 0;
    for await (const refused of waiting(log, source)) {
      count += 1;
      const { id, receivedAt, size, sender, expiresAt } = refused;
      const [at, until] = [receivedAt, expiresAt].map((moment) => new Date(moment).toISOString()) as [string, string];
      terminal.print(String(id), at, refused.source, `sender ${sender}`, `${size} bytes`, `until ${until}`);
    }
    if (count === 0) terminal.print('No refused delivery is kept. KEEP_REFUSED=24h at the gateways has them kept.');
  });
}

/** `hookcast refused admit`: checks them with today's secrets, as of when they came; what is authentic now is recorded. */
export async function admitRefused(ids: readonly number[], chosen: Chosen, terminal: Terminal): Promise<void> {
  assertChosen(ids, chosen, 'admit');
  const sources = await findSources(terminal);
  const mostValues = readMostValues(terminal.env);
  const publicUrl = readPublicUrl(terminal.env);
  await withLog(terminal, async (log) => {
    const options = { sources, mostValues, publicUrl, logger: pino({ level: 'silent' }) };
    const admission = await openAdmission(log, options);
    let [admitted, refused] = [0, 0];
    try {
      for await (const id of numbers(log, ids, chosen)) {
        found(id, await log.findRefused(id, Date.now()));
        await note(log, 'refused admit', { action: 'ADMIT', target: `refused/${id}` });
        const outcome = found(id, await admission.admit(id));
        if (outcome.outcome === 'admitted') admitted += 1;
        else refused += 1;
        terminal.print(String(id), described(outcome));
      }
    } finally {
      await admission.close();
    }
    terminal.print(`${admitted} admitted${refused > 0 ? `, ${refused} still refused` : ''}.`);
    if (refused > 0)
      throw new CommandError(
        'Not all of them are authentic with the secrets that are set. Those stay until they expire.',
      );
  });
}

/** `hookcast refused drop`: lets go of what nobody wants. */
export async function dropRefused(ids: readonly number[], chosen: Chosen, terminal: Terminal): Promise<void> {
  assertChosen(ids, chosen, 'drop');
  await withLog(terminal, async (log) => {
    let count = 0;
    for await (const id of numbers(log, ids, chosen)) {
      found(id, await log.findRefused(id, Date.now()));
      await note(log, 'refused drop', { action: 'DROP', target: `refused/${id}` });
      if (await log.dropRefused(id)) count += 1;
    }
    terminal.print(`${count} dropped.`);
  });
}

function described(admitted: Admitted): string {
  if (admitted.outcome === 'refused') return `still refused: ${admitted.why}`;
  const { status, id } = admitted.receipt;
  return `admitted: ${status}${id === null ? '' : ` ${id}`}`;
}

function assertChosen(ids: readonly number[], { all, source }: Chosen, what: string): void {
  const isChosen = all || source !== undefined;
  if (isChosen && ids.length > 0)
    throw new CommandError(`Name the deliveries to ${what}, or say --all or --source, not both.`);
  if (!isChosen && ids.length === 0)
    throw new CommandError(`Name the deliveries to ${what}, or say --all or --source.`);
}

async function* numbers(log: EventLog, ids: readonly number[], { source }: Chosen): AsyncGenerator<number> {
  if (ids.length > 0) return yield* ids;
  for await (const { id } of waiting(log, source)) yield id;
}

async function* waiting(log: EventLog, source: string | undefined): AsyncGenerator<Refused> {
  for (let after = 0; ;) {
    const page = await log.listRefused({ after, limit: PAGE, now: Date.now() });
    for (const refused of page) if (source === undefined || refused.source === source) yield refused;
    if (page.length < PAGE) return;
    after = page.at(-1)!.id;
  }
}

function found<T>(id: number, one: T | null): T {
  if (one !== null) return one;
  throw new CommandError(`No refused delivery is kept under ${id}. "hookcast refused list" shows what is.`);
}
