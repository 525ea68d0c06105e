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
import { aboutMembers } from './unknown-members.ts';

/** A subscription that is ready to begin: its position, and what it shares with identical ones. */
export interface Stream {
  readonly following: SharedOperation;
  /** If it is null, the subscription begins now. */
  readonly after: Cursor | null;
  /**
   * Opens the audit's count of events sent with personal data; null if none is sent. It must be called when the subscription
   * begins.
   */
  readonly reading: (() => Reading) | null;
}

export interface StreamRequest {
  readonly schema: GraphQLSchema;
  /** The text of the document as it was sent. */
  readonly query: string;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** The variables that the document declares, in its order. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly viewer: Bearer;
  readonly hideSuggestions: boolean;
}

export interface StreamsOptions {
  readonly backing: Backing;
  readonly audit: Pick<Audit, 'reading'>;
  readonly limits: Pick<DocumentLimits, 'message'>;
  readonly onLimit: OnLimit;
  /** Receives the original of every internal error. */
  readonly report: (cause: unknown) => string | void;
}

/** Executes subscriptions: each opening on its own, and each message once for all subscribers that would get the same. */
export class Streams {
  readonly #options: StreamsOptions;
  readonly #backing: Backing;
  readonly #report: StreamsOptions['report'];
  /** By the parsed operation. Each text is parsed to one document. */
  readonly #cursorVariables = new WeakMap<OperationDefinitionNode, ReadonlySet<string>>();

  constructor(options: StreamsOptions) {
    this.#options = options;
    this.#backing = options.backing;
    this.#report = options.report;
  }

  /** Opens what the subscription's field follows. If it returns an `ExecutionResult`, that holds the errors. */
  async open(request: StreamRequest): Promise<Stream | ExecutionResult> {
    const { schema, document, operation, variables, viewer, hideSuggestions } = request;
    const validated = validateSubscriptionArgs({
      schema,
      document,
      operationName: operation.name?.value ?? null,
      variableValues: variables,
      hideSuggestions,
    });
    if (!('operation' in validated)) {
      return this.#presented({ errors: validated.map((error) => aboutMembers(error, schema, { hideSuggestions })) });
    }
    let followed: Followed;
    try {
      followed = followedBy(validated, (wanted) => ({ ...wanted, filter: narrow(viewer, wanted.filter) }));
    } catch (error) {
      return this.#presented({ errors: [error as GraphQLError] });
    }

    // The key holds everything on which an answer may depend: subscribers that share it would get the same answers alone.
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
   * This is a method of its own since a closure keeps everything that any closure of the same function uses, and this one lives
   * as long as its cohort. So what only the opening needed (the viewer, the context, the request) can be collected.
   */
  #renderer(args: ValidatedSubscriptionArgs, audience: Viewer, { isTold }: Interest): SharedOperation['render'] {
    return (message) => (isTold(message) ? this.#render(args, audience, message) : null);
  }

  #render(args: ValidatedSubscriptionArgs, audience: Viewer, message: Message): Buffer | null {
    const rootValue = discloseMessage(audience, message);
    if (!rootValue) return null;
    // Each message has a context of its own, since plugins remember values by it, and these must not pile up while a cohort
    // lives.
    const contextValue = createContext(this.#backing, audience);
    let result: ReturnType<typeof executeSubscriptionEvent>;
    try {
      result = executeSubscriptionEvent({ ...args, contextValue, rootValue });
      // A message must be written in the turn in which it is published: the order of frames depends on it.
      if (result instanceof Promise) throw new Error('a field of a subscription resolved asynchronously');
    } catch (error) {
      result = { errors: [this.#present(error)] };
    }
    return this.#written(this.#presented(result), message);
  }

  /** If a message is too large, it is replaced by an error with the reason and its cursor. */
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
 * The variables that only say where to resume: each is the `after` of a field at the root, and occurs nowhere else in the
 * document. So the answer to an event can't depend on them.
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
