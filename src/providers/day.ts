import { sha256Hex } from './payload.ts';

/** A day of samples. It is the same in every number for the same date. */
export interface SampleDay {
  /** The date, which is part of ids: `2026-11-28`. */
  readonly date: string;
  /** The time of an event: 0 is the beginning of the day; 1 is its end, or now if the day isn't over. */
  readonly moment: (share: number) => Date;
  /** How busy the day is: 1 is an ordinary day. */
  readonly busy: number;
  /** How many days ago the day is; 0 is today. Rare events happen today. */
  readonly back: number;
}

/** A payload of the day, and the time of its event. */
export interface DayEvent {
  readonly at: Date;
  readonly payload: Record<string, unknown>;
}

/** The people who buy and book in a sample day. All of them are invented. */
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

/** An id that is the same each time the day is made, so that a repeated day sends nothing new. */
export function idOf({ date }: Pick<SampleDay, 'date'>, what: string, number: number): string {
  const hex = sha256Hex(`${date} ${what} ${number}`);
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

/** The share of the day at which the nth of `count` events happens: not too evenly, and never two at once. */
export function shareOf(index: number, count: number, from = 0, to = 1): number {
  return from + ((to - from) * (index + 0.2 + ((index * 7) % 5) / 8)) / count;
}
