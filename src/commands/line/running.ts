import { type Command, Option } from 'commander';
import type { SendOptions } from '../send.ts';
import type { ServeOptions } from '../serve.ts';
import type { CommandTerminal } from '../terminal.ts';
import { positive } from './numbers.ts';

/** The exit code of a gateway whose drain takes too long: everything that was acknowledged is on the disk. */
const LATE = 0;

/** The commands that run the gateway or try it out. */
export function addRunning(program: Command, terminal: CommandTerminal): void {
  program
    .command('serve')
    .description('run the gateway, for production; settings come from the environment')
    .option(
      '--workers <n>',
      "how many workers take deliveries and serve subscribers; 'auto' is one for each core (default: WORKERS, or 1)",
    )
    .action(async (options: ServeOptions) => {
      // Listens to signals from the first moment, since reading a gateway and opening its log take a while.
      void terminal.interrupted(LATE);
      await (await import('../serve.ts')).serve(terminal, options);
    });

  program
    .command('dev')
    .description('run the gateway with throw-away secrets, and print a link that opens the console')
    .option('--with-a-day', 'fill it first with a day of an organizer and a studio, all of them invented', false)
    .action(async ({ withADay }: { withADay: boolean }) => {
      void terminal.interrupted(LATE);
      await (await import('../dev.ts')).dev(terminal, { withADay });
    });

  program
    .command('demo')
    .description('show the whole path once: two signed webhooks, a subscription and a query')
    .action(async () => (await import('../demo.ts')).demo(terminal));

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
      (await import('../send.ts')).send(source, options, terminal),
    );
}
