import { type AnswerCount, HOUR, hourOf } from '../events/answer-count.ts';
import type { Reconciliation } from '../events/reconciliation.ts';
import type { Silence } from '../events/told-silence.ts';
import type { Builder } from './builder.ts';
import type { Source } from '../execution/context.ts';
import { READ } from '../execution/cost.ts';
import { type Outcome, addOutcome, outcomeOf } from './outcomes.ts';
import { addSourceOperations } from './source-operations.ts';

/** The assumed number of sources, and of different answers of each. */
const SOURCES = 10;
const WAYS = 5;

const TROUBLES = {
  REFUSED: { description: 'The API does not accept the key, or the key may not read what is needed.' },
  BUSY: { description: 'The API was asked too often. The gateway waits before it asks again.' },
  UNAVAILABLE: { description: 'The API cannot be reached, takes too long, or fails.' },
  NONSENSE: { description: 'The answer of the API is not what it documents.' },
} as const;

/** The deliveries of one source that got the same answer. */
interface Answered {
  readonly outcome: Outcome;
  readonly lastAt: number;
  readonly lastHour: number;
  readonly lastDay: number;
}

/** `Query.sources`: the configured sources, and the state of each. */
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

  const SilenceType = builder.objectRef<Silence>('SourceSilence').implement({
    description: 'That nothing has come from a source for longer than is usual for it at these hours of the week.',
    fields: (t) => ({
      since: t.field({ type: 'DateTime', description: 'When its last delivery came.', resolve: ({ since }) => since }),
      expected: t.exposeInt('expected', {
        description: 'How many deliveries would have come since then in usual weeks.',
      }),
    }),
  });

  const TroubleType = builder.enumType('ReconciliationTrouble', {
    description: 'Why the API of a provider gave no usable answer.',
    values: TROUBLES,
  });

  const WebhookStateType = builder.enumType('WebhookState', {
    description: 'Whether the provider says that it sends its webhooks to this source.',
    values: {
      ON: { description: 'They are sent.' },
      OFF: { description: 'They are switched off at the provider: switch them on again there.' },
    },
  });

  const MissedType = builder.objectRef<readonly [string, number]>('MissedEvents').implement({
    description: 'The number of events of one type that no webhook had brought.',
    fields: (t) => ({
      type: t.string({ description: "The provider's name of the events.", resolve: ([type]) => type }),
      count: t.int({ resolve: ([, count]) => count }),
    }),
  });

  const ReconciliationType = builder.objectRef<Reconciliation>('SourceReconciliation').implement({
    description: 'How far a source has been compared with the API of its provider.',
    fields: (t) => ({
      runAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When the last run began.',
        resolve: ({ runAt }) => runAt,
      }),
      completedAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When the last complete run began. All events until shortly before that are recorded.',
        resolve: ({ completedAt }) => completedAt,
      }),
      trouble: t.field({
        type: TroubleType,
        nullable: true,
        description: 'Why the last try failed; null if it did not.',
        resolve: ({ trouble }) => (isTrouble(trouble) ? trouble : null),
      }),
      webhook: t.field({ type: WebhookStateType, nullable: true, resolve: ({ webhook }) => webhook }),
      missed: t.field({
        type: [MissedType],
        description:
          'The events that no webhook had brought, in all runs. They were recorded with the origin RECONCILED.',
        resolve: ({ missed }) => Object.entries(missed),
      }),
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
        description: 'The part that only operators see. Null without the scope `ops` and a token for every tenant.',
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
      silence: t.field({
        type: SilenceType,
        nullable: true,
        description:
          'Set if nothing has come from the source for longer than usual. Null otherwise, if the source has too little history to tell, and without the scope `ops` and a token for every tenant.',
        resolve: ({ name }, _args, context) => context.silence(name),
      }),
      isReconciled: t.exposeBoolean('isReconciled', {
        description:
          'Whether the source is compared with the API of its provider, so that what webhooks miss is recorded.',
      }),
      reconciliation: t.field({
        type: ReconciliationType,
        nullable: true,
        description:
          'Null before the first comparison with the API of the provider, and without the scope `ops` and a token for every tenant.',
        complexity: READ,
        resolve: async ({ name }, _args, context) =>
          (await context.reconciliations())?.find(({ source }) => source === name) ?? null,
      }),
    }),
  });

  builder.queryField('sources', (t) =>
    t.field({
      type: [SourceType],
      description:
        'The sources that are configured. A token for some tenants gets the sources that have events of these tenants.',
      // Each source costs a read, as in `lastEventAt`.
      complexity: { field: SOURCES * READ, multiplier: SOURCES },
      resolve: async (_root, _args, context) => [...(await context.sources())],
    }),
  );
}

function summarise(answers: readonly AnswerCount[], now: number): Answered[] {
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

function countSince(from: number, answers: readonly AnswerCount[]): number {
  return answers.reduce((sum, { hour, count }) => sum + (hour >= from ? count : 0), 0);
}

function isTrouble(trouble: string | null): trouble is keyof typeof TROUBLES {
  return trouble !== null && Object.hasOwn(TROUBLES, trouble);
}
