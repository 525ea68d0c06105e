import { Command, CommanderError } from 'commander';
import { describeError } from '../describe-error.ts';
import type { CommandTerminal } from '../terminal.ts';
import { addDecisions } from './decisions.ts';
import { addEvents } from './events.ts';
import { addLog } from './log.ts';
import { addRunning } from './running.ts';
import { addSources } from './sources.ts';
import { addTokens } from './tokens.ts';
import { addTypes } from './types.ts';

/** In the order in which the help has them. The code of a command is read only when it is asked for: `token` need not wait for the gateway. */
const COMMANDS = [addRunning, addTokens, addTypes, addLog, addEvents, addSources, addDecisions];

/** Does what a command line asks for. @param args what stands behind `hookcast`. @returns the code that a process is to exit with. */
export async function callCommand(args: readonly string[], terminal: CommandTerminal): Promise<number> {
  const program = new Command('hookcast')
    .description(
      'Receives verified webhooks, records them as typed events, and serves them as GraphQL queries and resumable subscriptions.',
    )
    // `token` says the same. Without it here as well, an option before `issue` would be collected, and `token` would not see its `issue`.
    .enablePositionalOptions()
    .showHelpAfterError('(--help says how)')
    // Or it would end the process while a pipe has not taken all of the help. What is said here counts for the commands that are added below.
    .exitOverride()
    .configureOutput({ writeOut: terminal.write, writeErr: terminal.writeError });
  for (const add of COMMANDS) add(program, terminal);
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // It has said already what is wrong; help that was asked for comes this way as well.
    if (error instanceof CommanderError) return error.exitCode;
    for (const line of describeError(error)) terminal.complain(`hookcast: ${line}`);
    return 1;
  }
}
