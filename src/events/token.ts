/** What the log knows of a token: never the token itself. */
export interface Token {
  /** The claim `jti`. */
  readonly id: string;
  /** Whom the token is for. This and the next three members are null if another issuer issued the token. */
  readonly label: string | null;
  /** `*` in the list stands for every tenant. */
  readonly tenants: readonly string[] | null;
  /** Scopes, separated by blanks. */
  readonly scope: string | null;
  /** All times are in milliseconds since 1970. */
  readonly issuedAt: number | null;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  /** Precise to about a minute. */
  readonly usedAt: number | null;
}

export interface TokenUse {
  readonly id: string;
  readonly at: number;
}

/** Tokens that hookcast issued, and those that were revoked. Every gateway of the log knows all of them. */
export interface TokenRecord {
  /** Resolved once durable. */
  keep(token: Token): Promise<void>;
  /**
   * Revokes a token, also one that the log doesn't know. Resolves once durable, with what is known of the token. A token that
   * was revoked before keeps its first time.
   */
  revoke(id: string, at: number): Promise<Token>;
  /** All tokens. Expired tokens are deleted together with the events of their time. */
  list(): Promise<readonly Token[]>;
  /** A number that changes when any process issues or revokes a token, or pauses or resumes a source. */
  changes(): Promise<number>;
  /** Notes when tokens were last used. Tokens that the log doesn't know are left out. */
  use(uses: readonly TokenUse[]): Promise<void>;
}
