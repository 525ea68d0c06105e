import { type Command, Option } from 'commander';
import type { DriftCommandOptions } from '../drift.ts';
import type { EraseOptions } from '../erase.ts';
import { DELIMITERS } from '../../export/lines.ts';
import { FORMATS } from '../export-format.ts';
import type { ExportOptions } from '../export.ts';
import type { ReprocessOptions } from '../reprocess.ts';
import type { CommandTerminal } from '../terminal.ts';
import type { VerifyOptions } from '../verify.ts';
import { type Elsewhere, at, elsewhere } from './elsewhere.ts';

const EXPORT_HELP = `
Examples:
  hookcast export --since 2026-11-01 --until 2026-12-01 --output november.parquet
  hookcast export --filter typenames=TicketCancellation search="noite de choro" --output tickets.csv
  hookcast export --filter '{"sources": ["eduzz"], "happened": ["PAID", "REFUNDED"]}' --output orders.ndjson.gz
  hookcast export --after CURSOR --output later.csv      the events since the export that ended with this cursor
  hookcast export | jq .subject                          events as JSON, each on a line

The exit code is 0 if everything was exported. Otherwise it is 1, and no file has the name, or the output is incomplete.`;

/** Commands about recorded events: to check, erase, export and reprocess them. */
export function addEvents(program: Command, terminal: CommandTerminal): void {
  program
    .command('verify')
    .description('check a captured delivery without a gateway: signature, claims, schema, event')
    .argument('<source>', 'the source whose secrets check the delivery')
    .argument('<file>', 'headers, an empty line and the body, byte for byte; or the body alone')
    .option('--at <time>', 'check timestamps as if this were the time, such as 2026-11-22T10:45:00Z (default: now)')
    .option('--personal', 'show personal data as well', false)
    .action(async (source: string, file: string, options: VerifyOptions) =>
      (await import('../verify.ts')).verify(source, file, options, terminal),
    );

  elsewhere(program.command('drift'))
    .description('show the fields that providers have begun to send: their names, never their values')
    .option('--source <source>', 'only the fields of this source')
    .option('--accept', 'accept the fields that are shown, so that they count as known from now on', false)
    .action(async (options: Elsewhere & DriftCommandOptions) =>
      (await import('../drift.ts')).drift(options, at(options, terminal)),
    );

  elsewhere(program.command('erase'))
    .description(
      'erase the personal data of a person, found by an e-mail address or by a ticket, booking, order or subscription',
    )
    .option('--source <source>', 'the source of the subject; with --email, erase only in this source')
    .option('--subject <subject>', 'ticket/…, booking/…, order/…, subscription/…, as the events have it')
    .option('--email <address>', 'the e-mail address of the person')
    .option(
      '--by <name>',
      'the name of the person who asked for the erasure, for the record (default: operator and your name here)',
    )
    .option('--dry-run', 'show how many events, subjects and people would be erased, and change nothing', false)
    .option('--yes', 'erase even if more than one subject, or several deliveries in quarantine, are concerned', false)
    .action(async (options: Elsewhere & EraseOptions) =>
      (await import('../erase.ts')).erase(options, at(options, terminal)),
    );

  elsewhere(program.command('export'), 'the scope events:read')
    .description('write the recorded events to a file or to standard output, for a data warehouse or a spreadsheet')
    .addOption(
      new Option('--format <format>', 'the form of the file (default: what its name says, or ndjson)').choices(FORMATS),
    )
    .addOption(
      new Option(
        '--delimiter <name>',
        'the separator between the cells of CSV; spreadsheets expect a semicolon if decimals have a comma (default: comma)',
      ).choices(Object.keys(DELIMITERS)),
    )
    .option(
      '--since <time>',
      'only events that occurred at this time or later, such as 2026-11-22 or 2026-11-22T10:45:00Z',
    )
    .option('--until <time>', 'only events that occurred before this time')
    .option(
      '--filter <member=value...>',
      'only events that match: a member of EventFilter and a value, such as sources=eduzz or search="ana silva", or a whole EventFilter as JSON; ' +
        'several values of one list are alternatives',
    )
    .option(
      '--after <cursor>',
      'only events after this cursor: the one that an earlier export ended with, or that of a line of NDJSON',
    )
    .option(
      '--output <file>',
      'the file to write, which only you can read; a name that ends with .gz is compressed (default: -, standard output)',
    )
    .option('--force', 'replace the file if it exists', false)
    .option('--people', 'personal data as well; the audit notes it', false)
    .option('--raw', 'the verified payloads as well, which contain personal data; the audit notes it', false)
    .addHelpText('after', EXPORT_HELP)
    .action(async (options: Elsewhere & ExportOptions) => {
      // Listens to signals from the first moment, since reading a gateway and opening its log take a while.
      void terminal.interrupted();
      const { send, isScreen, progress, remark, interrupted } = terminal;
      const { exportEvents } = await import('../export.ts');
      await exportEvents(options, { ...at(options, terminal), send, isScreen, progress, remark, interrupted });
    });

  elsewhere(program.command('reprocess'))
    .description(
      'read the payloads of recorded events again with this version, after types were added, and replace the events',
    )
    .option('--source <source>', 'only events of this source')
    .option('--type <name>', 'only events with this name of the provider')
    .option(
      '--since <time>',
      'only events that occurred at this time or later, such as 2026-11-22 or 2026-11-22T10:45:00Z',
    )
    .option('--dry-run', 'report what would happen, and change nothing', false)
    .action(async (options: Elsewhere & ReprocessOptions) =>
      (await import('../reprocess.ts')).reprocess(options, at(options, terminal)),
    );
}
