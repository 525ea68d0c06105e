import { createHmac } from 'node:crypto';
import type { NewEvent } from '../../src/events/event.ts';
import { eduzz } from '../../src/providers/eduzz/eduzz.ts';
import type { Normalised, Verified } from '../../src/providers/provider.ts';

export const SECRET = 'edzwgd_one-of-the-suite';
export const provider = eduzz({ secrets: [SECRET, 'edzwgd_two-of-the-suite'] });
export const AT = { source: 'eduzz', receivedAt: Date.parse('2026-03-05T00:00:00Z') };

type Headers = Record<string, string | string[] | undefined>;

export function sign(body: string | Buffer, secret = SECRET): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

/** Verified, with these headers beside or instead of a good signature. */
export function verify(body: string | Buffer, headers: Headers = {}): Verified {
  return verifyWith(body, { 'x-signature': sign(body), ...headers });
}

/** Verified with these headers and no others. */
export function verifyWith(body: string | Buffer, headers: Headers): Verified {
  return provider.verify({ body: Buffer.from(body), headers, receivedAt: AT.receivedAt }) as Verified;
}

export function normalise(payload: Record<string, unknown>): Normalised {
  return provider.normalise(verify(JSON.stringify(payload)), AT);
}

/** The event that a payload becomes. */
export function event(payload: Record<string, unknown>): NewEvent {
  const normalised = normalise(payload);
  if (normalised.outcome !== 'event') throw new Error(JSON.stringify(normalised));
  return normalised.event;
}

/** Where a payload that does not fit doesn't. */
export function misfits(payload: Record<string, unknown>): string[] {
  const normalised = normalise(payload);
  if (normalised.outcome !== 'unfit') throw new Error(`it is ${normalised.outcome}`);
  return normalised.issues.map(({ path }) => path);
}
