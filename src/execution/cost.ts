import { complexityFromQuery } from '@pothos/plugin-complexity';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  getVariableValues,
} from 'graphql';
import { HookcastError } from '../errors.ts';
import type { DocumentLimits } from '../limits.ts';
import { LimitError } from './document-rules.ts';
import { aboutMembers } from './unknown-members.ts';

/** The points of work that takes longer than a field: to read an event or delivery, and to parse a payload. */
export const READ = 10;
export const PAYLOAD = 10;
export const LARGEST_PAGE = 100;
/** The assumed length of a list within an event. Most have one or two items. */
export const LIST = 3;
/** The assumed number of sorts of events in a bucket. A sort is a source and kind, or a source, type and `happened`. */
export const SORTS = 8;
/** The assumed number of currencies of each sort. */
export const CURRENCIES = 2;

/** The most values in one list of an argument. */
export const MOST_LISTED = 100;

type Variables = Readonly<Record<string, unknown>>;
type Weight = ReturnType<typeof complexityFromQuery>;

/** Weighs operations before they run: their depth, and their highest cost with the given variables. */
export class Scales {
  readonly #schema: GraphQLSchema;
  readonly #limits: DocumentLimits;
  /** Weights that don't depend on variables, by the parsed operation. Each text is parsed to one document. */
  readonly #known = new WeakMap<OperationDefinitionNode, Weight>();

  constructor(schema: GraphQLSchema, limits: DocumentLimits) {
    this.#schema = schema;
    this.#limits = limits;
  }

  /** The limits that a valid document exceeds, and the errors of its variables. */
  problemsOf(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Variables,
    { hideSuggestions }: { readonly hideSuggestions: boolean },
  ): readonly (GraphQLError | HookcastError)[] {
    let weight: Weight;
    try {
      weight = this.#weigh(document, operation, variables);
    } catch (error) {
      // An operation that can't be weighed doesn't run. One of our arguments may be the reason, such as an invalid id.
      if (error instanceof HookcastError) return [error];
      if (!(error instanceof GraphQLError)) throw error;
      const { errors } = getVariableValues(this.#schema, operation.variableDefinitions ?? [], variables, {
        maxErrors: 50,
        hideSuggestions,
      });
      return (errors ?? [error]).map((one) => aboutMembers(one, this.#schema, { hideSuggestions }));
    }
    const { depth, cost } = this.#limits;
    if (weight.depth > depth) {
      const message = `A document may be ${depth} fields deep, and this one is ${weight.depth}. Ask for the deeper fields by their ids.`;
      return [new LimitError('depth', message)];
    }
    if (weight.complexity > cost) {
      const message = `This costs ${weight.complexity} points, and may cost ${cost}. Ask for shorter pages, fewer fields or a shorter filter.`;
      return [new LimitError('cost', message)];
    }
    return [];
  }

  #weigh(document: DocumentNode, operation: OperationDefinitionNode, variables: Variables): Weight {
    const known = this.#known.get(operation);
    if (known) return known;
    // `complexityFromQuery` would weigh the first operation of the document, so the document gets only the requested one.
    const definitions = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
    const weight = complexityFromQuery(
      { kind: Kind.DOCUMENT, definitions: [operation, ...definitions] },
      { schema: this.#schema, variables },
    );
    // A subscription's fields have no pages, so thousands of clients that reconnect at once are weighed once.
    const isFixed = operation.operation === OperationTypeNode.SUBSCRIPTION || !operation.variableDefinitions?.length;
    if (isFixed) this.#known.set(operation, weight);
    return weight;
  }
}
