import type { DatabaseSync } from 'node:sqlite';
import { HOUR } from '../../events/answer-count.ts';
import { RETRIED_FOR } from '../marks.ts';
import { ActivityCounter } from './activity.ts';
import { forgetPersonal } from './forget.ts';
import { dropHashesUpTo } from './hashes.ts';
import { trimTokens } from './tokens.ts';
import { trimWords } from './words.ts';

/**
 * How many empty rows stay between the deleted rows and those with data. When SQLite deletes a row, it packs up to three
 * neighboring pages anew and leaves copies of rows in their gaps. An empty row takes 8 bytes or more, so three pages of 8,192 bytes
 * hold 3,069 of them at most.
 */
const EMPTY = 4_000;

/** Deletes up to `most` of the oldest events, and other outdated rows, in the caller's transaction. Returns how many events. */
export function trim(database: DatabaseSync, receivedBefore: number, most: number): number {
  const oldest = database.prepare('SELECT seq, received_at FROM events ORDER BY seq LIMIT ?').all(most);
  // Only the first events of the log are deleted, so that no event is left below the floor, and none is missing above it.
  const kept = oldest.findIndex((row) => Number(row['received_at']) >= receivedBefore);
  const gone = kept === -1 ? oldest : oldest.slice(0, kept);
  const last = gone.at(-1);
  if (last) {
    const floor = Number(last['seq']);
    forgetPersonal(database, JSON.stringify(gone.map((row) => row['seq'])));
    database
      .prepare(
        'DELETE FROM personal WHERE seq <= (SELECT seq FROM personal WHERE seq <= ? ORDER BY seq DESC LIMIT 1 OFFSET ?)',
      )
      .run(floor, EMPTY);
    new ActivityCounter(database).takeAway(floor);
    dropHashesUpTo(database, floor);
    trimWords(
      database,
      floor,
      gone.map((row) => Number(row['seq'])),
    );
    database.prepare('DELETE FROM events WHERE seq <= ?').run(floor);
    database.prepare('UPDATE log SET floor = ?').run(floor);
  }
  // Revisions above the floor stay, also if their events are deleted: the newest revision may be the log's head.
  database.prepare('DELETE FROM revisions WHERE seq <= (SELECT floor FROM log)').run();
  // Tombstones stay for longer than any provider retries. Otherwise nothing would hold back its last retry.
  const forgotten = receivedBefore - RETRIED_FOR;
  database.prepare('DELETE FROM erasures WHERE seq <= (SELECT floor FROM log) AND erased_at < ?').run(forgotten);
  database.prepare('DELETE FROM tombstones WHERE erased_at < ?').run(forgotten);
  // An hour is deleted when all of it is older than the limit.
  database.prepare('DELETE FROM answers WHERE hour <= ?').run(receivedBefore - HOUR);
  trimQuarantine(database, receivedBefore);
  trimTokens(database, receivedBefore);
  return gone.length;
}

function trimQuarantine(database: DatabaseSync, settledBefore: number): void {
  const { changes } = database.prepare('DELETE FROM quarantine WHERE settled_at < ?').run(settledBefore);
  if (changes === 0) return;
  const waiting = "SELECT coalesce(min(id), 1 << 62) FROM quarantine WHERE state = 'WAITING'";
  database
    .prepare(
      'DELETE FROM payloads WHERE id <= ' +
        `(SELECT id FROM payloads WHERE id < (${waiting}) ORDER BY id DESC LIMIT 1 OFFSET ?)`,
    )
    .run(EMPTY);
}
