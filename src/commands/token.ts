import { type Asked, type Signer, optionsOf, signToken } from '../auth/sign-token.ts';
import { readEnvironment, readSigningSecrets, readTokenForm } from '../config-parts.ts';
import { devSecretsFile, readDevSecrets } from './dev-secrets.ts';
import type { Terminal } from './terminal.ts';

/** `hookcast token`: a token without an id, signed with AUTH_SECRET, or with the secret of `hookcast dev`. */
export async function token(asked: Asked, { env, ...terminal }: Terminal): Promise<void> {
  terminal.print(await signToken(readSigner(env), optionsOf(asked)));
}

/** The secret and form of tokens that are signed here. @throws {CommandError} when there is no secret. */
export function readSigner(given: Terminal['env']): Signer {
  const env = readEnvironment(given, ['AUTH_SECRET', 'AUTH_SECRETS']);
  const [secret = readDevSecrets(devSecretsFile({ env })).authSecret] = readSigningSecrets(env);
  return { secret, ...readTokenForm(env) };
}
