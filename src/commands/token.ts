import { type Signer, type TokenOptions, signToken } from '../auth/sign-token.ts';
import { SCOPES } from '../auth/viewer.ts';
import { readEnvironment, readSigningSecrets, readTokenForm } from '../config.ts';
import { devSecretsFile, readDevSecrets } from './dev-secrets.ts';
import { CommandError, type Terminal } from './terminal.ts';

/** A year, in seconds: a token should end by itself. */
const LONGEST = 365 * 24 * 60 * 60;
/** `<provider>:<account>`, or every one. */
const TENANT = /^(?:\*|[a-z][a-z0-9-]*:.+)$/;

/** `hookcast token`: a token without an id, signed with AUTH_SECRET, or with the secret of `hookcast dev`. */
export async function token(asked: Asked, { env, ...terminal }: Terminal): Promise<void> {
  terminal.print(await signToken(readSigner(env), optionsOf(asked)));
}

/** As it is asked for. */
export type Asked = Omit<TokenOptions, 'tenant'> & { readonly tenant?: readonly string[] };

/** What tokens are signed with here. @throws {CommandError} when nothing is. */
export function readSigner(given: Terminal['env']): Signer {
  const env = readEnvironment(given, ['AUTH_SECRET', 'AUTH_SECRETS']);
  const [secret = readDevSecrets(devSecretsFile({ env })).authSecret] = readSigningSecrets(env);
  return { secret, ...readTokenForm(env) };
}

/** @throws {CommandError} for a token that would be good for nothing, or for longer than a year. */
export function optionsOf({ tenant = [], scope, expires }: Asked): TokenOptions {
  if (tenant.length === 0) {
    throw new CommandError(
      `Say which tenants the token may see: --tenant eduzz:40021, or --tenant '*' for every one, in quotes.`,
    );
  }
  const strange = tenant.find((name) => !TENANT.test(name));
  if (strange !== undefined) {
    // Without quotes a shell makes the names of files of *.
    throw new CommandError(
      `"${strange}" is no tenant: they are written like eduzz:40021; every one is '*', in quotes.`,
    );
  }
  if (expires > LONGEST)
    throw new CommandError(`--expires: a token may be good for a year at most, ${LONGEST} seconds.`);
  const unknown = scope.split(' ').filter((one) => !(SCOPES as readonly string[]).includes(one));
  if (unknown.length > 0) {
    throw new CommandError(`There is no scope "${unknown.join(' ')}". There are: ${SCOPES.join(', ')}.`);
  }
  return { tenant, scope, expires };
}
