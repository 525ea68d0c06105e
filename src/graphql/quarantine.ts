import type { DisclosedDelivery } from '../auth/viewer.ts';
import { HookcastError } from '../errors.ts';
import { type Issue, QUARANTINE_STATES } from '../events/quarantine.ts';
import type { Builder } from './builder.ts';
import { PAYLOAD, READ } from './cost.ts';
import type { EventTypes } from './event.ts';
import { JsonTexts } from './json-text.ts';

/** Deliveries on a page when nobody says how many, and at most. */
const DEFAULT_PAGE = 20;
const LARGEST_PAGE = 100;

const OPERATOR = 'Needs the scope `ops`, and a token for every tenant: whose it is may not show.';

interface Edge {
  readonly cursor: string;
  readonly node: DisclosedDelivery;
}

interface Connection {
  readonly edges: readonly Edge[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

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

  const Edge = builder.objectRef<Edge>('QuarantineEdge').implement({
    fields: (t) => ({ cursor: t.exposeString('cursor'), node: t.expose('node', { type: Delivery }) }),
  });
  // Not the relay plugin's connections: those of this schema have the log's head, and quarantine has none.
  const Connection = builder.objectRef<Connection>('QuarantineConnection').implement({
    fields: (t) => ({
      edges: t.field({ type: [Edge], complexity: { multiplier: 1 }, resolve: ({ edges }) => [...edges] }),
      pageInfo: t.expose('pageInfo', { type: builder.pageInfoRef() }),
    }),
  });

  builder.queryField('quarantine', (t) =>
    t.field({
      type: Connection,
      description: `Deliveries in quarantine, oldest first. ${OPERATOR}`,
      args: {
        first: t.arg.int({ description: `${DEFAULT_PAGE} when left out, ${LARGEST_PAGE} at most.` }),
        after: t.arg.string(),
        state: t.arg({ type: State, description: 'Those that wait, when left out.' }),
      },
      complexity: ({ first }) => {
        const size = Math.min(Math.max(first ?? DEFAULT_PAGE, 0), LARGEST_PAGE);
        return { field: READ * Math.max(size, 1), multiplier: size };
      },
      resolve: async (_root, { first, after, state }, context) => {
        const size = first ?? DEFAULT_PAGE;
        if (size < 0 || size > LARGEST_PAGE) {
          throw new HookcastError(
            'BAD_REQUEST',
            `Ask for 0 to ${LARGEST_PAGE} at a time, and page on with the cursors.`,
          );
        }
        const from = after === null || after === undefined ? 0 : numberOf(after, 'INVALID_CURSOR');
        const request = { after: from, limit: size + 1, state: state ?? 'WAITING' };
        const { deliveries, isCut } = await context.quarantined(request);
        const edges = deliveries.slice(0, size).map((node) => ({ cursor: String(node.id), node }));
        return {
          edges,
          pageInfo: {
            hasNextPage: isCut || deliveries.length > size,
            hasPreviousPage: from > 0,
            startCursor: edges.at(0)?.cursor ?? null,
            endCursor: edges.at(-1)?.cursor ?? null,
          },
        };
      },
    }),
  );

  builder.mutationType({
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

function numberOf(text: string, code: 'BAD_REQUEST' | 'INVALID_CURSOR'): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new HookcastError(code, 'This names no delivery in quarantine. Pass it exactly as it was received.');
}

function found(delivery: DisclosedDelivery | null): DisclosedDelivery {
  if (delivery) return delivery;
  throw new HookcastError('NOT_FOUND', 'Nothing is in quarantine under this id. The query "quarantine" shows what is.');
}
