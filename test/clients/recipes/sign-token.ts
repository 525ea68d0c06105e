import { SignJWT } from 'jose';

export interface Person {
  readonly id: string;
  readonly tenants: readonly string[];
}

/** In your backend: the token of somebody who is signed in there. `secret` is the gateway's AUTH_SECRET. */
export function signToken(secret: string, person: Person, lasts = 600): Promise<string> {
  return new SignJWT({ tenants: person.tenants, scope: 'events:read' })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(person.id) // limits and the audit go by it
    .setExpirationTime(new Date(Date.now() + lasts * 1_000))
    .sign(new TextEncoder().encode(secret));
}
