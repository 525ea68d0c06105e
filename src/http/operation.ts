import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  OperationTypeNode,
  getOperationAST,
} from 'graphql';
import { z } from 'zod';
import { HookcastError } from '../errors.ts';
import type { Context } from '../graphql/context.ts';
import type { Yoga } from '../graphql/yoga.ts';

/** A GraphQL request as clients send it, over any transport. */
const operationRequest = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
});
export type OperationRequest = z.infer<typeof operationRequest>;

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

/** An operation that fits the schema and is ready to run. */
export interface Prepared {
  readonly args: ExecutionArgs;
  readonly isSubscription: boolean;
  readonly execute: (args: ExecutionArgs) => Promise<ExecutionResult>;
  readonly subscribe: (args: ExecutionArgs) => Promise<AsyncGenerator<ExecutionResult> | ExecutionResult>;
}

/** Takes a request through the same pipeline as a query over HTTP. What doesn't parse or fit comes back as errors. */
export async function prepare(
  yoga: Yoga,
  { query, operationName, variables }: OperationRequest,
  context: Context,
): Promise<Prepared | readonly GraphQLError[]> {
  const enveloped = yoga.getEnveloped({ context, params: { query, operationName, variables } });
  let document: DocumentNode;
  try {
    document = enveloped.parse(query) as DocumentNode;
  } catch (error) {
    return [error as GraphQLError];
  }
  const errors = enveloped.validate(enveloped.schema, document) as readonly GraphQLError[];
  if (errors.length > 0) return errors;
  const operation = getOperationAST(document, operationName);
  if (!operation) {
    return [new GraphQLError('Name the operation to run in "operationName".', { extensions: { code: 'BAD_REQUEST' } })];
  }
  return {
    args: {
      schema: enveloped.schema,
      document,
      operationName: operationName ?? null,
      variableValues: variables ?? {},
      contextValue: await enveloped.contextFactory(),
    },
    isSubscription: operation.operation === OperationTypeNode.SUBSCRIPTION,
    execute: enveloped.execute as Prepared['execute'],
    subscribe: enveloped.subscribe as Prepared['subscribe'],
  };
}

/** The last thing that an operation hears when its token expires. */
export function expiredError(): GraphQLError {
  return new GraphQLError('The token has expired. Come back with a fresh one and your cursor.', {
    extensions: { code: 'TOKEN_EXPIRED' },
  });
}
