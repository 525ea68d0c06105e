import { objectOf } from '../declaration/member.ts';
import { MINUTE, MOST_SPANS, QUARTER, type Tally } from '../events/activity.ts';
import { BUCKET_SIZES, type Bucket, type BucketSize, LENGTH, MOST_BUCKETS, edgesBetween } from '../events/buckets.ts';
import { KINDS } from '../events/cancellation.ts';
import { encodeCursor } from '../events/cursor.ts';
import { TimeZones } from '../events/time-zone.ts';
import { money } from '../types/money.ts';
import {
  HAPPENED,
  type KindCount,
  type TypeCount,
  UNSUMMED,
  eventsIn,
  kindCounts,
  typeCounts,
} from './activity-counts.ts';
import type { Builder } from './builder.ts';
import type { CancellationTypes } from './cancellation.ts';
import { CURRENCIES, SORTS, MOST_LISTED } from '../execution/cost.ts';
import type { InputExtensions } from '../execution/unknown-members.ts';
import type { Declared } from './declared.ts';
import { toFilter } from './filter.ts';
import { asksFor } from './selection.ts';

export const ZONE = 'The time zone in which hours and days begin: an IANA name, such as `America/Sao_Paulo`.';

const NOT_COUNTED =
  'Counts are kept by these lists only: to count what a search, a subject or a provider’s own type finds, read the pages of `events`.';

/** The fields of a bucket that also count other events than cancellations. */
const OF_EVERY_TYPE: ReadonlySet<string> = new Set(['events', 'types']);

interface CountedBucket extends Bucket {
  readonly tallies: readonly Tally[];
  readonly counts: readonly KindCount[];
}

interface ActivityNeeds {
  readonly declared: Declared;
  readonly cancellation: CancellationTypes;
  /** The names of the types of events. */
  readonly shapes: ReadonlySet<string>;
}

export type ActivityTypes = ReturnType<typeof addActivity>;

