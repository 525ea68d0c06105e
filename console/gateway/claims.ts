/** What a token says about its holder. Only the gateway can tell whether it is true; here it decides what is offered. */
export interface Claims {
  /** Null is every tenant. */
  readonly tenants: readonly string[] | null;
  readonly scopes: ReadonlySet<string>;
  /** Milliseconds since 1970. */
  readonly expiresAt: number | null;
}

/** The last moment that there is a date for, in seconds since 1970. What is to expire later doesn't. */
const LATEST = 8.64e12;

/** The claims of a JWT (RFC 7519), unverified. Null when it is none. */
export function readClaims(token: string): Claims | null {
  const [, payload, ...rest] = token.split('.');
  if (!payload || rest.length !== 1) return null;
  try {
    // `atob` gives a letter for each byte, and a name may have several bytes to the letter.
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

/** Who somebody is to the gateway: the same for two tokens that may see and do the same. */
export function identityOf({ tenants, scopes }: Claims): string {
  return JSON.stringify([tenants && tenants.toSorted(), [...scopes].toSorted()]);
}

/** Whether it may decide about quarantine, as the gateway sees it. */
export function isOperator({ tenants, scopes }: Claims): boolean {
  return tenants === null && scopes.has('ops');
}

/** Whether it may see events, and so everything that is made of them. */
export function mayRead({ scopes }: Claims): boolean {
  return scopes.has('events:read');
}
