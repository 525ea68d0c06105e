import { encodeCursor } from '../events/cursor.ts';
import type { Outcome, ReprocessedEvents } from '../events/reprocess.ts';
import type { Builder } from './builder.ts';
import type { Reprocessing as Done } from '../execution/context.ts';
import { cursorArgument } from './cursor-argument.ts';
import { SORTS } from '../execution/cost.ts';
import type { addQuarantine } from './quarantine.ts';

/** The cost of a call: it reads for as long as `REPROCESSING` (execution/create-context.ts). */
const COST = 500;

/** `Mutation.reprocess`: gives old events the form of the present code. */
export function addReprocess(builder: Builder, Issue: ReturnType<typeof addQuarantine>): void {
  const OutcomeType = builder.enumType('ReprocessOutcome', {
    description: 'What reprocessing did with events.',
    values: {
      REVISED: { description: 'They were replaced by their new form. With `dryRun`, they would be.' },
      SAME: { description: 'They came out unchanged, and no Revision is sent.' },
      UNFIT: { description: 'The code that runs now cannot read them. They are left as they are.' },
      WITHOUT_RAW: { description: 'Their payload was erased with the people in it. They are left as they are.' },
      ERASING: {
        description: 'They turned out to be privacy requests and were fulfilled. With `dryRun`, they would be.',
      },
    } satisfies Record<Outcome, unknown>,
  });

  const Events = builder.objectRef<ReprocessedEvents>('ReprocessedEvents').implement({
    description: 'Events of one source and type with the same outcome.',
    fields: (t) => ({
      source: t.exposeString('source'),
      type: t.exposeString('type', { description: "The provider's own name of the event." }),
      outcome: t.expose('outcome', { type: OutcomeType }),
      typename: t.exposeString('typename', { description: 'The name of their type in this schema before.' }),
      becomes: t.exposeString('becomes', {
        nullable: true,
        description: 'The type afterwards, if the events were revised.',
      }),
      issues: t.field({
        type: [Issue],
        description: 'Where they do not fit.',
        resolve: ({ issues }) => [...issues],
      }),
      count: t.exposeInt('count'),
    }),
  });

  const Reprocessing = builder.objectRef<Done>('Reprocessing').implement({
    description: 'What this call did with the events that it read.',
    fields: (t) => ({
      events: t.field({ type: [Events], complexity: { multiplier: SORTS }, resolve: ({ events }) => [...events] }),
      cursor: t.string({
        description:
          'The position that it reached. If `isDone` is false, call again with `after: cursor` and the same arguments.',
        resolve: ({ end }) => encodeCursor(end),
      }),
      isDone: t.exposeBoolean('isDone', { description: 'Whether it has read all events.' }),
      progress: t.exposeFloat('progress', { description: 'How much of the log is read, from 0 to 1.' }),
    }),
  });

  builder.mutationField('reprocess', (t) =>
    t.field({
      type: Reprocessing,
      description:
        'Reads the payloads of recorded events again with the code that runs now, and replaces each event by the result. Use it after types were added. Events keep their ids and positions, counts are corrected, and subscriptions send a Revision of each. A call stops after two seconds; what it has done is kept, and events that come out unchanged are skipped. Needs the scope `ops` and a token for every tenant.',
      args: {
        source: t.arg.string({ description: 'Only events of this source.' }),
        type: t.arg.string({ description: 'Only events with this name of the provider.' }),
        since: t.arg({ type: 'DateTime', description: 'Only events that occurred at this time or later.' }),
        dryRun: t.arg.boolean({
          defaultValue: false,
          description: 'Changes nothing, and reports what would happen.',
        }),
        after: t.arg.string({ description: 'The cursor of the previous call, to continue from.' }),
      },
      complexity: { field: COST },
      resolve: (_root, { source = null, type = null, since = null, dryRun, after }, context) => {
        const cursor = cursorArgument(after);
        return context.reprocess({ source, type, since, dryRun: dryRun ?? false, ...(cursor && { after: cursor }) });
      },
    }),
  );
}
