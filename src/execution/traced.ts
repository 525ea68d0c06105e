import type { GraphQLError } from 'graphql';
import type { OperationSpan } from '../telemetry/spans.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import type { Prepare } from './operations.ts';

/** Gives each operation a span. */
export function tracedOperations(
  operations: { readonly prepare: Prepare },
  tracing: Tracing,
): { readonly prepare: Prepare } {
  return {
    async prepare(request, viewer, headers) {
      const span = tracing.operation(headers);
      const prepared = await ending(span, () => operations.prepare(request, viewer));
      if ('length' in prepared) {
        span.end(firstCode(prepared));
        return prepared;
      }
      span.named(prepared.type, prepared.name);
      const around = async <T extends object>(work: () => Promise<T>): Promise<T> => {
        const outcome = await ending(span, work);
        span.end('errors' in outcome ? firstCode(outcome.errors as readonly GraphQLError[]) : null);
        return outcome;
      };
      if (prepared.kind === 'single') return { ...prepared, run: () => around(prepared.run) };
      return { ...prepared, open: () => around(prepared.open) };
    },
  };
}

/** Ends the span when the work throws. */
async function ending<T>(span: OperationSpan, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    span.end('INTERNAL');
    throw error;
  }
}

/** The code of the first error; null if there is none. */
export function firstCode(errors: readonly { readonly extensions?: unknown }[] | undefined): string | null {
  if (!errors?.length) return null;
  const { code } = (errors[0]!.extensions ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : 'INTERNAL';
}
