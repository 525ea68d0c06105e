import type { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import type { Bearer } from '../auth/viewer.ts';
import type { Prepare } from './operations.ts';
import { firstCode } from './traced.ts';

interface LoggedOptions {
  readonly logger: Logger;
  /** A monotonic clock in milliseconds. */
  readonly clock: () => number;
}

/** The most characters of an operation's name in a line: the client chooses it, and it may be as long as a document. */
const LONGEST_NAME = 100;

/**
 * Writes one line in the log for each operation: its name, kind, token, time and outcome. The line has no variable, value or
 * text of a document, since these may be about people. The line of a subscription is written when it begins.
 */
export function loggedOperations(
  operations: { readonly prepare: Prepare },
  { logger, clock }: LoggedOptions,
): { readonly prepare: Prepare } {
  const lineOf = (viewer: Bearer) => {
    const began = clock();
    const { tokenId, holder } = viewer;
    return (name: string | null, kind: string | null, outcome: string) => {
      const operation = name?.slice(0, LONGEST_NAME) ?? null;
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
