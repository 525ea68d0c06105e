import { LineWriter } from '../../src/commands/line-writer.ts';
import { lineOf } from '../../src/visible.ts';
import type { GatewayTerminal } from '../../src/commands/terminal.ts';

/** A terminal that keeps what is printed, for commands that are run in this process. */
export class TestTerminal implements GatewayTerminal {
  readonly env: Readonly<Record<string, string>>;
  readonly lines: string[] = [];

  constructor(env: Readonly<Record<string, string>>, interrupted = () => Promise.resolve()) {
    this.env = env;
    this.interrupted = interrupted;
  }

  readonly print = (...columns: readonly string[]): void => void this.lines.push(lineOf(columns));
  readonly stdout = new LineWriter({ write: (_text, done) => done(), last: () => {} });
  readonly stderr = this.stdout;
  readonly onReload = (): void => {};
  readonly rereadEnv = (): void => {};
  readonly interrupted: () => Promise<void>;
}
