import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { type Connection, statement } from './connection.ts';
import type { Primary } from './primary.ts';

/** How long something that was notified may take to be heard, in milliseconds. */
const HEARING = 2_000;

const NOTIFY = statement('SELECT pg_notify(?, ?)');

/**
 * Finds out whether connections have sessions of their own, as a pooler in transaction mode has not, and whether they hear what
 * is notified.
 *
 * One connection alone would not notice: a pooler without other clients gives it the same session again and again. So a second
 * one takes part. Either the pooler gives it the session that the first one had, and its mark is another from then on; or it
 * holds a transaction meanwhile, and gives back last what the first one is given next.
 *
 * @throws {Refusal} when there is a pooler in transaction mode, and the pooler's own error in statement mode.
 */
export async function assertOwnSessions(primary: Primary, first: Connection): Promise<void> {
  const { promise: heard, resolve: hear } = Promise.withResolvers<true>();
  const second = await primary.connect({ onNotify: () => hear(true) });
  const both = async () => {
    await first.assertSameSession();
    await second.assertSameSession();
  };
  try {
    await both();
    await second.script('BEGIN', HEARING);
    await both();
    await second.script('COMMIT', HEARING);
    // The other way round as well, for poolers that give out first what has rested longest.
    await both();
    await first.script('BEGIN', HEARING);
    await both();
    await first.script('COMMIT', HEARING);
    await both();
    const channel = `hookcast_${randomUUID()}`;
    await second.script(`LISTEN "${channel}"`, HEARING);
    await first.ask(NOTIFY, [channel, '']);
    if (!(await Promise.race([heard, setTimeout(HEARING, false, { ref: false })]))) {
      throw new Error(
        `nothing that is notified (LISTEN) was heard within ${HEARING} ms: what stands between does not let it through. ` +
          'Connect to the server itself',
      );
    }
  } finally {
    second.destroy();
  }
}
