import { z } from 'zod';
import { markOf } from './mark.ts';

/**
 * Where a member is kept: `open` if it identifies nobody, `personal` if it does, and `mixed` if its own members are of both
 * sorts.
 */
export type Part = 'open' | 'personal' | 'mixed';

export type ScalarName = 'ID' | 'String' | 'BigInt' | 'Float' | 'Boolean' | 'DateTime' | 'ProviderTime' | 'JSON';

export interface Scalar {
  readonly is: 'scalar';
  readonly name: ScalarName;
}

export interface Enum {
  readonly is: 'enum';
  readonly name: string;
  readonly about: string | null;
  readonly words: readonly string[];
  /** The meanings of the words that need an explanation. */
  readonly meanings: Readonly<Record<string, string>>;
}

export interface ObjectOf {
  readonly is: 'object';
  readonly name: string;
  readonly about: string | null;
  readonly members: readonly Member[];
  /** Whether the object is a person by whom an erasure can find the event. */
  readonly isPerson: boolean;
}

/** One declared member of an event or of an object in it. */
export interface Member {
  readonly name: string;
  readonly description: string | null;
  readonly of: Scalar | Enum | ObjectOf;
  readonly isList: boolean;
  readonly isNullable: boolean;
  readonly part: Part;
  /** The value if a mapping gives none; undefined if a mapping must give one. */
  readonly blank: unknown;
}

/**
 * Whether a member is null to some viewers who see the object around it. If the whole object is personal, the object itself is
 * null instead.
 */
export function isWithheld({ part }: Member, among: readonly Member[]): boolean {
  return part === 'personal' && among.some((member) => member.part !== 'personal');
}

/** GraphQL's names (GraphQL 2021, 2.1.9). Names that begin with two underscores are reserved for GraphQL. */
const NAME = /^(?!__)[_A-Za-z][_0-9A-Za-z]*$/;

/**
 * The most levels of objects in objects. A schema that contains itself would have no end, and no GraphQL document asks for
 * more.
 */
const DEEPEST = 12;

/** The GraphQL form of a zod enum. @param path see `membersOf`. */
export function enumOf(schema: z.ZodEnum, path: readonly string[] = []): Enum {
  const { name = defaultName(path), about = null, words: meanings = {} } = markOf(schema);
  const words = schema.options.map(String);
  const wrong = words.find((word) => !NAME.test(word) || RESERVED_WORDS.has(word));
  if (wrong === undefined) return { is: 'enum', name, about, words, meanings };
  return fail(path, `has the word "${wrong}", which is not a GraphQL name: use letters, digits and underscores`);
}

/** The GraphQL form of a zod object with a name of its own. */
export function objectOf(schema: z.ZodObject): ObjectOf {
  return referenceTo(schema, { path: [markOf(schema).name ?? ''], personal: undefined }) as ObjectOf;
}

/** Words that are values in GraphQL, so that no enum may use them (GraphQL 2021, 2.9.6). */
const RESERVED_WORDS: ReadonlySet<string> = new Set(['true', 'false', 'null']);

interface Place {
  readonly path: readonly string[];
  /** Whether a mark around it says `personal` (true) or `open` (false); undefined if there is none. */
  readonly personal: boolean | undefined;
}

/**
 * The members that a zod object declares, in its order.
 *
 * @param path the names that lead to the object, the event's type first. Types without a name of their own are named after it.
 * @throws {Error} with the type and the field, if it can't be a GraphQL type, or if it would show a person to everybody.
 */
export function membersOf(schema: z.ZodObject, path: readonly string[], personal?: boolean): Member[] {
  if (path.length > DEEPEST) fail(path, `is nested more than ${DEEPEST} levels deep`);
  const shape = Object.entries(schema.shape);
  if (shape.length === 0 && path.length > 1) fail(path, 'has no members; use json for an object of any form');
  return shape.map(([name, member]) => toMember(name, member as z.ZodType, { path: [...path, name], personal }));
}

