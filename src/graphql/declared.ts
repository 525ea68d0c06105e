import type { EnumRef, FieldMap, InterfaceRef, ObjectRef, SchemaTypes } from '@pothos/core';
import type { DisclosedEvent } from '../auth/viewer.ts';
import type { EventType, InterfaceType } from '../declaration/event-type.ts';
import { type Enum, type Member, type ObjectOf, isWithheld } from '../declaration/member.ts';
import { currentData, currentPersonal } from '../types/former.ts';
import type { Builder } from './builder.ts';
import type { EventTypes } from './event.ts';
import { serve } from './served.ts';

type Source = Readonly<Record<string, unknown>>;
type Refs = {
  readonly object: ObjectRef<SchemaOf, Source>;
  readonly enum: EnumRef<SchemaOf, string>;
  readonly interface: InterfaceRef<SchemaOf, DisclosedEvent>;
};
export type SchemaOf = Builder extends PothosSchemaTypes.SchemaBuilder<infer T extends SchemaTypes> ? T : never;
/** The common part of Pothos' field builders, whose own types only fit fields that are written by hand. */
interface Fields {
  field(options: never): FieldMap[string];
}
/** Reads a member of its parent. */
type Read<P> = (parent: P, member: Member) => unknown;

/** Makes a GraphQL type for each declaration, once. */
export class Declared {
  readonly #builder: Builder;
  readonly #event: EventTypes;
  readonly #objects = new Map<string, Refs['object']>();
  readonly #enums = new Map<string, Refs['enum']>();
  readonly #interfaces = new Map<string, Refs['interface']>();

  constructor(builder: Builder, event: EventTypes) {
    this.#builder = builder;
    this.#event = event;
  }

  /** Adds the type of an event, with the types of its members. */
  add({ name, description, interfaces, members }: EventType): ObjectRef<SchemaOf, DisclosedEvent> {
    const inherited = new Map(
      interfaces.flatMap((one) => one.members.map((member) => [member.name, member.description])),
    );
    return this.#builder.objectRef<DisclosedEvent>(name).implement({
      description,
      interfaces: [
        this.#builder.nodeInterfaceRef(),
        ...interfaces.map((one) => this.interface(one)),
        this.#event.Event,
      ],
      fields: (t) =>
        this.#fields(
          t,
          members.map((member) => ({
            ...member,
            description: member.description ?? inherited.get(member.name) ?? null,
          })),
          readEvent,
        ),
    });
  }

  interface<E extends DisclosedEvent = DisclosedEvent>(declared: InterfaceType): InterfaceRef<SchemaOf, E> {
    const known = this.#interfaces.get(declared.name);
    if (known) return known as InterfaceRef<SchemaOf, E>;
    const ref = this.#builder.interfaceRef<DisclosedEvent>(declared.name);
    this.#interfaces.set(declared.name, ref);
    ref.implement({
      description: declared.description,
      interfaces: [this.#builder.nodeInterfaceRef(), this.#event.Event],
      resolveType: (event: DisclosedEvent) => event.shape,
      fields: (t) => this.#fields(t, declared.members, readEvent),
    });
    return ref as InterfaceRef<SchemaOf, E>;
  }

  enum({ name, about, words, meanings }: Enum): Refs['enum'] {
    let ref = this.#enums.get(name);
    if (!ref) {
      ref = this.#builder.enumType(name, {
        values: Object.fromEntries(
          words.map((word) => [word, meanings[word] === undefined ? {} : { description: meanings[word] }]),
        ),
        ...(about !== null && { description: about }),
      });
      this.#enums.set(name, ref);
    }
    return ref;
  }

  object({ name, about, members }: ObjectOf): Refs['object'] {
    const known = this.#objects.get(name);
    if (known) return known;
    const ref = this.#builder.objectRef<Source>(name);
    this.#objects.set(name, ref);
    ref.implement({
      ...(about !== null && { description: about }),
      fields: (t) => this.#fields(t, members, (parent: Source, { name: member }) => parent[member]),
    });
    return ref;
  }

  #fields<P>(t: Fields, members: readonly Member[], read: Read<P>): FieldMap {
    return Object.fromEntries(
      members.map((member) => {
        const type = this.#type(member.of);
        const served = serve(member, isWithheld(member, members));
        return [
          member.name,
          t.field({
            type: member.isList ? [type] : type,
            nullable: member.isNullable || isWithheld(member, members),
            ...(member.description !== null && { description: member.description }),
            resolve: (parent: P) => served(read(parent, member)),
          } as never),
        ];
      }),
    );
  }

  #type(of: Member['of']) {
    if (of.is === 'object') return this.object(of);
    if (of.is === 'enum') return this.enum(of);
    return of.name === 'ProviderTime' ? this.#event.ProviderTime : of.name;
  }
}

/**
 * Reads a member of an event. Open and personal members are stored separately; the personal ones are null if they are withheld
 * or erased. Each part is parsed only when a member of it is read.
 */
export function readEvent(event: DisclosedEvent, { name, part }: Member): unknown {
  if (part === 'open') return currentData(event.shape, event.data)[name];
  const { personal } = event;
  const said = personal && currentPersonal(event.shape, personal)[name];
  return part === 'personal' ? said : joined(currentData(event.shape, event.data)[name], said);
}

/** Joins the open and the personal half of a mixed member. */
function joined(open: unknown, personal: unknown): unknown {
  if (Array.isArray(open)) return open.map((item, index) => joined(item, (personal as unknown[] | undefined)?.[index]));
  if (!isObject(open) || !isObject(personal)) return open;
  const whole: Record<string, unknown> = { ...open };
  for (const name in personal) {
    whole[name] = Object.hasOwn(open, name) ? joined(open[name], personal[name]) : personal[name];
  }
  return whole;
}

function isObject(value: unknown): value is Source {
  return typeof value === 'object' && value !== null;
}
