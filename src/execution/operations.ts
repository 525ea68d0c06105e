import type { IncomingHttpHeaders } from 'node:http';
import { type DocumentNode, type ExecutionResult, GraphQLError, OperationTypeNode, getOperationAST } from 'graphql';
import type { Bearer } from '../auth/viewer.ts';
import { type Code, HookcastError } from '../errors.ts';
import { Answers, type AnswersOptions } from './answers.ts';
import { Scales } from './cost.ts';
import { limitOf, tooManyTokens } from './document-rules.ts';
import { presentError } from './present-error.ts';
import { type Stream, Streams } from './stream.ts';
import type { WrittenResult } from './written-result.ts';
import { idOf, isAutomatic, persistedQueryNotFound } from './document-id.ts';
import type { OperationRequest } from './operation-request.ts';
import type { TrustedDocuments } from './trusted-documents.ts';
import { declaredOf } from './variables.ts';
import type { Yoga } from './yoga.ts';

/** An operation that fits the schema and the limits and is ready to run. */
export type Operation = Named &
  (
    | { readonly kind: 'single'; readonly run: () => Promise<WrittenResult> }
    | { readonly kind: 'stream'; readonly open: () => Promise<Stream | ExecutionResult> }
  );

/** The operation's type, and its name in the document. */
interface Named {
  readonly type: OperationTypeNode;
  readonly name: string | null;
}

/** @param headers of the request, which may say what trace it is part of. */
export type Prepare = (
  request: OperationRequest,
  viewer: Bearer,
  headers?: IncomingHttpHeaders,
) => Promise<Operation | readonly GraphQLError[]>;

export interface OperationsOptions extends AnswersOptions {
  readonly yoga: Yoga;
  /** If it is null, any document is served. */
  readonly trusted: TrustedDocuments | null;
  /** Whether every viewer may send any document and read the schema. */
  readonly dev: boolean;
}

/**
 * The characters that a document may have for each of its tokens. This bounds the memory, since the text is kept with its
 * parsed document.
 */
const CHARACTERS = 32;

/** The one way from a request to an operation that may run, for every transport. */
export class Operations {
  readonly #options: OperationsOptions;
  readonly #streams: Streams;
  readonly #answers: Answers;
  readonly #scales: Scales;

  constructor(options: OperationsOptions) {
    this.#options = options;
    this.#streams = new Streams(options);
    this.#answers = new Answers(options);
    this.#scales = new Scales(options.schema, options.limits);
  }

  /**
   * Returns errors if the document doesn't parse, is not valid or exceeds a limit. Each distinct text is parsed and validated
   * once.
   */
  async prepare(request: OperationRequest, viewer: Bearer): Promise<Operation | readonly GraphQLError[]> {
    const { schema, dev } = this.#options;
    const seesSchema = dev || viewer.scopes.has('ops');
    const hideSuggestions = !seesSchema;
    const parsed = this.#parse(request, seesSchema);
    if ('length' in parsed) return parsed;
    const { query, document } = parsed;
    // Some clients send an empty name if they have none.
    const operationName = request.operationName || null;
    const operation = getOperationAST(document, operationName);
    if (!operation) return this.#refuse([unnamed(request)]);
    let variables: Readonly<Record<string, unknown>>;
    try {
      variables = declaredOf(operation, request.variables ?? {});
    } catch (error) {
      return this.#refuse([error]);
    }
    const problems = this.#scales.problemsOf(document, operation, variables, { hideSuggestions });
    if (problems.length > 0) return this.#refuse(problems);

    const named = { type: operation.operation, name: operation.name?.value ?? null };
    if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
      const wanted = { schema, query, document, operation, variables, viewer, hideSuggestions };
      return { ...named, kind: 'stream', open: () => this.#streams.open(wanted) };
    }
    const asked = { query, document, operation, variables, viewer, hideSuggestions };
    return { ...named, kind: 'single', run: () => this.#answers.run(asked) };
  }

  #parse(
    request: OperationRequest,
    seesSchema: boolean,
  ): { readonly query: string; readonly document: DocumentNode } | readonly GraphQLError[] {
    const { schema, yoga } = this.#options;
    const { parse, validate } = yoga.getEnveloped({ seesSchema });
    let query: string;
    let document: DocumentNode;
    try {
      query = this.#textOf(request, { mayAskAnything: seesSchema });
      document = parse(query) as DocumentNode;
    } catch (error) {
      return this.#refuse([this.#unparsed(error)], 'GRAPHQL_PARSE_FAILED');
    }
    const misfits = validate(schema, document) as readonly GraphQLError[];
    return misfits.length > 0 ? this.#refuse(misfits, 'GRAPHQL_VALIDATION_FAILED') : { query, document };
  }

  #textOf(request: OperationRequest, { mayAskAnything }: { readonly mayAskAnything: boolean }): string {
    const { trusted, limits, onLimit } = this.#options;
    const text = trusted?.find(request);
    if (text) return text;
    if (trusted && !mayAskAnything) {
      onLimit('untrusted_document');
      throw new HookcastError(
        'DOCUMENT_NOT_TRUSTED',
        'This gateway serves only the documents of its manifest, and this document is not one of them. Add it to the manifest, or send its id.',
      );
    }
    const { query } = request;
    if (!query && idOf(request) !== null) throw isAutomatic(request) ? persistedQueryNotFound() : unknownId();
    if (query && query.length > limits.tokens * CHARACTERS) throw tooManyTokens(limits.tokens);
    return query ?? '';
  }

  #unparsed(error: unknown): unknown {
    // graphql-js gives no other sign that the limit of tokens was exceeded.
    if (error instanceof GraphQLError && error.message.includes('Document contains more than')) {
      return tooManyTokens(this.#options.limits.tokens);
    }
    // The parser is recursive, and a document can exhaust its stack.
    return error instanceof RangeError ? new GraphQLError('The document is nested too deeply.') : error;
  }

  /** @param otherwise the code for errors of GraphQL itself. */
  #refuse(errors: readonly unknown[], otherwise?: Code): readonly GraphQLError[] {
    const { onLimit, report } = this.#options;
    for (const limit of new Set(errors.map(limitOf))) if (limit) onLimit(limit);
    return errors.map((error) => presentError(error, report, otherwise));
  }
}

function unknownId(): HookcastError {
  return new HookcastError('BAD_REQUEST', 'No document with this id is known. Send the document itself in "query".');
}

function unnamed({ operationName }: OperationRequest): HookcastError {
  const message = operationName
    ? 'The document has no operation with the name in "operationName".'
    : 'Name the operation to run in "operationName".';
  return new HookcastError('BAD_REQUEST', message);
}
