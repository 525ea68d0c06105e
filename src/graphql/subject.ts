import type { EventFilter } from '../events/filter.ts';
import type { Builder } from './builder.ts';
import { ORDER, connection, costOfPage } from './connection.ts';
import { READ } from '../execution/cost.ts';
import type { addQueries } from './queries.ts';

/**
 * How many of the newest events are searched for the last `happened`. Some of them may have none, or tell of an earlier state.
 */
const LOOKED_AT = 20;

interface Subject {
  readonly id: string;
  readonly happened: string | null;
  readonly filter: EventFilter;
}

/** `Query.subject`: the state of an order, a ticket, a booking or a subscription. */
export function addSubject(builder: Builder, { EventConnection }: ReturnType<typeof addQueries>): void {
  const SubjectType = builder.objectRef<Subject>('Subject').implement({
    description: 'What events are about: an order, a ticket, a booking, a subscription.',
    fields: (t) => ({
      subject: t.exposeString('id', { description: 'Its name in events, such as `order/5500123`.' }),
      happened: t.exposeString('happened', {
        nullable: true,
        description:
          'The state after its last event: a value of the type’s own enum, such as `PAID`, `REFUNDED` or `CHECKED_IN`. `CANCELED` after a cancellation, `SCHEDULED` after one with `isScheduled`.',
      }),
      events: t.field({
        type: EventConnection,
        description: `The events about it. ${ORDER}`,
        args: t.arg.connectionArgs(),
        complexity: costOfPage,
        resolve: ({ filter }, args, context) => connection(context, args, filter),
      }),
    }),
  });

  builder.queryField('subject', (t) =>
    t.field({
      type: SubjectType,
      nullable: true,
      description:
        'An order, a ticket, a booking or a subscription by its `subject`, with the events about it. Null if the token can see no event of it. Two accounts may use the same ids, so a token for several tenants should pass `tenant`.',
      args: { subject: t.arg.string({ required: true }), tenant: t.arg.id() },
      complexity: READ * LOOKED_AT,
      resolve: async (_root, { subject, tenant }, context) => {
        const filter = { subjects: [subject], ...(typeof tenant === 'string' && { tenants: [tenant] }) };
        const { events } = await context.read({ direction: 'backward', limit: LOOKED_AT }, filter);
        if (events.length === 0) return null;
        const told = events.findLast(({ superseded, happened }) => !superseded && happened !== null);
        return { id: subject, happened: told?.happened ?? null, filter };
      },
    }),
  );
}
