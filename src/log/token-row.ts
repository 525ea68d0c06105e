import type { Token } from '../events/token.ts';
import type { Row } from './value.ts';

export const TOKEN_COLUMNS = [
  'token_id',
  'label',
  'tenants',
  'scope',
  'issued_at',
  'expires_at',
  'revoked_at',
  'used_at',
] as const;

export function toTokenRow(token: Token): Row {
  const { id, label, tenants, scope, issuedAt, expiresAt, revokedAt, usedAt } = token;
  return [id, label, tenants && JSON.stringify(tenants), scope, issuedAt, expiresAt, revokedAt, usedAt];
}

export function fromTokenRow([id, label, tenants, scope, issuedAt, expiresAt, revokedAt, usedAt]: Row): Token {
  return {
    id: String(id),
    label: label === null ? null : String(label),
    tenants: tenants === null ? null : (JSON.parse(String(tenants)) as string[]),
    scope: scope === null ? null : String(scope),
    issuedAt: orNull(issuedAt),
    expiresAt: orNull(expiresAt),
    revokedAt: orNull(revokedAt),
    usedAt: orNull(usedAt),
  };
}

function orNull(value: Row[number] | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

/** The row of a revoked token about which nothing else is known. */
export function revokedRow(id: string, at: number): Row {
  return [id, null, null, null, null, null, at, null];
}
