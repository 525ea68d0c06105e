import { userInfo } from 'node:os';
import type { AuditAction, AuditRecord } from '../events/audit.ts';

export interface Noted {
  readonly action: AuditAction;
  readonly target: string | null;
  readonly count?: number;
}

/** Notes in the audit what a command is about to do, with the name of who runs it on this machine. */
export async function note(log: AuditRecord, command: string, { action, target, count = 0 }: Noted): Promise<void> {
  const of = { at: Date.now(), action, tokenId: null, holder: null, operation: command, target };
  await log.recordAudit([{ ...of, osUser: userInfo().username, count: count === 0 ? null : count }]);
}
