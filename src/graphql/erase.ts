import type { ErasurePreview, PassedOver } from '../events/erasure.ts';
import type { Builder } from './builder.ts';
import { SORTS } from '../execution/cost.ts';
import type { ErasureReport } from '../operator/erasing.ts';

/** The cost of a call: it may read the whole log. */
const COST = 500;
/** The most ids of events in a receipt. */
const MOST_IDS = 10_000;

interface ErasedEvent {
  readonly source: string;
  readonly eventId: string;
}

/**
 * `Mutation.erase`: the same as `hookcast erase`. Its dry run is a mutation as well, since the URL of a query could contain the
 * e-mail address.
 */
export function addErase(builder: Builder): void {
  const Passed = builder.objectRef<PassedOver>('ErasurePassedOver').implement({
    description:
      'Ids by which quarantine was not searched, since they would have found the deliveries of other people.',
    fields: (t) => ({
      ofNobody: t.exposeInt('ofNobody', {
        description: 'The number of ids that providers write when there is no person.',
      }),
      common: t.exposeInt('common', {
        description: 'The number of ids that are in too many deliveries to identify one person.',
      }),
    }),
  });
  const Count = builder.objectRef<ErasurePreview['events'][number]>('ErasureCount').implement({
    description: 'How many events of a source and type would lose personal data.',
    fields: (t) => ({
      source: t.exposeString('source'),
      type: t.exposeString('type', { description: "The provider's own name of the event." }),
      count: t.exposeInt('count'),
    }),
  });
  const Preview = builder.objectRef<ErasurePreview>('ErasurePreview').implement({
    description: 'What an erasure would do.',
    fields: (t) => ({
      events: t.field({ type: [Count], complexity: { multiplier: SORTS }, resolve: ({ events }) => [...events] }),
      subjects: t.exposeInt('subjects', { description: 'How many subjects these events are about.' }),
      withoutSubject: t.exposeInt('withoutSubject', { description: 'How many of these events have no subject.' }),
      peopleById: t.int({
        description: 'How many people these events are about, counted by the ids that providers give them.',
        resolve: ({ people }) => people.byId,
      }),
      peopleByAddress: t.int({
        description: 'The same, counted by their e-mail addresses.',
        resolve: ({ people }) => people.byAddress,
      }),
      quarantined: t.exposeInt('quarantined', { description: 'How many deliveries in quarantine are concerned.' }),
      passedOver: t.expose('passedOver', { type: Passed }),
    }),
  });
  const Erased = builder.objectRef<ErasedEvent>('ErasedEvent').implement({
    description: 'An event that lost its personal data.',
    fields: (t) => ({ source: t.exposeString('source'), eventId: t.exposeString('eventId') }),
  });
  const Receipt = builder.objectRef<NonNullable<ErasureReport['receipt']>>('ErasureReceipt').implement({
    description: 'What an erasure did.',
    fields: (t) => ({
      count: t.int({
        description: 'How many events lost personal data.',
        resolve: ({ erasures }) => erasures.reduce((sum, { eventIds }) => sum + eventIds.length, 0),
      }),
      events: t.field({
        type: [Erased],
        description: `These events, ${MOST_IDS} at most.`,
        complexity: { multiplier: SORTS },
        resolve: ({ erasures }) =>
          erasures
            .flatMap(({ source, eventIds }) => eventIds.map((eventId) => ({ source, eventId })))
            .slice(0, MOST_IDS),
      }),
      quarantined: t.exposeInt('quarantined', { description: 'How many deliveries in quarantine lost people.' }),
      passedOver: t.expose('passedOver', { type: Passed }),
    }),
  });
  const Report = builder.objectRef<ErasureReport>('ErasureReport').implement({
    description: 'What an erasure did, or would do.',
    fields: (t) => ({
      isDone: t.boolean({
        description: 'Whether it was carried out. If not, `preview` says what it would do.',
        resolve: ({ receipt }) => receipt !== null,
      }),
      at: t.field({ type: 'DateTime', resolve: ({ at }) => at }),
      orderedBy: t.exposeString('orderedBy'),
      preview: t.expose('preview', { type: Preview, nullable: true }),
      receipt: t.expose('receipt', { type: Receipt, nullable: true }),
      keepsRefused: t.exposeBoolean('keepsRefused', {
        description: 'Whether refused deliveries are kept. They are encrypted, and an erasure does not look into them.',
      }),
    }),
  });

  builder.mutationField('erase', (t) =>
    t.field({
      type: Report,
      description:
        'Erases the personal data of a person, who is found by a subject of a source or by an e-mail address. An erasure can’t be undone. Needs the scope `ops` and a token for every tenant.',
      args: {
        source: t.arg.string({
          description: 'The source of the subject; with an e-mail address, erases only in this source.',
        }),
        subject: t.arg.string({
          description: '`ticket/…`, `booking/…`, `order/…` or `subscription/…`, as events have it.',
        }),
        email: t.arg.string({ description: 'The e-mail address of the person. Send it in a variable.' }),
        orderedBy: t.arg.string({
          description: 'Who asked for the erasure, for the record. Without it, the token that is used.',
        }),
        dryRun: t.arg.boolean({ defaultValue: false, description: 'Changes nothing, and returns only the preview.' }),
        evenSeveral: t.arg.boolean({
          defaultValue: false,
          description:
            'Erases even if more than one subject, or several deliveries in quarantine, are concerned. Otherwise only the preview is returned then.',
        }),
      },
      complexity: { field: COST },
      resolve: (_root, { source = null, subject = null, email = null, orderedBy, dryRun, evenSeveral }, context) =>
        context
          .operator('Erasing is in events')
          .erase(
            { source, subject, email },
            { orderedBy: orderedBy ?? null, dryRun: dryRun ?? false, evenSeveral: evenSeveral ?? false },
          ),
    }),
  );
}
