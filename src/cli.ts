#!/usr/bin/env node
// First of all: modules run in the order in which they are imported.
import './assert-node.ts';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { SchemaOptions } from './commands/schema.ts';
import type { AuditCommandOptions } from './commands/audit.ts';
import type { CopyOptions } from './commands/copy.ts';
import { describeError } from './commands/describe-error.ts';
import type { DriftCommandOptions } from './commands/drift.ts';
import type { EraseOptions } from './commands/erase.ts';
import { FORMATS } from './commands/export-format.ts';
import type { ExportOptions } from './commands/export.ts';
import type { Chosen } from './commands/refused.ts';
import type { ReconcileOptions } from './commands/reconcile.ts';
import type { ReprocessOptions } from './commands/reprocess.ts';
import type { SendOptions } from './commands/send.ts';
import type { ServeOptions } from './commands/serve.ts';
import { ProcessTerminal } from './commands/process-terminal.ts';
import type { TypesOptions } from './commands/types.ts';
import type { VerifyOptions } from './commands/verify.ts';
import type { Terminal } from './commands/terminal.ts';
import { QUARANTINE_STATES, type QuarantineState } from './events/quarantine.ts';

const terminal = new ProcessTerminal(process);

// Each command is read only when it is asked for: `token` need not wait for the whole gateway.
const program = new Command('hookcast')
  .description(
    'Receives verified webhooks, records them as typed events, and serves them as GraphQL queries and resumable subscriptions.',
  )
  // Here as well as below: or options are collected, in front of which "token" then can't see its "issue".
  .enablePositionalOptions()
  .showHelpAfterError('(--help says how)');

program
  .command('serve')
  .description('run the gateway, for production; settings come from the environment')
  .option(
    '--workers <n>',
    "how many workers take deliveries and serve subscribers; 'auto' is one for each core (default: WORKERS, or 1)",
  )
  .action(async (options: ServeOptions) => {
    listen();
    await (await import('./commands/serve.ts')).serve(terminal, options);
  });

program
  .command('dev')
  .description('run the gateway with throw-away secrets, and print a link that opens the console')
  .option('--with-a-day', 'fill it first with a day of an organiser and a studio, all of them invented', false)
  .action(async ({ withADay }: { withADay: boolean }) => {
    listen();
    await (await import('./commands/dev.ts')).dev(terminal, { withADay });
  });

program
  .command('demo')
  .description('show the whole path once: two signed webhooks, a subscription and a query')
  .action(async () => (await import('./commands/demo.ts')).demo(terminal));

program
  .command('send')
  .description('post a sample to a running gateway, signed as the provider does')
  .argument('[source]', 'the name of the source: eduzz, wix, …')
  .addOption(
    new Option(
      '--day',
      'instead of a sample: a whole day of an organizer (eduzz) and a studio (wix) until now, and earlier days to compare it with',
    ).conflicts(['event', 'count']),
  )
  .option('--event <name>', "the provider's name of the event")
  .option('--count <n>', 'how many samples, each with its own id', positive, 1)
  .option('--url <url>', 'where the gateway is (default: HOST and PORT, or http://127.0.0.1:4000)')
  .action(async (source: string | undefined, options: SendOptions) =>
    (await import('./commands/send.ts')).send(source, options, terminal),
  );

const token = program
  .command('token')
  .description(
    'make a token, signed with AUTH_SECRET or with the secret of "hookcast dev"; it cannot be revoked, so use "token issue" for one that can',
  )
  // Or "token issue --tenant" would take the option for its own.
  .enablePositionalOptions()
  .option(
    '--tenant <tenant...>',
    "required: the tenants that the token may see, such as eduzz:40021; '*' is every tenant",
  )
  .option('--scope <scopes>', "what the token may see, in quotes: 'events:read pii:read raw:read ops'", 'events:read')
  .option('--expires <seconds>', 'how long the token is valid, at most a year (31536000)', positive, 3600)
  .action(async (options: { tenant?: string[]; scope: string; expires: number }) =>
    (await import('./commands/token.ts')).token(options, terminal),
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
    ) => (await import('./commands/tokens.ts')).issueToken(options, at(options)),
  );
elsewhere(token.command('list'))
  .description(
    'list the tokens that were issued here, and those that were revoked; the tokens themselves are never shown',
  )
  .option('--all', 'include expired tokens', false)
  .option('--json', 'as JSON, one token on each line', false)
  .action(async (options: Elsewhere & { all: boolean; json: boolean }) =>
    (await import('./commands/tokens.ts')).listTokens(options, at(options)),
  );
