import type { AboutRequest, PeopleIndex } from '../../events/about.ts';
import type { EventKey } from '../../events/event.ts';
import { statement } from './connection.ts';
import type { Database } from './database.ts';
import { available } from './answers.ts';
import type { Recorder } from './recorder.ts';
import { listOf } from './select.ts';
import { fromText } from './text.ts';

/** The newest events with a mark. All are found before they are sorted; otherwise the planner may walk the whole log for a few. */
export const FIND_ABOUT = statement(
  'WITH marked AS MATERIALIZED (SELECT seq, source, event_id FROM hookcast.events ' +
    'WHERE marks @> ARRAY[?::text] AND seq < ?::bigint AND (?::text[] IS NULL OR tenant = ANY (?::text[]))) ' +
    'SELECT source, event_id FROM marked ORDER BY seq DESC LIMIT ?::bigint',
);

export class PostgresPeople implements PeopleIndex {
  readonly #database: Database;
  readonly #recorder: Recorder;

  constructor(database: Database, recorder: Recorder) {
    this.#database = database;
    this.#recorder = recorder;
  }

  async find({ email, tenants, before, limit }: AboutRequest): Promise<readonly EventKey[]> {
    const marker = await available('read', () => this.#recorder.marker());
    const wanted = tenants ? listOf(tenants) : null;
    const parameters = [marker.email(email), before ?? Number.MAX_SAFE_INTEGER, wanted, wanted, limit];
    return this.#database.ask(FIND_ABOUT, parameters, 'read', (rows) =>
      rows
        .map(([source, eventId]) => ({ source: fromText(String(source)), eventId: fromText(String(eventId)) }))
        .toReversed(),
    );
  }
}
