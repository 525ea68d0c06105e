import type { Viewer } from '../auth/viewer.ts';
import { HookcastError } from '../errors.ts';
import type { AuditAction, NewAuditEntry } from '../events/audit.ts';

/** Who asks: somebody on this machine, or a token, by its id where it has one and by a hash of whom it names. */
export type Who = Pick<NewAuditEntry, 'osUser' | 'tokenId' | 'holder'>;

/** An operator of every tenant, and how what they do is noted before it is done. */
export interface Asker extends Pick<Viewer, 'scopes'> {
  readonly who: Who;
  readonly noted: (action: AuditAction, target: string | null) => Promise<void>;
  /** Called before what is carried out to its end however long that takes: the answer waits for it, since it alone has what became of it. */
  readonly lasts: () => void;
}

export function badRequest(message: string): HookcastError {
  return new HookcastError('BAD_REQUEST', message);
}
