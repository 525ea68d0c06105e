import type { DisclosedDelivery } from '../auth/viewer.ts';
import { HookcastError } from '../errors.ts';
import { type Issue, QUARANTINE_STATES } from '../events/quarantine.ts';
import type { Builder } from './builder.ts';
import { type PageOf, costOfPage, pageOf, stretchOf } from './connection.ts';
import { PAYLOAD } from './cost.ts';
import type { EventTypes } from './event.ts';
import { JsonTexts } from './json-text.ts';

const OPERATOR = 'Needs the scope `ops`, and a token for every tenant: whose it is may not show.';

type Page = PageOf<DisclosedDelivery>;

/** Quarantine for operators: a query, and the two ways out of it. Gives the type that says where something does not fit. */
export function addQuarantine(builder: Builder, { PersonalData }: EventTypes) {
  const jsonTexts = new JsonTexts();
  const State = builder.enumType('QuarantineState', {
    description: 'ERASED are deliveries whose whole payload was erased, before they were kept without their people.',
    values: QUARANTINE_STATES,
  });

  const IssueType = builder.objectRef<Issue>('QuarantineIssue').implement({
    description: 'Where a payload does not fit, and what was expected there. Never what stood there.',
    fields: (t) => ({ path: t.exposeString('path'), message: t.exposeString('message') }),
  });

  const Delivery = builder.objectRef<DisclosedDelivery>('QuarantinedDelivery').implement({
    description: 'An authentic delivery that could not be normalised, kept until it is released or discarded.',
    fields: (t) => ({
      id: t.id({ resolve: ({ id }) => String(id) }),
      state: t.expose('state', { type: State }),
      provider: t.exposeString('provider'),
      source: t.exposeString('source'),
      tenant: t.exposeString('tenant', { nullable: true, description: 'Whose it is, where that shows.' }),
      type: t.exposeString('type', { nullable: true, description: "The provider's own name of the event." }),
      eventId: t.exposeString('eventId', {
        nullable: true,
        description: 'Of the event that it became, or would become.',
      }),
      issues: t.field({ type: [IssueType], resolve: ({ issues }) => [...issues] }),
      receivedAt: t.field({ type: 'DateTime', resolve: ({ receivedAt }) => receivedAt }),
      settledAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When it was released, discarded or erased.',
        resolve: ({ settledAt }) => settledAt,
      }),
      personalData: t.expose('personalData', { type: PersonalData }),
      payload: t.field({
        type: 'JSON',
        nullable: true,
        complexity: PAYLOAD,
        description:
          'As it came, without secrets, while it waits. When somebody in it was erased, `personalData` is ERASED, and this is ' +
          'what is left without its people. Needs the scopes `raw:read` and `pii:read` as well.',
        resolve: (delivery) => (delivery.payload === null ? null : jsonTexts.ofText(delivery, delivery.payload)),
      }),
    }),
  });

  const Edge = builder.objectRef<Page['edges'][number]>('QuarantineEdge').implement({
    description: 'A delivery in quarantine, with its cursor.',
    fields: (t) => ({ cursor: t.exposeString('cursor'), node: t.expose('node', { type: Delivery }) }),
  });
  // Not the relay plugin's connections: those of this schema have the log's head, and quarantine has none.
  const Connection = builder.objectRef<Page>('QuarantineConnection').implement({
    description: 'A page of deliveries in quarantine.',
    fields: (t) => ({
      edges: t.field({ type: [Edge], complexity: { multiplier: 1 }, resolve: ({ edges }) => [...edges] }),
      pageInfo: t.expose('pageInfo', { type: builder.pageInfoRef() }),
    }),
  });

  builder.queryField('quarantine', (t) =>
    t.field({
      type: Connection,
      description:
        'Deliveries in quarantine, oldest first: the latest twenty are `last: 20`. Without either, the first 20; at most 100. ' +
        OPERATOR,
      args: {
        ...t.arg.connectionArgs(),
        state: t.arg({ type: State, description: 'Those that wait, when left out.' }),
      },
      complexity: (args) => costOfPage(args),
      resolve: async (_root, { state, ...args }, context) => {
        const { direction, size } = stretchOf(args);
        const { deliveries, isCut } = await context.quarantined({
          direction,
          after: cursorArgument(args.after),
          before: cursorArgument(args.before),
          limit: size + 1,
          state: state ?? 'WAITING',
        });
        return pageOf(deliveries, args, isCut, ({ id }) => String(id));
      },
    }),
  );

  builder.mutationType({
    description: 'What an operator may change. All of it needs the scope `ops`.',
    fields: (t) => ({
      releaseQuarantined: t.field({
        type: Delivery,
        description:
          'Runs the present code over a delivery that waits and appends its event now: once, however often it is called. ' +
          `One that still does not fit goes on waiting, with the new issues. ${OPERATOR}`,
        args: { id: t.arg.id({ required: true }) },
        resolve: async (_root, { id }, context) => found(await context.release(numberOf(id, 'BAD_REQUEST'))),
      }),
      discardQuarantined: t.field({
        type: Delivery,
        description: `Lets go of a delivery that waits, with its payload. ${OPERATOR}`,
        args: { id: t.arg.id({ required: true }) },
        resolve: async (_root, { id }, context) => found(await context.discard(numberOf(id, 'BAD_REQUEST'))),
      }),
    }),
  });
  return IssueType;
}

function cursorArgument(text: string | null | undefined): number | undefined {
  return text === null || text === undefined ? undefined : numberOf(text, 'INVALID_CURSOR');
}

function numberOf(text: string, code: 'BAD_REQUEST' | 'INVALID_CURSOR'): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new HookcastError(code, 'This names no delivery in quarantine. Pass it exactly as it was received.');
}

function found(delivery: DisclosedDelivery | null): DisclosedDelivery {
  if (delivery) return delivery;
  throw new HookcastError('NOT_FOUND', 'Nothing is in quarantine under this id. The query "quarantine" shows what is.');
}
