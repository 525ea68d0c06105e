import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { type Connection, statement } from './connection.ts';
import type { Primary } from './primary.ts';

/** How long a notification may take to be heard, in milliseconds. */
const HEARING = 2_000;

const NOTIFY = statement('SELECT pg_notify(?, ?)');

/**
 * Finds out whether each connection has its own session, which it has not behind a pooler in transaction mode, and whether
 * connections hear notifications.
 *
 * One connection alone would not notice: a pooler without other clients gives it the same session again and again. So a second
 * one takes part. Either the pooler gives the second connection the session of the first, whose mark then changes. Or the second holds
 * a transaction meanwhile, and the session that it gives back last is the one that the first gets next.
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
    // The other way round as well, for poolers that first give out the session that has rested longest.
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
        `no notification (LISTEN) arrived within ${HEARING} ms: something between the gateway and the server stops notifications. ` +
          'Connect to the server itself',
      );
    }
  } finally {
    second.destroy();
  }
}
