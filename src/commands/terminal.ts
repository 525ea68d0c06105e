import type { LineWriter } from './line-writer.ts';

/** What a command knows of the world. Only `cli.ts` has it from the process; tests give their own. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Prints one line, of one column or several. Nothing in it is left that a terminal would act on (`visible`). */
  readonly print: (...columns: readonly string[]) => void;
}

/** What a command knows whose output is for another program. */
export interface SendingTerminal extends Terminal {
  /** Hands out what is made, byte for byte. Resolved once it is taken; rejected if the reader has gone, or the disk is full. */
  readonly send: (chunk: string | Uint8Array) => Promise<void>;
  /** Whether a person looks at the output. */
  readonly isScreen: boolean;
  /** Says how far it is, beside the output; nothing, where nobody looks. */
  readonly progress: (line: string) => void;
  readonly interrupted: () => Promise<void>;
}

/** What a command knows that runs until it is told to end. */
export interface GatewayTerminal extends Terminal {
  /** For the lines of a log. */
  readonly stdout: LineWriter;
  readonly stderr: LineWriter;
  /** Resolves when the operator wants the command to end. A command that doesn't ask is ended by the signal itself. */
  readonly interrupted: () => Promise<void>;
  /** Calls back whenever the operator wants the settings to be read anew. The listener says whether they were taken. */
  readonly onReload: (listener: () => Promise<boolean>) => void;
  /** Reads `.env` anew into `env`, which otherwise stays as the process began. */
  readonly rereadEnv: () => void;
}

/** What the command line as a whole knows of the world. */
export interface CommandTerminal extends GatewayTerminal, SendingTerminal {
  /** Says what keeps a command from its work. */
  readonly complain: (line: string) => void;
  /** Text that is our own, such as help, as it is. */
  readonly write: (text: string) => void;
  /** The same beside the output: what is wrong with a command line. */
  readonly writeError: (text: string) => void;
}

/** A command that can't do what it was asked to: the message says what to do, and no stack trace is wanted. */
export class CommandError extends Error {}

/** Prints a value as JSON, as people read it. */
export function printJson(value: unknown, { print }: Pick<Terminal, 'print'>): void {
  for (const line of JSON.stringify(value, null, 2).split('\n')) print(line);
}

/** Prints commands for the operator to run, one on each line. */
export function printCommands(what: string, commands: readonly string[], { print }: Pick<Terminal, 'print'>): void {
  print(`${what}:`);
  for (const command of commands) print(`  ${command}`);
}

/** How the operator calls a command where this runs: in a checkout, or where hookcast is installed. */
export function howToCall(command: string, ...args: readonly string[]): string {
  const isCheckout = import.meta.url.endsWith('.ts');
  if (!isCheckout) return ['npx hookcast', command, ...args].join(' ');
  return [`npm run ${command}`, ...(args.length > 0 ? ['--', ...args] : [])].join(' ');
}
