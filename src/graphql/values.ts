import type { DisclosedEvent } from '../auth/viewer.ts';
import type { EventType } from '../declaration/event-type.ts';
import { type Member, objectOf } from '../declaration/member.ts';
import type { Members } from '../events/event.ts';
import { amountOf } from '../events/worth.ts';
import { currentData, currentPersonal } from '../types/former.ts';
import { money } from '../types/money.ts';
import type { Builder } from './builder.ts';
import { PAYLOAD } from '../execution/cost.ts';
import type { Declared } from './declared.ts';
import { plainMembers } from './plain-value.ts';
import type { StreamTypes } from './stream-message.ts';

type Writer = ReturnType<typeof plainMembers>;

/**
 * What an event says as JSON, for tools that take events of any type, such as an export. The fields belong to the edge: in
 * `Event` their names would be taken away from a user's own types.
 */
export function addValues(
  builder: Builder,
  types: readonly EventType[],
  { EventEdge }: StreamTypes,
  declared: Declared,
): void {
  const membersOf = new Map(types.map(({ name, members }) => [name, members]));
  const Money = declared.object(objectOf(money));
  const writers = { open: new Map<string, Writer>(), personal: new Map<string, Writer>() };
  /** A writer is made when the first event of its type is asked for, since most gateways have events of few types. */
  const said = ({ shape }: DisclosedEvent, part: 'open' | 'personal', stored: Members) => {
    const members = membersOf.get(shape);
    if (!members) return {};
    let write = writers[part].get(shape);
    if (!write) {
      const isOfPart = (member: Member) => member.part === part || member.part === 'mixed';
      writers[part].set(shape, (write = plainMembers(members, isOfPart)));
    }
    return write(stored);
  };
  builder.objectFields(EventEdge, (t) => ({
    worth: t.field({
      type: Money,
      nullable: true,
      description:
        'The amount of the event, as it is counted in `activity`: an exact decimal number. Null if the event has none, or one that cannot be summed.',
      resolve: ({ node }) => {
        const { worth } = node;
        return typeof worth?.units === 'number'
          ? { amount: amountOf(BigInt(worth.units)), currency: worth.currency }
          : null;
      },
    }),
    values: t.field({
      type: 'JSON',
      description:
        'What the event says that is not personal, for tools that take events of any type: the fields of its type by their names, without those that have no value. A frontend that knows the type selects its fields instead.',
      complexity: PAYLOAD,
      resolve: ({ node }) => said(node, 'open', currentData(node.shape, node.data)),
    }),
    personalValues: t.field({
      type: 'JSON',
      nullable: true,
      description:
        'The personal values of the event, and the name of the tenant as `tenantName`. Null if the token lacks `pii:read`, or the data was erased.',
      complexity: PAYLOAD,
      resolve: ({ node }) => {
        const { shape, personal } = node;
        if (personal === null) return null;
        const { tenantName } = personal;
        const values = said(node, 'personal', currentPersonal(shape, personal));
        return tenantName === null ? values : { tenantName, ...values };
      },
    }),
  }));
}