function toMember(name: string, schema: z.ZodType, place: Place): Member {
  if (!NAME.test(name))
    fail(place.path, 'is not a GraphQL name: use letters, digits and underscores, and don’t begin with a digit');
  // Where a mapping leaves it out, zod would find the function that the object inherits, and take it for the value.
  if (name in Object.prototype) fail(place.path, 'is a name that every object has in JavaScript; choose another one');
  const { inner, isNullable, blank, description, personal } = unwrapped(schema, place.personal);
  const list = inner instanceof z.ZodArray ? inner : null;
  const item = list ? unwrapped(list.element as z.ZodType, personal) : null;
  if (item?.inner instanceof z.ZodArray) fail(place.path, 'is a list of lists; make its items objects');
  const bare = item?.inner ?? inner;
  const of = referenceTo(bare, { path: place.path, personal: item?.personal ?? personal });
  const part = partOf(of, item?.personal ?? personal);
  if (of.is === 'object' && of.isPerson && part !== 'personal') fail(place.path, 'is a person, so it can’t be open');
  return {
    name,
    description,
    of,
    isList: list !== null,
    isNullable,
    part,
    blank: isNullable && blank === undefined ? null : blank,
  };
}

interface Unwrapped {
  readonly inner: z.ZodType;
  readonly isNullable: boolean;
  readonly blank: unknown;
  readonly description: string | null;
  readonly personal: boolean | undefined;
}

/**
 * The schema inside the wrappers that make it nullable, optional or defaulted. If a wrapper marks it as personal, it stays
 * personal.
 */
function unwrapped(schema: z.ZodType, outside: boolean | undefined): Unwrapped {
  let [inner, isNullable, blank, description] = [schema, false, undefined as unknown, null as string | null];
  let personal = outside === true ? true : undefined;
  for (;;) {
    description ??= inner.description ?? null;
    personal ??= markOf(inner).personal;
    if (inner instanceof z.ZodNullable || inner instanceof z.ZodOptional) isNullable = true;
    else if (inner instanceof z.ZodDefault) blank ??= inner.def.defaultValue;
    else if (!(inner instanceof z.ZodPrefault || inner instanceof z.ZodReadonly)) break;
    inner = inner.unwrap() as z.ZodType;
  }
  if (inner instanceof z.ZodUnknown || inner instanceof z.ZodAny) isNullable = true;
  return { inner, isNullable, blank, description, personal: personal ?? outside };
}

function referenceTo(schema: z.ZodType, { path, personal }: Place): Scalar | Enum | ObjectOf {
  const { served, name = defaultName(path), about = null, isPerson = false } = markOf(schema);
  if (served !== undefined) return { is: 'scalar', name: served };
  if (schema instanceof z.ZodString) return { is: 'scalar', name: 'String' };
  if (schema instanceof z.ZodNumber) return { is: 'scalar', name: isWhole(schema) ? 'BigInt' : 'Float' };
  if (schema instanceof z.ZodBoolean) return { is: 'scalar', name: 'Boolean' };
  if (schema instanceof z.ZodUnknown || schema instanceof z.ZodAny || schema instanceof z.ZodRecord) {
    return { is: 'scalar', name: 'JSON' };
  }
  if (schema instanceof z.ZodEnum) return enumOf(schema, path);
  if (schema instanceof z.ZodObject) {
    return { is: 'object', name, about, members: membersOf(schema, typePath(name, path), personal), isPerson };
  }
  return fail(
    path,
    `is a ${schema.def.type}, which has no type in GraphQL; use text, id, whole, money, instant, an enum, an object or json`,
  );
}

/** If an object has a name of its own, the types within it are named after it, in whatever place it occurs. */
function typePath(name: string, path: readonly string[]): readonly string[] {
  return name === defaultName(path) ? path : [name];
}

function isWhole(schema: z.ZodNumber): boolean {
  return schema.isInt;
}

function partOf(of: Member['of'], personal: boolean | undefined): Part {
  if (of.is === 'object') {
    const parts = new Set(of.members.map(({ part }) => part));
    return parts.size === 1 ? [...parts][0]! : 'mixed';
  }
  const usually = of.is === 'scalar' && (of.name === 'String' || of.name === 'JSON');
  return (personal ?? usually) ? 'personal' : 'open';
}

function defaultName(path: readonly string[]): string {
  return path.map((name) => name.charAt(0).toUpperCase() + name.slice(1)).join('');
}

function fail(path: readonly string[], why: string): never {
  throw new Error(`The declaration of ${path.join('.')} can't be served: it ${why}.`);
}
