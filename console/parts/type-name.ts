import { type ListedEvent, titleOf } from './event.ts';
import type { Words } from '../words/en.ts';
import { wordFor } from '../words/word-for.ts';

export function typeName(name: string, { types }: Words): string {
  return wordFor(types, name) ?? spaced(name);
}

/** A name for a happening without a word of its own: the word of its type's enum if it is a common one, or else the type's name. */
export function otherName({ __typename, inBrief }: ListedEvent, words: Words): string {
  const word = inBrief?.happened ? wordFor(words.values, inBrief.happened) : undefined;
  return word === undefined ? typeName(__typename, words) : word.charAt(0).toUpperCase() + word.slice(1);
}

/** A readable name of what an event is about, or else the name of its type. */
export function eventName(event: ListedEvent, words: Words): string {
  const { kind, __typename, type } = event;
  const otherwise = __typename === 'OtherEvent' ? type : typeName(__typename, words);
  return titleOf(event) ?? (kind ? words.untitled : otherwise);
}

/** Writes a name in camel case, or a word in capitals, as separate words. */
export function spaced(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
