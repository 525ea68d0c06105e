#!/usr/bin/env node
// First of all: modules run in the order in which they are imported.
import './assert-node.ts';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { SchemaOptions } from './commands/schema.ts';
import type { AuditOptions } from './commands/audit.ts';
import type { CopyOptions } from './commands/copy.ts';
import type { DriftOptions } from './commands/drift.ts';
import type { EraseOptions } from './commands/erase.ts';
import type { Chosen } from './commands/refused.ts';
import type { ReprocessOptions } from './commands/reprocess.ts';
import type { SendOptions } from './commands/send.ts';
import { ProcessTerminal } from './commands/process-terminal.ts';
import { CommandError } from './commands/terminal.ts';
import type { TypesOptions } from './commands/types.ts';
import type { VerifyOptions } from './commands/verify.ts';
import { ConfigError } from './config.ts';
import { HookcastError } from './errors.ts';
import { QUARANTINE_STATES, type QuarantineState } from './events/quarantine.ts';

const terminal = new ProcessTerminal(process);

// Each command is read only when it is asked for: `token` need not wait for the whole gateway.
const program = new Command('hookcast')
  .description('Verified webhooks in, durable typed events and resumable GraphQL subscriptions out.')
  .showHelpAfterError('(--help says how)');

program
  .command('serve')
  .description('run the gateway, for production; settings come from the environment')
  .action(async () => {
    listen();
    await (await import('./commands/serve.ts')).serve(terminal);
  });

program
  .command('dev')
  .description('run the gateway with throw-away secrets, and print a link that opens the console')
  .action(async () => {
    listen();
    await (await import('./commands/dev.ts')).dev(terminal);
  });

program
  .command('demo')
  .description('show the whole way once: two signed webhooks, a subscription, a query')
  .action(async () => (await import('./commands/demo.ts')).demo(terminal));

program
  .command('send')
  .description('post a sample to a running gateway, signed as the provider does')
  .argument('<source>', 'its name: eduzz, wix, …')
  .option('--event <name>', "the provider's name of the event")
  .option('--count <n>', 'how many, each with an id of its own', positive, 1)
  .option('--url <url>', 'where the gateway is (default: HOST and PORT, or http://127.0.0.1:4000)')
  .action(async (source: string, options: SendOptions) =>
    (await import('./commands/send.ts')).send(source, options, terminal),
  );

const token = program
  .command('token')
  .description(
    'make a token, signed with AUTH_SECRET or with the secret of "hookcast dev"; nothing but its expiry or a new secret ends it',
  )
  // Or "token issue --tenant" would take the option for its own.
  .enablePositionalOptions()
  .option('--tenant <tenant...>', "needed: the tenants that it may see, such as eduzz:40021; '*' is every one")
  .option('--scope <scopes>', "what it may see of them, in quotes: 'events:read pii:read raw:read ops'", 'events:read')
  .option('--expires <seconds>', 'how long it is good for, a year (31536000) at most', positive, 3600)
  .action(async (options: { tenant?: string[]; scope: string; expires: number }) =>
    (await import('./commands/token.ts')).token(options, terminal),
  );
token
  .command('issue')
  .description('make a token with an id, which is kept in the log of DATABASE_URL and can be revoked')
  .requiredOption('--for <name>', 'whom it is for, a person or a program: the token and the list say it')
  .option('--tenant <tenant...>', "needed: the tenants that it may see, such as eduzz:40021; '*' is every one")
  .option('--scope <scopes>', "what it may see of them, in quotes: 'events:read pii:read raw:read ops'", 'events:read')
  .option('--expires <seconds>', 'how long it is good for, a year (31536000) at most', positive, 3600)
  .action(async (options: { for: string; tenant?: string[]; scope: string; expires: number }) =>
    (await import('./commands/tokens.ts')).issueToken(options, terminal),
  );
token
  .command('list')
  .description('tokens that were issued here, and those that were revoked; never the tokens themselves')
  .option('--all', 'those as well that have expired', false)
  .option('--json', 'as JSON, one token on each line', false)
  .action(async (options: { all: boolean; json: boolean }) =>
    (await import('./commands/tokens.ts')).listTokens(options, terminal),
  );
token
  .command('revoke')
  .description('refuse tokens from now on, and end what was begun with them, on all gateways within a second')
  .argument('[ids...]', 'their ids in the list')
  .option('--id <id...>', 'the claim "jti" of a token that somebody else has issued')
  .action(async (ids: string[], options: { id?: string[] }) =>
    (await import('./commands/tokens.ts')).revokeTokens(ids, options, terminal),
  );

