import { setTimeout } from 'node:timers/promises';
import { HookcastError } from '../../errors.ts';
import type { Commits } from '../../events/observer.ts';
import type { Connection } from './connection.ts';
import { assertOwnSessions } from './pooler.ts';
import type { Primary } from './primary.ts';
import { mayPass, reasonOf } from './refusal.ts';
import { mendRestored } from './restored.ts';
import { migrate } from './schema.ts';
import { assertSound } from './sound.ts';

/** How long the start waits for a server that can't be reached, in milliseconds. */
const PATIENCE = 10_000;

/** The pause between two tries, in milliseconds. */
const AGAIN = 500;

const NO_TIMELINE =
  'The server does not report its timeline (Aurora does not). If its log is put back to an earlier moment, the gateway can’t ' +
  'recognize that: give the log a new epoch before gateways start on it (docs/SCALING.md).';

const PARTIAL_PAGES =
  'The server runs with full_page_writes off. Unless its file system never writes a part of a page (as ZFS), a crash of its machine ' +
  'can damage acknowledged events.';

export interface PostgresOptions {
  /** How long to wait for a server that can't be reached, in milliseconds. */
  readonly patience?: number;
  /** Whether to open the log even if a copy into it is not finished. */
  readonly forCopy?: boolean;
  /** Called for each commit of events. If it is set, a role that may not write is refused. */
  readonly commits?: Commits | null;
  /** How many gateways of one process have the log together, and so share its connections. */
  readonly gateways?: number;
  /** Called with a sentence for each odd thing about the URL or the database. */
  readonly warn?: (message: string) => void;
}

/**
 * Opens a log, and tries again while the server may be away for a moment only. If this fails, the log is closed.
 *
 * @throws {HookcastError} LOG_UNAVAILABLE when it can't be opened.
 */
export async function patiently<T>(
  { patience = PATIENCE, warn }: { readonly patience: number | undefined; readonly warn: (message: string) => void },
  log: { close(): Promise<void> },
  open: () => Promise<T>,
): Promise<T> {
  const until = performance.now() + patience;
  for (let tries = 1; ; tries += 1) {
    try {
      return await open();
    } catch (error) {
      if (mayPass(error) && !(error instanceof HookcastError) && performance.now() < until) {
        if (tries === 1)
          warn(`The log can't be opened yet: ${reasonOf(error)}. The start waits for ${patience / 1_000} seconds.`);
        await setTimeout(AGAIN);
        continue;
      }
      await log.close();
      throw unopened(error);
    }
  }
}

/** The same error, in words that tell an operator what to do. */
export function unopened(error: unknown): HookcastError {
  if (error instanceof HookcastError) return error;
  return new HookcastError(
    'LOG_UNAVAILABLE',
    `The log can't be opened: ${reasonOf(error)}. Check DATABASE_URL, and whether the server runs.`,
  );
}

/**
 * Checks sessions, brings the schema up to date, checks it, and mends a restored log, before any other use. Returns whether the log is
 * whole: see `migrate`.
 */
export async function prepare(
  primary: Primary,
  connection: Connection,
  { isForGateway, warn }: { readonly isForGateway: boolean; readonly warn: (message: string) => void },
): Promise<boolean> {
  await assertOwnSessions(primary, connection);
  if (!connection.traits.knowsItsTimeline) warn(NO_TIMELINE);
  if (!connection.traits.writesFullPages) warn(PARTIAL_PAGES);
  const { isWhole } = await migrate(connection);
  if (isWhole) await assertSound(connection);
  // Only a gateway needs this, since only gateways write. A copy sets its sequences itself when it is whole.
  if (isWhole && isForGateway) await mendRestored(connection, warn);
  return isWhole;
}
