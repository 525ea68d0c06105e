/** The actions that the audit notes. `READ_RAW` means that somebody read raw payloads, which hold personal data as well. */
export type AuditAction =
  | 'READ_PERSONAL'
  | 'READ_RAW'
  | 'RELEASE'
  | 'DISCARD'
  | 'ERASE'
  | 'REPROCESS'
  | 'ADMIT'
  | 'DROP'
  | 'ISSUE'
  | 'REVOKE'
  | 'ACCEPT_DRIFT'
  | 'PAUSE'
  | 'RESUME'
  | 'SEND_SAMPLE'
  | 'BACKUP'
  | 'COPY';

/**
 * One action, or everything that one operation of one token read within about a minute. No value that was read is part of it.
 */
export interface NewAuditEntry {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly action: AuditAction;
  /** The user who ran the command on the machine; null if the action was done with a token. */
  readonly osUser: string | null;
  /** The token's id, if it has one, and below a hash of its holder's name. Both are null for commands. */
  readonly tokenId: string | null;
  readonly holder: string | null;
  /** The operation's name in its document, or the name of the command; null if the operation has no name. */
  readonly operation: string | null;
  /** The target of the action: the number of a delivery, the id of a token, or a subject. Never an e-mail address. */
  readonly target: string | null;
  /** How many events the personal data was read from, or how many the action changed; null if a number would say nothing. */
  readonly count: number | null;
}

export interface AuditEntry extends NewAuditEntry {
  readonly id: number;
}

export interface AuditRequest {
  readonly direction?: 'forward' | 'backward';
  /** Ids, exclusive. */
  readonly after?: number | undefined;
  readonly before?: number | undefined;
  /** Only entries noted at this moment or later, in milliseconds since 1970. */
  readonly since?: number | undefined;
  readonly limit: number;
}

/** The audit's entries, in the order in which they were noted. Entries are added and never changed; old ones are deleted. */
export interface AuditRecord {
  /** Resolved once durable. */
  add(entries: readonly NewAuditEntry[]): Promise<void>;
  /** In the order of their ids, in both directions. */
  list(request: AuditRequest): Promise<readonly AuditEntry[]>;
  /** Deletes the entries that were noted before the moment. Returns how many. */
  trim(notedBefore: number): Promise<number>;
}

/** How far the clocks of gateways may differ, in milliseconds. Within this time, an earlier entry may have a greater id. */
export const APART = 3_600_000;
