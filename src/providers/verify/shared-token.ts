import { HookcastError } from '../../errors.ts';
import { type BodyFormat, jsonBody } from '../body.ts';
import { hmacKey } from '../hmac.ts';
import type { Verifier } from '../verifier.ts';
import { missing } from './missing.ts';
import { isAmong } from './same.ts';
import { type Secrets, checkSecrets } from './secrets.ts';
import { verifiedBody } from './verified.ts';

export interface SharedTokenOptions {
  /** The header with the token. */
  readonly header: string;
  readonly tokens: Secrets;
  readonly body?: BodyFormat;
}

/**
 * Deliveries with a token that only the provider knows. It signs nothing: anybody who reads one delivery can make others, so
 * use this only behind HTTPS.
 *
 * @throws {Error} for tokens that are missing, empty or too short.
 */
export function sharedToken({ header: name, tokens: given, body: format = jsonBody }: SharedTokenOptions): Verifier {
  const header = name.toLowerCase();
  const tokens = checkSecrets(`sharedToken (${header})`, given, { member: 'tokens' });
  const [newest] = tokens;
  const isOurs = isAmong(tokens);
  return {
    key: hmacKey(newest),
    verify({ headers, body }) {
      const given = headers[header];
      if (given === undefined) throw missing(header);
      if (typeof given !== 'string' || !isOurs(given)) {
        throw new HookcastError('SIGNATURE_INVALID', `${header} is not a token of this source.`);
      }
      return verifiedBody(format.read(body), body);
    },
    sign: (payload) => ({
      body: format.write(payload),
      headers: { 'content-type': format.contentType, [header]: newest },
    }),
  };
}
