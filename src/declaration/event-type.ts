import type { z } from 'zod';
import type { Instant } from '../events/instant.ts';
import type { Person } from '../events/person.ts';
import { withBlanks } from './blanks.ts';
import { assertCountable } from './countable.ts';
import { type Member, membersOf } from './member.ts';

/** Hashes with a secret what tells one thing from others and may be a key to it, such as the number of a ticket. */
export type Hash = (parts: readonly (string | null)[]) => string;

/** What several event types have in common, as a GraphQL interface. */
export interface InterfaceType<S extends z.ZodRawShape = z.ZodRawShape> {
  readonly name: string;
  readonly description: string;
  readonly shape: S;
  readonly members: readonly Member[];
}

/** What is declared of the events of one type. */
export interface EventType<F extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly description: string;
  readonly interfaces: readonly InterfaceType[];
  readonly fields: F;
  readonly members: readonly Member[];
  /** Checks what a mapping returns, and fills in what it leaves out. */
  readonly schema: z.ZodType;
  /** See `EventTypeOptions`. */
  readonly happened: string | null;
  /** See `EventTypeOptions`: the names that lead to it. */
  readonly amount: readonly string[] | null;
  /** See `EventTypeOptions`: the names that lead to it. */
  readonly title: readonly string[] | null;
  /** See `EventTypeOptions`. */
  readonly implied: ((event: never) => Readonly<Record<string, unknown>>) | null;
  /** See `EventTypeOptions`. */
  readonly subject: ((event: never, hash: Hash) => string | null) | null;
}

export interface EventTypeOptions<F extends z.ZodObject> {
  /** What happened, as frontends read it in the schema. */
  readonly description: string;
  /** The interfaces that it implements. Spread their `shape` into `fields`. */
  readonly implements?: readonly InterfaceType[];
  readonly fields: F;
  /** The member, an enum, that says what happened, where events of the type tell of several things. They are counted by it. */
  readonly happened?: keyof z.output<F> & string;
  /** The member, money, that says what the event is worth; `batch.price` for one of an object in it. It is summed by currency. */
  readonly amount?: MoneyPath<z.output<F>>;
  /**
   * The member, a text, by which a person would name what the event is about, as lists show it; `show.name` for one of an object in it.
   * A member called `title` or `name` is taken where none is said.
   */
  readonly title?: TextPath<z.output<F>>;
  /** Members that follow from others, so that no mapping has to repeat them. */
  readonly implied?: (event: z.output<F>) => Partial<z.output<F>>;
  /** What an event is about where its provider names no subject: `ticket/…`. It must identify nobody; null if there is none. */
  readonly subject?: (event: z.output<F>, hash: Hash) => string | null;
}

/** The paths that lead to money, through objects and not through lists: an event is worth one amount. */
type MoneyPath<V> = {
  [K in keyof V & string]: NonNullable<V[K]> extends readonly unknown[]
    ? never
    : NonNullable<V[K]> extends { readonly amount: string; readonly currency: string }
      ? K
      : `${K}.${MoneyPath<NonNullable<V[K]>>}`;
}[keyof V & string];

/** The paths that lead to texts, through objects and not through lists. */
type TextPath<V> = {
  [K in keyof V & string]: NonNullable<V[K]> extends readonly unknown[]
    ? never
    : NonNullable<V[K]> extends string
      ? K
      : NonNullable<V[K]> extends object
        ? `${K}.${TextPath<NonNullable<V[K]>>}`
        : never;
}[keyof V & string];

/**
 * Declares a type of events: what is checked, kept, masked and served of them. Texts, JSON and people are personal unless
 * `open` says otherwise; ids, numbers, money, times and enums are open unless `personal` does.
 *
 * @param name of the GraphQL type, such as `TicketSold`.
 * @throws {Error} with the type and the field, for what can be no GraphQL type, and what events can't be counted by.
 */
export function eventType<F extends z.ZodObject>(name: string, options: EventTypeOptions<F>): EventType<F> {
  const { description, fields, implements: interfaces = [] } = options;
  const { happened = null, implied = null, subject = null } = options;
  // No name in GraphQL has a dot.
  const amount = options.amount?.split('.') ?? null;
  const title = options.title?.split('.') ?? null;
  const members = membersOf(fields, [name]);
  assertCountable(name, members, { happened, amount, title });
  // Most types of a gateway are of providers that are none of its sources, and are only served.
  let schema: z.ZodType | null = null;
  return {
    name,
    description,
    interfaces,
    fields,
    members,
    get schema() {
      return (schema ??= withBlanks(fields));
    },
    happened,
    amount,
    title,
    implied,
    subject,
  };
}

/** Declares what several event types have in common. */
export function interfaceType<S extends z.ZodRawShape>(
  name: string,
  { description, fields }: { readonly description: string; readonly fields: z.ZodObject<S> },
): InterfaceType<S> {
  return { name, description, shape: fields.shape, members: membersOf(fields, [name]) };
}

/** A value as a mapping gives it: what may be null may be left out. */
export type Given<V> = V extends readonly (infer I)[]
  ? readonly Given<I>[]
  : V extends object
    ? { readonly [K in keyof V as null extends V[K] ? never : K]: Given<V[K]> } & {
        readonly [K in keyof V as null extends V[K] ? K : never]?: Given<V[K]> | undefined;
      }
    : V;

/** What a mapping returns for an event of a type. */
export type GivenOf<T extends EventType> = Given<z.input<T['fields']>>;

/**
 * The same value, without members that its type lacks: TypeScript lets those pass where a type is inferred, and a misspelt name
 * would be lost.
 */
export type NoMore<R, G> = R extends readonly (infer I)[]
  ? G extends readonly (infer J)[]
    ? readonly NoMore<I, J>[]
    : R
  : R extends object
    ? G extends object
      ? { readonly [K in keyof R]: K extends keyof G ? NoMore<R[K], NonNullable<G[K]>> : never }
      : R
    : R;

/** What an event knows better than the delivery that it came in. */
export interface Known {
  readonly subject?: string | null;
  readonly occurredAt?: Instant | null;
  /** Which state of its subject it tells of: see `NewEvent`. */
  readonly version?: string | null;
  /** The subject that an older hookcast gave it. The log may remember erasures of that one. */
  readonly formerSubject?: string | null;
  /** The people whom it is about besides those in it. */
  readonly people?: readonly Given<Person>[];
}

/** What an event says: of a type of its own, or of none. */
export interface Said extends Known {
  readonly type: EventType | null;
  readonly members: Readonly<Record<string, unknown>>;
}

/** An event of a type, and what else is known of it. */
export function said<T extends EventType>(type: T, members: GivenOf<T>, known: Known = {}): Said {
  return { ...known, type, members };
}

/** An event without a type of its own, also where its name is known: a cancellation that only moves a booking, say. */
export function otherEvent(people: readonly Given<Person>[] = []): Said {
  return { type: null, members: {}, people };
}
