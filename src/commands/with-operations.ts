import { readMostValues, readPublicUrl } from '../config.ts';
import { localOperations } from './local-operations.ts';
import type { Operations } from './operations.ts';
import { remoteOperations } from './remote-operations.ts';
import { findSources } from './sources.ts';
import type { Terminal } from './terminal.ts';
import { readSigner } from './token.ts';
import { withLog } from './with-log.ts';

export interface Work {
  /** As the audit has it: `quarantine release`. */
  readonly command: string;
  /** Whether the sources' code is needed, and with it their settings. A gateway has its own. */
  readonly needsSources?: boolean;
}

/** Does a command's work where it is to be done: on the gateway of HOOKCAST_URL, or else on the log of DATABASE_URL. */
export async function withOperations<T>(
  terminal: Terminal,
  { command, needsSources = false }: Work,
  work: (operations: Operations) => Promise<T>,
): Promise<T> {
  const remote = remoteOperations(terminal);
  if (remote) return work(remote);
  const { env } = terminal;
  const sources = needsSources ? await findSources(terminal) : new Map();
  const options = {
    command,
    sources,
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
