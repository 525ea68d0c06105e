import { encodeCursor } from '../events/cursor.ts';
import type { Outcome, Reprocessed, ReprocessedEvents } from '../events/reprocess.ts';
import type { Builder } from './builder.ts';
import { cursorArgument } from './context.ts';
import { SORTS } from './cost.ts';
import type { addQuarantine } from './quarantine.ts';

/** What a call costs: it reads for as long as `SPELL`. */
const COST = 500;

/** `Mutation.reprocess`: old events as the present code would have them. */
export function addReprocess(builder: Builder, Issue: ReturnType<typeof addQuarantine>): void {
  const OutcomeType = builder.enumType('ReprocessOutcome', {
    description: 'What became of events of before.',
    values: {
      REVISED: { description: 'They are what the present code makes of them; with `dryRun`, they would be.' },
      SAME: { description: 'They came out as they are kept, and nobody is told of them.' },
      UNFIT: { description: 'They do not fit the present code, and are left as they are.' },
      WITHOUT_RAW: { description: 'Their payload is gone, since people in it were erased. They are left as they are.' },
      ERASING: {
        description:
          'By the present code they are requests for privacy, and are fulfilled; with `dryRun`, they would be.',
      },
    } satisfies Record<Outcome, unknown>,
  });

  const Events = builder.objectRef<ReprocessedEvents>('ReprocessedEvents').implement({
    description: 'Events of one source and type of which the same became.',
    fields: (t) => ({
      source: t.exposeString('source'),
      type: t.exposeString('type', { description: "The provider's own name." }),
      outcome: t.expose('outcome', { type: OutcomeType }),
      typename: t.exposeString('typename', { description: 'The name of their type in this schema, before.' }),
      becomes: t.exposeString('becomes', {
        nullable: true,
        description: 'The same afterwards, of those that were revised.',
      }),
      issues: t.field({
        type: [Issue],
        description: 'Where they do not fit.',
        resolve: ({ issues }) => [...issues],
      }),
      count: t.exposeInt('count'),
    }),
  });

  const Reprocessing = builder.objectRef<Reprocessed>('Reprocessing').implement({
    description: 'What became of the events that this call has looked at.',
    fields: (t) => ({
      events: t.field({ type: [Events], complexity: { multiplier: SORTS }, resolve: ({ events }) => [...events] }),
      cursor: t.string({
        description: 'How far it got. Unless it is done, call again with `after: cursor` and the same arguments.',
        resolve: ({ end }) => encodeCursor(end),
      }),
      isDone: t.exposeBoolean('isDone', { description: 'Whether it has looked at all events that were there.' }),
    }),
  });

  builder.mutationField('reprocess', (t) =>
    t.field({
      type: Reprocessing,
      description:
        'Runs the present code over events that are kept, and keeps in their place what it makes of them: for types that were ' +
        'added since. They keep their ids and places, counts change with them, and subscriptions send a Revision of each. It ' +
        'pauses after two seconds. What is done stays done: run again, it passes over what comes out as it is kept. Needs the ' +
        'scope `ops`, and a token for every tenant.',
      args: {
        source: t.arg.string({ description: 'Events of this source alone.' }),
        type: t.arg.string({ description: "Events of this name of the provider's alone." }),
        since: t.arg({ type: 'DateTime', description: 'Events that occurred then or later.' }),
        dryRun: t.arg.boolean({
          defaultValue: false,
          description: 'Changes nothing, and says what would become of them.',
        }),
        after: t.arg.string({ description: 'Where to go on.' }),
      },
      complexity: { field: COST },
      resolve: (_root, { source = null, type = null, since = null, dryRun, after }, context) => {
        const cursor = cursorArgument(after);
        return context.reprocess({ source, type, since, dryRun: dryRun ?? false, ...(cursor && { after: cursor }) });
      },
    }),
  );
}
