import { bucketAt } from '../events/buckets.ts';
import { KINDS } from '../events/cancellation.ts';
import { encodeCursor } from '../events/cursor.ts';
import { isScheduled } from '../events/event.ts';
import { type ActivityTypes, ZONE } from './activity.ts';
import { HAPPENED, UNSUMMED, amountsOf } from './activity-counts.ts';
import type { Builder } from './builder.ts';
import type { CancellationEvent, CancellationTypes } from './cancellation.ts';
import { cursorArgument } from './cursor-argument.ts';
import { CURRENCIES } from '../execution/cost.ts';
import type { Interest } from '../execution/followed.ts';
import { type Listed, toFilter } from './filter.ts';
import { following } from './follow.ts';
import { asksFor } from './selection.ts';
import type { ActivityChange, CountChange, Recount, StreamTypes } from './stream-message.ts';
import { RESUME, toStreamMessage } from './subscriptions.ts';

/** Counts are the same for every scope, since they hold nothing about any person. */
const COUNTS: Interest = {
  scopes: ['events:read'],
  isTold: (message) => message.kind !== 'erasure' && (message.kind !== 'revision' || message.revision.isRecounted),
};
/** A scheduled cancellation is an event but not yet counted as a cancellation. */
const CANCELLATIONS: Interest = {
  ...COUNTS,
  isTold: (message) => COUNTS.isTold(message) && !(message.kind === 'event' && isScheduled(message.event)),
};
/** The messages that also count other events than cancellations. */
const OF_EVERY_TYPE: ReadonlySet<string> = new Set(['CountChange', 'EventCountChange']);

interface ChangesAsked {
  readonly after?: string | null | undefined;
  readonly timeZone?: string | null | undefined;
  readonly filter?: Listed;
}

interface ChangeNeeds {
  readonly cancellation: CancellationTypes;
  readonly stream: StreamTypes;
  readonly activity: ActivityTypes;
  /** The names of the types of events. */
  readonly shapes: ReadonlySet<string>;
}

/** `Subscription.activity`: the changes to add to the counts of the query. */
export function addActivityChanges(builder: Builder, { cancellation, stream, activity, shapes }: ChangeNeeds): void {
  const { Kind } = cancellation;
  const MESSAGE = [stream.StreamMessage, stream.ActivityMessage] as const;
  const { Size, Filter, Money, zoneOf } = activity;

  const CountChangeType = builder.interfaceRef<CountChange>('CountChange').implement({
    description:
      'An event was recorded. Add it to `types` and `events` of the bucket that begins at `startsAt`, which may be an older bucket.',
    interfaces: [...MESSAGE],
    fields: (t) => ({
      startsAt: t.field({ type: 'DateTime', resolve: ({ startsAt }) => startsAt }),
      endsAt: t.field({ type: 'DateTime', resolve: ({ endsAt }) => endsAt }),
      source: t.exposeString('source'),
      provider: t.exposeString('provider'),
      typename: t.exposeString('typename', { description: 'The name of the event’s type, such as `TicketChange`.' }),
      happened: t.exposeString('happened', { nullable: true, description: HAPPENED }),
      events: t.exposeInt('events'),
      amounts: t.field({
        type: [Money],
        description: 'The amount of the event.',
        complexity: { multiplier: CURRENCIES },
        resolve: (change) => [...change.amounts],
      }),
      unsummed: t.exposeInt('unsummed', { description: UNSUMMED }),
    }),
  });
  builder.objectRef<CountChange>('EventCountChange').implement({
    description: 'An event was recorded that is not a cancellation.',
    interfaces: [...MESSAGE, CountChangeType],
  });
  builder.objectRef<ActivityChange>('ActivityChange').implement({
    description:
      'A cancellation was recorded. Add it to the bucket that begins at `startsAt`, which may be an older bucket.',
    interfaces: [...MESSAGE, CountChangeType],
    fields: (t) => ({
      kind: t.expose('kind', { type: Kind }),
      cancellations: t.exposeInt('cancellations'),
      refundsExpected: t.exposeInt('refundsExpected'),
    }),
  });
  builder.objectRef<Recount>('Recount').implement({
    description:
      'An older event was reprocessed, so the counts of the bucket that begins at `startsAt` have changed. Run the query again, and subscribe from its new `head`. The message has no difference to add, since a subscriber that catches up has already been given the event in its new form.',
    interfaces: [...MESSAGE],
    fields: (t) => ({
      startsAt: t.field({ type: 'DateTime', resolve: ({ startsAt }) => startsAt }),
      endsAt: t.field({ type: 'DateTime', resolve: ({ endsAt }) => endsAt }),
    }),
  });
  builder.subscriptionField('activity', (t) =>
    t.field({
      type: stream.ActivityMessage,
      description:
        `Live changes to the counts of \`Query.activity\`. ${RESUME} Sends ActivityChange, Recount, CaughtUp and Gap; and ` +
        'EventCountChange, if the document selects CountChange or EventCountChange.',
      args: {
        after: t.arg.string(),
        bucket: t.arg({ type: Size, required: true }),
        timeZone: t.arg.string({ defaultValue: 'UTC', description: ZONE }),
        filter: t.arg({ type: Filter }),
      },
      ...following<ChangesAsked>(({ after, timeZone, filter }, asked) => {
        // An unknown time zone is refused now, and not with each message.
        zoneOf(timeZone);
        const wanted = toFilter(filter, shapes);
        // A client that counts only cancellations gets no messages about other events.
        const told = asksFor(asked, OF_EVERY_TYPE) ? wanted : { kinds: KINDS, ...wanted };
        return {
          after: cursorArgument(after) ?? null,
          filter: told,
          interest: told.kinds ? CANCELLATIONS : COUNTS,
        };
      }),
      resolve: (message, { bucket, timeZone }) => {
        if (message.kind === 'revision') {
          const { startsAt, endsAt } = bucketAt(zoneOf(timeZone), bucket, message.event.occurredAt.at);
          return { __typename: 'Recount', cursor: encodeCursor(message.cursor), startsAt, endsAt };
        }
        return toStreamMessage(message, (event, cursor) => {
          const { source, provider, shape, occurredAt, happened, worth } = event;
          const change = {
            cursor,
            ...bucketAt(zoneOf(timeZone), bucket, occurredAt.at),
            source,
            provider,
            typename: shape,
            happened,
            events: 1,
            amounts: amountsOf(worth),
            unsummed: worth?.units === null ? 1 : 0,
          };
          if (event.kind === null || isScheduled(event)) return { __typename: 'EventCountChange', ...change };
          const { kind, data } = event as CancellationEvent;
          const refundsExpected = data['refundExpected'] === true ? 1 : 0;
          return { __typename: 'ActivityChange', ...change, kind, cancellations: 1, refundsExpected };
        });
      },
    }),
  );
}
