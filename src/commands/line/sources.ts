import type { Command } from 'commander';
import type { ReconcileOptions } from '../reconcile.ts';
import type { CommandTerminal } from '../terminal.ts';
import { type Elsewhere, at, elsewhere } from './elsewhere.ts';

/** Commands about sources, and about what their providers' APIs know. */
export function addSources(program: Command, terminal: CommandTerminal): void {
  const sources = program
    .command('sources')
    .description('list the sources, pause and resume them, or send a sample to one');
  elsewhere(sources.command('list'))
    .description(
      'list the sources: the URL to send to, whether a secret is set, the last event, and whether it is paused',
    )
    .action(async (options: Elsewhere) => (await import('../operate-sources.ts')).listSources(at(options, terminal)));
  elsewhere(sources.command('pause'))
    .description('answer the deliveries of a source with 503 on all gateways, so that its sender tries again later')
    .argument('<source>', 'its name')
    .option('--reason <text>', 'why, for the list and for other operators')
    .action(async (source: string, options: Elsewhere & { reason?: string }) =>
      (await import('../operate-sources.ts')).pauseSource(source, options, at(options, terminal)),
    );
  elsewhere(sources.command('resume'))
    .description('take the deliveries of a paused source again')
    .argument('<source>', 'its name')
    .action(async (source: string, options: Elsewhere) =>
      (await import('../operate-sources.ts')).resumeSource(source, at(options, terminal)),
    );
  elsewhere(sources.command('sample'))
    .description(
      'have a running gateway sign a sample and deliver it to itself; the gateway must allow it (ALLOW_SAMPLES)',
    )
    .argument('<source>', 'its name')
    .option('--event <name>', "the provider's name of the event")
    .action(async (source: string, options: Elsewhere & { event?: string }) =>
      (await import('../operate-sources.ts')).sendSourceSample(source, options.event, at(options, terminal)),
    );

  program
    .command('reconcile')
    .description('compare a source with the API of its provider, and record the events that no webhook has brought')
    .argument('<source>', 'the source, whose provider has an API for this')
    .option('--since <time>', 'from this time on, such as 2026-11-22 or 2026-11-22T10:45:00Z (default: a day ago)')
    .option('--dry-run', 'report what was missed, and change nothing', false)
    .action(async (source: string, options: ReconcileOptions) =>
      (await import('../reconcile.ts')).reconcile(source, options, terminal),
    );
}
