import type { AboutRequest, PeopleIndex } from '../../events/about.ts';
import type { EventKey } from '../../events/event.ts';
import { fromUtf8Text } from '../../events/utf8-text.ts';
import type { Marker } from '../marks.ts';
import { POSITIONS_OF_MARK } from './people.ts';
import type { Reader } from './reader.ts';
import { listOf } from './select.ts';

/** Selects the newest events before a position with the mark that is the first parameter, of some tenants or of all. */
const SELECT_ABOUT =
  `SELECT source, event_id FROM (${POSITIONS_OF_MARK}) CROSS JOIN events USING (seq) ` +
  'WHERE seq < ?2 AND (?3 IS NULL OR tenant IN (SELECT value FROM json_each(?3))) ORDER BY seq DESC LIMIT ?4';

/** Finds the events of people. */
export class SqlitePeople implements PeopleIndex {
  readonly #reader: Reader;
  readonly #marker: Marker;

  constructor(reader: Reader, marker: Marker) {
    this.#reader = reader;
    this.#marker = marker;
  }

  async find({ email, tenants, before, limit }: AboutRequest): Promise<readonly EventKey[]> {
    const wanted = tenants ? listOf(tenants) : null;
    const parameters = [this.#marker.email(email), before ?? Number.MAX_SAFE_INTEGER, wanted, limit];
    const rows = this.#reader.snapshot(() => this.#reader.all(SELECT_ABOUT, ...parameters));
    return rows
      .map(([source, eventId]) => ({ source: fromUtf8Text(String(source)), eventId: fromUtf8Text(String(eventId)) }))
      .toReversed();
  }
}
