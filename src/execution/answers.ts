import {
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  OperationTypeNode,
  execute,
} from 'graphql';
import type { Audit } from '../auth/audit.ts';
import type { Bearer, Viewer } from '../auth/viewer.ts';
import { HookcastError } from '../errors.ts';
import type { Parts } from '../events/event.ts';
import type { DocumentLimits, OnLimit } from '../limits.ts';
import type { Backing } from './context.ts';
import { createContext } from './create-context.ts';
import { partsOf } from './parts.ts';
import { presentError } from './present-error.ts';
import { SameQueries } from './same-queries.ts';
import { type WrittenResult, answerTooLarge, isLarger, writeResult } from './written-result.ts';

export interface AnswersOptions {
  readonly schema: GraphQLSchema;
  readonly backing: Backing;
  readonly audit: Pick<Audit, 'reading' | 'did'>;
  readonly limits: DocumentLimits;
  readonly onLimit: OnLimit;
  /** Receives the original of every internal error. */
  readonly report: (cause: unknown) => string | void;
}

/** A valid query or mutation, and its viewer. */
interface Asked {
  readonly query: string;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly viewer: Bearer;
  readonly hideSuggestions: boolean;
}

/** The answer, and the number of events or deliveries whose personal data it holds. */
interface Answered {
  readonly answer: WrittenResult;
  readonly disclosed: number;
  readonly parts: Parts;
}

/** Executes queries and mutations within their time, and writes their answers. */
export class Answers {
  readonly #options: AnswersOptions;
  readonly #same = new SameQueries<Answered>();

  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  /** The audit counts each caller, even if one execution answers several callers. */
  async run(asked: Asked): Promise<WrittenResult> {
    const { operation } = asked;
    // The answer depends on nothing else of the caller, so all callers with the same scopes and tenants get the same answer.
    const scopes = [...asked.viewer.scopes].toSorted();
    const tenants = asked.viewer.tenants && [...asked.viewer.tenants].toSorted();
    const audience: Viewer = { tenants: tenants && new Set(tenants), scopes: new Set(scopes), expiresAt: Infinity };
    const execute = () => this.#execute(asked, audience);
    const isQuery = operation.operation === OperationTypeNode.QUERY;
    const same = () =>
      JSON.stringify([asked.query, operation.name?.value ?? null, Object.entries(asked.variables), tenants, scopes]);
    const { answer, disclosed, parts } = await (isQuery ? this.#same.run(same(), execute) : execute());
    if (answer.limit) this.#options.onLimit(answer.limit);
    if (disclosed > 0)
      this.#options.audit.reading(asked.viewer, operation.name?.value ?? null, parts).events += disclosed;
    return answer;
  }

  async #execute(asked: Asked, audience: Viewer): Promise<Answered> {
    const { document, operation, variables: variableValues, viewer, hideSuggestions } = asked;
    const { schema, backing, audit, limits, report } = this.#options;
    const operationName = operation.name?.value ?? null;
    let parts = partsOf(document, schema);
    let disclosed = 0;
    const contextValue = createContext(backing, audience, {
      parts,
      most: limits.answer,
      onDisclosure: (count, visible) => {
        disclosed += count;
        parts = visible;
      },
      who: { osUser: null, tokenId: viewer.tokenId, holder: viewer.holder },
      onAction: (action, target) => audit.did(viewer, operationName, action, target),
      onLasting: () => clearTimeout(timer),
    });
    const answered = (answer: WrittenResult): Answered => ({ answer, disclosed, parts });
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), limits.timeout);
    try {
      const abortSignal = deadline.signal;
      const running = { schema, document, operationName, variableValues, contextValue, hideSuggestions, abortSignal };
      const result = await execute(running);
      if (isLarger(result, limits.answer)) {
        return answered(writeResult({ errors: [presentError(answerTooLarge(limits.answer), report)] }, 'answer_bytes'));
      }
      const { errors } = result;
      return answered(
        writeResult(errors ? { ...result, errors: errors.map((error) => presentError(error, report)) } : result),
      );
    } catch (error) {
      if (!deadline.signal.aborted) throw error;
      const message = tookTooLong(operation, limits.timeout);
      return answered(
        writeResult({ errors: [presentError(new HookcastError('TIMED_OUT', message), () => {})] }, 'timeout'),
      );
    } finally {
      clearTimeout(timer);
      contextValue.end();
    }
  }
}

/** Nobody can know here what a mutation has already done, and to repeat it may do harm. */
function tookTooLong({ operation }: OperationDefinitionNode, timeout: number): string {
  return operation === 'mutation'
    ? `It took longer than ${timeout} ms to answer. The gateway goes on with what it has begun: see whether it was done before you ask for it again.`
    : `It took longer than ${timeout} ms, and was given up. Ask for less, or try again later.`;
}
