import { readMostValues, readPublicUrl } from '../config-parts.ts';
import { localOperations } from './local-operations.ts';
import type { Operations } from './operations.ts';
import { type TokenNeeds, remoteOperations } from './remote-operations.ts';
import { servedTypes } from '../served-types.ts';
import { findOwnSources, findSources } from './sources.ts';
import type { Terminal } from './terminal.ts';
import { readSigner } from './token.ts';
import { withLog } from './with-log.ts';

export interface Work {
  /** The command's name in the audit, such as `quarantine release`. */
  readonly command: string;
  /** Whether the command needs the sources' code, and so their settings. A remote gateway has its own. */
  readonly needsSources?: boolean;
  /** Whether the command needs the types of events, including the user's own. A remote gateway has its own. */
  readonly needsTypes?: boolean;
  /** The scopes and tenants that a token for a remote gateway must have. */
  readonly scopes?: TokenNeeds;
}

/** Does a command's work on the gateway of HOOKCAST_URL, or else on the log of DATABASE_URL. */
export async function withOperations<T>(
  terminal: Terminal,
  { command, needsSources = false, needsTypes = false, scopes = 'ops for every tenant' }: Work,
  work: (operations: Operations) => Promise<T>,
): Promise<T> {
  const remote = remoteOperations(terminal, scopes);
  if (remote) return work(remote);
  const { env } = terminal;
  const sources = needsSources ? await findSources(terminal) : new Map();
  const options = {
    command,
    sources,
    types: needsTypes ? servedTypes(((await findOwnSources(env)) ?? new Map()).values()) : [],
    mostValues: needsSources ? readMostValues(env) : 0,
    publicUrl: needsSources ? readPublicUrl(env) : null,
    signer: () => (env['AUTH_JWKS_URL'] || env['AUTH_PUBLIC_KEY'] ? null : readSigner(env)),
  };
  return withLog(terminal, async (log) => {
    const operations = localOperations(log, options);
    try {
      return await work(operations);
    } finally {
      await operations.close();
    }
  });
}