/** `Query.activity`: how many events occurred when, and what they were worth, for charts. */
export function addActivity(builder: Builder, { declared, cancellation, shapes }: ActivityNeeds) {
  const { Kind } = cancellation;
  const Money = declared.object(objectOf(money));
  const zones = new TimeZones();
  const zoneOf = (name: string | null | undefined) => zones.find(name ?? 'UTC');

  const Size = builder.enumType('BucketSize', {
    description: 'The size of a bucket. An hour or a day is shorter or longer when clocks change.',
    values: BUCKET_SIZES,
  });
  const Filter = builder.inputType('ActivityFilter', {
    description:
      'Which events are counted. An event must match every list. A list that is left out matches all events, and an empty ' +
      `list matches none. A list has at most ${MOST_LISTED} values. The lists mean the same as in \`EventFilter\`. ${NOT_COUNTED}`,
    extensions: { instead: NOT_COUNTED } satisfies InputExtensions,
    fields: (t) => ({
      providers: t.stringList(),
      sources: t.stringList(),
      tenants: t.idList(),
      typenames: t.stringList({ description: 'Names of types in this schema, such as `TicketChange`.' }),
      kinds: t.field({ type: [Kind], description: 'Only cancellations of these kinds.' }),
      happened: t.stringList({
        description: 'Words for what happened, such as `PAID` or `REFUNDED`, as `TypeCount.happened` has them.',
      }),
    }),
  });

  const Count = builder.objectRef<KindCount>('ActivityCount').implement({
    description: 'The cancellations of one source and kind in a bucket.',
    fields: (t) => ({
      source: t.exposeString('source'),
      provider: t.exposeString('provider'),
      kind: t.expose('kind', { type: Kind }),
      cancellations: t.exposeInt('cancellations'),
      refundsExpected: t.exposeInt('refundsExpected'),
    }),
  });
  const TypeCountType = builder.objectRef<TypeCount>('TypeCount').implement({
    description: 'The events of one source, one type and one `happened` in a bucket.',
    fields: (t) => ({
      source: t.exposeString('source'),
      provider: t.exposeString('provider'),
      typename: t.exposeString('typename', { description: 'The name of the events’ type, such as `TicketChange`.' }),
      happened: t.exposeString('happened', { nullable: true, description: HAPPENED }),
      events: t.exposeInt('events'),
      amounts: t.field({
        type: [Money],
        description:
          'The exact sum of their amounts in each currency, as decimal numbers without trailing zeros: `1234.5`. Only of types that declare an amount.',
        complexity: { multiplier: CURRENCIES },
        resolve: (count) => [...count.amounts],
      }),
      unsummed: t.exposeInt('unsummed', { description: UNSUMMED }),
    }),
  });
  const CountedBucketType = builder.objectRef<CountedBucket>('ActivityBucket').implement({
    description: 'The events that occurred at `startsAt` or after it, and before `endsAt`.',
    fields: (t) => ({
      startsAt: t.field({ type: 'DateTime', resolve: ({ startsAt }) => startsAt }),
      endsAt: t.field({ type: 'DateTime', resolve: ({ endsAt }) => endsAt }),
      cancellations: t.int({
        resolve: ({ counts }) => counts.reduce((sum, { cancellations }) => sum + cancellations, 0),
      }),
      refundsExpected: t.int({
        description: 'How many of these cancellations say that the customer gets money back.',
        resolve: ({ counts }) => counts.reduce((sum, { refundsExpected }) => sum + refundsExpected, 0),
      }),
      counts: t.field({
        type: [Count],
        description:
          'The counts of cancellations by source and kind. Combinations without a cancellation are left out.',
        complexity: { multiplier: SORTS },
        resolve: ({ counts }) => [...counts],
      }),
      events: t.int({
        description: 'Events of every type, cancellations included.',
        resolve: ({ tallies }) => eventsIn(tallies),
      }),
      types: t.field({
        type: [TypeCountType],
        description:
          'The counts of events by source, type and what happened, with sums of money. Combinations without an event are left out.',
        complexity: { multiplier: SORTS },
        resolve: ({ tallies }) => typeCounts(tallies),
      }),
    }),
  });
  const Activity = builder.objectRef<{ buckets: CountedBucket[]; head: string }>('Activity').implement({
    description: 'Counts of events by time.',
    fields: (t) => ({
      buckets: t.field({
        type: [CountedBucketType],
        description:
          'All buckets between `from` and `to`, in ascending order. A bucket without events is included, with zeros.',
        complexity: { multiplier: 1 },
        resolve: ({ buckets }) => buckets,
      }),
      head: t.exposeString('head', {
        description:
          "The log's head when it was counted. Subscribe to `activity` with `after: head`, and add each ActivityChange and " +
          'CountChange to these counts.',
      }),
    }),
  });

  builder.queryField('activity', (t) =>
    t.field({
      type: Activity,
      description:
        'Counts of events by time (`occurredAt`), of the events that the log retains. A scheduled cancellation counts as a ' +
        'cancellation when it takes effect. `from` is moved back, and `to` forward, to the start of a bucket. ' +
        `At most ${MOST_BUCKETS} buckets and 104 days.`,
      args: {
        from: t.arg({ type: 'DateTime', required: true }),
        to: t.arg({ type: 'DateTime', required: true }),
        bucket: t.arg({ type: Size, required: true }),
        timeZone: t.arg.string({ defaultValue: 'UTC', description: ZONE }),
        filter: t.arg({ type: Filter }),
      },
      complexity: costOfBuckets,
      resolve: async (_root, { from, to, bucket, timeZone, filter }, context, info) => {
        const edges = edgesBetween(zoneOf(timeZone), bucket, from, to);
        const wanted = toFilter(filter, shapes);
        // Only cancellations have a kind. If the query asks for nothing else, the index skips the rows of other sorts.
        const counted = asksFor(info, OF_EVERY_TYPE) ? wanted : { kinds: KINDS, ...wanted };
        const { tallies, head } = await context.activity({ edges, filter: counted });
        const byBucket = Map.groupBy(tallies, (tally) => tally.from);
        const buckets = edges.slice(1).map((endsAt, index) => {
          const startsAt = edges[index]!;
          const within = byBucket.get(startsAt) ?? [];
          return { startsAt, endsAt, tallies: within, counts: kindCounts(within) };
        });
        return { buckets, head: encodeCursor(head) };
      },
    }),
  );

  return { Size, Filter, Money, zoneOf };
}

/** The count reads the index span by span, and the answer has one item for each bucket. */
function costOfBuckets({ from, to, bucket }: { from: number; to: number; bucket: BucketSize }) {
  const time = Math.max(to - from, 0);
  return {
    field: Math.min(Math.ceil(time / (bucket === 'MINUTE' ? MINUTE : QUARTER)) + 1, MOST_SPANS),
    multiplier: Math.min(Math.ceil(time / LENGTH[bucket]) + 1, MOST_BUCKETS),
  };
}
