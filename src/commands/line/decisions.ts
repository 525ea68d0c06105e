import { type Command, Option } from 'commander';
import { QUARANTINE_STATES, type QuarantineState } from '../../events/quarantine.ts';
import type { AuditCommandOptions } from '../audit.ts';
import type { Chosen } from '../refused.ts';
import type { CommandTerminal } from '../terminal.ts';
import { type Elsewhere, at, elsewhere } from './elsewhere.ts';
import { numbers, positive } from './numbers.ts';

/** Deliveries that wait for an operator, and what operators did. */
export function addDecisions(program: Command, terminal: CommandTerminal): void {
  const refused = program
    .command('refused')
    .description('list, admit or drop deliveries that were refused for their signature and kept (KEEP_REFUSED)');
  elsewhere(refused.command('list'))
    .description('list the refused deliveries, without their payloads')
    .option('--source <source>', 'only deliveries to this source')
    .action(async (options: Elsewhere & { source?: string }) =>
      (await import('../refused.ts')).listRefused(options, at(options, terminal)),
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
        const commands = await import('../refused.ts');
        await commands[name === 'admit' ? 'admitRefused' : 'dropRefused'](ids ?? [], options, at(options, terminal));
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
      (await import('../audit.ts')).audit(options, at(options, terminal)),
    );

  const quarantine = program
    .command('quarantine')
    .description('list, release or discard authentic deliveries that did not fit any known event');
  elsewhere(quarantine.command('list'))
    .description('list the deliveries that wait, and where they do not fit')
    .addOption(
      new Option('--state <state>', 'deliveries of other kinds')
        .choices(QUARANTINE_STATES.map((state) => state.toLowerCase()))
        .default('waiting'),
    )
    .action(async ({ state, ...where }: Elsewhere & { state: string }) =>
      (await import('../quarantine.ts')).listQuarantine(
        { state: state.toUpperCase() as QuarantineState },
        at(where, terminal),
      ),
    );
  elsewhere(quarantine.command('show'))
    .description('show why one delivery does not fit')
    .argument('<id>', 'its number in the list', positive)
    .option('--payload', 'its payload as well, which speaks of people', false)
    .action(async (id: number, options: Elsewhere & { payload: boolean }) =>
      (await import('../quarantine.ts')).showQuarantined(id, options, at(options, terminal)),
    );
  elsewhere(quarantine.command('release'))
    .description('try again with this version; a delivery that fits now is recorded as an event, once')
    .argument('[ids...]', 'the numbers of the deliveries in the list', numbers)
    .option('--all', 'all deliveries that wait', false)
    .action(async (ids: number[] | undefined, options: Elsewhere & { all: boolean }) =>
      (await import('../quarantine.ts')).releaseQuarantined(ids ?? [], options, at(options, terminal)),
    );
  elsewhere(quarantine.command('discard'))
    .description('discard deliveries, and delete their payloads')
    .argument('<ids...>', 'the numbers of the deliveries in the list', numbers)
    .action(async (ids: number[], options: Elsewhere) =>
      (await import('../quarantine.ts')).discardQuarantined(ids, at(options, terminal)),
    );
}
