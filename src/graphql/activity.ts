import { MINUTE, MOST_SPANS, QUARTER, type Tally } from '../events/activity.ts';
import {
  BUCKET_SIZES,
  type Bucket,
  type BucketSize,
  LENGTH,
  MOST_BUCKETS,
  bucketAt,
  edgesBetween,
} from '../events/buckets.ts';
import { KINDS } from '../events/cancellation.ts';
import { encodeCursor } from '../events/cursor.ts';
import { TimeZones } from '../events/time-zone.ts';
import type { Builder } from './builder.ts';
import type { CancellationEvent, CancellationTypes } from './cancellation.ts';
import { type Interest, cursorArgument } from './context.ts';
import { SORTS } from './cost.ts';
import { MOST_LISTED, toFilter } from './filter.ts';
import type { ActivityChange, StreamTypes } from './stream-message.ts';
import { RESUME, toStreamMessage } from './subscriptions.ts';

/** Counts are the same for every scope, and nothing in them is of anybody. */
const COUNTS: Interest = { scopes: ['events:read'], erasures: false, scheduled: false };

const ZONE = 'Whose clocks say where hours and days begin: an IANA name such as `America/Sao_Paulo`.';

interface CountedBucket extends Bucket {
  readonly counts: readonly Tally[];
}