elsewhere(token.command('revoke'))
  .description('refuse tokens from now on; all gateways end their subscriptions within a second')
  .argument('[ids...]', 'the ids of the tokens in the list')
  .option('--id <id...>', 'the claim "jti" of a token that an identity provider has issued')
  .action(async (ids: string[], options: Elsewhere & { id?: string[] }) =>
    (await import('./commands/tokens.ts')).revokeTokens(ids, options, at(options)),
  );

program
  .command('schema')
  .description('print the GraphQL schema, with the types of your hookcast.config.ts')
  .option('--write <file>', 'to a file')
  .option('--explain', 'print which fields of events are personal, and why')
  .addOption(
    new Option(
      '--federation',
      'print the schema as a subgraph of Apollo Federation, for composing a supergraph',
    ).conflicts('explain'),
  )
  .action(async (options: SchemaOptions) => (await import('./commands/schema.ts')).schema(options, terminal));

elsewhere(program.command('types'))
  .description(
    'draft event types for a source of your own in a TypeScript file, from payloads that it sent; the file contains no value of them',
  )
  .argument('<source>', 'the name of the source in hookcast.config.ts')
  .option(
    '--from <what...>',
    "'log' for the payloads in the log of DATABASE_URL, or of the gateway of --url; or files, each with the body of one delivery; or 'openapi' and a JSON document",
    ['log'],
  )
  .option('--event <name...>', 'only these events; with files, the name of the event, if the files do not contain it')
  .option('--write <file>', 'the file to write (default: <source>-types.ts)')
  .option('--force', 'overwrite the file if it exists', false)
  .action(async (source: string, options: Elsewhere & TypesOptions) =>
    (await import('./commands/types.ts')).types(source, options, at(options)),
  );

program
  .command('copy')
  .description('copy a log into PostgreSQL; the cursors of clients stay valid; run it again to copy what is new')
  .requiredOption('--from <url>', 'the log to copy, sqlite:<path> or postgres://…')
  .option('--to <url>', 'an empty database, postgres://user:password@host:5432/database (default: DATABASE_URL)')
  .action(async (options: CopyOptions) => (await import('./commands/copy.ts')).copy(options, terminal));

program
  .command('check')
  .description('read the whole log, every page and every index, and report what is wrong with it')
  .action(async () => (await import('./commands/check.ts')).check(terminal));

program
  .command('backup')
  .description('copy a SQLite log into a file while gateways run, and check the copy')
  .argument('<file>', 'the backup file; it contains personal data, so only you can read it')
  .option('--force', 'replace the file if it exists', false)
  .action(async (file: string, options: { force: boolean }) =>
    (await import('./commands/backup.ts')).backup(file, options, terminal),
  );

program
  .command('restore')
  .description('replace a SQLite log by a backup, while no gateway runs; clients are told of a Gap')
  .argument('<file>', 'the backup')
  .option('--force', 'move an existing log aside under another name', false)
  .action(async (file: string, options: { force: boolean }) =>
    (await import('./commands/restore.ts')).restore(file, options, terminal),
  );

program
  .command('verify')
  .description('check a captured delivery without a gateway: signature, claims, schema, event')
  .argument('<source>', 'the source whose secrets check the delivery')
  .argument('<file>', 'headers, an empty line and the body, byte for byte; or the body alone')
  .option('--at <time>', 'check timestamps as if this were the time, such as 2026-11-22T10:45:00Z (default: now)')
  .option('--personal', 'show personal data as well', false)
  .action(async (source: string, file: string, options: VerifyOptions) =>
    (await import('./commands/verify.ts')).verify(source, file, options, terminal),
  );

elsewhere(program.command('drift'))
  .description('show the fields that providers send now and did not send before: their names, never their values')
  .option('--source <source>', 'of this one only')
  .option('--accept', 'accept the fields that are shown, so that they count as known from now on', false)
  .action(async (options: Elsewhere & DriftCommandOptions) =>
    (await import('./commands/drift.ts')).drift(options, at(options)),
  );

elsewhere(program.command('erase'))
  .description(
    'erase what is known of a person, found by an e-mail address or by a ticket, booking, order or subscription',
  )
  .option('--source <source>', 'the source of the subject; with --email, erase only in this source')
  .option('--subject <subject>', 'ticket/…, booking/…, order/…, subscription/…, as the events have it')
  .option('--email <address>', 'the e-mail address of the person')
  .option(
    '--by <name>',
    'the name of the person who asked for the erasure, for the record (default: operator and your name here)',
  )
  .option('--dry-run', 'show how many events, subjects and people would be erased, and change nothing', false)
  .option('--yes', 'erase even if more than one subject is concerned', false)
  .action(async (options: Elsewhere & EraseOptions) =>
    (await import('./commands/erase.ts')).erase(options, at(options)),
  );

