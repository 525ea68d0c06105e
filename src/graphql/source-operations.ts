import { type AnswerCount, HOUR, hourOf } from '../events/answer-count.ts';
import type { Paused } from '../events/paused.ts';
import type { RecentDelivery } from '../events/recent.ts';
import type { Builder } from './builder.ts';
import { READ } from '../execution/cost.ts';
import type { SourceState } from '../operator/sources.ts';
import { type Outcome, type addOutcome, outcomeOf } from './outcomes.ts';

/** How many hours the answer covers if the query doesn't say, and at most. */
const HOURS = { usual: 24, most: 168 };
/** The assumed number of deliveries that a gateway remembers, of headers of each, and of samples. */
const DELIVERIES = 20;
const HEADERS = 8;
const SAMPLES = 5;

const WHAT = 'Sources take deliveries of every tenant';
const OPERATOR = 'Needs the scope `ops` and a token for every tenant.';

type Header = RecentDelivery['headers'][number];
type Operations = SourceState & { readonly name: string };

/** The deliveries of one source that got the same answer within one hour. */
interface Hour {
  readonly from: number;
  readonly outcome: Outcome;
  readonly count: number;
}

/** What operators see of a source and can do with it. */
export function addSourceOperations(builder: Builder, OutcomeType: ReturnType<typeof addOutcome>) {
  const Secret = builder.enumType('SourceSecret', {
    description: 'How the deliveries of a source are authenticated.',
    values: {
      SET: { description: 'By a secret, a key or a token that is set at the gateway.' },
      BROUGHT: { description: 'By a secret that the sender has brought in its handshake.' },
      AWAITED: { description: 'The sender has not made its handshake yet, so that no delivery is taken.' },
      NONE: { description: 'The sender does not sign deliveries.' },
    },
  });
  const Pause = builder.objectRef<Paused>('SourcePause').implement({
    description: 'That a source is paused: its deliveries are answered 503, and their sender tries again later.',
    fields: (t) => ({
      at: t.field({ type: 'DateTime', resolve: ({ at }) => at }),
      reason: t.exposeString('reason', { nullable: true }),
      osUser: t.exposeString('osUser', {
        nullable: true,
        description: 'The user of the machine who ran the command. Null if it was paused with a token.',
      }),
      tokenId: t.exposeString('tokenId', { nullable: true, description: 'The id of that token, if it has one.' }),
    }),
  });
  const HourType = builder.objectRef<Hour>('SourceHour').implement({
    description: 'How many deliveries were answered in one way in one hour, by all gateways together.',
    fields: (t) => ({
      from: t.field({ type: 'DateTime', description: 'The beginning of the hour.', resolve: ({ from }) => from }),
      outcome: t.expose('outcome', { type: OutcomeType }),
      count: t.exposeInt('count'),
    }),
  });
  const HeaderType = builder.objectRef<Header>('DeliveryHeader').implement({
    description: 'A header of a delivery.',
    fields: (t) => ({
      name: t.exposeString('name'),
      value: t.exposeString('value', {
        nullable: true,
        description: 'Null if it is withheld: it may be a signature, a token or personal data.',
      }),
    }),
  });
  const step = { nullable: true, description: 'Milliseconds. Null if the delivery did not come so far.' } as const;
  const Delivery = builder.objectRef<RecentDelivery>('RecentDelivery').implement({
    description: 'A delivery that was answered lately. Its body is not kept.',
    fields: (t) => ({
      at: t.field({ type: 'DateTime', description: 'When it was answered.', resolve: ({ at }) => at }),
      requestId: t.exposeString('requestId', { description: 'The id under which the log of the gateway has it.' }),
      outcome: t.field({ type: OutcomeType, resolve: (delivery) => outcomeOf(delivery) }),
      code: t.exposeString('outcome', {
        description: 'The same in more detail: the code of a refusal, in lower case.',
      }),
      status: t.exposeInt('status', { description: 'The HTTP status of the answer.' }),
      type: t.exposeString('type', { nullable: true, description: "The provider's own name of the event." }),
      eventId: t.exposeString('eventId', { nullable: true }),
      verify: t.exposeFloat('verify', step),
      normalise: t.exposeFloat('normalise', step),
      append: t.exposeFloat('append', step),
      total: t.exposeFloat('total', { description: 'Milliseconds until it was answered.' }),
      headers: t.field({
        type: [HeaderType],
        complexity: { multiplier: HEADERS },
        resolve: ({ headers }) => [...headers],
      }),
      isSample: t.exposeBoolean('isSample', { description: 'Whether an operator had the gateway send it.' }),
    }),
  });
  const OperationsType = builder.objectRef<Operations>('SourceOperations').implement({
    description: 'The part of a source that only operators see.',
    fields: (t) => ({
      url: t.exposeString('url', {
        nullable: true,
        description:
          'The URL that the provider is to send to. Null if PUBLIC_URL is not set. A secret that stands in the URL is left out.',
      }),
      path: t.exposeString('path', { description: 'The path of that URL.' }),
      secret: t.expose('secret', { type: Secret }),
      handshakeAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When the sender brought its secret last.',
        resolve: ({ handshakeAt }) => handshakeAt,
      }),
      pause: t.field({ type: Pause, nullable: true, resolve: ({ paused }) => paused }),
      drift: t.exposeInt('drift', { description: 'The number of fields that are not expected.' }),
      refused: t.exposeInt('refused', {
        description: 'The number of deliveries that were refused for their signature and are kept (KEEP_REFUSED).',
      }),
      hours: t.field({
        type: [HourType],
        description: `How deliveries were answered by hour, oldest first: in the current hour and the hours before; ${HOURS.most} at most.`,
        args: { last: t.arg.int({ defaultValue: HOURS.usual }) },
        complexity: { field: READ, multiplier: HOURS.usual },
        resolve: async ({ name }, { last }, context) => {
          const hours = Math.min(Math.max(last ?? HOURS.usual, 0), HOURS.most);
          const from = hourOf(context.now()) - (hours - 1) * HOUR;
          return hoursOf((await context.answers()) ?? [], name, from);
        },
      }),
      deliveries: t.field({
        type: [Delivery],
        description:
          'The last deliveries to this gateway, newest first: 40 that were accepted and 20 that were refused. The workers of a gateway remember them together, other gateways have their own. They are lost when the gateway ends.',
        complexity: { field: READ, multiplier: DELIVERIES },
        resolve: async ({ name }, _args, context) => [...(await context.operator(WHAT).deliveries(name))],
      }),
      samples: t.stringList({
        description:
          'The events that `sendSample` can send. Empty if this gateway takes no samples, or cannot sign them.',
        complexity: { multiplier: SAMPLES },
        resolve: ({ name }, _args, context) => [...context.operator(WHAT).samples(name)],
      }),
    }),
  });
  const Sent = builder.objectRef<{ readonly status: string; readonly id: string | null }>('SentSample').implement({
    description: 'The result of sending a sample.',
    fields: (t) => ({
      status: t.exposeString('status', { description: 'accepted, duplicate, ignored, quarantined or pong.' }),
      eventId: t.exposeString('id', {
        nullable: true,
        description: 'The id of its event, or its number in quarantine.',
      }),
    }),
  });
  const name = { required: true, description: 'The name of the source.' } as const;
  builder.mutationFields((t) => ({
    pauseSource: t.field({
      type: Pause,
      description: `Pauses a source. All gateways answer its deliveries with 503 and Retry-After within a second, and after a restart as well, until it is resumed. Most providers try again for hours or days, some give up after a few tries. ${OPERATOR}`,
      args: { source: t.arg.string(name), reason: t.arg.string() },
      complexity: { field: READ },
      resolve: (_root, { source, reason = null }, context) => context.operator(WHAT).pause(source, reason),
    }),
    resumeSource: t.boolean({
      description: `Resumes a source, and returns whether it was paused. ${OPERATOR}`,
      args: { source: t.arg.string(name) },
      complexity: { field: READ },
      resolve: (_root, { source }, context) => context.operator(WHAT).resume(source),
    }),
    sendSample: t.field({
      type: Sent,
      description: `Sends a sample of an event to a source, signed with its own secret. It goes the way of any delivery, is recorded, and its event id begins with \`sample-\` if the provider's events have ids. Only if the gateway allows it (ALLOW_SAMPLES). ${OPERATOR}`,
      args: { source: t.arg.string(name), event: t.arg.string({ description: 'Without it, the first of `samples`.' }) },
      complexity: { field: READ },
      resolve: (_root, { source, event = null }, context) => context.operator(WHAT).sendSample(source, event),
    }),
  }));
  return OperationsType;
}

function hoursOf(answers: readonly AnswerCount[], name: string, from: number): Hour[] {
  const sums = new Map<string, Hour>();
  for (const answer of answers) {
    if (answer.source !== name || answer.hour < from) continue;
    const outcome = outcomeOf(answer);
    const key = `${answer.hour} ${outcome}`;
    sums.set(key, { from: answer.hour, outcome, count: answer.count + (sums.get(key)?.count ?? 0) });
  }
  return [...sums.values()].toSorted((one, other) => one.from - other.from);
}
