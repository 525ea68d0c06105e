import type { DisclosedEvent } from '../auth/viewer.ts';
import { isMoney } from '../declaration/countable.ts';
import type { EventType } from '../declaration/event-type.ts';
import { type Member, type ObjectOf, objectOf } from '../declaration/member.ts';
import { money } from '../types/money.ts';
import { person } from '../types/person.ts';
import type { Builder } from './builder.ts';
import { type Declared, readEvent } from './declared.ts';
import type { EventTypes } from './event.ts';

type Source = Readonly<Record<string, unknown>>;

/** Where events of a type have the values that a list shows. */
interface Plan {
  readonly title: readonly Member[] | null;
  readonly amount: readonly Member[] | null;
  /** The paths to people. The first person that an event names is shown. */
  readonly people: readonly (readonly Member[])[];
}

const NOTHING: Plan = { title: null, amount: null, people: [] };
/** Names of text members that people use as titles. */
const NAMING = ['title', 'name'];

/** `Event.inBrief`: what a list shows of an event, even if its author did not know the event's type. */
export function addInBrief(
  builder: Builder,
  { Event }: EventTypes,
  declared: Declared,
  types: readonly EventType[],
): void {
  const plans = new Map(types.map((type) => [type.name, planOf(type)]));
  const planFor = ({ shape }: DisclosedEvent) => plans.get(shape) ?? NOTHING;
  const InBrief = builder.objectRef<DisclosedEvent>('EventInBrief').implement({
    description: 'An event in a line, for lists of events of any type. It is taken from what the type declares.',
    fields: (t) => ({
      title: t.string({
        nullable: true,
        description:
          'What the event is about, as a person would name it: the declared title, or else a field called title or name.',
        resolve: (event) => textAt(event, planFor(event).title),
      }),
      amount: t.field({
        type: declared.object(objectOf(money)),
        nullable: true,
        description: 'What the event is worth: the declared amount.',
        resolve: (event) => objectAt(event, planFor(event).amount),
      }),
      person: t.field({
        type: declared.object(objectOf(person)),
        nullable: true,
        description: 'The first person that the event names. Personal.',
        resolve: (event) => {
          for (const path of planFor(event).people) {
            const found = objectAt(event, path);
            if (found && (found['name'] || found['email'])) return found;
          }
          return null;
        },
      }),
      namesPeople: t.boolean({
        description:
          'Whether events of this type name people. If so, `person` is null only if it is not said, withheld or erased.',
        resolve: (event) => planFor(event).people.length > 0,
      }),
      happened: t.exposeString('happened', {
        nullable: true,
        description: 'The word of the declared enum for what happened, such as `PAID`; `CANCELED` for a cancellation.',
      }),
    }),
  });
  builder.interfaceField(Event, 'inBrief', (t) =>
    t.field({
      type: InBrief,
      description:
        'What a list shows of an event of any type. A frontend that knows the type selects its fields instead.',
      resolve: (event) => event,
    }),
  );
}

function planOf({ members, title, amount }: EventType): Plan {
  return {
    title: title ? pathOf(members, title) : titleIn(members),
    amount: amount && pathOf(members, amount),
    people: peopleIn(members),
  };
}

function pathOf(members: readonly Member[], [name, ...rest]: readonly string[]): readonly Member[] | null {
  const member = members.find((one) => one.name === name);
  if (!member) return null;
  if (rest.length === 0) return [member];
  const below = member.of.is === 'object' ? pathOf(member.of.members, rest) : null;
  return below && [member, ...below];
}

/** Finds a title among the members first, and then in an object that isn't a person. */
function titleIn(members: readonly Member[]): readonly Member[] | null {
  const isTitle = ({ name, of, isList, part }: Member) =>
    NAMING.includes(name) && of.is === 'scalar' && of.name === 'String' && !isList && part === 'open';
  const own = NAMING.flatMap((name) => members.filter((member) => member.name === name && isTitle(member)));
  if (own[0]) return [own[0]];
  for (const member of members) {
    if (member.of.is !== 'object' || member.isList || member.of.isPerson || isMoney(member)) continue;
    const below = titleIn(member.of.members);
    if (below) return [member, ...below];
  }
  return null;
}

/** The event's own people come before those in its objects. */
function peopleIn(members: readonly Member[]): readonly (readonly Member[])[] {
  const objects = members.filter((member): member is Member & { readonly of: ObjectOf } => member.of.is === 'object');
  const own = objects.filter(({ of }) => of.isPerson).map((member) => [member]);
  const below = objects
    .filter(({ of }) => !of.isPerson)
    .flatMap((member) => peopleIn(member.of.members).map((path) => [member, ...path]));
  return [...own, ...below];
}

/** The value at a path. In a list, the first item counts. */
function valueAt(event: DisclosedEvent, [first, ...rest]: readonly Member[]): unknown {
  let value = first && readEvent(event, first);
  for (const { name } of rest) {
    const one: unknown = Array.isArray(value) ? value[0] : value;
    value = typeof one === 'object' && one !== null ? (one as Source)[name] : undefined;
  }
  return Array.isArray(value) ? value[0] : value;
}

function textAt(event: DisclosedEvent, path: readonly Member[] | null): string | null {
  const value = path && valueAt(event, path);
  return typeof value === 'string' && value !== '' ? value : null;
}

function objectAt(event: DisclosedEvent, path: readonly Member[] | null): Source | null {
  const value = path && valueAt(event, path);
  return typeof value === 'object' && value !== null ? (value as Source) : null;
}
