import { userInfo } from 'node:os';
import { toHookcastError } from '../errors.ts';
import type { AuditAction, AuditRecord } from '../events/audit.ts';

export interface Noted {
  readonly action: AuditAction;
  readonly target: string | null;
  readonly count?: number;
}

/**
 * Notes a copy of the whole log. If that fails, the command prints so and continues: a log that can't be written most needs a
 * copy, and the user of the command can read the files anyway.
 */
export async function noteCopying(record: () => Promise<void>, print: (line: string) => void): Promise<void> {
  try {
    await record();
  } catch (error) {
    print(`This could not be noted in the audit: ${toHookcastError(error).message}`);
  }
}

/** Notes in the audit what a command is about to do, with the name of its user on this machine. */
export async function note(
  audit: Pick<AuditRecord, 'add'>,
  command: string,
  { action, target, count = 0 }: Noted,
): Promise<void> {
  const of = { at: Date.now(), action, tokenId: null, holder: null, operation: command, target };
  await audit.add([{ ...of, osUser: userInfo().username, count: count === 0 ? null : count }]);
}
