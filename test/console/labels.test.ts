import { readFileSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { labelOf, meaningOf } from '../../console/parts/label.ts';
import { en } from '../../console/words/en.ts';
import { es } from '../../console/words/es.ts';
import { labelsEs } from '../../console/words/labels-es.ts';
import { labelsPtBr } from '../../console/words/labels-pt-br.ts';
import { ptBR } from '../../console/words/pt-br.ts';
import { SCOPES } from '../../src/auth/viewer.ts';
import type { EventType } from '../../src/declaration/event-type.ts';
import type { Member } from '../../src/declaration/member.ts';
import { SHIPPED } from '../../src/types/shipped.ts';

/** A field of an event as the console shows it, by the names that lead to it. */
interface Shown {
  readonly path: readonly string[];
  readonly of: Member['of'];
}

/** Objects that the console shows as one value. */
const AS_ONE: ReadonlySet<string> = new Set(['Person', 'Money', 'Actor']);
/** Fields that the console shows in the head of a cancellation, without their labels. */
const IN_THE_HEAD: ReadonlySet<string> = new Set(['kind', 'isScheduled']);

/** The fields of a type that need a label. The items of a list have labels of their own, without the list before them. */
function shownOf(members: readonly Member[], path: readonly string[] = []): Shown[] {
  return members.flatMap(({ name, of, isList }): Shown[] => {
    const here = [...path, name];
    if (of.is !== 'object' || AS_ONE.has(of.name)) return [{ path: here, of }];
    return isList ? [{ path: here, of }, ...shownOf(of.members)] : shownOf(of.members, here);
  });
}

const fieldsOf = (types: readonly EventType[]) =>
  types.flatMap(({ members }) => shownOf(members.filter(({ name }) => !IN_THE_HEAD.has(name))));

it.each([
  ['pt-br', ptBR, labelsPtBr],
  ['es', es, labelsEs],
] as const)(
  'CON6.9 has a label in %s for every type, field and word that hookcast declares',
  (language, words, labels) => {
    const speech = { words, labels };
    const missing = new Set<string>();
    for (const { name } of SHIPPED) {
      if (!Object.hasOwn(words.types, name)) missing.add(`console/words/${language}.ts, types: ${name}`);
    }
    for (const { path, of } of fieldsOf(SHIPPED)) {
      const note = (name: string) => {
        missing.add(`console/words/labels-${language}.ts, fields: ${name} (of ${path.join('.')})`);
        return name;
      };
      labelOf(path, null, speech, note);
      if (of.is !== 'enum' || of.name === 'ActorType') continue;
      for (const word of of.words.filter((word) => meaningOf(word, speech) === undefined))
        missing.add(`console/words/${language}.ts, values, or labels-${language}.ts, enums: ${word} (of ${of.name})`);
    }
    expect([...missing].toSorted()).toEqual([]);
  },
);

it.each([
  ['en', en],
  ['pt-br', ptBR],
  ['es', es],
] as const)('CON6.9 has a word in %s for every scope', (language, words) => {
  expect(SCOPES.filter((scope) => !Object.hasOwn(words.scopes, scope))).toEqual([]);
});

it('CON5.1 translates only messages that the gateway writes', () => {
  const folder = new URL('../../src/providers/', import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const sources = files.map((file) => readFileSync(new URL(file, folder), 'utf8')).join('\n');
  const written = [...Object.keys(en.quarantine.reasons.said), ', as the rest of the event says'];
  expect(written.filter((message) => !sources.includes(message))).toEqual([]);
});
