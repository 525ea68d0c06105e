import type { Respond } from './provider.ts';

const STATUSES: readonly unknown[] = [200, 201, 202, 204];

/** @throws {Error} for an answer that can't be sent over HTTP. */
export function checkRespond(name: string, { status = 200, body }: Respond): void {
  if (!STATUSES.includes(status)) throw new Error(`${name}: respond.status must be 200, 201, 202 or 204`);
  if (body !== undefined && body !== null && typeof body !== 'string') {
    throw new Error(`${name}: respond.body must be text, or null for nothing`);
  }
  if (status === 204 && body) throw new Error(`${name}: respond.status 204 has no body`);
}
