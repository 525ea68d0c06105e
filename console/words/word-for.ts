/**
 * Our word for a word of a provider, the gateway or a token. Theirs may be any text: a plain lookup would find `__proto__` and
 * `constructor` in every object.
 */
export function wordFor<T>(words: Readonly<Record<string, T>>, theirs: string): T | undefined {
  return Object.hasOwn(words, theirs) ? words[theirs] : undefined;
}
