import { HookcastError } from '../../errors.ts';

/** Told apart from a wrong signature: the source was then set up with another header, or a proxy drops it. */
export function missing(header: string): HookcastError {
  return new HookcastError('SIGNATURE_INVALID', `The header ${header} is missing.`);
}

/**
 * The same for the other parts that a signature stands in or is made over. @param what as a subject: `The parameter signature of
 * the URL`.
 */
export function missingPart(what: string): HookcastError {
  return new HookcastError('SIGNATURE_INVALID', `${what} is missing.`);
}
