import type { NewQuarantined, Quarantine, Quarantined } from '../../events/quarantine.ts';
import { NEW_QUARANTINE_COLUMNS, QUARANTINE_COLUMNS, toQuarantineRow } from '../quarantine-row.ts';
import { deliveriesOf, quarantinedOf } from './answers.ts';
import { statement } from './connection.ts';
import type { Database } from './database.ts';
import { VERSION } from './migrations/steps.ts';
import type { Recorder } from './recorder.ts';
import { toRecords } from './row.ts';
import { SELECT_PROMISE } from './session.ts';
import { toText } from './text.ts';

export const QUARANTINE = statement(`SELECT hookcast.quarantine(${VERSION}, ?, ?::text::jsonb), ${SELECT_PROMISE}`);
export const SETTLE = statement(
  `SELECT ${QUARANTINE_COLUMNS.join(', ')} FROM hookcast.settle(${VERSION}, ?::bigint, ?, ?, ?::bigint)`,
);
const QUARANTINED = `SELECT ${QUARANTINE_COLUMNS.join(', ')} FROM hookcast.quarantine`;
const BETWEEN = `${QUARANTINED} WHERE id > ?::bigint AND id < ?::bigint`;
const list = (order: 'ASC' | 'DESC') => ({
  ofAll: statement(`${BETWEEN} ORDER BY id ${order} LIMIT ?::bigint`),
  ofState: statement(`${BETWEEN} AND state = ? ORDER BY id ${order} LIMIT ?::bigint`),
});
export const LIST_QUARANTINED = { forward: list('ASC'), backward: list('DESC') };
export const FIND_QUARANTINED = statement(`${QUARANTINED} WHERE id = ?::bigint`);

/** Deliveries that wait for the code that understands them. */
export class PostgresQuarantine implements Quarantine {
  readonly #database: Database;
  readonly #recorder: Recorder;

  constructor(database: Database, recorder: Recorder) {
    this.#database = database;
    this.#recorder = recorder;
  }

  async keep(delivery: NewQuarantined): Promise<number> {
    const marker = await this.#recorder.marker();
    const records = toRecords(NEW_QUARANTINE_COLUMNS, [toQuarantineRow(delivery, marker)]);
    // The connection for appends is used, so that a delivery need not wait for readers.
    const [[id] = []] = await this.#database.write(QUARANTINE, [marker.salt, records], {
      pool: this.#database.writer,
      check: (connection, rows) => connection.assertKept(rows[0]?.[1]),
    });
    return Number(id);
  }

  async list(request: Parameters<Quarantine['list']>[0]) {
    const { direction = 'forward', after = 0, before = Number.MAX_SAFE_INTEGER, limit, state } = request;
    const { ofAll, ofState } = LIST_QUARANTINED[direction];
    const read = await (state === undefined
      ? this.#database.ask(ofAll, [after, before, limit], 'read', deliveriesOf)
      : this.#database.ask(ofState, [after, before, state, limit], 'read', deliveriesOf));
    return direction === 'forward' ? read : read.toReversed();
  }

  async find(id: number): Promise<Quarantined | null> {
    return this.#database.ask(FIND_QUARANTINED, [id], 'read', ([row]) => (row ? quarantinedOf(row) : null));
  }

  async settle(id: number, { state, eventId, at }: Parameters<Quarantine['settle']>[1]) {
    const [row] = await this.#database.write(SETTLE, [id, state, eventId === null ? null : toText(eventId), at]);
    return row ? quarantinedOf(row) : null;
  }
}
