import { hash } from 'node:crypto';
import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type ValidatedSubscriptionArgs,
  executeSubscriptionEvent,
  validateSubscriptionArgs,
  visit,
} from 'graphql';
import type { Audit, Reading } from '../auth/audit.ts';
import { type Bearer, type Viewer, narrow, visibleTo } from '../auth/viewer.ts';
import { type Cursor, encodeCursor } from '../events/cursor.ts';
import type { DocumentLimits, OnLimit } from '../limits.ts';
import type { SharedOperation } from '../live/cohort.ts';
import type { Message } from '../live/message.ts';
import type { Backing } from './context.ts';
import { createContext } from './create-context.ts';
import { discloseMessage, within } from './disclosed.ts';
import { EVERYTHING, type Followed, type Interest, followedBy } from './followed.ts';
import { messageTooLarge, writtenWithin } from './written-result.ts';
import { partsOf } from './parts.ts';
import { presentError } from './present-error.ts';

/** A subscription that may begin: where, and what makes it the same as others. */
export interface Stream {
  readonly following: SharedOperation;
  /** Null is from now on. */
  readonly after: Cursor | null;
  /** Where it counts the events that it is sent with personal data; null where it is sent none. To be called as it begins. */
  readonly reading: (() => Reading) | null;
}

export interface StreamRequest {
  readonly schema: GraphQLSchema;
  /** As it was sent, and parsed and validated. */
  readonly query: string;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Those that the document declares, in its order. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly viewer: Bearer;
  readonly hideSuggestions: boolean;
}

export interface StreamsOptions {
  readonly backing: Backing;
  readonly audit: Pick<Audit, 'reading'>;
  readonly limits: Pick<DocumentLimits, 'message'>;
  readonly onLimit: OnLimit;
  /** Gets whole what went wrong on our side. */
  readonly report: (cause: unknown) => string | void;
}

/** Executes subscriptions: where each begins by itself, and each message once for all who would get the same. */
export class Streams {
  readonly #options: StreamsOptions;
  readonly #backing: Backing;
  readonly #report: StreamsOptions['report'];
  /** By the parsed document. There is one for each text. */
  readonly #cursorVariables = new WeakMap<OperationDefinitionNode, ReadonlySet<string>>();

  constructor(options: StreamsOptions) {
    this.#options = options;
    this.#backing = options.backing;
    this.#report = options.report;
  }

  /** Begins to follow what its field says. A result is what went wrong instead. */
  async open(request: StreamRequest): Promise<Stream | ExecutionResult> {
    const { schema, document, operation, variables, viewer, hideSuggestions } = request;
    const validated = validateSubscriptionArgs({
      schema,
      document,
      operationName: operation.name?.value ?? null,
      variableValues: variables,
      hideSuggestions,
    });
    if (!('operation' in validated)) return this.#presented({ errors: validated });
    let followed: Followed;
    try {
      followed = followedBy(validated, (wanted) => ({ ...wanted, filter: narrow(viewer, wanted.filter) }));
    } catch (error) {
      return this.#presented({ errors: [error as GraphQLError] });
    }

    // Everything that an answer may depend on, so that who shares it would have got the same alone.
    const { after, filter, interest = EVERYTHING } = followed;
    const tenants = filter.tenants ? [...new Set(filter.tenants)].toSorted() : null;
    const scopes = interest.scopes.filter((scope) => viewer.scopes.has(scope));
    const cursors = this.#cursorVariablesOf(document, operation);
    const rest = Object.entries(variables).filter(([name]) => !cursors.has(name));
    const same = JSON.stringify([request.query, operation.name?.value ?? null, rest, tenants, scopes]);
    const key = hash('sha256', same, 'base64');

    const audience: Viewer = { tenants: tenants && new Set(tenants), scopes: new Set(scopes), expiresAt: Infinity };
    const render = this.#renderer(validated, audience, interest);
    const parts = within(partsOf(document, schema), visibleTo(viewer));
    const readsPeople = parts.people && scopes.includes('pii:read');
    const who = { tokenId: viewer.tokenId, holder: viewer.holder };
    const name = operation.name?.value ?? null;
    const reading = readsPeople || parts.raw ? () => this.#options.audit.reading(who, name, parts) : null;
    return { following: { key, filter, parts, render }, after, reading };
  }

  /**
   * A method of its own: a closure keeps everything that any closure of its function uses, and this one lives as long as its
   * cohort. So what only the opening needed (the viewer, the context, the request) can be collected.
   */
  #renderer(args: ValidatedSubscriptionArgs, audience: Viewer, { isTold }: Interest): SharedOperation['render'] {
    return (message) => (isTold(message) ? this.#render(args, audience, message) : null);
  }

  #render(args: ValidatedSubscriptionArgs, audience: Viewer, message: Message): Buffer | null {
    const rootValue = discloseMessage(audience, message);
    if (!rootValue) return null;
    // A context for each message: what plugins remember by it must not pile up while a cohort lives.
    const contextValue = createContext(this.#backing, audience);
    let result: ReturnType<typeof executeSubscriptionEvent>;
    try {
      result = executeSubscriptionEvent({ ...args, contextValue, rootValue });
      // What is handed on in a turn is written in that turn: the order of frames depends on it.
      if (result instanceof Promise) throw new Error('a field of a subscription resolved asynchronously');
    } catch (error) {
      result = { errors: [this.#present(error)] };
    }
    return this.#written(this.#presented(result), message);
  }

  /** In the place of a message that is too large stands why, and where in the log it is. */
  #written(result: ExecutionResult, { cursor }: Message): Buffer {
    const { limits, onLimit } = this.#options;
    const text = writtenWithin(result, limits.message);
    const bytes = text === null ? null : Buffer.from(text);
    if (bytes && bytes.length <= limits.message) return bytes;
    onLimit('message_bytes');
    const error = this.#present(messageTooLarge(limits.message));
    const extensions = { ...error.extensions, cursor: encodeCursor(cursor) };
    return Buffer.from(JSON.stringify({ data: null, errors: [{ message: error.message, extensions }] }));
  }

  #presented(result: ExecutionResult): ExecutionResult {
    return result.errors ? { ...result, errors: result.errors.map((error) => this.#present(error)) } : result;
  }

  #present(error: unknown) {
    return presentError(error, this.#report);
  }

  #cursorVariablesOf(document: DocumentNode, operation: OperationDefinitionNode): ReadonlySet<string> {
    let names = this.#cursorVariables.get(operation);
    if (!names) this.#cursorVariables.set(operation, (names = findCursorVariables(document, operation)));
    return names;
  }
}

/**
 * The variables that say where to resume and nothing else: each is the `after` of a field at the root, and stands
 * nowhere else in the document. What an event is answered with can't depend on them.
 */
function findCursorVariables(document: DocumentNode, operation: OperationDefinitionNode): ReadonlySet<string> {
  const uses = new Map<string, number>();
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void uses.set(name.value, (uses.get(name.value) ?? 0) + 1),
  });
  const names = new Set<string>();
  for (const field of operation.selectionSet.selections) {
    if (field.kind !== Kind.FIELD) continue;
    for (const { name, value } of field.arguments ?? []) {
      if (name.value !== 'after' || value.kind !== Kind.VARIABLE) continue;
      if (uses.get(value.name.value) === 1) names.add(value.name.value);
    }
  }
  return names;
}
