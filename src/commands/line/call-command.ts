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

/**
 * In the order of the help. The code of a command is loaded only when it is called: `token` need not wait for the gateway's
 * code.
 */
const COMMANDS = [addRunning, addTokens, addTypes, addLog, addEvents, addSources, addDecisions];

/** Runs a command line. @param args the words after `hookcast`. @returns the exit code of the process. */
export async function callCommand(args: readonly string[], terminal: CommandTerminal): Promise<number> {
  const program = new Command('hookcast')
    .description(
      'Receives verified webhooks, records them as typed events, and serves them as GraphQL queries and resumable subscriptions.',
    )
    // `token` has the same setting. Without it here, an option before `issue` would be collected, and `token` would not see its
    // `issue`.
    .enablePositionalOptions()
    .showHelpAfterError('(--help says how)')
    // Otherwise commander would end the process before a pipe has taken all of the help. This setting also counts for the
    // commands added below.
    .exitOverride()
    .configureOutput({ writeOut: terminal.write, writeErr: terminal.writeError })
    .hook('preAction', terminal.rereadEnv);
  for (const add of COMMANDS) add(program, terminal);
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // commander has already printed what is wrong. A request for help comes this way as well.
    if (error instanceof CommanderError) return error.exitCode;
    for (const line of describeError(error)) terminal.complain(`hookcast: ${line}`);
    return 1;
  }
}
