import type { Asked } from '../auth/sign-token.ts';
import { readPublicUrl } from '../config-parts.ts';
import { CommandError, type Terminal } from './terminal.ts';
import { withOperations } from './with-operations.ts';

const TOKEN = 'id label tenants scope issuedAt expiresAt revokedAt lastUsedAt';
const LIST = `query TokenList { tokens { ${TOKEN} } }`;
const ISSUE = `mutation TokenIssue($label: String!, $tenants: [String!]!, $scope: String, $expiresIn: Int) {
  issueToken(label: $label, tenants: $tenants, scope: $scope, expiresIn: $expiresIn) { value }
}`;
const REVOKE = `mutation TokenRevoke($id: ID!, $isForeign: Boolean) {
  revokeToken(id: $id, isForeign: $isForeign) { id label }
}`;

interface Token {
  readonly id: string;
  readonly label: string | null;
  readonly tenants: readonly string[] | null;
  readonly scope: string | null;
  readonly issuedAt: string | null;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  readonly lastUsedAt: string | null;
}

/**
 * How long a token lasts without `--expires`, in seconds; and how long with `--link`, so that nobody has to ask for a new link
 * each morning.
 */
const TOKEN_LASTS = 3_600;
const LINK_LASTS = 90 * 24 * 60 * 60;

type AskedOf = Omit<Asked, 'expires'> & {
  readonly for: string;
  readonly expires?: number;
  /** The address of the console; true if it is that of PUBLIC_URL. */
  readonly link?: string | true;
};

/**
 * `hookcast token issue`: issues a token that can be revoked. The log keeps its rights and whom it is for, but never the token.
 */
export async function issueToken(
  { for: label, tenant = [], scope, link, expires = link ? LINK_LASTS : TOKEN_LASTS }: AskedOf,
  terminal: Terminal,
): Promise<void> {
  const page = link ? consoleOf(link === true ? readPublicUrl(terminal.env) : link) : null;
  await withOperations(terminal, { command: 'token issue' }, async ({ ask }) => {
    const asked = { label, tenants: tenant, scope, expiresIn: expires };
    const { issueToken } = await ask<{ readonly issueToken: { readonly value: string } }>(ISSUE, asked);
    // The part after # is sent to no server, so it gets into no log.
    terminal.print(page === null ? issueToken.value : `${page}#token=${issueToken.value}`);
  });
}

/** @throws {CommandError} when it is no address. */
function consoleOf(address: string | null): string {
  if (address !== null && /^https?:\/\/[^\s?#]+$/.test(address) && URL.canParse(address)) {
    return `${address.replace(/\/+$/, '').replace(/\/console$/, '')}/console`;
  }
  throw new CommandError(
    '--link: give the address of the console, such as --link https://hookcast.example.com, or set PUBLIC_URL.',
  );
}

/** `hookcast token list`: one line each. */
export function listTokens(
  { all, json }: { readonly all: boolean; readonly json: boolean },
  terminal: Terminal,
): Promise<void> {
  return withOperations(terminal, { command: 'token list' }, async ({ ask }) => {
    const now = new Date().toISOString();
    const { tokens } = await ask<{ readonly tokens: readonly Token[] }>(LIST);
    const shown = tokens.filter(({ expiresAt }) => all || expiresAt === null || expiresAt > now);
    for (const token of shown) terminal.print(...(json ? [JSON.stringify(token)] : columnsOf(token, now)));
    if (shown.length === 0 && !json) terminal.print('There are no tokens. "hookcast token issue" makes one.');
  });
}

function columnsOf(token: Token, now: string): readonly string[] {
  const { id, label, tenants, scope, issuedAt, expiresAt, revokedAt, lastUsedAt } = token;
  return [
    id,
    label ?? '(of another issuer)',
    ...(scope === null ? [] : [scope]),
    ...(tenants === null ? [] : [tenants.join(' ')]),
    ...(issuedAt === null ? [] : [`issued ${issuedAt}`]),
    ...(expiresAt === null ? [] : [`${expiresAt <= now ? 'expired' : 'expires'} ${expiresAt}`]),
    ...(issuedAt === null ? [] : [lastUsedAt === null ? 'never used' : `last used ${lastUsedAt}`]),
    ...(revokedAt === null ? [] : [`revoked ${revokedAt}`]),
  ];
}

/** `hookcast token revoke`: revokes tokens by an id of the list, or by the id of another issuer's token. */
export async function revokeTokens(
  ids: readonly string[],
  { id: others = [] }: { readonly id?: readonly string[] },
  terminal: Terminal,
): Promise<void> {
  if (ids.length + others.length === 0) {
    throw new CommandError(
      'Name the tokens to revoke: "hookcast token list" shows their ids. One of another issuer is named with --id.',
    );
  }
  await withOperations(terminal, { command: 'token revoke' }, async ({ ask }) => {
    const { tokens } = await ask<{ readonly tokens: readonly Token[] }>(LIST);
    // Otherwise a mistyped id would be revoked instead of the token. If one of several ids is unknown, none is revoked.
    const unknown = ids.filter((id) => !tokens.some((token) => token.id === id));
    if (unknown.length > 0) {
      throw new CommandError(
        `Nothing was revoked, since no token here has the id ${unknown.join(', ')}. If another issuer made it, name it with --id.`,
      );
    }
    const all = [...ids.map((id) => ({ id, isForeign: false })), ...others.map((id) => ({ id, isForeign: true }))];
    for (const one of all) {
      const { revokeToken } = await ask<{ readonly revokeToken: Pick<Token, 'id' | 'label'> }>(REVOKE, one);
      terminal.print(revokeToken.id, ...(revokeToken.label === null ? [] : [revokeToken.label]), 'revoked');
    }
    terminal.print('Gateways of this log refuse it within a second, and end its subscriptions and requests.');
  });
}