/** `Query.activity` and `Subscription.activity`: how many cancellations occurred when, for charts. */
export function addActivity(builder: Builder, { Kind }: CancellationTypes, { StreamMessage }: StreamTypes): void {
  const zones = new TimeZones();
  const zoneOf = (name: string | null | undefined) => zones.find(name ?? 'UTC');

  const Size = builder.enumType('BucketSize', {
    description: 'Hours and days are shorter or longer where clocks are put forth or back.',
    values: BUCKET_SIZES,
  });
  const Filter = builder.inputType('ActivityFilter', {
    description:
      'Which cancellations are counted. A list that is left out wants all, an empty one wants none, and a cancellation ' +
      `must be wanted by every list, which has ${MOST_LISTED} values at most.`,
    fields: (t) => ({
      providers: t.stringList(),
      sources: t.stringList(),
      tenants: t.idList(),
      kinds: t.field({ type: [Kind] }),
    }),
  });

  const Count = builder.objectRef<Tally>('ActivityCount').implement({
    description: 'The cancellations of one source and kind in a bucket.',
    fields: (t) => ({
      source: t.exposeString('source'),
      provider: t.exposeString('provider'),
      kind: t.expose('kind', { type: Kind }),
      cancellations: t.exposeInt('cancellations'),
      refundsExpected: t.exposeInt('refundsExpected'),
    }),
  });
  const CountedBucketType = builder.objectRef<CountedBucket>('ActivityBucket').implement({
    description: 'The cancellations that occurred at `startsAt` or after it, and before `endsAt`.',
    fields: (t) => ({
      startsAt: t.field({ type: 'DateTime', resolve: ({ startsAt }) => startsAt }),
      endsAt: t.field({ type: 'DateTime', resolve: ({ endsAt }) => endsAt }),
      cancellations: t.int({
        resolve: ({ counts }) => counts.reduce((sum, { cancellations }) => sum + cancellations, 0),
      }),
      refundsExpected: t.int({
        description: 'Of them, those that say that the customer gets money back.',
        resolve: ({ counts }) => counts.reduce((sum, { refundsExpected }) => sum + refundsExpected, 0),
      }),
      counts: t.field({
        type: [Count],
        description: 'The same by source and kind; those that there were none of are left out.',
        complexity: { multiplier: SORTS },
        resolve: ({ counts }) => [...counts],
      }),
    }),
  });
  const Activity = builder.objectRef<{ buckets: CountedBucket[]; head: string }>('Activity').implement({
    description: 'How many cancellations occurred when.',
    fields: (t) => ({
      buckets: t.field({
        type: [CountedBucketType],
        description: 'Ascending and without gaps: those in which nothing occurred are there as well.',
        complexity: { multiplier: 1 },
        resolve: ({ buckets }) => buckets,
      }),
      head: t.exposeString('head', {
        description:
          "The log's head when it was counted. Subscribe to `activity` with `after: head`, and each ActivityChange is " +
          'to be added to these counts.',
      }),
    }),
  });

  builder.queryField('activity', (t) =>
    t.field({
      type: Activity,
      description:
        'How many cancellations occurred when (`occurredAt`), of those that are retained. One that is scheduled is counted ' +
        'when it takes effect. `from` is moved down and `to` up to where a bucket begins. ' +
        `At most ${MOST_BUCKETS} buckets, and 104 days.`,
      args: {
        from: t.arg({ type: 'DateTime', required: true }),
        to: t.arg({ type: 'DateTime', required: true }),
        bucket: t.arg({ type: Size, required: true }),
        timeZone: t.arg.string({ defaultValue: 'UTC', description: ZONE }),
        filter: t.arg({ type: Filter }),
      },
      complexity: costOfBuckets,
      resolve: async (_root, { from, to, bucket, timeZone, filter }, context) => {
        const edges = edgesBetween(zoneOf(timeZone), bucket, from, to);
        const { tallies, head } = await context.activity({ edges, filter: toFilter(filter) });
        const byBucket = Map.groupBy(tallies, (tally) => tally.from);
        const buckets = edges.slice(1).map((endsAt, index) => {
          const startsAt = edges[index]!;
          return { startsAt, endsAt, counts: byBucket.get(startsAt) ?? [] };
        });
        return { buckets, head: encodeCursor(head) };
      },
    }),
  );

  builder.objectRef<ActivityChange>('ActivityChange').implement({
    description:
      'A cancellation was recorded: to be added to the bucket that begins at `startsAt`, which need not be the newest.',
    interfaces: [StreamMessage],
    fields: (t) => ({
      startsAt: t.field({ type: 'DateTime', resolve: ({ startsAt }) => startsAt }),
      endsAt: t.field({ type: 'DateTime', resolve: ({ endsAt }) => endsAt }),
      source: t.exposeString('source'),
      provider: t.exposeString('provider'),
      kind: t.expose('kind', { type: Kind }),
      cancellations: t.exposeInt('cancellations'),
      refundsExpected: t.exposeInt('refundsExpected'),
    }),
  });
  builder.subscriptionField('activity', (t) =>
    t.field({
      type: StreamMessage,
      description: `What is to be added to the counts of the query, live. ${RESUME} Sends ActivityChange, CaughtUp and Gap.`,
      args: {
        after: t.arg.string(),
        bucket: t.arg({ type: Size, required: true }),
        timeZone: t.arg.string({ defaultValue: 'UTC', description: ZONE }),
        filter: t.arg({ type: Filter }),
      },
      subscribe: (_root, { after, timeZone, filter }, context) => {
        // Refused now, and not with each message.
        zoneOf(timeZone);
        return context.follow(cursorArgument(after) ?? null, { kinds: KINDS, ...toFilter(filter) }, COUNTS);
      },
      resolve: (message, { bucket, timeZone }) =>
        toStreamMessage(message, (event, cursor) => {
          const { source, provider, occurredAt, kind, data } = event as CancellationEvent;
          return {
            __typename: 'ActivityChange',
            cursor,
            ...bucketAt(zoneOf(timeZone), bucket, occurredAt.at),
            source,
            provider,
            kind,
            cancellations: 1,
            refundsExpected: data['refundExpected'] === true ? 1 : 0,
          };
        }),
    }),
  );
}

/** What is counted is looked up by spans of the index, and what is answered has as many buckets as it says. */
function costOfBuckets({ from, to, bucket }: { from: number; to: number; bucket: BucketSize }) {
  const time = Math.max(to - from, 0);
  return {
    field: Math.min(Math.ceil(time / (bucket === 'MINUTE' ? MINUTE : QUARTER)) + 1, MOST_SPANS),
    multiplier: Math.min(Math.ceil(time / LENGTH[bucket]) + 1, MOST_BUCKETS),
  };
}
