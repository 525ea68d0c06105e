import { z } from 'zod';

/** What GraphQL makes of a value that zod alone does not tell: an id is a text to both. */
export type Served = 'ID' | 'BigInt' | 'DateTime' | 'ProviderTime';

/** What a declaration says of a schema beyond what zod knows. */
export interface Mark {
  /** Whether it tells who somebody is. Left out: as its kind of value usually does. */
  readonly personal?: boolean;
  /** The name of its GraphQL type. Left out: made of the type and the field that it stands in. */
  readonly name?: string;
  /** What the type is, where it has a name of its own. */
  readonly about?: string;
  /** What the words of an enum mean, those that need it. */
  readonly words?: Readonly<Record<string, string>>;
  readonly served?: Served;
  /** Whether it is somebody whom an erasure can find the event by. */
  readonly isPerson?: boolean;
}

// zod keeps what is known of schemas in registries, by the schema itself (zod.dev/metadata): this one holds no other state.
const marks = z.registry<Mark>();

/** A schema of its own that says the same and is marked: the one that was given may be in use elsewhere. */
export function marked<S extends z.ZodType>(schema: S, mark: Mark): S {
  const own = schema.clone();
  marks.add(own, { ...marks.get(schema), ...mark });
  return own;
}

/** The marks of a schema, with those of the schema that it was made of by `describe` and its like. */
export function markOf(schema: z.ZodType): Mark {
  return marks.get(schema) ?? {};
}

/**
 * Everybody who may read events may read it, though texts, JSON and people are usually for `pii:read` alone.
 * Use it for a text that identifies nobody, such as the name of a show.
 */
export function open<S extends z.ZodType>(schema: S): S {
  return marked(schema, { personal: false });
}

/** It tells who somebody is, though ids, numbers, times and enums usually don't: it is null without `pii:read`, and erased. */
export function personal<S extends z.ZodType>(schema: S): S {
  return marked(schema, { personal: true });
}
