import type { Command } from 'commander';
import type { CopyOptions } from '../copy.ts';
import type { CommandTerminal } from '../terminal.ts';

/** Commands about the whole log: its copies, its backups, and its check. */
export function addLog(program: Command, terminal: CommandTerminal): void {
  program
    .command('copy')
    .description('copy a log into PostgreSQL; the cursors of clients stay valid; run it again to copy what is new')
    .requiredOption('--from <url>', 'the log to copy, sqlite:<path> or postgres://…')
    .option('--to <url>', 'an empty database, postgres://user:password@host:5432/database (default: DATABASE_URL)')
    .action(async (options: CopyOptions) => (await import('../copy.ts')).copy(options, terminal));

  program
    .command('check')
    .description('read the whole log, every page and every index, and report what is wrong with it')
    .action(async () => (await import('../check.ts')).check(terminal));

  program
    .command('backup')
    .description('copy a SQLite log into a file while gateways run, and check the copy')
    .argument('<file>', 'the backup file; it contains personal data, so only you can read it')
    .option('--force', 'replace the file if it exists', false)
    .action(async (file: string, options: { force: boolean }) =>
      (await import('../backup.ts')).backup(file, options, terminal),
    );

  program
    .command('restore')
    .description('replace a SQLite log by a backup, while no gateway runs; clients are told of a Gap')
    .argument('<file>', 'the backup')
    .option('--force', 'move an existing log aside under another name', false)
    .action(async (file: string, options: { force: boolean }) =>
      (await import('../restore.ts')).restore(file, options, terminal),
    );
}
