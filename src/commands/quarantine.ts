import { pino } from 'pino';
import { readMostValues } from '../config.ts';
import type { EventLog } from '../events/event-log.ts';
import { parseExact } from '../events/exact-json.ts';
import type { Quarantined, QuarantineState } from '../events/quarantine.ts';
import { openDesk } from '../open-log.ts';
import { note } from './note.ts';
import { findSources } from './sources.ts';
import { CommandError, type Terminal, printJson } from './terminal.ts';
import { withLog } from './with-log.ts';

const PAGE = 100;

/** `hookcast quarantine list`: what waits and why, one line each. Nothing of what it says about people. */
export function listQuarantine(options: { readonly state: QuarantineState }, terminal: Terminal): Promise<void> {
  return withLog(terminal, async (log) => {
    let count = 0;
    for await (const { id, receivedAt, source, type, issues, erasedAt } of all(log, options.state)) {
      count += 1;
      const where = issues.map(({ path }) => path || '(the whole)').join(', ');
      const erased = erasedAt === null ? [] : ['its people were erased'];
      terminal.print(String(id), toText(receivedAt), source, type ?? '(no name)', where, ...erased);
    }
    if (count === 0) terminal.print(options.state === 'WAITING' ? 'Nothing is in quarantine.' : 'There is none.');
  });
}

/** `hookcast quarantine show`: why one delivery did not fit; its payload, which speaks of people, only when asked. */
export function showQuarantined(id: number, options: { readonly payload: boolean }, terminal: Terminal): Promise<void> {
  return withLog(terminal, async (log) => {
    const { payload, receivedAt, settledAt, erasedAt, ...rest } = found(id, await log.findQuarantined(id));
    const times = {
      receivedAt: toText(receivedAt),
      settledAt: settledAt && toText(settledAt),
      erasedAt: erasedAt && toText(erasedAt),
    };
    printJson({ ...rest, ...times }, terminal);
    if (!options.payload) return;
    if (payload !== null)
      await note(log, 'quarantine show', { action: 'READ_RAW', target: `quarantine/${id}`, count: 1 });
    if (payload === null) throw new CommandError(`The payload of ${id} is gone: it is ${rest.state.toLowerCase()}.`);
    printJson(parseExact(payload), terminal);
  });
}

/** `hookcast quarantine release`: the present code has a go at what waits; what fits now becomes an event, once. */
export async function releaseQuarantined(
  ids: readonly number[],
  options: { readonly all: boolean },
  terminal: Terminal,
): Promise<void> {
  if (options.all && ids.length > 0) throw new CommandError('Name the deliveries to release or say --all, not both.');
  if (!options.all && ids.length === 0) throw new CommandError('Name the deliveries to release, or say --all.');
  const sources = await findSources(terminal);
  const mostValues = readMostValues(terminal.env);
  await withLog(terminal, async (log) => {
    const desk = openDesk(log, { sources, mostValues, logger: pino({ level: 'silent' }) });
    const outcome = await settle(log, options.all ? null : ids, 'release', (id) => desk.release(id), terminal);
    terminal.print(`${outcome.RELEASED} released${outcome.WAITING > 0 ? `, ${outcome.WAITING} still waiting` : ''}.`);
    if (outcome.WAITING > 0) throw new CommandError('Not everything fits. "hookcast quarantine show <id>" says where.');
    refuseSettled(outcome);
  });
}

/** `hookcast quarantine discard`: lets go of what nobody wants. */
export async function discardQuarantined(ids: readonly number[], terminal: Terminal): Promise<void> {
  await withLog(terminal, async (log) => {
    // Nothing is normalised, so no source is asked.
    const desk = openDesk(log, { sources: new Map(), mostValues: 0, logger: pino({ level: 'silent' }) });
    refuseSettled(await settle(log, ids, 'discard', (id) => desk.discard(id), terminal));
  });
}

/** How many became what, and how many had been settled before, so that nothing was left to do. */
type Outcome = Record<QuarantineState | 'settledBefore', number>;

async function settle(
  log: EventLog,
  ids: readonly number[] | null,
  what: 'release' | 'discard',
  decide: (id: number) => Promise<Quarantined | null>,
  { print }: Terminal,
): Promise<Outcome> {
  const outcome: Outcome = { WAITING: 0, RELEASED: 0, DISCARDED: 0, ERASED: 0, settledBefore: 0 };
  for await (const id of ids ?? numbers(log)) {
    const before = found(id, await log.findQuarantined(id));
    if (before.state !== 'WAITING') {
      outcome.settledBefore += 1;
      const as = before.state === 'RELEASED' ? `, as ${before.eventId}` : '';
      print(String(id), `was ${before.state.toLowerCase()} before${as}: nothing to ${what}`);
      continue;
    }
    const action = what === 'release' ? 'RELEASE' : 'DISCARD';
    await note(log, `quarantine ${what}`, { action, target: `quarantine/${id}` });
    const after = found(id, await decide(id));
    outcome[after.state] += 1;
    print(String(id), described(after, what));
  }
  return outcome;
}

function described({ state, eventId, issues }: Quarantined, what: 'release' | 'discard'): string {
  if (state === 'WAITING') {
    return `still does not fit: ${issues.map(({ path, message }) => `${path}: ${message}`).join('; ')}`;
  }
  if (state === 'RELEASED') return `released as ${eventId}`;
  // The present code says that it is only a check, or not wanted.
  if (state === 'DISCARDED' && what === 'release') return 'discarded: an event like this is not recorded';
  return state.toLowerCase();
}

function refuseSettled({ settledBefore }: Outcome): void {
  if (settledBefore === 0) return;
  throw new CommandError(
    'Some of these deliveries were settled before. "hookcast quarantine list" shows those that wait.',
  );
}

async function* all(log: EventLog, state: QuarantineState): AsyncGenerator<Quarantined> {
  for (let after = 0; ;) {
    const page = await log.listQuarantined({ after, limit: PAGE, state });
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)!.id;
  }
}

async function* numbers(log: EventLog): AsyncGenerator<number> {
  for await (const { id } of all(log, 'WAITING')) yield id;
}

function found(id: number, delivery: Quarantined | null): Quarantined {
  if (delivery) return delivery;
  throw new CommandError(`Nothing is in quarantine under ${id}. "hookcast quarantine list" shows what is.`);
}

function toText(at: number): string {
  return new Date(at).toISOString();
}
