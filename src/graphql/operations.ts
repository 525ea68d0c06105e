import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  OperationTypeNode,
  getOperationAST,
} from 'graphql';
import type { Viewer } from '../auth/viewer.ts';
import { type Backing, createContext } from './context.ts';
import { presentError } from './present-error.ts';
import { type Stream, Streams } from './stream.ts';
import type { Yoga } from './yoga.ts';

/** A GraphQL request as clients send it, over any transport. */
export interface OperationRequest {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Record<string, unknown> | null | undefined;
}

/** An operation that fits the schema and is ready to run; `args` are how graphql-js names it. */
export type Operation =
  | { readonly kind: 'single'; readonly args: ExecutionArgs; readonly run: () => Promise<ExecutionResult> }
  | { readonly kind: 'stream'; readonly args: ExecutionArgs; readonly open: () => Promise<Stream | ExecutionResult> };

/** Takes operations of the WebSocket and of SSE through the same pipeline as a query over HTTP. */
export class Operations {
  readonly #yoga: Yoga;
  readonly #backing: Backing;
  readonly #streams: Streams;
  readonly #report: (cause: unknown) => string | void;

  /** @param report gets whole what went wrong on our side. */
  constructor(yoga: Yoga, backing: Backing, report: (cause: unknown) => string | void) {
    this.#yoga = yoga;
    this.#backing = backing;
    this.#report = report;
    this.#streams = new Streams(backing, report);
  }

  /** What doesn't parse or fit comes back as errors. Each distinct text is parsed and validated once: Yoga keeps them. */
  async prepare(
    { query, operationName, variables }: OperationRequest,
    viewer: Viewer,
  ): Promise<Operation | readonly GraphQLError[]> {
    const context = createContext(this.#backing, viewer);
    const enveloped = this.#yoga.getEnveloped({ context, params: { query, operationName, variables } });
    let document: DocumentNode;
    try {
      document = enveloped.parse(query) as DocumentNode;
    } catch (error) {
      return [presentError(error, this.#report)];
    }
    const { schema } = enveloped;
    const errors = enveloped.validate(schema, document) as readonly GraphQLError[];
    if (errors.length > 0) return errors.map((error) => presentError(error, this.#report));
    const operation = getOperationAST(document, operationName);
    if (!operation) {
      const extensions = { code: 'BAD_REQUEST' };
      const message = operationName
        ? 'The document has no operation of the name that "operationName" says.'
        : 'Name the operation to run in "operationName".';
      return [new GraphQLError(message, { extensions })];
    }
    const args = { schema, document, operationName: operationName ?? null };
    if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
      const request = { schema, query, document, operation, variables: variables ?? {}, viewer };
      return { kind: 'stream', args, open: () => this.#streams.open(request) };
    }
    const contextValue = await enveloped.contextFactory();
    const run = async () => enveloped.execute({ ...args, variableValues: variables ?? {}, contextValue });
    return { kind: 'single', args, run };
  }
}
