import type { IncomingHttpHeaders } from 'node:http';
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  OperationTypeNode,
  execute,
  getOperationAST,
} from 'graphql';
import type { Audit } from '../auth/audit.ts';
import type { Bearer } from '../auth/viewer.ts';
import { type Code, HookcastError } from '../errors.ts';
import type { DocumentLimits, Limited } from '../limits.ts';
import { answerTooLarge, isLarger } from './answer.ts';
import { type Backing, type Context, createContext } from './context.ts';
import { Scales } from './cost.ts';
import { limitOf, tooManyTokens } from './document-rules.ts';
import { partsOf } from './parts.ts';
import { presentError } from './present-error.ts';
import { type Stream, Streams } from './stream.ts';
import { idOf, isAutomatic, persistedQueryNotFound } from './document-id.ts';
import type { TrustedDocuments } from './trusted-documents.ts';
import type { Yoga } from './yoga.ts';

/** A GraphQL request as clients send it, over any transport. Its document is its text, or named by an id. */
export interface OperationRequest {
  readonly query?: string | null | undefined;
  readonly documentId?: unknown;
  readonly id?: unknown;
  readonly extensions?: Record<string, unknown> | null | undefined;
  readonly operationName?: string | null | undefined;
  readonly variables?: Record<string, unknown> | null | undefined;
}

/** An operation that fits the schema and the limits and is ready to run. */
export type Operation = Named &
  (
    | { readonly kind: 'single'; readonly run: () => Promise<ExecutionResult> }
    | { readonly kind: 'stream'; readonly open: () => Promise<Stream | ExecutionResult> }
  );

/** What its document calls it. */
interface Named {
  readonly type: OperationTypeNode;
  readonly name: string | null;
}

/** @param headers of its request, which may say what trace it is part of. */
export type Prepare = (
  request: OperationRequest,
  viewer: Bearer,
  headers?: IncomingHttpHeaders,
) => Promise<Operation | readonly GraphQLError[]>;

export interface OperationsOptions {
  readonly schema: GraphQLSchema;
  readonly yoga: Yoga;
  readonly backing: Backing;
  readonly audit: Pick<Audit, 'reading' | 'did'>;
  readonly limits: DocumentLimits;
  readonly limited: Limited;
  /** Null serves any document. */
  readonly trusted: TrustedDocuments | null;
  /** Whether everybody may ask for anything, and for the schema. */
  readonly dev: boolean;
  /** Gets whole what went wrong on our side. */
  readonly report: (cause: unknown) => string | void;
}

/** Characters that a document may have for each of its tokens: a text is kept with what was made of it. */
const CHARACTERS = 32;

/** The one way from a request to an operation that may run, for every transport. */
export class Operations {
  readonly #options: OperationsOptions;
  readonly #streams: Streams;
  readonly #scales: Scales;

  constructor(options: OperationsOptions) {
    this.#options = options;
    this.#streams = new Streams(options);
    this.#scales = new Scales(options.schema, options.limits);
  }