elsewhere(program.command('export'), 'the scope events:read')
  .description('write the recorded events to a file or to standard output, for a data warehouse or a spreadsheet')
  .addOption(new Option('--format <format>', 'how to write them').choices(FORMATS).default('ndjson'))
  .option(
    '--since <time>',
    'only events that occurred at this time or later, such as 2026-11-22 or 2026-11-22T10:45:00Z',
  )
  .option('--until <time>', 'only events that occurred before this time')
  .option(
    '--filter <list=value...>',
    'only events that match: a list of EventFilter and a value, such as sources=eduzz or kinds=TICKET; several values of one list are alternatives',
  )
  .option('--output <file>', 'the file to write (default: standard output); only you can read it')
  .option('--force', 'replace the file if it exists', false)
  .option('--people', 'personal data as well; the audit notes it', false)
  .option('--raw', 'the verified payloads as well, which contain personal data; the audit notes it', false)
  .action(async (options: Elsewhere & ExportOptions) => {
    listen();
    const { send, isScreen, progress, interrupted } = terminal;
    const { exportEvents } = await import('./commands/export.ts');
    await exportEvents(options, { ...at(options), send, isScreen, progress, interrupted });
  });

elsewhere(program.command('reprocess'))
  .description(
    'read the payloads of recorded events again with this version, for types that were added later, and replace the events',
  )
  .option('--source <source>', 'only events of this source')
  .option('--type <name>', 'only events with this name of the provider')
  .option(
    '--since <time>',
    'only events that occurred at this time or later, such as 2026-11-22 or 2026-11-22T10:45:00Z',
  )
  .option('--dry-run', 'report what would happen, and change nothing', false)
  .action(async (options: Elsewhere & ReprocessOptions) =>
    (await import('./commands/reprocess.ts')).reprocess(options, at(options)),
  );

const sources = program
  .command('sources')
  .description('list the sources, pause and resume them, or send a sample to one');
elsewhere(sources.command('list'))
  .description(
    'list the sources: the URL to send to, whether a secret is set, the last event, and whether it is paused',
  )
  .action(async (options: Elsewhere) => (await import('./commands/operate-sources.ts')).listSources(at(options)));
elsewhere(sources.command('pause'))
  .description('answer the deliveries of a source with 503 on all gateways, so that its sender tries again later')
  .argument('<source>', 'its name')
  .option('--reason <text>', 'why, for the list and for other operators')
  .action(async (source: string, options: Elsewhere & { reason?: string }) =>
    (await import('./commands/operate-sources.ts')).pauseSource(source, options, at(options)),
  );
elsewhere(sources.command('resume'))
  .description('take the deliveries of a paused source again')
  .argument('<source>', 'its name')
  .action(async (source: string, options: Elsewhere) =>
    (await import('./commands/operate-sources.ts')).resumeSource(source, at(options)),
  );
elsewhere(sources.command('sample'))
  .description(
    'have a running gateway sign a sample and deliver it to itself; the gateway must allow it (ALLOW_SAMPLES)',
  )
  .argument('<source>', 'its name')
  .option('--event <name>', "the provider's name of the event")
  .action(async (source: string, options: Elsewhere & { event?: string }) =>
    (await import('./commands/operate-sources.ts')).sendSourceSample(source, options.event, at(options)),
  );

program
  .command('reconcile')
  .description('compare a source with the API of its provider, and record the events that no webhook has told of')
  .argument('<source>', 'the source, whose provider has an API for this')
  .option('--since <time>', 'from this time on, such as 2026-11-22 or 2026-11-22T10:45:00Z (default: a day ago)')
  .option('--dry-run', 'report what was missed, and change nothing', false)
  .action(async (source: string, options: ReconcileOptions) =>
    (await import('./commands/reconcile.ts')).reconcile(source, options, terminal),
  );

const refused = program
  .command('refused')
  .description('list, admit or drop deliveries that were refused for their signature and kept (KEEP_REFUSED)');
elsewhere(refused.command('list'))
  .description('list the refused deliveries, without their payloads')
  .option('--source <source>', 'only deliveries to this source')
  .action(async (options: Elsewhere & { source?: string }) =>
    (await import('./commands/refused.ts')).listRefused(options, at(options)),
  );
for (const [name, what] of [
  [
    'admit',
    'check refused deliveries again with the secrets that are set now, as of the time when they came, and record those that are authentic',
  ],
  ['drop', 'delete refused deliveries'],
] as const) {
  elsewhere(refused.command(name))
    .description(what)
    .argument('[ids...]', 'their numbers in the list', numbers)
    .option('--all', 'all refused deliveries', false)
    .option('--source <source>', 'all refused deliveries to this source')
    .action(async (ids: number[] | undefined, options: Elsewhere & Chosen) => {
      const commands = await import('./commands/refused.ts');
      await commands[name === 'admit' ? 'admitRefused' : 'dropRefused'](ids ?? [], options, at(options));
    });
}

