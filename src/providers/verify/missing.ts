import { HookcastError } from '../../errors.ts';

/** Said apart from a wrong signature: whoever sets a source up has then named another header, or a proxy drops it. */
export function missing(header: string): HookcastError {
  return new HookcastError('SIGNATURE_INVALID', `The header ${header} is missing.`);
}

/** The same of whatever else a signature stands in or is made over. @param what as a subject: `The parameter signature of the URL`. */
export function missingPart(what: string): HookcastError {
  return new HookcastError('SIGNATURE_INVALID', `${what} is missing.`);
}
