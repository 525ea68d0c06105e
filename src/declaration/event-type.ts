import type { z } from 'zod';
import type { Instant } from '../events/instant.ts';
import type { Person } from '../events/person.ts';
import { withBlanks } from './blanks.ts';
import { assertCountable } from './countable.ts';
import { type Member, membersOf } from './member.ts';

/** Hashes, with a secret, values that identify a thing and may give access to it, such as the number of a ticket. */
export type Hash = (parts: readonly (string | null)[]) => string;

/** What several event types have in common, as a GraphQL interface. */
export interface InterfaceType<S extends z.ZodRawShape = z.ZodRawShape> {
  readonly name: string;
  readonly description: string;
  readonly shape: S;
  readonly members: readonly Member[];
}

/** The declaration of the events of one type. */
export interface EventType<F extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly description: string;
  readonly interfaces: readonly InterfaceType[];
  readonly fields: F;
  readonly members: readonly Member[];
  /** Checks the value that a mapping returns, and fills in what it leaves out. */
  readonly schema: z.ZodType;
  /** See `EventTypeOptions`. */
  readonly happened: string | null;
  /** See `EventTypeOptions`. The path as a list of names. */
  readonly amount: readonly string[] | null;
  /** See `EventTypeOptions`. The path as a list of names. */
  readonly title: readonly string[] | null;
  /** See `EventTypeOptions`. */
  readonly implied: ((event: never) => Readonly<Record<string, unknown>>) | null;
  /** See `EventTypeOptions`. */
  readonly subject: ((event: never, hash: Hash) => string | null) | null;
}

export interface EventTypeOptions<F extends z.ZodObject> {
  /** What happened, as frontends read it in the schema. */
  readonly description: string;
  /** The interfaces that the type implements. Spread their `shape` into `fields`. */
  readonly implements?: readonly InterfaceType[];
  readonly fields: F;
  /** The enum member that says what happened, if events of the type tell of several things. Events are counted by it. */
  readonly happened?: keyof z.output<F> & string;
  /**
   * The money member that says what the event is worth. `batch.price` names a member of an object. The worth is summed by
   * currency.
   */
  readonly amount?: MoneyPath<z.output<F>>;
  /**
   * The text member by which a person would name the event's subject in a list. `show.name` names a member of an object. If it
   * is left out, a member called `title` or `name` is taken.
   */
  readonly title?: TextPath<z.output<F>>;
  /** Computes members that follow from others, so that no mapping has to repeat them. */
  readonly implied?: (event: z.output<F>) => Partial<z.output<F>>;
  /**
   * The subject of an event, such as `ticket/…`, if its provider names none. It must identify nobody; null if there is none.
   */
  readonly subject?: (event: z.output<F>, hash: Hash) => string | null;
}

/** The paths that lead to money through objects. They don't lead through lists, since an event is worth one amount. */
type MoneyPath<V> = {
  [K in keyof V & string]: NonNullable<V[K]> extends readonly unknown[]
    ? never
    : NonNullable<V[K]> extends { readonly amount: string; readonly currency: string }
      ? K
      : `${K}.${MoneyPath<NonNullable<V[K]>>}`;
}[keyof V & string];

/** The paths that lead to texts through objects, but not through lists. */
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
 * Declares a type of events: how its members are checked, stored, masked and served. Texts, JSON and people are personal unless
 * marked with `open`. Ids, numbers, money, times and enums are open unless marked with `personal`.
 *
 * @param name of the GraphQL type, such as `TicketSold`.
 * @throws {Error} with the type and the field, if it can't be a GraphQL type, or if events can't be counted by the named
 *   member.
 */
export function eventType<F extends z.ZodObject>(name: string, options: EventTypeOptions<F>): EventType<F> {
  const { description, fields, implements: interfaces = [] } = options;
  const { happened = null, implied = null, subject = null } = options;
  // No name in GraphQL has a dot.
  const amount = options.amount?.split('.') ?? null;
  const title = options.title?.split('.') ?? null;
  const members = membersOf(fields, [name]);
  assertCountable(name, members, { happened, amount, title });
  // It is made at first use: most types belong to providers that no source uses, and are only served.
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

/** Declares the members that several event types have in common. */
export function interfaceType<S extends z.ZodRawShape>(
  name: string,
  { description, fields }: { readonly description: string; readonly fields: z.ZodObject<S> },
): InterfaceType<S> {
  return { name, description, shape: fields.shape, members: membersOf(fields, [name]) };
}

/** A value as a mapping returns it: members that may be null may be left out. */
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
 * The same value, without members that its type lacks. TypeScript accepts such members where a type is inferred, and a
 * misspelled name would be lost without an error.
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

/** Facts that an event knows better than the delivery that it came in. */
export interface Known {
  readonly subject?: string | null;
  readonly occurredAt?: Instant | null;
  /** The state of its subject that the event tells of: see `NewEvent`. */
  readonly version?: string | null;
  /** The subject that an older hookcast gave the event. The log may remember erasures of that subject. */
  readonly formerSubject?: string | null;
  /** Further people whom the event is about, who are not among its members. */
  readonly people?: readonly Given<Person>[];
}

/** What an event says. `type` is null if it has no type of its own. */
export interface Said extends Known {
  readonly type: EventType | null;
  readonly members: Readonly<Record<string, unknown>>;
}

/** An event of a type, and what else is known of it. */
export function said<T extends EventType>(type: T, members: GivenOf<T>, known: Known = {}): Said {
  return { ...known, type, members };
}

/**
 * An event without a type of its own, even if the provider's name of it is known: for example a cancellation that only moves a
 * booking.
 */
export function otherEvent(people: readonly Given<Person>[] = []): Said {
  return { type: null, members: {}, people };
}
