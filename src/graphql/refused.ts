import { HookcastError } from '../errors.ts';
import type { Admitted, ListedRefused } from '../events/refused.ts';
import type { Builder } from './builder.ts';
import { type PageOf, costOfPage, pageOf, stretchOf } from './connection.ts';
import { READ } from '../execution/cost.ts';

type Page = PageOf<ListedRefused>;

const WHAT = 'A refused delivery may be of any tenant';
const OPERATOR =
  'Needs the scope `ops` and a token for every tenant, since the tenant of a refused delivery is unknown.';

/** Refused deliveries that are kept (KEEP_REFUSED): a query, and the mutations that admit and drop. */
export function addRefused(builder: Builder): void {
  const Delivery = builder.objectRef<ListedRefused>('RefusedDelivery').implement({
    description: 'A delivery that was refused for its signature and is kept, encrypted. What was sent is never shown.',
    fields: (t) => ({
      id: t.id({ resolve: ({ id }) => String(id) }),
      source: t.exposeString('source'),
      sender: t.exposeString('sender', {
        description: 'A hash of the address that it came from, the same for all deliveries from there.',
      }),
      size: t.exposeInt('size', { description: 'The bytes that it takes in the log.' }),
      receivedAt: t.field({ type: 'DateTime', resolve: ({ receivedAt }) => receivedAt }),
      expiresAt: t.field({
        type: 'DateTime',
        description: 'When it will be deleted.',
        resolve: ({ expiresAt }) => expiresAt,
      }),
    }),
  });
  const Edge = builder.objectRef<Page['edges'][number]>('RefusedEdge').implement({
    description: 'A refused delivery, with its cursor.',
    fields: (t) => ({ cursor: t.exposeString('cursor'), node: t.expose('node', { type: Delivery }) }),
  });
  const Connection = builder.objectRef<Page>('RefusedConnection').implement({
    description: 'A page of refused deliveries.',
    fields: (t) => ({
      edges: t.field({ type: [Edge], complexity: { multiplier: 1 }, resolve: ({ edges }) => [...edges] }),
      pageInfo: t.expose('pageInfo', { type: builder.pageInfoRef() }),
    }),
  });
  const Attempt = builder.objectRef<Admitted>('AdmittedDelivery').implement({
    description: 'The result of checking a refused delivery again.',
    fields: (t) => ({
      isAdmitted: t.boolean({
        description: 'Whether it is authentic now and was recorded. If not, it is kept until it expires.',
        resolve: ({ outcome }) => outcome === 'admitted',
      }),
      status: t.string({
        nullable: true,
        description:
          'The outcome that its sender would have received: accepted, duplicate, ignored, quarantined or pong.',
        resolve: (one) => (one.outcome === 'admitted' ? one.receipt.status : null),
      }),
      eventId: t.string({
        nullable: true,
        description: 'The id of its event, or its number in quarantine.',
        resolve: (one) => (one.outcome === 'admitted' ? one.receipt.id : null),
      }),
      reason: t.string({
        nullable: true,
        description: 'Why it is still refused.',
        resolve: (one) => (one.outcome === 'refused' ? one.why : null),
      }),
    }),
  });

  builder.queryField('refused', (t) =>
    t.field({
      type: Connection,
      description: `Deliveries that were refused for their signature and are kept (KEEP_REFUSED), oldest first; at most 100. ${OPERATOR}`,
      args: {
        first: t.arg.int(),
        after: t.arg.string(),
        source: t.arg.string({ description: 'Only deliveries to this source.' }),
      },
      complexity: (args) => costOfPage(args),
      resolve: async (_root, { source = null, ...args }, context) => {
        const { size } = stretchOf(args);
        const after = typeof args.after === 'string' ? numberOf(args.after, 'INVALID_CURSOR') : 0;
        const kept = await context.operator(WHAT).refused({ after, limit: size + 1, source });
        return pageOf(kept, args, false, ({ id }) => String(id));
      },
    }),
  );
  builder.mutationField('admitRefused', (t) =>
    t.field({
      type: Attempt,
      description: `Checks a refused delivery again with the secrets that are set now, as of the time when it came, and records it if it is authentic. ${OPERATOR}`,
      args: { id: t.arg.id({ required: true }) },
      complexity: { field: READ },
      resolve: async (_root, { id }, context) =>
        (await context.operator(WHAT).admit(numberOf(id, 'BAD_REQUEST'))) ?? notFound(),
    }),
  );
  builder.mutationField('dropRefused', (t) =>
    t.field({
      type: 'ID',
      description: `Deletes a refused delivery, and returns its id. ${OPERATOR}`,
      args: { id: t.arg.id({ required: true }) },
      complexity: { field: READ },
      resolve: async (_root, { id }, context) =>
        (await context.operator(WHAT).drop(numberOf(id, 'BAD_REQUEST'))) ? id : notFound(),
    }),
  );
}

function numberOf(text: string, code: 'BAD_REQUEST' | 'INVALID_CURSOR'): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new HookcastError(code, 'This is not the id of a refused delivery. Pass an id exactly as you received it.');
}

function notFound(): never {
  throw new HookcastError(
    'NOT_FOUND',
    'No refused delivery is kept under this id. The query "refused" lists those that are.',
  );
}
