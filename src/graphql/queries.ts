import { KINDS } from '../events/cancellation.ts';
import type { Builder } from './builder.ts';
import type { CancellationEvent, CancellationTypes } from './cancellation.ts';
import { type Connection, ORDER, connection, costOfPage } from './connection.ts';
import type { EventTypes } from './event.ts';
import { type addFilter, toFilter } from './filter.ts';
import type { StreamTypes } from './stream-message.ts';

const HEAD =
  'The cursor to follow from after this page. If you subscribe with `after: head`, you miss no event, and see none twice. If the page ' +
  'reaches the end of the log, that is the log’s head when the page was read; otherwise it is the cursor of the page’s last event. ' +
  'A page of 0 events has the log’s head. Follow a list of several pages after the cursor of its last event.';

/** `Query`: the recent past, as Relay connections in log order. */
export function addQueries(
  builder: Builder,
  { Event }: EventTypes,
  { Cancellation }: CancellationTypes,
  { CancellationEdge, EventEdge }: StreamTypes,
  Filter: ReturnType<typeof addFilter>,
  shapes: ReadonlySet<string>,
) {
  const CancellationConnection = builder.connectionObject(
    {
      type: Cancellation,
      name: 'CancellationConnection',
      description: 'A page of cancellations, in log order.',
      edgesNullable: { list: false, items: false },
      fields: (t) => ({ head: t.exposeString('head', { description: HEAD }) }),
    },
    CancellationEdge,
  );
  const EventConnection = builder.connectionObject(
    {
      type: Event,
      name: 'EventConnection',
      description: 'A page of events, in log order.',
      edgesNullable: { list: false, items: false },
      fields: (t) => ({ head: t.exposeString('head', { description: HEAD }) }),
    },
    EventEdge,
  );
  builder.queryType({
    description:
      'What the gateway has recorded: events, counts of events, and for operators its sources and its quarantine.',
    fields: (t) => ({
      cancellations: t.field({
        type: CancellationConnection,
        description: `Recent cancellations. ${ORDER}`,
        args: { ...t.arg.connectionArgs(), filter: t.arg({ type: Filter }) },
        complexity: costOfPage,
        resolve: async (_root, { filter, ...args }, context) => {
          // Only cancellations have a kind, so a filter for every kind excludes all other events.
          const page = await connection(context, args, { kinds: KINDS, ...toFilter(filter, shapes) });
          // If only another gateway knows the event's type, this gateway can't know that it is a cancellation.
          const edges = page.edges.filter(({ node }) => shapes.has(node.shape));
          return { ...page, edges } as Connection<CancellationEvent>;
        },
      }),
      events: t.field({
        type: EventConnection,
        description: `Recent events of every type. ${ORDER}`,
        args: { ...t.arg.connectionArgs(), filter: t.arg({ type: Filter }) },
        complexity: costOfPage,
        resolve: (_root, { filter, ...args }, context) => connection(context, args, toFilter(filter, shapes)),
      }),
    }),
  });

  return { EventConnection };
}
