import { GraphQLError } from 'graphql';
import { type Code, HTTP, toHookcastError } from '../errors.ts';

/**
 * An error as clients see it: with a code of the closed list, and a message that reveals nothing else. An error that hookcast
 * did not throw on purpose is INTERNAL. `report` gets the whole error if an operator should know of it, and may return the id
 * by which the operator finds it.
 *
 * @param otherwise the code for errors of GraphQL itself that have none. These are about the document or its variables, never
 *   about a resolver's work.
 */
export function presentError(
  error: unknown,
  report: (cause: unknown) => string | void,
  otherwise: Code = 'BAD_REQUEST',
): GraphQLError {
  const thrown = error instanceof GraphQLError ? (error.originalError ?? null) : error;
  if (error instanceof GraphQLError && thrown === null) {
    const { code } = error.extensions;
    return withCode(error, isCode(code) ? code : otherwise);
  }
  if (thrown instanceof GraphQLError) return presentError(thrown, report, otherwise);
  const known = toHookcastError(thrown);
  const requestId = HTTP[known.code].status >= 500 ? report(thrown) : undefined;
  const place = error instanceof GraphQLError ? { nodes: error.nodes, path: error.path } : {};
  return new GraphQLError(known.message, {
    ...place,
    extensions: { code: known.code, ...(requestId && { requestId }) },
  });
}

function isCode(value: unknown): value is Code {
  return typeof value === 'string' && Object.hasOwn(HTTP, value);
}

function withCode({ message, nodes, source, positions, path }: GraphQLError, code: Code): GraphQLError {
  return new GraphQLError(message, { nodes, source, positions, path, extensions: { code } });
}
