import { join } from 'node:path';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { event } from './eduzz.ts';

/** Events in one append. */
const BATCH = 200;

/** Appends a ticket cancelled under each of these ids to the log in the folder, as another process would: a history in no time. */
export async function append(folder: string, ids: readonly string[]): Promise<void> {
  const one = event(attendanceCanceled());
  const log = new SqliteLog(join(folder, 'hookcast.db'));
  try {
    for (let from = 0; from < ids.length; from += BATCH) {
      await log.append(ids.slice(from, from + BATCH).map((eventId) => ({ ...one, eventId })));
    }
  } finally {
    await log.close();
  }
}
