import type { Viewer } from '../auth/viewer.ts';
import { HookcastError } from '../errors.ts';
import type { AuditAction, NewAuditEntry } from '../events/audit.ts';

/** Who asks: a user of this machine, or a token, by its id if it has one and by the hash of its holder. */
export type Who = Pick<NewAuditEntry, 'osUser' | 'tokenId' | 'holder'>;

/** An operator of every tenant, and the function that records an action before it is done. */
export interface Asker extends Pick<Viewer, 'scopes'> {
  readonly who: Who;
  readonly noted: (action: AuditAction, target: string | null) => Promise<void>;
  /** Takes the time limit off the operation: the work goes on to its end, and only the answer can tell its outcome. */
  readonly lasts: () => void;
}

export function badRequest(message: string): HookcastError {
  return new HookcastError('BAD_REQUEST', message);
}
