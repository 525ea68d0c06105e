import type { Token } from '../events/token.ts';
import type { Builder } from './builder.ts';
import { LIST, READ } from '../execution/cost.ts';

const WHAT = 'The list has tokens of every tenant';
const OPERATOR = 'Needs the scope `ops` and a token for every tenant.';
/** The assumed number of tokens. */
const TOKENS = 20;
const HOUR = 3_600;

/** `Query.tokens`, and the mutations that issue and revoke them. */
export function addTokens(builder: Builder): void {
  const time = { type: 'DateTime', nullable: true } as const;
  const AccessToken = builder.objectRef<Token>('AccessToken').implement({
    description:
      'A token that was issued here, or one of another issuer that was revoked here. The token itself is never kept.',
    fields: (t) => ({
      id: t.id({ description: 'Its claim `jti`.', resolve: ({ id }) => id }),
      label: t.exposeString('label', {
        nullable: true,
        description: 'The person or program that it is for. Null, as the next four, if another issuer made it.',
      }),
      tenants: t.stringList({
        nullable: true,
        description: 'The tenants that it may see; `*` is every tenant.',
        complexity: { multiplier: LIST },
        resolve: ({ tenants }) => tenants && [...tenants],
      }),
      scope: t.exposeString('scope', { nullable: true, description: 'Its scopes, with blanks between them.' }),
      issuedAt: t.field({ ...time, resolve: ({ issuedAt }) => issuedAt }),
      expiresAt: t.field({ ...time, resolve: ({ expiresAt }) => expiresAt }),
      revokedAt: t.field({ ...time, resolve: ({ revokedAt }) => revokedAt }),
      lastUsedAt: t.field({
        ...time,
        description: 'When it was used last, to about a minute.',
        resolve: ({ usedAt }) => usedAt,
      }),
    }),
  });
  const Issued = builder.objectRef<{ readonly token: Token; readonly text: string }>('IssuedToken').implement({
    description: 'A token that was just issued.',
    fields: (t) => ({
      token: t.expose('token', { type: AccessToken }),
      value: t.string({
        description: 'The token itself, to be sent as `Authorization: Bearer`. It is shown this once.',
        resolve: ({ text }) => text,
      }),
    }),
  });

  builder.queryField('tokens', (t) =>
    t.field({
      type: [AccessToken],
      description: `The tokens that were issued here, and those that were revoked. ${OPERATOR}`,
      complexity: { field: READ, multiplier: TOKENS },
      resolve: async (_root, _args, context) => [...(await context.operator(WHAT).tokens())],
    }),
  );
  builder.mutationField('issueToken', (t) =>
    t.field({
      type: Issued,
      description: `Issues a token that can be revoked. It can have only scopes that your own token has. ${OPERATOR}`,
      args: {
        label: t.arg.string({ required: true, description: 'The person or program that the token is for.' }),
        tenants: t.arg.stringList({ required: true, description: 'Such as `eduzz:40021`; `*` is every tenant.' }),
        scope: t.arg.string({ defaultValue: 'events:read', description: 'Its scopes, with blanks between them.' }),
        expiresIn: t.arg.int({ defaultValue: HOUR, description: 'For how many seconds it is valid; at most a year.' }),
      },
      complexity: { field: READ },
      resolve: (_root, { label, tenants, scope, expiresIn }, context) =>
        context
          .operator(WHAT)
          .issue({ label, tenant: tenants, scope: scope ?? 'events:read', expires: expiresIn ?? HOUR }),
    }),
  );
  builder.mutationField('revokeToken', (t) =>
    t.field({
      type: AccessToken,
      description: `Revokes a token. All gateways refuse it within a second, and end its subscriptions. ${OPERATOR}`,
      args: {
        id: t.arg.id({ required: true, description: 'The id of the token: its claim `jti`.' }),
        isForeign: t.arg.boolean({
          defaultValue: false,
          description: 'Whether another issuer made it. Then an id that is unknown here is revoked too.',
        }),
      },
      complexity: { field: READ },
      resolve: (_root, { id, isForeign }, context) => context.operator(WHAT).revoke(id, isForeign ?? false),
    }),
  );
}
