import type { EventLog } from '../../events/event-log.ts';
import type { Marked } from '../../events/tombstone.ts';
import { ANSWER_COLUMNS, toAnswerRows } from '../answer-count-row.ts';
import { BROUGHT_COLUMNS, toReceivedSecretRow } from '../received-secret-row.ts';
import { FIELD_COLUMNS, fieldOf } from '../field-row.ts';
import { NEW_AUDIT_COLUMNS, toAuditRow } from '../audit-row.ts';
import { NEW_REFUSED_COLUMNS, toRefusedRow } from '../refused-row.ts';
import { PAUSED_COLUMNS, toPausedRow } from '../paused-row.ts';
import { RECONCILIATION_COLUMNS, toReconciliationRow } from '../reconciliation-row.ts';
import { TOKEN_COLUMNS, toTokenRow } from '../token-row.ts';
import { QUARANTINE_COLUMNS, keptOf, toRemainder } from '../quarantine-row.ts';
import { TOMBSTONE_COLUMNS, toTombstoneRow } from '../tombstone-row.ts';
import { type Connection, type Statement, statement } from './connection.ts';
import { asRecords, toRecords } from './row.ts';

/** The most rows in one transaction. */
export const PIECE = 200;
/** The most rows at once where each may hold a whole body. */
const FEW = 20;

const KEPT = [...QUARANTINE_COLUMNS, 'marks', 'remainder'];
const LAST_QUARANTINED = statement('SELECT coalesce(max(id), 0) FROM hookcast.quarantine');
const FORGET_QUARANTINED = statement('DELETE FROM hookcast.quarantine WHERE id > ?::bigint AND id <= ?::bigint');
const INSERT_QUARANTINED = insertInto('quarantine', KEPT);
const FORGET_TOMBSTONES = statement('DELETE FROM hookcast.tombstones');
const INSERT_TOMBSTONES = insertInto('tombstones', TOMBSTONE_COLUMNS);
const FORGET_FIELDS = statement('DELETE FROM hookcast.fields');
const INSERT_FIELDS = insertInto('fields', FIELD_COLUMNS);
const FORGET_ANSWERS = statement('DELETE FROM hookcast.answers');
const INSERT_ANSWERS = insertInto('answers', ANSWER_COLUMNS);
const FORGET_BROUGHT = statement('DELETE FROM hookcast.brought');
const INSERT_BROUGHT = insertInto('brought', BROUGHT_COLUMNS);
const FORGET_TOKENS = statement('DELETE FROM hookcast.tokens');
const INSERT_TOKENS = insertInto('tokens', TOKEN_COLUMNS);
const FORGET_PAUSED = statement('DELETE FROM hookcast.paused');
const INSERT_PAUSED = insertInto('paused', PAUSED_COLUMNS);
const FORGET_RECONCILIATIONS = statement('DELETE FROM hookcast.reconciliations');
const INSERT_RECONCILIATIONS = insertInto('reconciliations', RECONCILIATION_COLUMNS);
const FORGET_REFUSED = statement('DELETE FROM hookcast.refused');
const INSERT_REFUSED = insertInto('refused', NEW_REFUSED_COLUMNS, 'ORDER BY place');
const FORGET_AUDIT = statement('DELETE FROM hookcast.audit');
const INSERT_AUDIT = insertInto('audit', NEW_AUDIT_COLUMNS, 'ORDER BY place');

/** Inserts what `toRecords` made of rows with these columns. */
export function insertInto(table: string, columns: readonly string[], order = ''): Statement {
  const names = columns.join(', ');
  return statement(
    `INSERT INTO hookcast.${table} (${names}) SELECT ${names} FROM ${asRecords('?::text::jsonb', columns)} ${order}`,
  );
}

/** The marks as JSON lists, by id. */
export function byId(marked: readonly Marked[]): ReadonlyMap<number, string> {
  return new Map(marked.map(({ id, marks }) => [id, JSON.stringify(marks)]));
}

/**
 * Copies all of quarantine each time, because deliveries that were copied before may be settled or gone by now. Returns how many
 * deliveries are new here.
 *
 * @param within - does a piece of work in a transaction of its own.
 */
