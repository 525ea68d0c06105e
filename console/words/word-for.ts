/**
 * Our word for one of a provider's, the gateway's or a token's. Those may be any text: `__proto__` and `constructor` are
 * found in every object that is merely looked into, and are no words.
 */
export function wordFor<T>(words: Readonly<Record<string, T>>, theirs: string): T | undefined {
  return Object.hasOwn(words, theirs) ? words[theirs] : undefined;
}
