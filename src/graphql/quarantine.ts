import type { DisclosedDelivery } from '../auth/viewer.ts';
import { HookcastError } from '../errors.ts';
import { type Issue, QUARANTINE_STATES } from '../events/quarantine.ts';
import type { Builder } from './builder.ts';
import { type PageOf, costOfPage, pageOf, stretchOf } from './connection.ts';
import { PAYLOAD, READ } from '../execution/cost.ts';
import type { EventTypes } from './event.ts';
import { JsonTexts } from '../execution/json-text.ts';

const OPERATOR =
  'Needs the scope `ops` and a token for every tenant, since a delivery in quarantine may not show its tenant.';

type Page = PageOf<DisclosedDelivery>;

/** Quarantine for operators: a query, and the mutations that release and discard. Returns the type of an issue. */
export function addQuarantine(builder: Builder, { PersonalData }: EventTypes) {
  const jsonTexts = new JsonTexts();
  const State = builder.enumType('QuarantineState', {
    description:
      'The state of a delivery in quarantine. ERASED: its whole payload was erased, by a former version of hookcast.',
    values: QUARANTINE_STATES,
  });

  const IssueType = builder.objectRef<Issue>('QuarantineIssue').implement({
    description: 'Where a payload does not fit, and what was expected there. The value itself is never shown.',
    fields: (t) => ({ path: t.exposeString('path'), message: t.exposeString('message') }),
  });

  const Delivery = builder.objectRef<DisclosedDelivery>('QuarantinedDelivery').implement({
    description:
      'An authentic delivery that did not fit any known event. It is kept until it is released or discarded.',
    fields: (t) => ({
      id: t.id({ resolve: ({ id }) => String(id) }),
      state: t.expose('state', { type: State }),
      provider: t.exposeString('provider'),
      source: t.exposeString('source'),
      tenant: t.exposeString('tenant', {
        nullable: true,
        description: 'The tenant that it belongs to, if the payload shows it.',
      }),
      type: t.exposeString('type', { nullable: true, description: "The provider's own name of the event." }),
      eventId: t.exposeString('eventId', {
        nullable: true,
        description: 'The id of the event that it became, or would become.',
      }),
      issues: t.field({ type: [IssueType], resolve: ({ issues }) => [...issues] }),
      receivedAt: t.field({ type: 'DateTime', resolve: ({ receivedAt }) => receivedAt }),
      settledAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When the delivery was released, discarded or erased.',
        resolve: ({ settledAt }) => settledAt,
      }),
      erasedAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When the people in it were erased. The rest of it is kept.',
        resolve: ({ erasedAt }) => erasedAt,
      }),
      personalData: t.expose('personalData', { type: PersonalData }),
      payload: t.field({
        type: 'JSON',
        nullable: true,
        complexity: PAYLOAD,
        description:
          'The payload as it came, without secrets, while the delivery waits. If somebody in it was erased, `personalData` is ERASED and the payload lacks these people. Needs the scopes `raw:read` and `pii:read` as well.',
        resolve: (delivery) => (delivery.payload === null ? null : jsonTexts.ofText(delivery, delivery.payload)),
      }),
    }),
  });

  const Edge = builder.objectRef<Page['edges'][number]>('QuarantineEdge').implement({
    description: 'A delivery in quarantine, with its cursor.',
    fields: (t) => ({ cursor: t.exposeString('cursor'), node: t.expose('node', { type: Delivery }) }),
  });
  // The relay plugin's connections don't fit: in this schema they have the log's head, and quarantine has none.
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
        'Deliveries in quarantine, oldest first. Ask for the latest twenty by `last: 20`. Without `first` and `last`, the oldest 20. At most 100. ' +
        OPERATOR,
      args: {
        ...t.arg.connectionArgs(),
        state: t.arg({ type: State, description: 'Without it, the deliveries that wait.' }),
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

  builder.queryField('quarantinedDelivery', (t) =>
    t.field({
      type: Delivery,
      nullable: true,
      description: `One delivery in quarantine; null if there is none with this id. ${OPERATOR}`,
      args: { id: t.arg.id({ required: true }) },
      complexity: { field: READ },
      resolve: (_root, { id }, context) => context.findQuarantined(numberOf(id, 'BAD_REQUEST')),
    }),
  );

  builder.mutationType({
    description: 'What an operator can change. Every field needs the scope `ops`.',
    fields: (t) => ({
      releaseQuarantined: t.field({
        type: Delivery,
        description:
          'Tries again to read a delivery that waits in quarantine, with the code that runs now, and records its event. However ' +
          'often it is called, the event is recorded once. If the delivery still does not fit, it stays in quarantine, with its ' +
          `new issues. ${OPERATOR}`,
        args: { id: t.arg.id({ required: true }) },
        resolve: async (_root, { id }, context) => found(await context.release(numberOf(id, 'BAD_REQUEST'))),
      }),
      discardQuarantined: t.field({
        type: Delivery,
        description: `Discards a delivery that waits in quarantine, and deletes its payload. ${OPERATOR}`,
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
  throw new HookcastError(
    code,
    'This is not the id of a delivery in quarantine. Pass an id exactly as you received it.',
  );
}

function found(delivery: DisclosedDelivery | null): DisclosedDelivery {
  if (delivery) return delivery;
  throw new HookcastError(
    'NOT_FOUND',
    'No delivery with this id is in quarantine. The query "quarantine" lists those that are.',
  );
}
