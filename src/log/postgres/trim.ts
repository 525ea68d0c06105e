import { HOUR } from '../../events/answer-count.ts';
import { RETRIED_FOR } from '../marks.ts';
import { FORGET_ANSWERS } from './answer-counts.ts';
import type { Database } from './database.ts';
import type { Recorder } from './recorder.ts';
import { TRIM } from './statements.ts';
import { TRIM_TOKENS } from './tokens.ts';

/** The most rows that a trim deletes in one transaction. */
const TRIM_PIECE = 500;

/** Deletes what was received before the given time. Returns the number of deleted events. */
export async function trim(database: Database, recorder: Recorder, receivedBefore: number): Promise<number> {
  // The counts of an hour are deleted when all of the hour is before the given time.
  await database.ask(FORGET_ANSWERS, [receivedBefore - HOUR], 'written');
  await database.ask(TRIM_TOKENS, [receivedBefore], 'written');
  let total = 0;
  for (;;) {
    const [[count] = []] = await database.ask(
      TRIM,
      [receivedBefore, TRIM_PIECE, receivedBefore - RETRIED_FOR],
      'written',
    );
    total += Number(count);
    if (Number(count) < TRIM_PIECE) break;
  }
  await recorder.nameAnew();
  return total;
}
