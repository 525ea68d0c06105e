import { randomUUID } from 'node:crypto';
import { idOf } from '../auth/authenticate.ts';
import { signToken } from '../auth/sign-token.ts';
import type { Token } from '../events/token.ts';
import { readPublicUrl } from '../config.ts';
import { note } from './note.ts';
import { CommandError, type Terminal } from './terminal.ts';
import { type Asked, optionsOf, readSigner } from './token.ts';
import { withLog } from './with-log.ts';

/** Characters of a name: it stands in each token. */
const LONGEST_NAME = 100;

/** How long a token lasts without `--expires`, and how long with a link, which somebody should not have to ask for each morning: seconds. */
const TOKEN_LASTS = 3_600;
const LINK_LASTS = 90 * 24 * 60 * 60;

type AskedOf = Omit<Asked, 'expires'> & {
  readonly for: string;
  readonly expires?: number;
  /** Where the console is opened; true where PUBLIC_URL says it. */
  readonly link?: string | true;
};

/** `hookcast token issue`: a token that can be revoked. The log keeps what it may do and whom it is for, and never the token. */
export async function issueToken(
  { for: label, link, expires = link ? LINK_LASTS : TOKEN_LASTS, ...asked }: AskedOf,
  terminal: Terminal,
): Promise<void> {
  const options = optionsOf({ ...asked, expires });
  const page = link ? consoleOf(link === true ? readPublicUrl(terminal.env) : link) : null;
  if (label.trim() === '' || label.length > LONGEST_NAME) {
    throw new CommandError(`--for: say whom the token is for, in up to ${LONGEST_NAME} characters.`);
  }
  const { env } = terminal;
  if (env['AUTH_JWKS_URL'] || env['AUTH_PUBLIC_KEY']) {
    throw new CommandError(
      'The gateway takes the tokens of another issuer alone (AUTH_JWKS_URL or AUTH_PUBLIC_KEY): let that one make the token. If its ' +
        'tokens have the claim "jti", they can be revoked here by it: hookcast token revoke --id.',
    );
  }
  const id = randomUUID();
  const issuedAt = Date.now();
  const token = await signToken(readSigner(env), options, { id, label });
  // Only what the log knows is handed out.
  await withLog(terminal, async (log) => {
    await note(log, 'token issue', { action: 'ISSUE', target: id });
    await log.keepToken({
      id,
      label,
      tenants: options.tenant,
      scope: options.scope,
      issuedAt,
      expiresAt: issuedAt + options.expires * 1000,
      revokedAt: null,
      usedAt: null,
    });
  });
  // What stands behind # is sent to no server, and so stands in nobody's log.
  terminal.print(page === null ? token : `${page}#token=${token}`);
}

/** @throws {CommandError} when it is no address. */
function consoleOf(address: string | null): string {
  if (address !== null && /^https?:\/\/[^\s?#]+$/.test(address) && URL.canParse(address)) {
    return `${address.replace(/\/+$/, '').replace(/\/console$/, '')}/console`;
  }
  throw new CommandError(
    '--link: say where the console is opened, such as --link https://hookcast.example.com, or set PUBLIC_URL.',
  );
}

/** `hookcast token list`: one line each. */
export function listTokens(
  { all, json }: { readonly all: boolean; readonly json: boolean },
  terminal: Terminal,
): Promise<void> {
  return withLog(terminal, async (log) => {
    const now = Date.now();
    const tokens = (await log.listTokens()).filter(({ expiresAt }) => all || expiresAt === null || expiresAt > now);
    for (const token of tokens) terminal.print(...(json ? [JSON.stringify(toJson(token))] : columnsOf(token, now)));
    if (tokens.length === 0 && !json) terminal.print('There is none. "hookcast token issue" makes one.');
  });
}

function columnsOf(token: Token, now: number): readonly string[] {
  const { id, label, tenants, scope, issuedAt, expiresAt, revokedAt, usedAt } = token;
  const isOver = expiresAt !== null && expiresAt <= now;
  return [
    id,
    label ?? '(of another issuer)',
    ...(scope === null ? [] : [scope]),
    ...(tenants === null ? [] : [tenants.join(' ')]),
    ...(issuedAt === null ? [] : [`issued ${toText(issuedAt)}`]),
    ...(expiresAt === null ? [] : [`${isOver ? 'expired' : 'expires'} ${toText(expiresAt)}`]),
    ...(issuedAt === null ? [] : [usedAt === null ? 'never used' : `last used ${toText(usedAt)}`]),
    ...(revokedAt === null ? [] : [`revoked ${toText(revokedAt)}`]),
  ];
}

function toJson({ issuedAt, expiresAt, revokedAt, usedAt, ...token }: Token): Record<string, unknown> {
  const times = { issuedAt, expiresAt, revokedAt, lastUsedAt: usedAt };
  const texts = Object.entries(times).map(([name, at]) => [name, at === null ? null : toText(at)]);
  return { ...token, ...Object.fromEntries(texts) };
}

/** `hookcast token revoke`: by what the list shows, or by the id in somebody else's token. */
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
  await withLog(terminal, async (log) => {
    const known = new Set((await log.listTokens()).map(({ id }) => id));
    // A mistyped id would be revoked, and the token not.
    const unknown = ids.filter((id) => !known.has(id));
    if (unknown.length > 0) {
      throw new CommandError(
        `Nothing was revoked, since no token here has the id ${unknown.join(', ')}. If another issuer made it, name it with --id.`,
      );
    }
    const all = [...ids, ...others.flatMap((jti) => idOf({ jti }) ?? [])];
    for (const id of all) {
      await note(log, 'token revoke', { action: 'REVOKE', target: id });
      const { label } = await log.revokeToken(id, Date.now());
      terminal.print(id, ...(label === null ? [] : [label]), 'revoked');
    }
    terminal.print('Gateways of this log refuse it within a second, and end what was begun with it.');
  });
}

function toText(at: number): string {
  return new Date(at).toISOString();
}
