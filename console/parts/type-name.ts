import { type ListedEvent, happenedOf, titleOf, wordOf } from './event.ts';
import { hasOwnName } from './happened.ts';
import type { Words } from '../words/en.ts';
import { wordFor } from '../words/word-for.ts';

export function typeName(name: string, { types }: Words): string {
  return wordFor(types, name) ?? spaced(name);
}

/** What happened, as people sort it; or else the word of the type's enum if it is a common one, or the type's name. */
export function happeningName(event: ListedEvent, words: Words): string {
  const { __typename, inBrief } = event;
  const happened = happenedOf(event);
  const said = wordOf(event) ?? inBrief?.happened;
  if (happened !== 'other' && !hasOwnName(said)) return words.happenings[happened];
  const word = said ? wordFor(words.values, said) : undefined;
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
