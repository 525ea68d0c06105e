import type { LineWriter } from './line-writer.ts';

/** The environment and output of a command. Only `cli.ts` takes it from the process; tests pass their own. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Prints one line of one or more columns, without characters that a terminal would act on (`visible`). */
  readonly print: (...columns: readonly string[]) => void;
}

/** The terminal of a command that prints a list of any length. */
export interface ListingTerminal extends Terminal {
  /**
   * Whether the list should go on. Resolves once the reader has taken what was printed, so that a reader which takes its time does not
   * have the whole list wait in memory. It should not if the reader has gone (`| head`), or if the disk is full.
   */
  readonly wantsMore: () => Promise<boolean>;
}

/** The terminal of a command whose output is for another program. */
export interface SendingTerminal extends Terminal {
  /** Writes the output, byte for byte. Resolves once it is written; rejects if the reader has gone or the disk is full. */
  readonly send: (chunk: string | Uint8Array) => Promise<void>;
  /** Whether the output goes to a screen. */
  readonly isScreen: boolean;
  /** Shows the progress beside the output, in place of the progress before. It does nothing if no person would see it. */
  readonly progress: (line: string) => void;
  /** Shows a line beside the output. It does nothing if no person would see it. */
  readonly remark: (line: string) => void;
  readonly interrupted: GatewayTerminal['interrupted'];
}

/** The terminal of a command that runs until it is told to end. */
export interface GatewayTerminal extends Terminal {
  /** For the lines of a log. */
  readonly stdout: LineWriter;
  readonly stderr: LineWriter;
  /**
   * Resolves when the operator wants the command to end. If a command doesn't call this, the signal itself ends it. The first call says with
   * which code the process ends if the command then takes too long: 1, since its work is not done, unless `late` is another one.
   */
  readonly interrupted: (late?: number) => Promise<void>;
  /** Calls the listener when the operator wants the settings to be read again. It resolves with whether they were accepted. */
  readonly onReload: (listener: () => Promise<boolean>) => void;
  /** Reads `.env` into `env`, which otherwise stays as it is. @throws {ConfigError} if the file can't be read. */
  readonly rereadEnv: () => void;
}

/** The terminal of the whole command line. */
export interface CommandTerminal extends GatewayTerminal, SendingTerminal, ListingTerminal {
  /** Prints why a command fails. */
  readonly complain: (line: string) => void;
  /** Prints a text of our own, such as help, unchanged. */
  readonly write: (text: string) => void;
  /** The same on standard error, for errors in a command line. */
  readonly writeError: (text: string) => void;
}

/** An error of a command. Its message says what to do, and no stack trace is printed. */
export class CommandError extends Error {}

/** Prints a value as indented JSON. */
export function printJson(value: unknown, { print }: Pick<Terminal, 'print'>): void {
  for (const line of JSON.stringify(value, null, 2).split('\n')) print(line);
}

/** Prints commands for the operator to run, one on each line. */
export function printCommands(what: string, commands: readonly string[], { print }: Pick<Terminal, 'print'>): void {
  print(`${what}:`);
  for (const command of commands) print(`  ${command}`);
}

/** How the operator calls a command here: in a checkout, or where hookcast is installed. */
export function howToCall(command: string, ...args: readonly string[]): string {
  const isCheckout = import.meta.url.endsWith('.ts');
  if (!isCheckout) return ['npx hookcast', command, ...args].join(' ');
  return [`npm run ${command}`, ...(args.length > 0 ? ['--', ...args] : [])].join(' ');
}
