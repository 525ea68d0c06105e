import type { EventFilter } from '../events/filter.ts';
import type { Builder } from './builder.ts';
import { ORDER, connection, costOfPage } from './connection.ts';
import { READ } from './cost.ts';
import type { addQueries } from './queries.ts';

/** Events that are looked at for what happened last: those behind it tell of nothing, or of a state of before. */
const LOOKED_AT = 20;

interface Subject {
  readonly id: string;
  readonly happened: string | null;
  readonly filter: EventFilter;
}

/** `Query.subject`: what became of an order, a ticket, a booking or a subscription. */
export function addSubject(builder: Builder, { EventConnection }: ReturnType<typeof addQueries>): void {
  const SubjectType = builder.objectRef<Subject>('Subject').implement({
    description: 'What events are about: an order, a ticket, a booking, a subscription.',
    fields: (t) => ({
      subject: t.exposeString('id', { description: 'As events name it, `order/5500123`.' }),
      happened: t.exposeString('happened', {
        nullable: true,
        description:
          'What happened to it last, as far as its events say: a word of a type’s own enum, such as `PAID`, `REFUNDED` or ' +
          '`CHECKED_IN`; `CANCELED` of a cancellation, `SCHEDULED` of one that is only decided.',
      }),
      events: t.field({
        type: EventConnection,
        description: `What happened to it. ${ORDER}`,
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
        'What is known of an order, a ticket, a booking or a subscription, by its `subject`. Null where the token sees no event of ' +
        'it. Two accounts may have the same ids: a token that sees several should say the tenant.',
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
