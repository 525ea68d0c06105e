import type { Terminal } from '../../src/commands/terminal.ts';

/** A terminal that keeps what is printed, for commands that are run in this process. */
export class TestTerminal implements Terminal {
  readonly env: Readonly<Record<string, string>>;
  readonly lines: string[] = [];

  constructor(env: Readonly<Record<string, string>>) {
    this.env = env;
  }

  readonly print = (line: string): void => void this.lines.push(...line.split('\n'));
  readonly interrupted = (): Promise<void> => Promise.resolve();
}
