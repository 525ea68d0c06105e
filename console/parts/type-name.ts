import { type ListedEvent, titleOf } from './event.ts';
import type { Words } from '../words/en.ts';
import { wordFor } from '../words/word-for.ts';

/** What a type of events is called. */
export function typeName(name: string, { types }: Words): string {
  return wordFor(types, name) ?? spaced(name);
}

/** What happened where people have no word of their own for such things: that of its type's enum, if it is a common one, or else what it is. */
export function otherName({ __typename, inBrief }: ListedEvent, words: Words): string {
  const word = inBrief?.happened ? wordFor(words.values, inBrief.happened) : undefined;
  return word === undefined ? typeName(__typename, words) : word.charAt(0).toUpperCase() + word.slice(1);
}

/** What an event is about, as a person would name it; or else what it is. */
export function eventName(event: ListedEvent, words: Words): string {
  const { kind, __typename, type } = event;
  const otherwise = __typename === 'OtherEvent' ? type : typeName(__typename, words);
  return titleOf(event) ?? (kind ? words.untitled : otherwise);
}

/** A name in camel case, or a word in capitals, as words are written. */
export function spaced(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
