import type { Command } from 'commander';
import type { CommandTerminal } from '../terminal.ts';
import { type Elsewhere, at, elsewhere } from './elsewhere.ts';
import { positive } from './numbers.ts';

/** Commands that make, issue, list and revoke tokens. */
export function addTokens(program: Command, terminal: CommandTerminal): void {
  const token = program
    .command('token')
    .description(
      'make a token, signed with AUTH_SECRET or with the secret of "hookcast dev"; it cannot be revoked, so use "token issue" for one that can',
    )
    // Otherwise `token` would take the option of "token issue --tenant" as its own.
    .enablePositionalOptions()
    .option(
      '--tenant <tenant...>',
      "required: the tenants that the token may see, such as eduzz:40021; '*' is every tenant",
    )
    .option('--scope <scopes>', "what the token may see, in quotes: 'events:read pii:read raw:read ops'", 'events:read')
    .option('--expires <seconds>', 'how long the token is valid, at most a year (31536000)', positive, 3600)
    .action(async (options: { tenant?: string[]; scope: string; expires: number }) =>
      (await import('../token.ts')).token(options, terminal),
    );
  elsewhere(token.command('issue'))
    .description('make a token with an id, which is kept in the log of DATABASE_URL, so that it can be revoked')
    .requiredOption(
      '--for <name>',
      'the person or program that the token is for; the name is in the token and in the list',
    )
    .option(
      '--tenant <tenant...>',
      "required: the tenants that the token may see, such as eduzz:40021; '*' is every tenant",
    )
    .option('--scope <scopes>', "what the token may see, in quotes: 'events:read pii:read raw:read ops'", 'events:read')
    .option('--link [url]', 'print a link that opens the console signed in, at this address, or at PUBLIC_URL')
    .option(
      '--expires <seconds>',
      'how long the token is valid, at most a year (31536000): by default an hour, and 90 days with --link',
      positive,
    )
    .action(
      async (
        options: Elsewhere & { for: string; tenant?: string[]; scope: string; expires?: number; link?: string | true },
      ) => (await import('../tokens.ts')).issueToken(options, at(options, terminal)),
    );
  elsewhere(token.command('list'))
    .description(
      'list the tokens that were issued here, and those that were revoked; the tokens themselves are never shown',
    )
    .option('--all', 'include expired tokens', false)
    .option('--json', 'as JSON, one token on each line', false)
    .action(async (options: Elsewhere & { all: boolean; json: boolean }) =>
      (await import('../tokens.ts')).listTokens(options, at(options, terminal)),
    );
  elsewhere(token.command('revoke'))
    .description('refuse tokens from now on; all gateways end their subscriptions within a second')
    .argument('[ids...]', 'the ids of the tokens in the list')
    .option('--id <id...>', 'the claim "jti" of a token that an identity provider has issued')
    .action(async (ids: string[], options: Elsewhere & { id?: string[] }) =>
      (await import('../tokens.ts')).revokeTokens(ids, options, at(options, terminal)),
    );
}
