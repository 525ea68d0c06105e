import type { AuditAction, AuditEntry } from '../events/audit.ts';
import { HookcastError } from '../errors.ts';
import type { Builder } from './builder.ts';
import { type PageOf, costOfPage, pageOf, stretchOf } from './connection.ts';

type Page = PageOf<AuditEntry>;

/** `Query.audit`: who did what, and who read personal data. */
export function addAudit(builder: Builder): void {
  const Action = builder.enumType('AuditAction', {
    description: 'The kind of action.',
    values: {
      READ_PERSONAL: { description: 'Personal data was read, summed for each token, operation and minute.' },
      READ_RAW: {
        description: 'Payloads were read as providers sent them, summed for each token, operation and minute.',
      },
      RELEASE: { description: 'A delivery in quarantine was tried again.' },
      DISCARD: { description: 'A delivery in quarantine was discarded.' },
      ERASE: { description: 'Personal data was erased.' },
      REPROCESS: { description: 'Recorded events were reprocessed.' },
      ADMIT: { description: 'A delivery that had been refused for its signature was tried again.' },
      DROP: { description: 'A delivery that had been refused for its signature was deleted.' },
      ISSUE: { description: 'A token was issued, or a session begun.' },
      REVOKE: { description: 'A token was revoked, or a session ended.' },
      ACCEPT_DRIFT: { description: 'New fields were accepted as known.' },
      PAUSE: { description: 'A source was paused.' },
      RESUME: { description: 'A source was resumed.' },
      SEND_SAMPLE: { description: 'A sample was sent to a source.' },
      BACKUP: { description: 'The whole log was copied into a file.' },
      COPY: { description: 'The whole log was copied into another database.' },
    } satisfies Record<AuditAction, unknown>,
  });
  const Entry = builder.objectRef<AuditEntry>('AuditEntry').implement({
    description: 'An action of an operator or a reader. It never contains a value that was read.',
    fields: (t) => ({
      id: t.id({ resolve: ({ id }) => String(id) }),
      at: t.field({ type: 'DateTime', resolve: ({ at }) => at }),
      action: t.expose('action', { type: Action }),
      osUser: t.exposeString('osUser', {
        nullable: true,
        description: 'The user of the machine who ran the command. Null if the action was done with a token.',
      }),
      tokenId: t.exposeString('tokenId', {
        nullable: true,
        description: 'The id (`jti`) of the token, if the action was done with a token that has one.',
      }),
      holder: t.exposeString('holder', {
        nullable: true,
        description:
          'A hash of the issuer and subject of the token, the same for all tokens of one holder. Null if a command did it.',
      }),
      operation: t.exposeString('operation', {
        nullable: true,
        description: 'The name of the GraphQL operation, or of the command.',
      }),
      target: t.exposeString('target', {
        nullable: true,
        description: 'What the action was done to, if there is a name for it.',
      }),
      count: t.field({
        type: 'BigInt',
        nullable: true,
        description: 'The number of events that were read, or that the action was done to.',
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
        'Who did what, and who read personal data or payloads, oldest first. Ask for the latest twenty by `last: 20`. Without `first` ' +
        'and `last`, the oldest 20. At most 100. Needs the scope `ops` and a token for every tenant.',
      args: {
        ...t.arg.connectionArgs(),
        since: t.arg({ type: 'DateTime', description: 'Only entries of this time or later.' }),
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