export async function takeQuarantine(
  connection: Connection,
  from: EventLog,
  within: (work: () => Promise<void>) => Promise<void>,
): Promise<number> {
  const [[last] = []] = await connection.ask(LAST_QUARANTINED, []);
  let count = 0;
  for (let after = 0, full = true; full;) {
    const deliveries = await from.quarantine.list({ after, limit: PIECE });
    full = deliveries.length === PIECE;
    const upTo = full ? deliveries.at(-1)!.id : Number.MAX_SAFE_INTEGER;
    // Marks are read after the deliveries. A delivery that is settled in between has no marks, and the next copy sees it as settled.
    const marks = byId(await from.memory.marks('quarantine', after, upTo));
    const rows = deliveries.map((delivery) => {
      const isWhole = delivery.state === 'WAITING' && delivery.erasedAt === null && delivery.payload !== null;
      const remainder = isWhole ? toRemainder(delivery.payload) : null;
      return [...keptOf(delivery), marks.get(delivery.id) ?? null, remainder];
    });
    await within(async () => {
      await connection.ask(FORGET_QUARANTINED, [after, upTo]);
      await connection.ask(INSERT_QUARANTINED, [toRecords(KEPT, rows)]);
    });
    count += deliveries.filter(({ id }) => id > Number(last)).length;
    after = upTo;
  }
  return count;
}

/**
 * Copies tombstones, fields of payloads, counts of answers, secrets that senders brought, tokens, paused sources, reconciliations,
 * the audit and refused deliveries, in the caller's transaction.
 */
export async function takeMemory(connection: Connection, from: EventLog): Promise<void> {
  const { tombstones } = await from.memory.forgotten();
  await connection.ask(FORGET_TOMBSTONES, []);
  await insertAll(connection, INSERT_TOMBSTONES, TOMBSTONE_COLUMNS, tombstones.map(toTombstoneRow));
  const fields = await from.fields.list();
  await connection.ask(FORGET_FIELDS, []);
  await insertAll(connection, INSERT_FIELDS, FIELD_COLUMNS, fields.map(fieldOf));
  const answers = await from.answers.list(0);
  await connection.ask(FORGET_ANSWERS, []);
  await insertAll(connection, INSERT_ANSWERS, ANSWER_COLUMNS, toAnswerRows(answers));
  // The secrets are copied encrypted. Their key is derived from the log's secret, which was copied before.
  const brought = await from.receivedSecrets.list();
  await connection.ask(FORGET_BROUGHT, []);
  await insertAll(connection, INSERT_BROUGHT, BROUGHT_COLUMNS, brought.map(toReceivedSecretRow));
  const tokens = await from.tokens.list();
  await connection.ask(FORGET_TOKENS, []);
  await insertAll(connection, INSERT_TOKENS, TOKEN_COLUMNS, tokens.map(toTokenRow));
  const paused = await from.pauses.list();
  await connection.ask(FORGET_PAUSED, []);
  await insertAll(connection, INSERT_PAUSED, PAUSED_COLUMNS, paused.map(toPausedRow));
  const reconciliations = await from.reconciliations.list();
  await connection.ask(FORGET_RECONCILIATIONS, []);
  await insertAll(connection, INSERT_RECONCILIATIONS, RECONCILIATION_COLUMNS, reconciliations.map(toReconciliationRow));
  await connection.ask(FORGET_AUDIT, []);
  for (let after = 0, full = true; full;) {
    const entries = await from.audit.list({ after, limit: PIECE });
    await insertAll(connection, INSERT_AUDIT, NEW_AUDIT_COLUMNS, entries.map(toAuditRow));
    full = entries.length === PIECE;
    after = entries.at(-1)?.id ?? after;
  }
  // Refused deliveries are also copied encrypted, with a key derived from the log's secret.
  await connection.ask(FORGET_REFUSED, []);
  for (let after = 0, full = true; full;) {
    const refused = await from.refused.list({ after, limit: FEW, now: Date.now() });
    const whole = await Promise.all(refused.map(({ id }) => from.refused.find(id, 0)));
    const kept = whole.filter((one) => one !== null);
    await insertAll(connection, INSERT_REFUSED, NEW_REFUSED_COLUMNS, kept.map(toRefusedRow));
    full = refused.length === FEW;
    after = refused.at(-1)?.id ?? after;
  }
}

async function insertAll(
  connection: Connection,
  insert: Statement,
  columns: readonly string[],
  rows: readonly Parameters<typeof toRecords>[1][number][],
): Promise<void> {
  for (let from = 0; from < rows.length; from += PIECE) {
    await connection.ask(insert, [toRecords(columns, rows.slice(from, from + PIECE))]);
  }
}
