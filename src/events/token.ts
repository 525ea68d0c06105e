/** What the log knows of a token: never the token itself. */
export interface Token {
  /** The claim `jti`. */
  readonly id: string;
  /** Whom it is for. Null, as the next three, of one that somebody else issued. */
  readonly label: string | null;
  /** `*` among them is every tenant. */
  readonly tenants: readonly string[] | null;
  /** With blanks between scopes. */
  readonly scope: string | null;
  /** Milliseconds since 1970, as the others. */
  readonly issuedAt: number | null;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  /** To about a minute. */
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
  /** Also one that the log doesn't know. Resolved once durable, with what is known of it; one that was revoked before stays so. */
  revoke(id: string, at: number): Promise<Token>;
  /** All of them: those that have expired are forgotten with the events of their time. */
  list(): Promise<readonly Token[]>;
  /** A number that is another one when a token was issued or revoked, or a source paused or resumed, by any process. */
  changes(): Promise<number>;
  /** Notes when tokens were used last, of those that the log knows. */
  use(uses: readonly TokenUse[]): Promise<void>;
}
