import { type ASTVisitor, GraphQLError, type ValidationContext, type ValidationRule } from 'graphql';
import type { DocumentLimits, Limit } from '../limits.ts';

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
 * What one document may hold beside tokens, as a rule of validation: it is then looked at once for each text. An alias
 * of `__typename` is free, since Relay's compiler gives one for each interface.
 */
export function documentRule(limits: DocumentLimits): ValidationRule {
  return function DocumentLimitsRule(context: ValidationContext): ASTVisitor {
    let aliases = 0;
    let directives = 0;
    return {
      Field(node) {
        if (!node.alias || node.name.value === '__typename') return;
        aliases += 1;
        if (aliases === limits.aliases + 1) context.reportError(tooMany('aliases', limits.aliases, node));
      },
      Directive(node) {
        directives += 1;
        if (directives === limits.directives + 1) context.reportError(tooMany('directives', limits.directives, node));
      },
    };
  };
}

/**
 * The schema is for those who may see it. graphql-js has a rule like this, which makes an error of every field below as
 * well: a hundred for the usual question.
 */
export function SchemaHiddenRule(context: ValidationContext): ASTVisitor {
  return {
    Field(node) {
      if (node.name.value !== '__schema' && node.name.value !== '__type') return undefined;
      const extensions = { code: 'FORBIDDEN' };
      const message = 'The schema is shown to tokens with the scope ops, and in dev; schema.graphql has it as well.';
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

/** The limit that an error is about; null when it is about something else. */
export function limitOf(error: unknown): Limit | null {
  if (error instanceof LimitError) return error.limit;
  // graphql-js' own rule, SingleFieldSubscriptionsRule, which is known by its words alone.
  if (error instanceof GraphQLError && /\btop level (?:field|selection)\./.test(error.message)) return 'root_fields';
  return null;
}
