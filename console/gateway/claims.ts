/** What a token says about its holder. Only the gateway can verify it. Here it only decides what the page offers. */
export interface Claims {
  /** Null means every tenant. */
  readonly tenants: readonly string[] | null;
  readonly scopes: ReadonlySet<string>;
  /** Milliseconds since 1970. */
  readonly expiresAt: number | null;
}

/** The last moment of a JavaScript date, in seconds since 1970. A token with a later expiry never expires. */
const LATEST = 8.64e12;

/** The claims of a JWT (RFC 7519), unverified. Null if the text is no JWT. */
export function readClaims(token: string): Claims | null {
  const [, payload, ...rest] = token.split('.');
  if (!payload || rest.length !== 1) return null;
  try {
    // `atob` returns one character per byte, but a character of UTF-8 may have several bytes.
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (letter) =>
      letter.charCodeAt(0),
    );
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const { tenants, scope, exp } = Object(claims) as Record<string, unknown>;
    if (!Array.isArray(tenants)) return null;
    return {
      tenants: tenants.includes('*') ? null : tenants.map(String),
      scopes: new Set(typeof scope === 'string' ? scope.split(' ').filter(Boolean) : []),
      expiresAt: typeof exp === 'number' && Math.abs(exp) <= LATEST ? exp * 1_000 : null,
    };
  } catch {
    return null;
  }
}

/** An identity for the gateway: two tokens with the same rights have the same one. */
export function identityOf({ tenants, scopes }: Claims): string {
  return JSON.stringify([tenants && tenants.toSorted(), [...scopes].toSorted()]);
}

/** Whether the holder may decide about quarantine, by the gateway's rules. */
export function isOperator({ tenants, scopes }: Claims): boolean {
  return tenants === null && scopes.has('ops');
}

/** Whether the holder may read events, and so everything that is made of them. */
export function mayRead({ scopes }: Claims): boolean {
  return scopes.has('events:read');
}
