import { isMoney } from '../declaration/countable.ts';
import type { EventType } from '../declaration/event-type.ts';
import { type Member, isWithheld } from '../declaration/member.ts';
import type { Builder } from './builder.ts';
import { READ } from '../execution/cost.ts';
import { readEvent } from './declared.ts';
import { EVENT, findNodes } from './node-id.ts';
import { isNothing, plainValue } from './plain-value.ts';
import { serve } from './served.ts';

type Source = Readonly<Record<string, unknown>>;

interface Fact {
  readonly path: readonly string[];
  readonly description: string | null;
  readonly type: string;
  readonly isPersonal: boolean;
  /** Null if it is withheld or erased. */
  readonly value: unknown;
}

/** The assumed number of facts of an event. The largest type that hookcast brings has some seventy. */
const FACTS = 70;

/**
 * `Query.facts`: what an event of any type says, for tools such as the console. A fixed document can't name a user's own types,
 * and most tokens can't read the schema, from which a tool could write such a document.
 */
export function addFacts(builder: Builder, types: readonly EventType[]): void {
  const membersOf = new Map(types.map((type) => [type.name, described(type)]));
  const FactType = builder.objectRef<Fact>('Fact').implement({
    description: 'One thing that an event says, for tools that show events of any type.',
    fields: (t) => ({
      path: t.exposeStringList('path', {
        description: 'The path of fields to the value, such as `show` and `name`.',
      }),
      description: t.exposeString('description', {
        nullable: true,
        description: 'The description of the field in this schema.',
      }),
      type: t.exposeString('type', {
        description:
          'The type of the field in this schema, or of its items if it is a list: `ID`, `Money`, `ProviderTime`, `TicketChangeKind`, ….',
      }),
      isPersonal: t.exposeBoolean('isPersonal'),
      value: t.field({
        type: 'JSON',
        nullable: true,
        description:
          'The value of the field. A time is given as RFC 3339. Null only if the value is personal and was erased, or the token lacks `pii:read`.',
        resolve: ({ value }) => value,
      }),
    }),
  });
  builder.queryField('facts', (t) =>
    t.field({
      type: [FactType],
      nullable: true,
      description:
        'All values of an event as a list, for tools that show events of any type. A frontend that knows the type selects its fields instead. Fields without a value are left out. Null if there is no such event, or the token may not see it.',
      args: { id: t.arg.globalID({ required: true }) },
      authScopes: { scope: 'events:read' },
      complexity: { field: READ, multiplier: FACTS },
      resolve: async (_root, { id }, context) => {
        if (id.typename !== EVENT && !membersOf.has(id.typename)) return null;
        const [event] = await findNodes(context, [id]);
        if (!event) return null;
        const isHidden = event.personalData !== 'AVAILABLE';
        return factsOf(membersOf.get(event.shape) ?? [], (member) => readEvent(event, member), { path: [], isHidden });
      },
    }),
  );
}

/** Members with their GraphQL descriptions; if a member has none, it gets that of an interface. `happened` comes first. */
function described({ members, interfaces, happened }: EventType): readonly Member[] {
  const inherited = new Map(
    interfaces.flatMap((one) => one.members.map(({ name, description }) => [name, description])),
  );
  const first = members.filter(({ name }) => name === happened);
  return [...new Set([...first, ...members])].map((member) => ({
    ...member,
    description: member.description ?? inherited.get(member.name) ?? null,
  }));
}

interface Place {
  readonly path: readonly string[];
  /** Whether the personal members of the event are withheld or erased. */
  readonly isHidden: boolean;
}

/** Each member of an object is a fact of its own, except in money, people and lists. */
function factsOf(members: readonly Member[], read: (member: Member) => unknown, place: Place): Fact[] {
  return members.flatMap((member): Fact[] => {
    const { of, isList, description, part } = member;
    const path = [...place.path, member.name];
    const value = serve(member, isWithheld(member, members))(read(member));
    const isPersonal = part === 'personal';
    const isWhole = of.is !== 'object' || isList || of.isPerson || isMoney(member);
    if (!isWhole && !isNothing(value)) {
      return factsOf(of.members, ({ name }) => (value as Source)[name], { ...place, path });
    }
    if (isPersonal && place.isHidden) return [{ path, description, type: typeOf(member), isPersonal, value: null }];
    const said = isNothing(value) ? null : plainValue(member)(value);
    return isNothing(said) ? [] : [{ path, description, type: typeOf(member), isPersonal, value: said }];
  });
}

/** Names money and people by standard names: a user's own types for them may have other names, which no tool could know. */
function typeOf(member: Member): string {
  if (member.of.is !== 'object') return member.of.name;
  return member.of.isPerson ? 'Person' : isMoney(member) ? 'Money' : member.of.name;
}
