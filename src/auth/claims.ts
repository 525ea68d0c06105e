import type { JWTPayload } from 'jose';
import type { ClaimPath } from '../auth-config.ts';
import { HookcastError } from '../errors.ts';

/** A tenant in a text, in which only blanks separate tenants. */
const TENANT = /^[a-z][a-z0-9-]*:[^\s,]+$/;
const MOST_TENANTS = 10_000;
const LONGEST_TENANT = 256;

/**
 * The tenants that a token names, at least one. Only a list may contain `*`, which is every tenant.
 *
 * @throws {HookcastError} UNAUTHENTICATED if the claim names none, or can be read in more than one way.
 */
export function tenantsIn(payload: JWTPayload, place: ClaimPath): readonly string[] {
  const claim = read(payload, place);
  const tenants = claim ? counting(claim.values, place) : [];
  const name = nameOf(place);
  if (!claim || tenants.length === 0 || tenants.includes('')) {
    const prefix = place.prefix === '' ? '' : ` Only values that begin with "${place.prefix}" count.`;
    throw unreadable(
      `The token needs "${name}": a list of tenants such as ["eduzz:40021"], or a text with blanks between them.${prefix}`,
    );
  }
  // A blank in a name would make two tenants of one, and the first could be another account's.
  if (claim.isText && !tenants.every((tenant) => TENANT.test(tenant))) {
    throw unreadable(
      `The token's "${name}" is a text, but it does not consist of tenants with blanks between them, such as "eduzz:40021 wix:7". Every tenant, and a tenant with a blank or a comma in its name, needs a list: ["*"].`,
    );
  }
  if (tenants.length > MOST_TENANTS || tenants.some((tenant) => tenant.length > LONGEST_TENANT)) {
    throw unreadable(
      `The token's "${name}" may name ${MOST_TENANTS} tenants, each of ${LONGEST_TENANT} characters, at most.`,
    );
  }
  return tenants;
}

/**
 * The scopes of a token. If the claim is missing, there are none.
 *
 * @throws {HookcastError} UNAUTHENTICATED if the claim is neither a text nor a list of texts.
 */
export function scopesIn(payload: JWTPayload, place: ClaimPath): readonly string[] {
  const claim = read(payload, place);
  if (claim) return counting(claim.values, place);
  throw unreadable(`The token's "${nameOf(place)}" must be a text with blanks between scopes, or a list of scopes.`);
}

/** Whether the token has a value at this place. */
export function isThere(payload: JWTPayload, place: ClaimPath): boolean {
  return (valueAt(payload, place) ?? null) !== null;
}

function nameOf({ path }: ClaimPath): string {
  return path.join('.');
}

interface Claim {
  readonly isText: boolean;
  readonly values: readonly string[];
}

/**
 * A text with blanks between its values (RFC 8693, section 4.2), or a list of texts. A blank in a member of a list does not
 * separate values: a role may be called "not events:read". Null for any other value.
 */
function read(payload: JWTPayload, place: ClaimPath): Claim | null {
  const value = valueAt(payload, place);
  if (value === undefined || value === null) return { isText: false, values: [] };
  if (typeof value === 'string') return { isText: true, values: value.split(' ').filter((part) => part !== '') };
  const isList = Array.isArray(value) && value.every((member) => typeof member === 'string');
  return isList ? { isText: false, values: value } : null;
}

function valueAt(payload: JWTPayload, { path }: ClaimPath): unknown {
  let value: unknown = payload;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    if (!Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

function counting(values: readonly string[], { prefix }: ClaimPath): readonly string[] {
  if (prefix === '') return values;
  return values
    .filter((value) => value.startsWith(prefix) && value !== prefix)
    .map((value) => value.slice(prefix.length));
}

function unreadable(message: string): HookcastError {
  return new HookcastError('UNAUTHENTICATED', message);
}
