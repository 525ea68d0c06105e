/** The actions that the audit notes. `READ_RAW` is the reading of payloads as they came, which have personal data as well. */
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

/** One thing that somebody did, or what one operation of one token read within about a minute. No value that was read. */
export interface NewAuditEntry {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly action: AuditAction;
  /** Who ran the command on the machine; null where it was done with a token. */
  readonly osUser: string | null;
  /** Of the token: its id, where it has one, and a hash of whom it names. Null for commands. */
  readonly tokenId: string | null;
  readonly holder: string | null;
  /** What its document calls the operation, or the command; null of one without a name. */
  readonly operation: string | null;
  /** What it was done to: the number of a delivery, the id of a token, a subject. Never an address. */
  readonly target: string | null;
  /** Of how many events personal data was read, or to how many something was done; null where that says nothing. */
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
  /** What was noted then or later, in milliseconds since 1970. */
  readonly since?: number | undefined;
  readonly limit: number;
}

/** What was done, in the order in which it was noted. Entries are added, never changed, and forgotten when they are old. */
export interface AuditRecord {
  /** Resolved once durable. */
  add(entries: readonly NewAuditEntry[]): Promise<void>;
  /** In the order of their ids, in both directions. */
  list(request: AuditRequest): Promise<readonly AuditEntry[]>;
  /** Forgets what was noted before the moment. How many. */
  trim(notedBefore: number): Promise<number>;
}

/** How far the clocks of gateways may be apart, in milliseconds: within it, an entry of before may have a greater id. */
export const APART = 3_600_000;
