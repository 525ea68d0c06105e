import { HookcastError } from '../../errors.ts';

/** Said apart from a wrong signature: whoever sets a source up has then named another header, or a proxy drops it. */
export function missing(header: string): HookcastError {
  return new HookcastError('SIGNATURE_INVALID', `The header ${header} is missing.`);
}
