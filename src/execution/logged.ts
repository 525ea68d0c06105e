import type { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import type { Bearer } from '../auth/viewer.ts';
import type { Prepare } from './operations.ts';
import { firstCode } from './traced.ts';

interface LoggedOptions {
  readonly logger: Logger;
  /** Milliseconds that only ever grow. */
  readonly clock: () => number;
}

/**
 * Operations, each with a line in the log: its name, its kind, whose token, how long it took and what came of it. No variable, no value
 * and no text of a document, which may be about people. Of a subscription, the line is written when it begins.
 */
export function loggedOperations(
  operations: { readonly prepare: Prepare },
  { logger, clock }: LoggedOptions,
): { readonly prepare: Prepare } {
  const lineOf = (viewer: Bearer) => {
    const began = clock();
    const { tokenId, holder } = viewer;
    return (operation: string | null, kind: string | null, outcome: string) => {
      logger.info({ operation, kind, token: tokenId, holder, ms: Math.round(clock() - began), outcome }, 'operation');
    };
  };
  return {
    async prepare(request, viewer, headers) {
      const line = lineOf(viewer);
      const prepared = await operations.prepare(request, viewer, headers).catch((error: unknown) => {
        line(null, null, 'INTERNAL');
        throw error;
      });
      if ('length' in prepared) {
        line(null, null, firstCode(prepared) ?? 'INTERNAL');
        return prepared;
      }
      const { name, type } = prepared;
      const around = async <T extends object>(work: () => Promise<T>, ok: string): Promise<T> => {
        try {
          const outcome = await work();
          const errors = 'errors' in outcome ? (outcome.errors as readonly GraphQLError[]) : undefined;
          line(name, type, firstCode(errors) ?? ok);
          return outcome;
        } catch (error) {
          line(name, type, 'INTERNAL');
          throw error;
        }
      };
      if (prepared.kind === 'single') return { ...prepared, run: () => around(prepared.run, 'ok') };
      return { ...prepared, open: () => around(prepared.open, 'streaming') };
    },
  };
}
