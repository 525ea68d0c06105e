import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql';
import type { Dice } from './dice.ts';
import { mutateText } from './mutate.ts';

export interface Asked {
  readonly query: string;
  readonly variables: Record<string, unknown>;
  readonly operationName?: unknown;
}

/** Makes documents out of a schema: mostly such as fit it, some that nearly do, and some that are no documents at all. */
export class Documents {
  readonly #schema: GraphQLSchema;
  readonly #types: readonly GraphQLNamedType[];
  /** Texts that arguments may be: cursors and ids that were seen, and others. */
  readonly #texts: readonly string[];

  constructor(schema: GraphQLSchema, texts: readonly string[]) {
    this.#schema = schema;
    this.#types = Object.values(schema.getTypeMap());
    this.#texts = texts;
  }

  make(dice: Dice, operation: 'query' | 'subscription' | 'mutation'): Asked {
    const variables: Record<string, unknown> = {};
    const declared: string[] = [];
    const root = {
      query: this.#schema.getQueryType(),
      subscription: this.#schema.getSubscriptionType(),
      mutation: this.#schema.getMutationType(),
    }[operation];
    const fields = Object.values(root?.getFields() ?? {});
    const count = operation === 'query' ? dice.pick([1, 1, 1, 2, 3]) : 1;
    const body = Array.from({ length: count }, (_, index) => {
      const alias = count > 1 || dice.chance(0.1) ? `a${index}: ` : '';
      return alias + this.#field(dice.pick(fields), dice, dice.between(1, 7), variables, declared);
    }).join('\n');
    const named = dice.chance(0.5)
      ? ` Named${declared.length > 0 ? `(${declared.join(', ')})` : ''}`
      : declared.length > 0
        ? ` Named(${declared.join(', ')})`
        : '';
    let query = `${operation}${named} {\n${body}\n}`;
    query = this.#spoiled(query, dice);
    return {
      query,
      variables,
      ...(dice.chance(0.05) && { operationName: dice.pick(['Named', 'Other', '', null, 7]) }),
    };
  }

  /** Now and then something that does not belong there. */
  #spoiled(query: string, dice: Dice): string {
    switch (dice.below(24)) {
      case 0:
      case 1:
      case 2:
        return mutateText(query, dice);
      case 3:
        return `${query}\nfragment F on ${dice.pick(this.#types).name} { __typename ...F }`;
      case 4:
        return query.replace(
          '{',
          `@${dice.pick(['skip(if: true)', 'include(if: false)', 'defer', 'stream', 'nope', 'oneOf'])} {`,
        );
      case 5:
        return query.replace('{\n', `{\n${'a: __typename '.repeat(dice.pick([1, 30, 400]))}\n`);
      case 6:
        return '{a'.repeat(dice.pick([10, 100, 2_000]));
      case 7:
        return `{ __schema { types { fields { type { ofType { fields { name } } } } } } __type(name: "${dice.pick(this.#types).name}") { name } }`;
      case 8:
        return `${query} ${query}`;
      case 9:
        return query.replace('{\n', `{\n__typename ${'@include(if: true) '.repeat(dice.pick([1, 60, 500]))}\n`);
      default:
        return query;
    }
  }

  #field(
    field: GraphQLField<unknown, unknown>,
    dice: Dice,
    depth: number,
    variables: Record<string, unknown>,
    declared: string[],
  ): string {
    const given = field.args.flatMap((argument) => {
      const isNeeded = isNonNullType(argument.type);
      if (!isNeeded && dice.chance(0.75)) return [];
      if (dice.chance(0.4)) {
        const name = `v${declared.length}`;
        declared.push(`$${name}: ${String(argument.type)}`);
        if (isNeeded || dice.chance(0.8)) variables[name] = this.#value(argument.type, dice, 3);
        return [`${argument.name}: $${name}`];
      }
      return [`${argument.name}: ${literal(this.#value(argument.type, dice, 3))}`];
    });
    const directive = dice.chance(0.03) ? ' @include(if: true)' : '';
    const args = given.length > 0 ? `(${given.join(', ')})` : '';
    return (
      field.name + args + directive + this.#selection(getNamedType(field.type), dice, depth - 1, variables, declared)
    );
  }

  #selection(
    type: GraphQLNamedType,
    dice: Dice,
    depth: number,
    variables: Record<string, unknown>,
    declared: string[],
  ): string {
    if (isUnionType(type)) return ' { __typename }';
    if (!isObjectType(type) && !isInterfaceType(type)) return '';
    const fields = Object.values(type.getFields()).filter(
      (field) => depth > 0 || !('getFields' in getNamedType(field.type)),
    );
    const chosen = fields.filter(() => dice.chance(depth > 3 ? 0.5 : 0.3));
    const parts = ['__typename', ...chosen.map((field) => this.#field(field, dice, depth, variables, declared))];
    if (isInterfaceType(type) && depth > 0) {
      for (const possible of this.#schema.getPossibleTypes(type)) {
        if (dice.chance(0.4)) {
          parts.push(`... on ${possible.name}${this.#selection(possible, dice, depth - 1, variables, declared)}`);
        }
      }
    }
    return ` { ${parts.join(' ')} }`;
  }

  #value(type: GraphQLInputType, dice: Dice, depth: number): unknown {
    if (dice.chance(0.04)) return dice.pick([null, 'x', -1, 1e20, true, [], {}, '\u0000', { a: { b: [null] } }]);
    if (isNonNullType(type)) return this.#value(type.ofType, dice, depth);
    if (isListType(type)) {
      const length = dice.pick([0, 1, 1, 2, 5, 200]);
      return Array.from({ length }, () => this.#value(type.ofType, dice, depth - 1));
    }
    if (isEnumType(type)) return { enum: dice.pick(type.getValues()).name };
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter(() => depth > 0 && dice.chance(0.15));
      return Object.fromEntries(fields.map((field) => [field.name, this.#value(field.type, dice, depth - 1)]));
    }
    switch (type.name) {
      case 'Int':
        return dice.pick([1, 2, 5, 20, 50, 100, 0, 101, -5, 2_147_483_647]);
      case 'Float':
        return dice.next();
      case 'Boolean':
        return dice.chance(0.5);
      case 'DateTime':
        return dice.pick([
          '2026-03-01T12:00:00Z',
          '2026-03-01T12:00:00+05:45',
          '2026-13-01',
          'yesterday',
          '-000001-01-01T00:00:00Z',
        ]);
      default:
        return dice.pick(this.#texts);
    }
  }
}

/** As GraphQL writes it; an enum's name is told from a text by being in an object of its own. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if ('enum' in value) return String(value.enum);
  return `{${Object.entries(value)
    .map(([name, member]) => `${name}: ${literal(member)}`)
    .join(', ')}}`;
}

/** As JSON has it in the variables. */
export function asJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asJson);
  if (value === null || typeof value !== 'object') return value;
  if ('enum' in value) return value.enum;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, asJson(member)]));
}
