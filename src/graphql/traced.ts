import { type ExecutionArgs, type GraphQLError, getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { OperationSpan, Tracing } from '../telemetry/tracing.ts';
import type { Context } from './context.ts';
import type { Operations } from './operations.ts';

/** Names the spans of requests over HTTP, and ends them. */
export function traced(): Plugin<object, { readonly context: Context }> {
  return {
    onExecute: ({ args }) => {
      const { span } = args.contextValue as unknown as Context;
      if (span) nameAfter(span, args);
    },
    onResultProcess: ({ serverContext, result }) => {
      if ('errors' in result || 'data' in result) serverContext.context.span?.end(firstCode(result.errors));
    },
  };
}

/** The operations of WebSockets and event streams, each with a span. */
export function tracedOperations(operations: Operations, tracing: Tracing): Pick<Operations, 'prepare'> {
  return {
    async prepare(request, viewer) {
      const span = tracing.operation();
      const prepared = await ending(span, () => operations.prepare(request, viewer));
      if ('length' in prepared) {
        span.end(firstCode(prepared));
        return prepared;
      }
      nameAfter(span, prepared.args);
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

function nameAfter(span: OperationSpan, { document, operationName }: ExecutionArgs): void {
  const operation = getOperationAST(document, operationName);
  if (operation) span.named(operation.operation, operation.name?.value ?? null);
}

function firstCode(errors: readonly { readonly extensions?: unknown }[] | undefined): string | null {
  if (!errors?.length) return null;
  const { code } = (errors[0]!.extensions ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : 'INTERNAL';
}
