import type { RecordedEvent } from '../../events/event.ts';
import { WORDING, openWordsOf, personalWordsOf } from '../../events/words.ts';
import { WordKeys } from '../word-keys.ts';
import { type Connection, statement } from './connection.ts';
import { NAMING } from './statements.ts';

const INDEXED = statement(`SELECT hookcast.indexed(${WORDING})`);
const WORDS = statement(
  'SELECT seq, array_to_json(keys)::text FROM hookcast.words WHERE seq = ANY (?::bigint[]) ' +
    'AND NOT EXISTS (SELECT FROM hookcast.unindexed WHERE unindexed.seq = words.seq)',
);
const WAITING = statement('SELECT seq FROM hookcast.unindexed');
const COUNT_SURPLUS = statement(
  'SELECT count(*) FROM hookcast.words WHERE NOT EXISTS (SELECT FROM hookcast.events WHERE events.seq = words.seq)',
);

/** Compares the index of words with the events, in the connection's snapshot. */
export class WordsCheck {
  readonly #connection: Connection;
  readonly #keys: WordKeys;
  readonly #indexed: number;
  readonly #waiting: ReadonlySet<number>;
  #wrong = 0;

  private constructor(connection: Connection, salt: string, indexed: number, waiting: ReadonlySet<number>) {
    this.#connection = connection;
    this.#keys = new WordKeys(salt);
    this.#indexed = indexed;
    this.#waiting = waiting;
  }

  static async begin(connection: Connection, patience: number): Promise<WordsCheck> {
    const [[salt] = []] = await connection.ask(NAMING, [], patience);
    const [[indexed] = []] = await connection.ask(INDEXED, [], patience);
    const waiting = (await connection.ask(WAITING, [], patience)).map(([seq]) => Number(seq));
    return new WordsCheck(connection, String(salt), Number(indexed), new Set(waiting));
  }

  async note(events: readonly RecordedEvent[], patience: number): Promise<void> {
    const expected = events.filter(({ cursor: { seq } }) => seq <= this.#indexed && !this.#waiting.has(seq));
    const rows = await this.#connection.ask(
      WORDS,
      [`{${expected.map(({ cursor }) => cursor.seq).join(',')}}`],
      patience,
    );
    const kept = new Map(rows.map(([seq, keys]) => [Number(seq), JSON.parse(String(keys)) as number[]]));
    for (const event of expected) {
      const is = kept.get(event.cursor.seq) ?? [];
      const shouldBe = this.#keys.of(openWordsOf(event), personalWordsOf(event));
      if (is.length !== shouldBe.size || !is.every((key) => shouldBe.has(key))) this.#wrong += 1;
    }
  }

  /** How many events have other words in the index than in the log. */
  async wrong(patience: number): Promise<number> {
    if (this.#indexed === 0) return 0;
    const [[surplus] = []] = await this.#connection.ask(COUNT_SURPLUS, [], patience);
    return this.#wrong + Number(surplus);
  }
}
