import { z } from 'zod';

/** The GraphQL type of a value, if zod alone can't tell it: an id is a text in zod. */
export type Served = 'ID' | 'BigInt' | 'DateTime' | 'ProviderTime';

/** What a declaration says of a schema beyond what zod knows. */
export interface Mark {
  /** Whether the value identifies a person. If it is left out, the kind of the value decides. */
  readonly personal?: boolean;
  /** The name of its GraphQL type. If it is left out, the name is made of the event's type and the field. */
  readonly name?: string;
  /** The description of the type, if it has a name of its own. */
  readonly about?: string;
  /** What the words of an enum mean. Only words that need an explanation are listed. */
  readonly words?: Readonly<Record<string, string>>;
  readonly served?: Served;
  /** Whether the value is a person by whom an erasure can find the event. */
  readonly isPerson?: boolean;
}

// zod keeps metadata of schemas in registries, keyed by the schema itself (zod.dev/metadata). This one holds no other state.
const marks = z.registry<Mark>();

/** A marked copy of the schema. It is a copy since the given schema may be in use elsewhere. */
export function marked<S extends z.ZodType>(schema: S, mark: Mark): S {
  const own = schema.clone();
  marks.add(own, { ...marks.get(schema), ...mark });
  return own;
}

/** The marks of a schema, including those of the schema from which `describe` and similar methods made it. */
export function markOf(schema: z.ZodType): Mark {
  return marks.get(schema) ?? {};
}

/**
 * All who may read events may read this value, though texts, JSON and people usually need `pii:read`. Use it for a text that
 * identifies nobody, such as the name of a show.
 */
export function open<S extends z.ZodType>(schema: S): S {
  return marked(schema, { personal: false });
}

/**
 * This value identifies a person, though ids, numbers, times and enums usually don't. It is null without `pii:read`, and an
 * erasure removes it.
 */
export function personal<S extends z.ZodType>(schema: S): S {
  return marked(schema, { personal: true });
}
