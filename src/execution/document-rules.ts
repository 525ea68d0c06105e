import {
  type ASTVisitor,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  type ValidationContext,
  type ValidationRule,
  specifiedRules,
  validate,
  visit,
} from 'graphql';
import type { DocumentLimits, Limit } from '../limits.ts';
import { aboutMembers } from './unknown-members.ts';

const SPLIT = 'Ask for less, or in several requests.';

/** A document that asks for more than a limit allows, and which limit. */
export class LimitError extends GraphQLError {
  readonly limit: Limit;

  constructor(limit: Limit, message: string, options: ConstructorParameters<typeof GraphQLError>[1] = {}) {
    super(message, { ...options, extensions: { code: 'DOCUMENT_TOO_LARGE' } });
    this.limit = limit;
  }
}

/**
 * The limit of `repeats`. It counts pairs of the same response name anywhere in a document. A pair costs as much as graphql-js
 * takes to compare the two (OverlappingFieldsCanBeMergedRule), which in the worst case it does for nearly all pairs. A document
 * with every field of every event type that hookcast brings, as Apollo and Relay send it, has some 15,000.
 */
const PAIRS = 50_000;
/**
 * A pair of leaves costs 1. A pair with arguments or selections takes about twenty times as long, a pair of spreads five times.
 */
const SELECTING = 20;
const SPREADING = 5;

/**
 * The errors of a document. The limits are checked first, in time proportional to the document. Then follow graphql-js' rules,
 * some of which take quadratic time.
 */
export function validateWithin(
  limits: DocumentLimits,
  schema: GraphQLSchema,
  document: DocumentNode,
  rules: readonly ValidationRule[] = specifiedRules,
  { hideSuggestions }: { readonly hideSuggestions: boolean } = { hideSuggestions: false },
): readonly GraphQLError[] {
  const excesses = excessesOf(limits, document);
  if (excesses.length > 0) return excesses;
  try {
    const errors = validate(schema, document, rules, { hideSuggestions });
    // graphql-js says only this when its own budget for comparing fields is spent.
    if (errors.some(({ message }) => message === 'Validation aborted.')) return [tooManyRepeats()];
    return errors.map((error) => aboutMembers(error, schema, { hideSuggestions }));
  } catch (error) {
    // The rules are recursive and follow fragments into each other, so a document can exhaust the stack.
    if (error instanceof RangeError) return [tooManyRepeats()];
    throw error;
  }
}

/** An alias of `__typename` is free, since Relay's compiler adds one for each interface. */
function excessesOf(limits: DocumentLimits, document: DocumentNode): readonly LimitError[] {
  const errors: LimitError[] = [];
  let aliases = 0;
  let directives = 0;
  let spreads = 0;
  const leaves = new Map<string, number>();
  const selecting = new Map<string, number>();
  visit(document, {
    Field(node) {
      const name = (node.alias ?? node.name).value;
      const isDear = node.selectionSet !== undefined || (node.arguments ?? []).length > 0;
      // graphql-js compares `__typename` at hardly any cost, and its budget bounds that cost.
      if (isDear || name !== '__typename') add(isDear ? selecting : leaves, name);
      if (!node.alias || node.name.value === '__typename') return;
      aliases += 1;
      if (aliases === limits.aliases + 1) errors.push(tooMany('aliases', limits.aliases, node));
    },
    FragmentSpread() {
      spreads += 1;
    },
    Directive(node) {
      directives += 1;
      if (directives === limits.directives + 1) errors.push(tooMany('directives', limits.directives, node));
    },
  });
  const pairs = pairsOf(leaves) + SELECTING * pairsOf(selecting) + (SPREADING * spreads * (spreads - 1)) / 2;
  if (errors.length === 0 && pairs > PAIRS) errors.push(tooManyRepeats());
  return errors;
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function pairsOf(counts: ReadonlyMap<string, number>): number {
  let pairs = 0;
  for (const count of counts.values()) pairs += (count * (count - 1)) / 2;
  return pairs;
}

/**
 * Hides the schema from viewers who may not see it. graphql-js has a similar rule, but it also reports every field below: a
 * hundred errors for the usual introspection query.
 */
export function SchemaHiddenRule(context: ValidationContext): ASTVisitor {
  return {
    Field(node) {
      const name = node.name.value;
      // Only the field of `Query` counts: a user's own type may have a field of this name.
      const isSdl = name === '_service' && context.getParentType()?.name === 'Query' && Boolean(context.getFieldDef());
      if (name !== '__schema' && name !== '__type' && !isSdl) return undefined;
      const extensions = { code: 'FORBIDDEN' };
      const otherwise = isSdl ? '"hookcast schema --federation" prints it' : 'schema.graphql has it';
      const message = `The schema is shown to tokens with the scope ops, and in dev; ${otherwise} as well.`;
      context.reportError(new GraphQLError(message, { nodes: node, extensions }));
      return false;
    },
  };
}

function tooMany(limit: 'aliases' | 'directives', most: number, nodes: GraphQLNodes): LimitError {
  return new LimitError(limit, `A document may have ${most} ${limit} at most. ${SPLIT}`, { nodes });
}

type GraphQLNodes = NonNullable<ConstructorParameters<typeof GraphQLError>[1]>['nodes'];

export function tooManyTokens(most: number): LimitError {
  return new LimitError('tokens', `A document may have ${most} tokens at most. ${SPLIT}`);
}

function tooManyRepeats(): LimitError {
  const message =
    'The document repeats the same fields or fragments too often. Ask for each field once, or send several requests.';
  return new LimitError('repeats', message);
}

/** The limit that an error is about; null if it is about something else. */
export function limitOf(error: unknown): Limit | null {
  if (error instanceof LimitError) return error.limit;
  // An error of graphql-js' SingleFieldSubscriptionsRule can only be recognized by its words.
  if (error instanceof GraphQLError && /\btop level (?:field|selection)\./.test(error.message)) return 'root_fields';
  return null;
}
