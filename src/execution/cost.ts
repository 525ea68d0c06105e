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

/** Points for what takes longer than a field: an event or delivery that is read, and a payload that is parsed. */
export const READ = 10;
export const PAYLOAD = 10;
/** How many events or deliveries one page may have. */
export const LARGEST_PAGE = 100;
/** How often what stands in a list of an event counts. It mostly has one or two. */
export const LIST = 3;
/** How many sorts of events a bucket is taken to have: sources and kinds, or sources, types and what happened. */
export const SORTS = 8;
/** How many currencies each of them is taken to have. */
export const CURRENCIES = 2;

/** Values in one list of an argument, at most. */
export const MOST_LISTED = 100;

type Variables = Readonly<Record<string, unknown>>;
type Weight = ReturnType<typeof complexityFromQuery>;

/** Weighs operations before they run: how deep they go, and what they may cost with the variables that they came with. */
export class Scales {
  readonly #schema: GraphQLSchema;
  readonly #limits: DocumentLimits;
  /** What is the same for all variables, by the parsed document. There is one document for each text. */
  readonly #known = new WeakMap<OperationDefinitionNode, Weight>();

  constructor(schema: GraphQLSchema, limits: DocumentLimits) {
    this.#schema = schema;
    this.#limits = limits;
  }

  /** What is too much of a document that fits the schema, and what is wrong with its variables. */
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
      // An operation that can't be weighed doesn't run. One of our arguments may be the reason: an id that is none.
      if (error instanceof HookcastError) return [error];
      if (!(error instanceof GraphQLError)) throw error;
      const { errors } = getVariableValues(this.#schema, operation.variableDefinitions ?? [], variables, {
        maxErrors: 50,
        hideSuggestions,
      });
      return errors ?? [error];
    }
    const { depth, cost } = this.#limits;
    if (weight.depth > depth) {
      const message = `A document may be ${depth} fields deep, and this is ${weight.depth}. Ask for what is deeper by its id.`;
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
    // It would take the first operation, whichever is asked for.
    const definitions = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
    const weight = complexityFromQuery(
      { kind: Kind.DOCUMENT, definitions: [operation, ...definitions] },
      { schema: this.#schema, variables },
    );
    // A subscription's fields have no pages: thousands who come back at once are weighed once.
    const isFixed = operation.operation === OperationTypeNode.SUBSCRIPTION || !operation.variableDefinitions?.length;
    if (isFixed) this.#known.set(operation, weight);
    return weight;
  }
}