elsewhere(program.command('audit'))
  .description('show who released, discarded, erased, reprocessed, issued and revoked, and who read personal data')
  .option('--since <time>', 'only entries of this time or later, such as 2026-11-22 or 2026-11-22T10:45:00Z')
  .option('--holder <hash>', 'only entries of tokens of this holder')
  .option('--sub <name>', 'only entries of tokens with this subject ("sub"); add --iss if they have an issuer')
  .option('--iss <issuer>', 'the issuer of these tokens ("iss")')
  .option('--json', 'as JSON, one entry on each line', false)
  .action(async (options: Elsewhere & AuditCommandOptions) =>
    (await import('./commands/audit.ts')).audit(options, at(options)),
  );

const quarantine = program
  .command('quarantine')
  .description('list, release or discard authentic deliveries that did not fit any known event');
elsewhere(quarantine.command('list'))
  .description('list the deliveries that wait, and where they do not fit')
  .addOption(
    new Option('--state <state>', 'those that are something else')
      .choices(QUARANTINE_STATES.map((state) => state.toLowerCase()))
      .default('waiting'),
  )
  .action(async ({ state, ...where }: Elsewhere & { state: string }) =>
    (await import('./commands/quarantine.ts')).listQuarantine(
      { state: state.toUpperCase() as QuarantineState },
      at(where),
    ),
  );
elsewhere(quarantine.command('show'))
  .description('show why one delivery does not fit')
  .argument('<id>', 'its number in the list', positive)
  .option('--payload', 'its payload as well, which speaks of people', false)
  .action(async (id: number, options: Elsewhere & { payload: boolean }) =>
    (await import('./commands/quarantine.ts')).showQuarantined(id, options, at(options)),
  );
elsewhere(quarantine.command('release'))
  .description('try again with this version; a delivery that fits now is recorded as an event, once')
  .argument('[ids...]', 'the numbers of the deliveries in the list', numbers)
  .option('--all', 'all deliveries that wait', false)
  .action(async (ids: number[] | undefined, options: Elsewhere & { all: boolean }) =>
    (await import('./commands/quarantine.ts')).releaseQuarantined(ids ?? [], options, at(options)),
  );
elsewhere(quarantine.command('discard'))
  .description('discard deliveries, and delete their payloads')
  .argument('<ids...>', 'the numbers of the deliveries in the list', numbers)
  .action(async (ids: number[], options: Elsewhere) =>
    (await import('./commands/quarantine.ts')).discardQuarantined(ids, at(options)),
  );

try {
  await program.parseAsync();
  // An idle connection may keep the process; the command has ended.
  process.exitCode ??= 0;
} catch (error) {
  for (const line of describeError(error)) terminal.complain(`hookcast: ${line}`);
  process.exitCode = 1;
}
terminal.ended();

interface Elsewhere {
  readonly url?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly plainHttp?: boolean;
}

/** Lets an operator's command be done on a gateway that runs elsewhere. @param needs what its token must have. */
function elsewhere(command: Command, needs = 'the scope ops for every tenant'): Command {
  return command
    .option(
      '--url <url>',
      'do it on the gateway at this address, instead of the log of DATABASE_URL (default: HOOKCAST_URL)',
    )
    .option(
      '--token-file <file>',
      `the file of a token with ${needs}; - is standard input (default: HOOKCAST_TOKEN_FILE)`,
    )
    .option('--token <token>', 'the token itself; other users of this machine can see it (default: HOOKCAST_TOKEN)')
    .option('--plain-http', 'send the token also to an address that is not encrypted');
}

/** The terminal, with what was said on the command line in place of the variables. */
function at({ url, token, tokenFile, plainHttp }: Elsewhere): Terminal {
  const { env, print } = terminal;
  const isTokenSaid = token !== undefined || tokenFile !== undefined;
  return {
    print,
    env: {
      ...env,
      ...(url !== undefined && { HOOKCAST_URL: url }),
      ...(isTokenSaid && { HOOKCAST_TOKEN: token, HOOKCAST_TOKEN_FILE: tokenFile }),
      ...(plainHttp === true && { HOOKCAST_PLAIN_HTTP: 'on' }),
    },
  };
}

/** To signals from the first moment: reading a gateway and opening its log takes a while. */
function listen(): void {
  void terminal.interrupted();
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
