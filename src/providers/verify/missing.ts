import { HookcastError } from '../../errors.ts';

/** This is a different message than that of a wrong signature: the source expects another header, or a proxy drops it. */
export function missing(header: string): HookcastError {
  return new HookcastError('SIGNATURE_INVALID', `The header ${header} is missing.`);
}

/**
 * The same for other parts that hold a signature or are signed. @param what as a subject: `The parameter signature of the URL`.
 */
export function missingPart(what: string): HookcastError {
  return new HookcastError('SIGNATURE_INVALID', `${what} is missing.`);
}
