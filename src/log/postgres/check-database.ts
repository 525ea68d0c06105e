import { HookcastError } from '../../errors.ts';
import type { RecordedEvent } from '../../events/event.ts';
import type { Checked } from '../checked.ts';
import { ERASURE_COLUMNS, RECORDED_COLUMNS } from '../row.ts';
import { ErasuresCheck } from '../check-erasures.ts';
import { erasuresOf, eventOf, quarantinedOf } from './answers.ts';
import { WordsCheck } from './check-words.ts';
import { type Connection, statement } from './connection.ts';
import { unopened } from './opening.ts';
import { Primary } from './primary.ts';
import { LIST_QUARANTINED } from './quarantine.ts';
import { reasonOf } from './refusal.ts';
import { COUNT_BELOW, COUNT_WRONG, SELECT_BEHIND } from './restored.ts';
import { assertReadable } from './schema.ts';
import { faultsOf } from './sound.ts';
import { parseTarget } from './target.ts';

const PAGES = 'PostgreSQL looks after its own pages and indexes: turn its data checksums on, and use pg_amcheck.';

/** The most altered events that are reported. */
const MOST = 20;
/** How many events are read at once, and how many deliveries in quarantine, which may be large. */
const PIECE = 500;
const FEW = 50;
/** How long one statement may take, in milliseconds. */
const PATIENCE = 60 * 60 * 1000;

const EVENTS = statement(
  `SELECT ${RECORDED_COLUMNS.join(', ')} FROM hookcast.events WHERE seq > ?::bigint ORDER BY seq LIMIT ?::bigint`,
);

const ERASURES = statement(`SELECT ${ERASURE_COLUMNS.join(', ')} FROM hookcast.erasures ORDER BY seq`);

/**
 * Counts three kinds of wrong revisions: at or before the position of their event, at the position of another event, and of an event
 * above the floor that does not exist.
 */
const COUNT_ASTRAY = statement(
  'SELECT count(*) FROM hookcast.revisions AS revision WHERE event_seq >= seq ' +
    'OR EXISTS (SELECT FROM hookcast.events WHERE events.seq = revision.seq) ' +
    'OR (event_seq > (SELECT floor FROM hookcast.log) AND NOT EXISTS (SELECT FROM hookcast.events WHERE events.seq = event_seq))',
);

/**
 * Reads all events and all of quarantine of a log in PostgreSQL, and compares sequences, revisions and counts with them. It writes nothing. Gateways may run
 * on the log meanwhile, because one snapshot is read.
 *
 * @throws {HookcastError} LOG_UNAVAILABLE when there is no log that can be read.
 */
export async function checkDatabase(url: string): Promise<Checked> {
  const connection = await new Primary(parseTarget(url)).connect().catch((error: unknown) => {
    throw unopened(error);
  });
  try {
    await connection.script('SET statement_timeout = 0', PATIENCE);
    await assertReadable(connection);
    await connection.script('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', PATIENCE);
    const problems = await problemsBeside(connection);
    const { events, altered } = await readAll(connection);
    const quarantined = await readQuarantine(connection);
    return { events, problems: [...problems, ...altered, ...quarantined], notes: [PAGES] };
  } catch (error) {
    if (error instanceof HookcastError) throw error;
    throw new HookcastError('LOG_UNAVAILABLE', `The check was broken off: ${reasonOf(error)}. Run it again.`);
  } finally {
    connection.destroy();
  }
}

async function problemsBeside(connection: Connection): Promise<readonly string[]> {
  const problems = [...(await faultsOf(connection, PATIENCE))];
  for (const [what, next, last] of await connection.ask(SELECT_BEHIND, [], PATIENCE)) {
    problems.push(
      `the next ${what} would be ${next}, and ${last} is taken: the database was moved without its sequences (start a gateway, which puts that right)`,
    );
  }
  const [[below] = []] = await connection.ask(COUNT_BELOW, [], PATIENCE);
  if (Number(below) > 0) {
    problems.push(
      `${below} events stand below the oldest position, where no client receives them (start a gateway, which gives them new positions)`,
    );
  }
  const [[astray] = []] = await connection.ask(COUNT_ASTRAY, [], PATIENCE);
  if (Number(astray) > 0) problems.push(`revisions of no event: ${astray}`);
  for (const asked of COUNT_WRONG) {
    const [[wrong] = []] = await connection.ask(asked, [], PATIENCE);
    if (Number(wrong) > 0) problems.push(`${wrong} counts of activity do not match the events`);
  }
  return problems;
}

async function readAll(connection: Connection) {
  let events = 0;
  const altered: string[] = [];
  const words = await WordsCheck.begin(connection, PATIENCE);
  const erasures = new ErasuresCheck(erasuresOf('', await connection.ask(ERASURES, [], PATIENCE)));
  for (let after = 0, full = true; full;) {
    const rows = await connection.ask(EVENTS, [after, PIECE], PATIENCE);
    const sound: RecordedEvent[] = [];
    for (const row of rows) {
      try {
        const event = eventOf('', row);
        sound.push(event);
        erasures.note(event);
      } catch (error) {
        if (altered.length < MOST) altered.push(reasonOf(error));
      }
    }
    await words.note(sound, PATIENCE);
    events += rows.length;
    full = rows.length === PIECE;
    after = Number(rows.at(-1)?.[0] ?? after);
  }
  altered.push(...erasures.problems.slice(0, MOST));
  const wrong = await words.wrong(PATIENCE);
  if (wrong > 0) altered.push(`events whose words the index does not have as they are: ${wrong}`);
  return { events, altered };
}

/** Reads all deliveries in quarantine as a gateway reads them. */
async function readQuarantine(connection: Connection): Promise<readonly string[]> {
  const altered: string[] = [];
  for (let after = 0, full = true; full;) {
    const parameters = [after, Number.MAX_SAFE_INTEGER, FEW];
    const rows = await connection.ask(LIST_QUARANTINED.forward.ofAll, parameters, PATIENCE);
    for (const row of rows) {
      try {
        quarantinedOf(row);
      } catch (error) {
        if (altered.length < MOST) altered.push(reasonOf(error));
      }
    }
    full = rows.length === FEW;
    after = Number(rows.at(-1)?.[0] ?? after);
  }
  return altered;
}
