import { callCommand } from '../../src/commands/line/call-command.ts';
import { LineWriter } from '../../src/commands/line-writer.ts';
import type { CommandTerminal } from '../../src/commands/terminal.ts';
import { lineOf, visible } from '../../src/visible.ts';

/** A terminal that keeps what is printed, for commands that are run in this process. */
export class TestTerminal implements CommandTerminal {
  readonly env: Readonly<Record<string, string>>;
  readonly lines: string[] = [];
  /** All of standard output, and all of standard error. */
  out = '';
  beside = '';
  isScreen = false;

  constructor(env: Readonly<Record<string, string>>, interrupted = () => Promise.resolve()) {
    this.env = env;
    this.interrupted = interrupted;
  }

  readonly print = (...columns: readonly string[]): void => {
    const line = lineOf(columns);
    this.lines.push(line);
    this.out += `${line}\n`;
  };
  readonly complain = (line: string): void => void (this.beside += `${visible(line)}\n`);
  readonly write = (text: string): void => void (this.out += text);
  readonly writeError = (text: string): void => void (this.beside += text);
  send = async (chunk: string | Uint8Array): Promise<void> => void (this.out += Buffer.from(chunk).toString());
  readonly wantsMore = (): Promise<boolean> => Promise.resolve(true);
  readonly progress = (_line: string): void => {};
  readonly remark = (_line: string): void => {};
  readonly stdout = new LineWriter({ write: (_text, done) => done(), last: () => {} });
  readonly stderr = this.stdout;
  readonly onReload = (): void => {};
  readonly rereadEnv = (): void => {};
  readonly interrupted: () => Promise<void>;
}

/** A command line as a process is given it, done in this process: what it would exit with, and what it would say. */
export async function call(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const terminal = new TestTerminal(env, () => new Promise(() => {}));
  const code = await callCommand(args, terminal);
  return { code, stdout: terminal.out, stderr: terminal.beside };
}
