import { GraphQLError } from 'graphql';
import { z } from 'zod';
import { HookcastError } from '../errors.ts';
import type { OperationRequest } from '../graphql/operations.ts';
import { idOf } from '../graphql/trusted-documents.ts';

const object = z.record(z.string(), z.unknown());
const operationRequest = z
  .object({
    query: z.string().nullish(),
    documentId: z.string().nullish(),
    operationName: z.string().nullish(),
    variables: object.nullish(),
    extensions: object.nullish(),
  })
  .refine((request) => typeof request.query === 'string' || idOf(request) !== null);

/** @throws {HookcastError} BAD_REQUEST when the bytes are no GraphQL request in JSON. */
export function parseOperationRequest(body: Buffer): OperationRequest {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw new HookcastError('BAD_REQUEST', 'The body is not JSON.');
  }
  const parsed = operationRequest.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new HookcastError('BAD_REQUEST', 'Send {"query": …, "variables": …, "operationName": …}.');
}

/** The last thing that an operation hears when its token expires. */
export function expiredError(): GraphQLError {
  return new GraphQLError('The token has expired. Come back with a fresh one and your cursor.', {
    extensions: { code: 'TOKEN_EXPIRED' },
  });
}
