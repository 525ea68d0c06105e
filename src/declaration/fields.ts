import { z } from 'zod';
import { marked } from './mark.ts';

/** The most characters of an id. */
const LONGEST_ID = 256;
const AN_ID = { error: 'expected an id as text or integer' };

/** UTF-8 can't express half of a surrogate pair: in a URL or a file, two ids that differ only in it would become one. */
const idText = z
  .string()
  .min(1, { error: 'expected an id that is not empty' })
  .max(LONGEST_ID, { error: `expected an id of ${LONGEST_ID} characters at most` })
  .refine((id) => id.isWellFormed(), { error: 'expected an id of whole characters, without half of a surrogate pair' });

/**
 * An id. Providers write it as a text or a number; hookcast keeps it as text, since zeros in front are part of it. Served as
 * `ID`.
 */
export const id = marked(z.union([idText, z.int(AN_ID).transform(String)], AN_ID), { served: 'ID' });

/** A text. It is personal, unless `open` says that it identifies nobody. */
export const text = z.string();

/** A whole number of up to 53 bits, served as `BigInt`, since GraphQL's `Int` has 32. */
export const whole = marked(z.number(), { served: 'BigInt' });

const time = z.object({
  /** Milliseconds since 1970-01-01T00:00Z. */
  at: z.number(),
  /** As the provider wrote it. */
  text: z.string(),
});

/** A moment, `{ at: milliseconds, text }`, served as `ProviderTime`: the moment and the provider's own text for it. */
export const instant = marked(time, { served: 'ProviderTime' });

/** The same value, of which only the moment is served, as `DateTime`. */
export const moment = marked(time, { served: 'DateTime' });

/** Any JSON value: a provider's own structure. It is personal, unless `open` says that it identifies nobody. */
export const json = z.unknown();

/** Declares a GraphQL object type with a name of its own. */
export function objectType<S extends z.ZodRawShape>(name: string, about: string, members: S) {
  return marked(z.object(members), { name, about });
}

/** A list of words, or an object that explains each word. */
type Words = readonly string[] | Readonly<Record<string, string>>;
type WordOf<W extends Words> = W extends readonly string[] ? W[number] : keyof W & string;

/** Declares a GraphQL enum with a name of its own. Its words are a list, or `{ WORD: 'What it means.' }`. */
export function enumType<const W extends Words>(name: string, words: W, about?: string) {
  const isList = Array.isArray(words);
  return marked(z.enum((isList ? words : Object.keys(words)) as readonly WordOf<W>[]), {
    name,
    ...(about !== undefined && { about }),
    ...(!isList && { words: words as Readonly<Record<string, string>> }),
  });
}

/** A list, which is empty if nothing is given. */
export function listOf<S extends z.ZodType>(schema: S) {
  return z.array(schema).default([]);
}

/** An object whose members may all be missing. If nothing is given, it is an object of nulls. */
export function orBlank<S extends z.ZodObject>(schema: S) {
  return schema.prefault({} as never);
}
