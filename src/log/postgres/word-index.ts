import type { WordIndex, WordProgress } from '../../events/word-index.ts';
import { WORDING, openWordsOf, personalWordsOf } from '../../events/words.ts';
import { SEARCHED_COLUMNS, fromSearchedRow } from '../searched-row.ts';
import type { Row } from '../value.ts';
import { WordKeys } from '../word-keys.ts';
import { available } from './answers.ts';
import { statement } from './connection.ts';
import type { Database } from './database.ts';
import { VERSION } from './migrations/steps.ts';
import type { Recorder } from './recorder.ts';
import { decode } from './row.ts';
import type { Vacuum } from './vacuum.ts';

/** Events that are indexed in one transaction. */
const AT_ONCE = 256;

const COLUMNS = SEARCHED_COLUMNS.join(', ');
const STATE = statement(
  `SELECT hookcast.indexed(${WORDING}), hookcast.last_changed(), floor, head FROM hookcast.extent`,
);
const WAITING = statement(`SELECT seq FROM hookcast.unindexed ORDER BY seq LIMIT ${AT_ONCE}`);
const THESE = statement(`SELECT ${COLUMNS} FROM hookcast.events WHERE seq = ANY (?::bigint[])`);
const NEXT = statement(
  `SELECT ${COLUMNS} FROM hookcast.events WHERE seq > ?::bigint AND seq <= ?::bigint ORDER BY seq LIMIT ${AT_ONCE}`,
);
const ADD = statement(
  `SELECT hookcast.add_words(${VERSION}, ${WORDING}, ?::bigint, ?::bigint, ?::bigint, ?::bigint[], ?::text::jsonb)::integer`,
);

/** Indexes the words of events: reads and splits them here, and has the server add the keys. */
export class PostgresWords implements WordIndex {
  readonly #database: Database;
  readonly #recorder: Recorder;
  readonly #vacuum: Vacuum;

  constructor(database: Database, recorder: Recorder, vacuum: Vacuum) {
    this.#database = database;
    this.#recorder = recorder;
    this.#vacuum = vacuum;
  }

  async advance(): Promise<WordProgress> {
    const { salt } = await available('read', () => this.#recorder.marker());
    const [[indexed = 0, changed = 0, floor = 0, head = 0] = []] = await this.#database.ask(STATE, []);
    const again = indexed === 0 ? [] : (await this.#database.ask(WAITING, [])).map(([seq]) => Number(seq));
    const rows =
      again.length > 0
        ? await this.#database.ask(THESE, [listed(again)])
        : await this.#database.ask(NEXT, [indexed, head]);
    const behind = Number(head) - Math.max(Number(indexed), Number(floor));
    const upTo = again.length > 0 ? indexed : (rows.at(-1)?.[0] ?? indexed);
    if (rows.length === 0 && again.length === 0) return { indexed: 0, left: 0 };
    const keys = new WordKeys(salt);
    const parameters = [indexed, changed, upTo, listed(again), `[${rows.map((row) => entryOf(keys, row)).join(',')}]`];
    const [[isAdded] = []] = await this.#database.ask(ADD, parameters, 'written');
    if (isAdded !== 1) {
      // What was inserted and taken back may hold words of an erased person.
      this.#vacuum.start();
      return { indexed: 0, left: Math.max(behind, again.length) };
    }
    const left = again.length > 0 ? behind + 1 : Number(head) - Number(upTo);
    return { indexed: rows.length, left: rows.length < AT_ONCE && again.length === 0 ? 0 : left };
  }
}

/** The position and the keys of an event, as JSON. */
function entryOf(keys: WordKeys, row: Row): string {
  const event = fromSearchedRow(decode(SEARCHED_COLUMNS, row));
  return `[${row[0]},[${[...keys.of(openWordsOf(event), personalWordsOf(event))].join(',')}]]`;
}

function listed(seqs: readonly number[]): string {
  return `{${seqs.join(',')}}`;
}
