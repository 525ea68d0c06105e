import { type Answer, HOUR, hourOf } from '../events/answer.ts';
import type { Builder } from './builder.ts';
import type { Source } from './context.ts';
import { READ } from './cost.ts';
import { type Outcome, addOutcome, outcomeOf } from './outcomes.ts';
import { addSourceOperations } from './source-operations.ts';

/** How many sources there are taken to be, and in how many ways each has answered. */
const SOURCES = 10;
const WAYS = 5;

/** How the deliveries of one source were answered in one way. */
interface Answered {
  readonly outcome: Outcome;
  readonly lastAt: number;
  readonly lastHour: number;
  readonly lastDay: number;
}

/** `Query.sources`: what is configured, and how each fares. */
export function addSources(builder: Builder): void {
  const OutcomeType = addOutcome(builder);
  const Operations = addSourceOperations(builder, OutcomeType);

  const AnswerType = builder.objectRef<Answered>('SourceAnswer').implement({
    description: 'How many deliveries were answered in this way, by all gateways together. Counted by whole hours.',
    fields: (t) => ({
      outcome: t.expose('outcome', { type: OutcomeType }),
      lastAt: t.field({ type: 'DateTime', resolve: ({ lastAt }) => lastAt }),
      lastHour: t.exposeInt('lastHour', { description: 'In the current hour and the hour before.' }),
      lastDay: t.exposeInt('lastDay', { description: 'In the current hour and the 24 hours before.' }),
    }),
  });

  const SourceType = builder.objectRef<Source>('Source').implement({
    description: 'An endpoint that a provider posts to.',
    fields: (t) => ({
      name: t.exposeString('name'),
      provider: t.exposeString('provider'),
      isSigned: t.exposeBoolean('isSigned', {
        description:
          'Whether the sender signs its deliveries, or sends a token with them. If not, anybody who knows the URL can send events.',
      }),
      lastEventAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When its newest event was received, of the events that the token may see.',
        complexity: READ,
        resolve: (source, _args, context) => context.lastEventAt(source),
      }),
      operations: t.field({
        type: Operations,
        nullable: true,
        description: 'What operators see of it. Null without the scope `ops` and a token for every tenant.',
        complexity: { field: READ },
        resolve: async ({ name }, _args, context) => {
          const operator = context.operatorOrNull();
          return operator && { ...(await operator.source(name)), name };
        },
      }),
      answers: t.field({
        type: [AnswerType],
        nullable: true,
        description:
          'How its deliveries were answered in the last thirty days, newest first. Null without the scope `ops` and a token for every tenant, since a refused delivery has no tenant.',
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
      description:
        'The sources that are configured. A token for some tenants gets the sources that have events of these tenants.',
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
