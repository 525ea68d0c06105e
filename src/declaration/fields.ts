import { z } from 'zod';
import { marked } from './mark.ts';

/** Characters of an id. */
const LONGEST_ID = 256;
const AN_ID = { error: 'expected an id as text or integer' };

/** Half of a surrogate pair has no form in UTF-8: in a URL or a file, two ids that differ in it would be one. */
const idText = z
  .string()
  .min(1, { error: 'expected an id, which is not empty' })
  .max(LONGEST_ID, { error: `expected an id of ${LONGEST_ID} characters at most` })
  .refine((id) => id.isWellFormed(), { error: 'expected an id of whole characters, without half of a surrogate pair' });

/** An id, which providers write as text or as a number and which is text for us: zeros in front are part of it. Served as `ID`. */
export const id = marked(z.union([idText, z.int(AN_ID).transform(String)], AN_ID), { served: 'ID' });

/** A text. It is personal, unless `open` says that it identifies nobody. */
export const text = z.string();

/** A whole number of up to 53 bits, served as `BigInt`: GraphQL's `Int` has 32. */
export const whole = marked(z.number(), { served: 'BigInt' });

const time = z.object({
  /** Milliseconds since 1970-01-01T00:00Z. */
  at: z.number(),
  /** As the provider wrote it. */
  text: z.string(),
});

/** A moment, `{ at: milliseconds, text }`, served as `ProviderTime`: the moment and the provider's own text for it. */
export const instant = marked(time, { served: 'ProviderTime' });

/** The same, but only the moment is served, as `DateTime`. */
export const moment = marked(time, { served: 'DateTime' });

/** Any JSON value: a provider's own structure. It is personal, unless `open` says that it identifies nobody. */
export const json = z.unknown();

/** Members of a GraphQL type of its own, by name. */
export function objectType<S extends z.ZodRawShape>(name: string, about: string, members: S) {
  return marked(z.object(members), { name, about });
}

/** A list of words, or an object that says of each word what it means. */
type Words = readonly string[] | Readonly<Record<string, string>>;
type WordOf<W extends Words> = W extends readonly string[] ? W[number] : keyof W & string;

/** Words of a GraphQL enum of its own, by name: a list, or `{ WORD: 'What it means.' }`. */
export function enumType<const W extends Words>(name: string, words: W, about?: string) {
  const isList = Array.isArray(words);
  return marked(z.enum((isList ? words : Object.keys(words)) as readonly WordOf<W>[]), {
    name,
    ...(about !== undefined && { about }),
    ...(!isList && { words: words as Readonly<Record<string, string>> }),
  });
}

/** A list, which is empty where nothing was given. */
export function listOf<S extends z.ZodType>(schema: S) {
  return z.array(schema).default([]);
}

/** An object that is one of nulls where nothing was given: all of its members may be missing. */
export function orBlank<S extends z.ZodObject>(schema: S) {
  return schema.prefault({} as never);
}
