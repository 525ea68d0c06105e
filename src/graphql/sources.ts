import { HTTP } from '../errors.ts';
import { type Answer, HOUR, hourOf } from '../events/answer.ts';
import type { Builder } from './builder.ts';
import type { Source } from './context.ts';
import { READ } from './cost.ts';

/** How many sources there are taken to be, and in how many ways each has answered. */
const SOURCES = 10;
const WAYS = 5;

type Outcome = keyof typeof OUTCOMES;
const OUTCOMES = {
  ACCEPTED: { description: 'Recorded as an event.' },
  DUPLICATE: { description: 'Its event had been recorded before.' },
  IGNORED: { description: 'Authentic, and nothing that is wanted.' },
  QUARANTINED: { description: 'Authentic, and kept until the code understands it.' },
  PONG: { description: "A check of the provider's." },
  UNAUTHORISED: { description: 'It could not be authenticated.' },
  REFUSED: { description: 'Not of the form that the provider sends.' },
  UNAVAILABLE: { description: 'It could not be taken just then, and the provider was asked to send it again.' },
} as const;

/** How the deliveries of one source were answered in one way. */
interface Answered {
  readonly outcome: Outcome;
  readonly lastAt: number;
  readonly lastHour: number;
  readonly lastDay: number;
}

/** `Query.sources`: what is configured, and how each fares. */
export function addSources(builder: Builder): void {
  const OutcomeType = builder.enumType('DeliveryOutcome', {
    description: 'How a delivery was answered.',
    values: OUTCOMES,
  });

  const AnswerType = builder.objectRef<Answered>('SourceAnswer').implement({
    description: 'How often deliveries were answered in one way, by all gateways together. Counted by whole hours.',
    fields: (t) => ({
      outcome: t.expose('outcome', { type: OutcomeType }),
      lastAt: t.field({ type: 'DateTime', resolve: ({ lastAt }) => lastAt }),
      lastHour: t.exposeInt('lastHour', { description: 'In the hour that runs, and the one before.' }),
      lastDay: t.exposeInt('lastDay', { description: 'In the hour that runs, and the 24 before.' }),
    }),
  });

  const SourceType = builder.objectRef<Source>('Source').implement({
    description: 'One endpoint that a provider posts to.',
    fields: (t) => ({
      name: t.exposeString('name'),
      provider: t.exposeString('provider'),
      isSigned: t.exposeBoolean('isSigned', {
        description:
          'Whether its sender signs deliveries, or gives a token with them. If not, anybody who learns its URL can send anything.',
      }),
      lastEventAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When the newest event that it recorded was received, of those that the token may see.',
        complexity: READ,
        resolve: (source, _args, context) => context.lastEventAt(source),
      }),
      answers: t.field({
        type: [AnswerType],
        nullable: true,
        description:
          'How its deliveries were answered in the last thirty days, newest first. Null without the scope `ops` and a token ' +
          'for every tenant: deliveries that were refused are nobody’s.',
        complexity: { field: READ, multiplier: WAYS },
        resolve: async ({ name }, _args, context) => {
          const answers = await context.answers();
          return (
            answers &&
            summarise(
              answers.filter(({ source }) => source === name),
              context.now(),
            )
          );
        },
      }),
    }),
  });

  builder.queryField('sources', (t) =>
    t.field({
      type: [SourceType],
      description: 'The sources that are configured; for a token of some tenants, those that have events of these.',
      // Each is looked at, as `lastEventAt` does.
      complexity: { field: SOURCES * READ, multiplier: SOURCES },
      resolve: async (_root, _args, context) => [...(await context.sources())],
    }),
  );
}

function summarise(answers: readonly Answer[], now: number): Answered[] {
  const hour = hourOf(now);
  return [...Map.groupBy(answers, outcomeOf)]
    .map(([outcome, some]) => ({
      outcome,
      lastAt: Math.max(...some.map(({ lastAt }) => lastAt)),
      lastHour: countSince(hour - HOUR, some),
      lastDay: countSince(hour - 24 * HOUR, some),
    }))
    .toSorted((one, other) => other.lastAt - one.lastAt);
}

function countSince(from: number, answers: readonly Answer[]): number {
  return answers.reduce((sum, { hour, count }) => sum + (hour >= from ? count : 0), 0);
}

/** What is recorded is a receipt's status, or the code of a problem, in lower case. */
function outcomeOf({ outcome }: Answer): Outcome {
  const name = outcome.toUpperCase();
  if (name === 'SIGNATURE_INVALID') return 'UNAUTHORISED';
  if (Object.hasOwn(OUTCOMES, name)) return name as Outcome;
  const { status } = Object.hasOwn(HTTP, name) ? HTTP[name as keyof typeof HTTP] : { status: 400 };
  return status === 503 || status === 429 ? 'UNAVAILABLE' : 'REFUSED';
}