program
  .command('schema')
  .description('print the GraphQL schema, with the types of your hookcast.config.ts')
  .option('--write <file>', 'to a file')
  .option('--explain', 'print instead which fields of events are personal, and why')
  .addOption(
    new Option('--federation', 'print it as a subgraph of Apollo Federation, for composing a supergraph').conflicts(
      'explain',
    ),
  )
  .action(async (options: SchemaOptions) => (await import('./commands/schema.ts')).schema(options, terminal));

program
  .command('types')
  .description(
    'draft the types of a source of your own in a TypeScript file, from what it sent; no value of it is written',
  )
  .argument('<source>', 'its name, as hookcast.config.ts has it')
  .option(
    '--from <what...>',
    "'log': what the log of DATABASE_URL keeps; files, each with the body of one delivery; or 'openapi' and a JSON document",
    ['log'],
  )
  .option('--event <name...>', 'only these events; with files, the event that they are, if they do not say it')
  .option('--write <file>', 'the file to write (default: <source>-types.ts)')
  .option('--force', 'write over a file that is there', false)
  .action(async (source: string, options: TypesOptions) =>
    (await import('./commands/types.ts')).types(source, options, terminal),
  );

program
  .command('copy')
  .description('copy a log into PostgreSQL, with the cursors that clients hold; again for what is new since')
  .requiredOption('--from <url>', 'the log as it is, sqlite:<path> or postgres://…')
  .option('--to <url>', 'an empty database, postgres://user:password@host:5432/database (default: DATABASE_URL)')
  .action(async (options: CopyOptions) => (await import('./commands/copy.ts')).copy(options, terminal));

program
  .command('check')
  .description('read the whole log, every page and every index, and say what is wrong with it')
  .action(async () => (await import('./commands/check.ts')).check(terminal));

program
  .command('backup')
  .description('copy the log of SQLite into a file beside running gateways, and check the copy')
  .argument('<file>', 'the backup: it holds personal data, and only you may read it')
  .option('--force', 'replace a file that is there', false)
  .action(async (file: string, options: { force: boolean }) =>
    (await import('./commands/backup.ts')).backup(file, options, terminal),
  );

program
  .command('restore')
  .description('put a backup in the place of the log of SQLite, while no gateway runs; clients are told of a Gap')
  .argument('<file>', 'the backup')
  .option('--force', 'put a log that is there aside under another name', false)
  .action(async (file: string, options: { force: boolean }) =>
    (await import('./commands/restore.ts')).restore(file, options, terminal),
  );

program
  .command('verify')
  .description('check a captured delivery without a gateway: signature, claims, schema, event')
  .argument('<source>', 'whose secrets it is checked with')
  .argument('<file>', 'headers, an empty line and the body, byte for byte; or the body alone')
  .option('--at <time>', 'check its times as of then, like 2026-11-22T10:45:00Z (default: now)')
  .option('--personal', 'show what identifies people as well', false)
  .action(async (source: string, file: string, options: VerifyOptions) =>
    (await import('./commands/verify.ts')).verify(source, file, options, terminal),
  );

program
  .command('drift')
  .description('what providers send that they did not before: names of fields, never what stood there')
  .option('--source <source>', 'of this one only')
  .option('--accept', 'take what is shown as expected from now on', false)
  .action(async (options: DriftOptions) => (await import('./commands/drift.ts')).drift(options, terminal));

program
  .command('erase')
  .description('forget what is known of somebody: of a ticket, booking, order or subscription, or by an e-mail address')
  .option('--source <source>', 'the source of the subject; with --email, only this one')
  .option('--subject <subject>', 'ticket/…, booking/…, order/…, subscription/…, as the events have it')
  .option('--email <address>', 'an e-mail address, wherever it stands')
  .option('--by <name>', 'who asked for it, for the record (default: operator and your name here)')
  .option('--dry-run', 'show how many events, subjects and people it concerns, and change nothing', false)
  .option('--yes', 'erase also when it concerns more than one subject', false)
  .action(async (options: EraseOptions) => (await import('./commands/erase.ts')).erase(options, terminal));

program
  .command('reprocess')
  .description('run the present code over the events that are kept, in their place: for types that were added since')
  .option('--source <source>', 'only events of this source')
  .option('--type <name>', "only events of this name of the provider's")
  .option('--since <time>', 'only what occurred then or later, like 2026-11-22 or 2026-11-22T10:45:00Z')
  .option('--dry-run', 'say what would become of them, and change nothing', false)
  .action(async (options: ReprocessOptions) => (await import('./commands/reprocess.ts')).reprocess(options, terminal));

