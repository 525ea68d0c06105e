import { sha256Hex } from './payload.ts';

/** A day as samples tell it: the same for the same date, number by number. */
export interface SampleDay {
  /** Names it in ids: `2026-11-28`. */
  readonly date: string;
  /** When something happened: 0 is the day's beginning, 1 its end, or now for a day that isn't over. */
  readonly moment: (share: number) => Date;
  /** How busy it was: 1 is an ordinary day. */
  readonly busy: number;
  /** Which day it is, counted back from today, which is 0. What is rare happens today. */
  readonly back: number;
}

/** A payload of a day, and when it says that it happened. */
export interface DayEvent {
  readonly at: Date;
  readonly payload: Record<string, unknown>;
}

/** The person who buys and books in a sample day. All of them are invented. */
const NAMES = [
  'Marina Fictícia',
  'João Inventado',
  'Beatriz Imaginária',
  'Caio de Mentira',
  'Luísa Suposta',
  'Rui Hipotético',
  'Núria Inventada',
  'Davi Nenhures',
  'Helena Qualquer',
  'Ivo Exemplo',
  'Clara Ninguém',
  'Tomás Faz-de-Conta',
  'Alice Outrora',
  'Bento Quimera',
  'Lia Fulana',
  'Otávio Sicrano',
  'Rosa Beltrana',
];

export interface SamplePerson {
  readonly name: string;
  readonly email: string;
  readonly number: number;
}

export function personOf(number: number): SamplePerson {
  const name = NAMES[number % NAMES.length]!;
  const plain = name
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
  return { name, email: `${plain.replace(/[^a-z]+/g, '.')}@ninguem.example`, number: number % NAMES.length };
}

/** An id that the same day has every time it is made, so that sending it twice sends nothing new. */
export function idOf({ date }: Pick<SampleDay, 'date'>, what: string, number: number): string {
  const hex = sha256Hex(`${date} ${what} ${number}`);
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

/** Where in a day the nth of so many happens: not too evenly, and never two at once. */
export function shareOf(index: number, count: number, from = 0, to = 1): number {
  return from + ((to - from) * (index + 0.2 + ((index * 7) % 5) / 8)) / count;
}