  /** What doesn't parse, fit or keep to the limits comes back as errors. Each distinct text is parsed and validated once. */
  async prepare(request: OperationRequest, viewer: Bearer): Promise<Operation | readonly GraphQLError[]> {
    const { schema, backing, audit, limits, dev } = this.#options;
    const seesSchema = dev || viewer.scopes.has('ops');
    const hideSuggestions = !seesSchema;
    const parsed = this.#parse(request, seesSchema);
    if ('length' in parsed) return parsed;
    const { query, document } = parsed;
    // Some clients send an empty name for none.
    const operationName = request.operationName || null;
    const operation = getOperationAST(document, operationName);
    if (!operation) return this.#refuse([unnamed(request)]);
    const variables = declaredOf(operation, request.variables ?? {});
    const problems = this.#scales.problemsOf(document, operation, variables, { hideSuggestions });
    if (problems.length > 0) return this.#refuse(problems);

    const named = { type: operation.operation, name: operation.name?.value ?? null };
    if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
      const wanted = { schema, query, document, operation, variables, viewer, hideSuggestions };
      return { ...named, kind: 'stream', open: () => this.#streams.open(wanted) };
    }
    const { name } = named;
    const contextValue = createContext(backing, viewer, {
      parts: partsOf(document, schema),
      most: limits.answer,
      disclosed: (count, parts) => (audit.reading(viewer, name, parts).events += count),
      noted: (action, target) => audit.did(viewer, name, action, target),
    });
    const running = {
      schema,
      document,
      operationName: named.name,
      variableValues: variables,
      contextValue,
      hideSuggestions,
    };
    return { ...named, kind: 'single', run: () => this.#run(running) };
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
    const { trusted, limits, limited } = this.#options;
    const text = trusted?.find(request);
    if (text) return text;
    if (trusted && !mayAskAnything) {
      limited('untrusted_document');
      throw new HookcastError(
        'DOCUMENT_NOT_TRUSTED',
        'Only the documents of a manifest are served here, and this is none of them. Add it there, or send the id that it has there.',
      );
    }
    const { query } = request;
    if (!query && idOf(request) !== null) throw isAutomatic(request) ? persistedQueryNotFound() : unknownId();
    if (query && query.length > limits.tokens * CHARACTERS) throw tooManyTokens(limits.tokens);
    return query ?? '';
  }

  #unparsed(error: unknown): unknown {
    // graphql-js has no other sign for it.
    if (error instanceof GraphQLError && error.message.includes('Document contains more than')) {
      return tooManyTokens(this.#options.limits.tokens);
    }
    // The parser is recursive, and a document can exhaust its stack.
    return error instanceof RangeError ? new GraphQLError('The document is nested too deeply.') : error;
  }

  /** @param otherwise the code of what GraphQL itself says. */
  #refuse(errors: readonly unknown[], otherwise?: Code): readonly GraphQLError[] {
    const { limited, report } = this.#options;
    for (const limit of new Set(errors.map(limitOf))) if (limit) limited(limit);
    return errors.map((error) => presentError(error, report, otherwise));
  }

  async #run(args: ExecutionArgs & { readonly contextValue: Context }): Promise<ExecutionResult> {
    const { limits, limited, report } = this.#options;
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), limits.timeout);
    try {
      const result = await execute({ ...args, abortSignal: deadline.signal });
      if (isLarger(result, limits.answer)) {
        limited('answer_bytes');
        return { errors: [presentError(answerTooLarge(limits.answer), report)] };
      }
      return result.errors ? { ...result, errors: result.errors.map((error) => presentError(error, report)) } : result;
    } catch (error) {
      if (!deadline.signal.aborted) throw error;
      limited('timeout');
      const message = `It took longer than ${limits.timeout} ms, and was given up. Ask for less, or try again later.`;
      return { errors: [presentError(new HookcastError('TIMED_OUT', message), () => {})] };
    } finally {
      clearTimeout(timer);
      args.contextValue.end();
    }
  }
}

function unknownId(): HookcastError {
  return new HookcastError('BAD_REQUEST', 'Nothing is known here by this id. Send the document itself in "query".');
}

/** Only the variables that the document declares. The others mean nothing, and would be kept while the operation runs. */
function declaredOf(operation: OperationDefinitionNode, variables: Readonly<Record<string, unknown>>) {
  const declared: Record<string, unknown> = Object.create(null);
  for (const { variable } of operation.variableDefinitions ?? []) {
    const name = variable.name.value;
    if (Object.hasOwn(variables, name)) declared[name] = variables[name];
  }
  return declared;
}

function unnamed({ operationName }: OperationRequest): HookcastError {
  const message = operationName
    ? 'The document has no operation of the name that "operationName" says.'
    : 'Name the operation to run in "operationName".';
  return new HookcastError('BAD_REQUEST', message);
}
