import { HookcastError } from '../../errors.ts';
import { type JsonObject, type ParsedPayload, isObject, keptOf } from '../payload.ts';
import type { Verified } from '../provider.ts';
import { verifiedBody } from './verified.ts';

/**
 * Asks the sender's API whether a delivery is true. If it returns true, the delivery is recorded as sent. If it returns an
 * object, such as the API's own answer, that is recorded. If it returns false or null, the API doesn't know of it, and the
 * delivery is refused. After any error nobody knows yet, so the sender is asked to send it again.
 */
export type Confirm = (
  payload: JsonObject,
  asked: { readonly signal: AbortSignal },
) => Promise<JsonObject | boolean | null>;

/** How many deliveries of one source are confirmed at once. */
const MOST = 16;
/** How long one confirmation may take, in milliseconds: Strava wants its answer within two seconds. */
const WITHIN = 1_500;

/** Confirms deliveries before anything of them is recorded: until then the sender has them, and sends them again. */
export function confirming(
  confirm: Confirm,
  within = WITHIN,
): (payload: ParsedPayload, body: Buffer) => Promise<Verified> {
  let asking = 0;
  const ask = async (payload: JsonObject, signal: AbortSignal) => {
    asking += 1;
    try {
      return await confirm(payload, { signal });
    } finally {
      asking -= 1;
    }
  };
  return async (payload, body) => {
    if (asking >= MOST) throw unavailable('gets too many requests about deliveries at once');
    const signal = AbortSignal.timeout(within);
    const said = await Promise.race([ask(payload.payload, signal), aborted(signal)]).catch((error: unknown) => {
      throw isRefusal(error) ? error : unavailable('could not be asked whether this delivery is authentic', error);
    });
    if (said === true) return verifiedBody(payload, body);
    if (isObject(said)) {
      const kept = keptOf(said);
      return verifiedBody(kept, Buffer.from(kept.text));
    }
    throw new HookcastError('SIGNATURE_INVALID', 'The sender’s API does not confirm this delivery.');
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

/** Whether it is the error of `refuse`. The check uses the code and not the class, as for any verifier. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && (error as { code?: unknown }).code === 'SIGNATURE_INVALID';
}

function unavailable(why: string, cause?: unknown): HookcastError {
  const what = cause instanceof Error ? ` (${cause.name})` : '';
  return new HookcastError('KEYS_UNAVAILABLE', `The sender’s API ${why}${what}. Send the delivery again later.`, {
    cause,
  });
}