const refused = program
  .command('refused')
  .description('deliveries that were refused for their signature, which KEEP_REFUSED has kept');
refused
  .command('list')
  .description('what is kept, without what was sent')
  .option('--source <source>', 'of this one only')
  .action(async (options: { source?: string }) =>
    (await import('./commands/refused.ts')).listRefused(options, terminal),
  );
for (const [name, what] of [
  ['admit', 'check them with the secrets that are set now, as of when they came: what is authentic is recorded'],
  ['drop', 'let go of what nobody wants'],
] as const) {
  refused
    .command(name)
    .description(what)
    .argument('[ids...]', 'their numbers in the list', numbers)
    .option('--all', 'everything that is kept', false)
    .option('--source <source>', 'everything that is kept of this one')
    .action(async (ids: number[] | undefined, options: Chosen) => {
      const commands = await import('./commands/refused.ts');
      await commands[name === 'admit' ? 'admitRefused' : 'dropRefused'](ids ?? [], options, terminal);
    });
}

program
  .command('audit')
  .description('who released, discarded, erased, reprocessed, issued and revoked, and who read personal data')
  .option('--since <time>', 'only what was noted then or later, like 2026-11-22 or 2026-11-22T10:45:00Z')
  .option('--holder <hash>', 'only what was done with the tokens of this holder')
  .option('--sub <name>', 'the same of whoever tokens name so ("sub"); with --iss if they have an issuer')
  .option('--iss <issuer>', 'the issuer that made these tokens ("iss")')
  .option('--json', 'as JSON, one entry on each line', false)
  .action(async (options: AuditOptions) => (await import('./commands/audit.ts')).audit(options, terminal));

const quarantine = program
  .command('quarantine')
  .description('authentic deliveries that could not be normalised, kept as they came');
quarantine
  .command('list')
  .description('what waits, and where it does not fit')
  .addOption(
    new Option('--state <state>', 'those that are something else')
      .choices(QUARANTINE_STATES.map((state) => state.toLowerCase()))
      .default('waiting'),
  )
  .action(async ({ state }: { state: string }) =>
    (await import('./commands/quarantine.ts')).listQuarantine(
      { state: state.toUpperCase() as QuarantineState },
      terminal,
    ),
  );
quarantine
  .command('show')
  .description('why one delivery does not fit')
  .argument('<id>', 'its number in the list', positive)
  .option('--payload', 'its payload as well, which speaks of people', false)
  .action(async (id: number, options: { payload: boolean }) =>
    (await import('./commands/quarantine.ts')).showQuarantined(id, options, terminal),
  );
quarantine
  .command('release')
  .description('try again with the present code: what fits now becomes an event, once')
  .argument('[ids...]', 'their numbers in the list', numbers)
  .option('--all', 'everything that waits', false)
  .action(async (ids: number[] | undefined, options: { all: boolean }) =>
    (await import('./commands/quarantine.ts')).releaseQuarantined(ids ?? [], options, terminal),
  );
quarantine
  .command('discard')
  .description('let go of what nobody wants')
  .argument('<ids...>', 'their numbers in the list', numbers)
  .action(async (ids: number[]) => (await import('./commands/quarantine.ts')).discardQuarantined(ids, terminal));

try {
  await program.parseAsync();
  // An idle connection may keep the process; the command has ended.
  process.exitCode ??= 0;
} catch (error) {
  const lines = error instanceof ConfigError ? error.problems : describe(error);
  for (const line of lines) terminal.complain(`hookcast: ${line}`);
  process.exitCode = 1;
}
terminal.ended();

/** To signals from the first moment: reading a gateway and opening its log takes a while. */
function listen(): void {
  void terminal.interrupted();
}

function describe(error: unknown): readonly string[] {
  // Operators are told what the database says; clients are not.
  if (error instanceof HookcastError && error.cause instanceof Error && !error.message.includes(error.cause.message)) {
    return [`${error.message} (${error.cause.message})`];
  }
  if (error instanceof CommandError || error instanceof HookcastError) return [error.message];
  return (error instanceof Error ? (error.stack ?? error.message) : String(error)).split('\n');
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('Expected a whole number above zero.');
}

/** One more of several. */
function numbers(text: string, before: number[] | undefined): number[] {
  return [...(before ?? []), positive(text)];
}
