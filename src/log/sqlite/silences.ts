import type { DatabaseSync } from 'node:sqlite';
import type { SilenceRecord } from '../../events/told-silence.ts';
import { fromUtf8Text, toUtf8Text } from '../../events/utf8-text.ts';
import type { Reader } from './reader.ts';
import type { WriteQueue } from './write-queue.ts';

const SELECT_SILENCES = 'SELECT source, since_at FROM silences';

/** Both of these run in the caller's transaction. */
export function beginSilence(database: DatabaseSync, source: string, since: number): boolean {
  return database.prepare('INSERT INTO silences VALUES (?, ?) ON CONFLICT DO NOTHING').run(source, since).changes === 1;
}

export function endSilence(database: DatabaseSync, source: string): number | null {
  const row = database.prepare('DELETE FROM silences WHERE source = ? RETURNING since_at').get(source);
  return row ? Number(row['since_at']) : null;
}

/** Records which silences of sources were reported. */
export class SqliteSilences implements SilenceRecord {
  readonly #reader: Reader;
  readonly #queue: WriteQueue;

  constructor(reader: Reader, queue: WriteQueue) {
    this.#reader = reader;
    this.#queue = queue;
  }

  begin(source: string, since: number): Promise<boolean> {
    return this.#queue.do({ kind: 'beginSilence', source: toUtf8Text(source), since });
  }

  end(source: string): Promise<number | null> {
    return this.#queue.do({ kind: 'endSilence', source: toUtf8Text(source) });
  }

  async list(): Promise<ReadonlyMap<string, number>> {
    const rows = this.#reader.snapshot(() => this.#reader.all(SELECT_SILENCES));
    return new Map(rows.map(([source, since]) => [fromUtf8Text(String(source)), Number(since)]));
  }
}
