import { VerifierError, answerTo, answerToSigned, partsIn, verify } from '../providers/ask.ts';
import type { ChallengeResponse } from '../providers/challenge.ts';
import type { JsonObject } from '../providers/payload.ts';
import type { Arrived, Provider, Verified } from '../providers/provider.ts';
import type { Fresh, Sample } from '../providers/sample.ts';
import { AT, eventsOf, outcomeOf } from './outcomes.ts';

export const FRESH: Fresh = { id: 'contract', at: new Date(AT) };
const PUBLIC_URL = 'https://hooks.example.com';
export const PATH = '/webhooks/it';
/** A question of a sender, and the answer that it expects. */
export interface Question {
  /** The payload of a signed question. */
  readonly payload?: JsonObject;
  /** The method of an unsigned question. Default: POST. */
  readonly method?: 'GET' | 'OPTIONS' | 'POST';
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The text of the answer, or the object that it contains as JSON. Null for an empty answer. */
  readonly answer: string | JsonObject | null;
}

export interface Sent extends Arrived {
  readonly signs: readonly string[];
  readonly target: string;
}

/** A sample in the form in which its sender sends it, with the headers of its signature. */
export async function signedBy(
  by: Provider,
  sample: Sample = by.samples[0]!,
  { payload, fresh = FRESH }: { readonly payload?: JsonObject; readonly fresh?: Fresh } = {},
): Promise<Sent> {
  const query = sample.query?.(fresh) ?? '';
  const headers = sample.headers?.(fresh) ?? {};
  const to = { url: `${PUBLIC_URL}${PATH}${query && `?${query}`}`, headers };
  const signed = await by.sign!({ ...(payload ?? sample.payload(fresh)) }, fresh.at, to);
  const asked = [query, signed.query ?? ''].filter((part) => part !== '').join('&');
  const all = { ...headers, ...signed.headers };
  return {
    headers: all,
    body: Buffer.from(signed.body),
    receivedAt: AT,
    publicUrl: PUBLIC_URL,
    target: `${PATH}${signed.path ?? ''}${asked && `?${asked}`}`,
    signs: Object.keys(all).filter((header) => header !== 'content-type' && !Object.hasOwn(headers, header)),
  };
}

export async function askedSigned(provider: Provider, payload: JsonObject): Promise<ChallengeResponse | null> {
  const sent = await signedBy(provider, undefined, { payload });
  return answerToSigned(provider, await verify(provider, sent), sent);
}

export function askedUnsigned(
  provider: Provider,
  { method = 'POST', query = '', headers = {}, body = '' }: Omit<Question, 'answer'>,
) {
  const target = `${PATH}${query && `?${query}`}`;
  return answerTo(provider, {
    method,
    headers,
    target,
    body: Buffer.from(body),
    receivedAt: AT,
    publicUrl: PUBLIC_URL,
  });
}

export async function makes(
  provider: Provider,
  shapes: readonly string[],
  sample: Sample,
  odd: JsonObject,
): Promise<boolean> {
  try {
    const verified = await verify(provider, await signedBy(provider, sample, { payload: odd }));
    const made = eventsOf(provider, verified).map(({ shape }) => shape);
    return made.length === shapes.length && made.every((shape, index) => shape === shapes[index]);
  } catch {
    return false;
  }
}

export async function outcomesOf(provider: Provider, sample: Sample, odd: JsonObject): Promise<readonly string[]> {
  let verified: Verified;
  try {
    verified = await verify(provider, await signedBy(provider, sample, { payload: odd }));
  } catch (error) {
    return [error instanceof VerifierError ? 'failed' : 'refused'];
  }
  const parts = partsIn(provider, verified) ?? [verified];
  return Array.isArray(parts) ? parts.map((part: Verified) => outcomeOf(provider, part).outcome) : ['unfit'];
}
