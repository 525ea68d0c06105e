import type { AuditAction, AuditEntry } from '../events/audit.ts';
import { HookcastError } from '../errors.ts';
import type { Builder } from './builder.ts';
import { type PageOf, costOfPage, pageOf, stretchOf } from './connection.ts';

type Page = PageOf<AuditEntry>;

/** `Query.audit`: who did what, and who read personal data. */
export function addAudit(builder: Builder): void {
  const Action = builder.enumType('AuditAction', {
    description: 'What was done.',
    values: {
      READ_PERSONAL: { description: 'Personal data was read, summed for each token, operation and minute.' },
      READ_RAW: { description: 'Payloads were read as providers sent them, summed in the same way.' },
      RELEASE: { description: 'A delivery in quarantine was tried again.' },
      DISCARD: { description: 'A delivery in quarantine was let go of.' },
      ERASE: { description: 'What is known of somebody was erased.' },
      REPROCESS: { description: 'The present code was run over events that are kept.' },
      ADMIT: { description: 'A delivery that had been refused for its signature was tried again.' },
      DROP: { description: 'A delivery that had been refused for its signature was let go of.' },
      ISSUE: { description: 'A token was issued.' },
      REVOKE: { description: 'A token was revoked.' },
    } satisfies Record<AuditAction, unknown>,
  });
  const Entry = builder.objectRef<AuditEntry>('AuditEntry').implement({
    description: 'One thing that somebody did. It never holds a value that was read.',
    fields: (t) => ({
      id: t.id({ resolve: ({ id }) => String(id) }),
      at: t.field({ type: 'DateTime', resolve: ({ at }) => at }),
      action: t.expose('action', { type: Action }),
      osUser: t.exposeString('osUser', {
        nullable: true,
        description: 'Who ran the command on the machine; null where it was done with a token.',
      }),
      tokenId: t.exposeString('tokenId', {
        nullable: true,
        description: 'The id (`jti`) of the token that it was done with, where it has one.',
      }),
      holder: t.exposeString('holder', {
        nullable: true,
        description: 'A hash of whom the token names, the same for all of their tokens. Null of a command.',
      }),
      operation: t.exposeString('operation', {
        nullable: true,
        description: 'What its document calls the operation, or the command.',
      }),
      target: t.exposeString('target', {
        nullable: true,
        description: 'What it was done to, where that says something.',
      }),
      count: t.field({
        type: 'BigInt',
        nullable: true,
        description: 'Of how many events personal data was read, or to how many something was done.',
        resolve: ({ count }) => count,
      }),
    }),
  });
  const Edge = builder.objectRef<Page['edges'][number]>('AuditEdge').implement({
    description: 'An entry of the audit, with its cursor.',
    fields: (t) => ({ cursor: t.exposeString('cursor'), node: t.expose('node', { type: Entry }) }),
  });
  const Connection = builder.objectRef<Page>('AuditConnection').implement({
    description: 'A page of the audit.',
    fields: (t) => ({
      edges: t.field({ type: [Edge], complexity: { multiplier: 1 }, resolve: ({ edges }) => [...edges] }),
      pageInfo: t.expose('pageInfo', { type: builder.pageInfoRef() }),
    }),
  });

  builder.queryField('audit', (t) =>
    t.field({
      type: Connection,
      description:
        'Who did what, and who read personal data or payloads, oldest first: the latest twenty are `last: 20`. Without either, the first ' +
        '20; at most 100. Needs the scope `ops`, and a token for every tenant.',
      args: {
        ...t.arg.connectionArgs(),
        since: t.arg({ type: 'DateTime', description: 'What was noted then or later.' }),
      },
      complexity: (args) => costOfPage(args),
      resolve: async (_root, { since, ...args }, context) => {
        const { direction, size } = stretchOf(args);
        const entries = await context.audit({
          direction,
          after: cursorArgument(args.after),
          before: cursorArgument(args.before),
          since: since ?? undefined,
          limit: size + 1,
        });
        return pageOf(entries, args, false, ({ id }) => String(id));
      },
    }),
  );
}

function cursorArgument(text: string | null | undefined): number | undefined {
  if (text === null || text === undefined) return undefined;
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new HookcastError('INVALID_CURSOR', 'This is no cursor of the audit. Pass it exactly as it was received.');
}
