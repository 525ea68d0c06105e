import { HookcastError } from '../errors.ts';
import type { Issue } from '../events/quarantine.ts';
import type { ChallengeResponse } from './challenge.ts';
import { deliveryOf } from './delivery.ts';
import { failed } from './failed.ts';
import { isThenable } from './thenable.ts';
import { isObject } from './payload.ts';
import { type Namer, isDerived } from './namer.ts';
import { TooManyParts } from './parts.ts';
import type { Arrived, Normalised, DeliveryContext, Provider, Verified } from './provider.ts';

/** The codes of errors that a verifier may throw on purpose. */
const REFUSALS: readonly unknown[] = ['SIGNATURE_INVALID', 'MALFORMED_DELIVERY', 'KEYS_UNAVAILABLE'];
const OUTCOMES: readonly unknown[] = ['event', 'pong', 'ignored', 'unfit'];
/** How long a verifier or the answer to a challenge may take, in milliseconds. Without an end it would hold its request for ever. */
const LONGEST = 10_000;

/** A verifier failed, or returned something else than a `Verified`. The cause is what it threw. */
export class VerifierError extends HookcastError {
  constructor(cause: unknown) {
    super(
      'SIGNATURE_INVALID',
      'The verifier failed, so the delivery is refused. The log of the gateway names the place in the code.',
      { cause },
    );
  }
}

/**
 * Verifies a delivery. A user's own verifier may fail on what a stranger sends, for example because a header is missing. Only a
 * `Verified` counts as authentic: every error that the verifier throws is a refusal, and so is any other return value.
 *
 * @returns a promise if the verifier returns one.
 * @throws {HookcastError} SIGNATURE_INVALID or MALFORMED_DELIVERY.
 * @throws {VerifierError} SIGNATURE_INVALID, when the verifier did not refuse on purpose.
 */
export function verify(provider: Provider, delivery: Arrived): Verified | Promise<Verified> {
  let verified: unknown;
  try {
    verified = provider.verify(delivery);
    if (isVerified(verified)) return verified;
    // Most verifiers answer at once. Only promises are awaited, since each wait costs every delivery time.
    if (!isThenable(verified)) throw unverified();
  } catch (error) {
    throw refusalOf(error);
  }
  return verifyLater(verified);
}

async function verifyLater(verifying: PromiseLike<unknown>): Promise<Verified> {
  try {
    const verified = await inTime(verifying);
    if (isVerified(verified)) return verified;
    throw unverified();
  } catch (error) {
    throw refusalOf(error);
  }
}

function unverified(): TypeError {
  return new TypeError('verify must return { payload, text, digest }');
}

async function inTime<T>(work: PromiseLike<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DOMException(`it took more than ${LONGEST} ms`, 'TimeoutError')), LONGEST);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The events of a verified delivery, if its provider takes deliveries apart; null if the delivery is one event. If the
 * provider's code fails, the delivery is not lost: it goes to quarantine as a whole, with the returned issue.
 */
export function partsIn(provider: Provider, verified: Verified): readonly Verified[] | Issue | null {
  if (!provider.parts) return null;
  try {
    const parts: unknown = provider.parts(verified);
    if (parts === null) return null;
    if (Array.isArray(parts) && parts.every(isVerified)) return parts;
    throw new TypeError('parts must return a list of { payload, text, digest }');
  } catch (error) {
    return error instanceof TooManyParts ? { path: '', message: error.message } : failed(error, []);
  }
}

/**
 * The answer to an unsigned challenge; null if the request is none of the provider's.
 *
 * @throws {HookcastError} SIGNATURE_INVALID, when this source does not answer the challenge.
 * @throws {VerifierError} the same, when the provider's code fails.
 */
export async function answerTo(
  provider: Provider,
  arrived: Arrived,
  how: { readonly isTrial: boolean } = { isTrial: false },
): Promise<ChallengeResponse | null> {
  const delivery = deliveryOf(arrived);
  try {
    for (const challenge of provider.challenges ?? []) {
      if (challenge.signed || challenge.method !== delivery.method) continue;
      const answering = challenge.answer(delivery, how);
      const answer = answerIn(isThenable(answering) ? await inTime(answering) : answering);
      if (answer !== null) return answer;
    }
    return null;
  } catch (error) {
    throw refusalOf(error);
  }
}

/** The same for a signed challenge that is authentic. */
export function answerToSigned(provider: Provider, { payload }: Verified, arrived: Arrived): ChallengeResponse | null {
  try {
    for (const challenge of provider.challenges ?? []) {
      const answer = challenge.signed ? answerIn(challenge.answer(payload, deliveryOf(arrived))) : null;
      if (answer !== null) return answer;
    }
    return null;
  } catch (error) {
    throw refusalOf(error);
  }
}

/** Null if the request is no challenge. A function that returns nothing means the same. @throws {TypeError} for any other value. */
function answerIn(given: unknown): ChallengeResponse | null {
  if (given === null || given === undefined) return null;
  if (isObject(given) && (given['body'] === null || typeof given['body'] === 'string')) {
    return given as unknown as ChallengeResponse;
  }
  throw new TypeError('answer must return { body }, or null');
}

/** Normalizes a verified delivery. If the provider's code fails, the delivery is not lost: it counts as unfit. */
export function normalise(
  provider: Provider,
  verified: Verified,
  place: DeliveryContext & { readonly namer: Namer },
): Normalised {
  try {
    const normalised: unknown = provider.normalise(verified, place);
    if (isObject(normalised) && OUTCOMES.includes(normalised['outcome'])) return normalised as unknown as Normalised;
    throw new TypeError('normalise must return an outcome');
  } catch (error) {
    const eventId = verified.id === undefined || isDerived(verified.id) ? null : verified.id;
    return { outcome: 'unfit', type: null, eventId, issues: [failed(error, [])] };
  }
}

/** See `Provider`. It is null also if a provider's code fails: no delivery may be lost because of the search for new fields. */
export function expectedFields(provider: Provider, type: string): ReadonlySet<string> | null {
  try {
    return provider.expectedFields(type);
  } catch {
    return null;
  }
}

function refusalOf(error: unknown): HookcastError {
  return isRefusal(error) ? new HookcastError(error.code, error.message) : new VerifierError(error);
}

/** The check uses the code and not the class: a provider may import another copy of hookcast than the one that runs. */
function isRefusal(error: unknown): error is HookcastError {
  return error instanceof Error && error.name === 'HookcastError' && REFUSALS.includes((error as HookcastError).code);
}

function isVerified(value: unknown): value is Verified {
  if (!isObject(value)) return false;
  const { payload, text, id } = value;
  if (!isObject(payload) || typeof text !== 'string') return false;
  return (id === undefined || typeof id === 'string') && hasDigest(value);
}

/** hookcast's own values compute the digest on demand, so the check does not read it. */
function hasDigest(value: Readonly<Record<string, unknown>>): boolean {
  const own = Object.getOwnPropertyDescriptor(value, 'digest');
  return own === undefined || own.get !== undefined ? 'digest' in value : typeof own.value === 'string';
}
