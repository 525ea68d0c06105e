import type { NewQuarantined, Quarantine, Quarantined } from '../../events/quarantine.ts';
import { toUtf8Text } from '../../events/utf8-text.ts';
import type { Marker } from '../marks.ts';
import { QUARANTINE_COLUMNS, fromQuarantineRow, toQuarantineRow } from '../quarantine-row.ts';
import type { Reader } from './reader.ts';
import { NEW_QUARANTINE, QUARANTINE } from './texts.ts';
import type { WriteQueue } from './write-queue.ts';

/** Selects deliveries in quarantine. */
export const QUARANTINED = `SELECT ${QUARANTINE_COLUMNS.join(', ')} FROM quarantine LEFT JOIN payloads USING (id)`;

/** Counts the waiting deliveries, up to 100,000, by their index alone. */
export const COUNT_WAITING = "SELECT count(*) FROM (SELECT 1 FROM quarantine WHERE state = 'WAITING' LIMIT 100000)";

/** The quarantine: deliveries wait here for code that understands them. */
export class SqliteQuarantine implements Quarantine {
  readonly #reader: Reader;
  readonly #queue: WriteQueue;
  readonly #marker: Marker;

  constructor(reader: Reader, queue: WriteQueue, marker: Marker) {
    this.#reader = reader;
    this.#queue = queue;
    this.#marker = marker;
  }

  keep(delivery: NewQuarantined): Promise<number> {
    return this.#queue.do({ kind: 'quarantine', row: NEW_QUARANTINE.encode(toQuarantineRow(delivery, this.#marker)) });
  }

  async list(request: Parameters<Quarantine['list']>[0]): Promise<readonly Quarantined[]> {
    const { direction = 'forward', after = 0, before = Number.MAX_SAFE_INTEGER, limit, state } = request;
    const ofState = state === undefined ? '' : 'AND state = ? ';
    const order = direction === 'forward' ? 'ASC' : 'DESC';
    const sql = `${QUARANTINED} WHERE id > ? AND id < ? ${ofState}ORDER BY id ${order} LIMIT ?`;
    const parameters = [after, before, ...(state === undefined ? [] : [state]), limit];
    const read = this.#reader.snapshot(() =>
      this.#reader.all(sql, ...parameters).map((row) => fromQuarantineRow(QUARANTINE.decode(row))),
    );
    return direction === 'forward' ? read : read.toReversed();
  }

  async find(id: number): Promise<Quarantined | null> {
    return this.#reader.snapshot(() => {
      const [row] = this.#reader.all(`${QUARANTINED} WHERE id = ?`, id);
      return row ? fromQuarantineRow(QUARANTINE.decode(row)) : null;
    });
  }

  async settle(id: number, as: Parameters<Quarantine['settle']>[1]): Promise<Quarantined | null> {
    const eventId = as.eventId === null ? null : toUtf8Text(as.eventId);
    await this.#queue.do({ kind: 'settle', id, as: { ...as, eventId } });
    return this.find(id);
  }
}
