import { setTimeout } from 'node:timers/promises';
import { HookcastError } from '../../errors.ts';
import type { Commits } from '../../events/observer.ts';
import type { Connection } from './connection.ts';
import { assertOwnSessions } from './pooler.ts';
import type { Primary } from './primary.ts';
import { mayPass, reasonOf } from './refusal.ts';
import { mendRestored } from './restored.ts';
import { migrate } from './schema.ts';

/** How long a server that can't be reached is waited for at the start, in milliseconds. */
const PATIENCE = 10_000;

/** How long until it is tried again, in milliseconds. */
const AGAIN = 500;

const NO_TIMELINE =
  'The server does not say on which timeline it writes (Aurora, for one). A log that is put back to an earlier moment is not ' +
  'recognised there: give it a new epoch before gateways start on it (docs/SCALING.md).';

/** Who is told what. */
export interface PostgresOptions {
  /** Milliseconds, for which a server that can't be reached is waited for. */
  readonly patience?: number;
  /** Also when a copy into it is not finished. */
  readonly forCopy?: boolean;
  /** Told of each commit of events. A role that may not write is refused then. */
  readonly commits?: Commits | null;
  /** How many gateways of one process have the log together, and so share its connections. */
  readonly gateways?: number;
  /** Told, in a sentence each, what is odd about the URL or the database. */
  readonly warn?: (message: string) => void;
}

/**
 * Opens a log, and tries again for as long as the server may only be away. What was opened is closed if it fails.
 *
 * @throws {HookcastError} LOG_UNAVAILABLE when it can't be opened.
 */
export async function patiently<T>(
  patience = PATIENCE,
  log: { close(): Promise<void> },
  open: () => Promise<T>,
): Promise<T> {
  const until = performance.now() + patience;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (mayPass(error) && !(error instanceof HookcastError) && performance.now() < until) {
        await setTimeout(AGAIN);
        continue;
      }
      await log.close();
      if (error instanceof HookcastError) throw error;
      throw new HookcastError('LOG_UNAVAILABLE', `The log can't be opened: ${reasonOf(error)}.`);
    }
  }
}

/** Before anything else is asked of the server. Whether the log in it is whole: see `migrate`. */
export async function prepare(
  primary: Primary,
  connection: Connection,
  { isForGateway, warn }: { readonly isForGateway: boolean; readonly warn: (message: string) => void },
): Promise<boolean> {
  await assertOwnSessions(primary, connection);
  if (!connection.knowsItsTimeline) warn(NO_TIMELINE);
  const { isWhole } = await migrate(connection);
  // Only a gateway writes in the end, and a copy draws on by itself when it is whole.
  if (isWhole && isForGateway) await mendRestored(connection, warn);
  return isWhole;
}
