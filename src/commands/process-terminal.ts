import { existsSync, fstatSync, readFileSync, writeFile, writeFileSync } from 'node:fs';
import { isatty } from 'node:tty';
import { parseEnv } from 'node:util';
import { LineWriter, type TextSink } from './line-writer.ts';
import type { CommandTerminal, SendingTerminal } from './terminal.ts';
import { ConfigError } from '../config-error.ts';
import { lineOf, visible } from '../visible.ts';

/** Settings may be in this file. Variables of the environment take precedence. */
const ENV_FILE = '.env';
/** How long the process may take to end after it was asked to, in milliseconds. */
const LONGEST_END = 29_500;
/** How long the process may take to end after the command has ended, in milliseconds. */
const LAST = 500;
/**
 * Images of web servers are stopped with SIGQUIT, and nodemon restarts with SIGUSR2. By default both would kill the process.
 * SIGUSR1 is left out, since Node uses it itself.
 */
const ENDS = ['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGUSR2'] as const;

/** The codes of a write to a reader that has gone. A terminal that was closed says EIO. */
const GONE: readonly string[] = ['EPIPE', 'ECONNRESET', ...(isatty(1) ? ['EIO'] : [])];
/** Goes to the beginning of the line, and clears it (ECMA-48: CR, EL). */
const CLEARED = '\r\u001b[K';

/** The process, as commands see it. */
export class ProcessTerminal implements CommandTerminal {
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: LineWriter;
  readonly stderr: LineWriter;
  readonly send: SendingTerminal['send'];
  readonly isScreen = isatty(1);
  readonly #process: NodeJS.Process;
  readonly #output: OutputSink;
  readonly #errors: OutputSink;
  readonly #given: ReadonlySet<string>;
  #fromFile: readonly string[] = [];
  #deadline: NodeJS.Timeout | null = null;
  #asked: Promise<void> | null = null;
  #reload: (() => Promise<boolean>) | null = null;
  #isReloadDue = false;
  #isIncomplete = false;
  /** Whether the last line of the screen shows the progress. */
  #hasProgress = false;
  #isReaderGone = false;

  constructor(own: NodeJS.Process) {
    this.#process = own;
    this.env = own.env;
    this.#given = new Set(Object.keys(own.env));
    this.#output = sinkOf(own.stdout, 1, (error) => this.#missed(error));
    // If errors can't be printed, the exit code is all that is left to say so.
    this.#errors = sinkOf(own.stderr, 2, () => {});
    this.stdout = new LineWriter(this.#output);
    this.send = (chunk) =>
      new Promise((resolve, reject) => this.#output.write(chunk, (error) => (error ? reject(error) : resolve())));
    this.stderr = new LineWriter(this.#errors);
    own.on('exit', (code) => {
      this.stdout.flushLast();
      this.stderr.flushLast();
      if (this.#isIncomplete && code === 0) own.exitCode = 1;
    });
  }

  readonly print = (...columns: readonly string[]): void => {
    this.#clearProgress();
    this.#output.print(`${lineOf(columns)}\n`);
  };

  readonly write = (text: string): void => this.#output.print(text);

  readonly wantsMore = async (): Promise<boolean> => {
    if (this.#process.stdout.writableNeedDrain) await drained(this.#process.stdout);
    return !this.#isIncomplete && !this.#isReaderGone;
  };

  readonly writeError = (text: string): void => this.#errors.print(text);

  readonly complain = (line: string): void => {
    this.#clearProgress();
    this.#errors.print(`${visible(line)}\n`);
  };

  readonly remark = (line: string): void => {
    if (isatty(2)) this.complain(line);
  };

  readonly progress = (line: string): void => {
    if (!isatty(2)) return;
    // A line that is wrapped could not be replaced.
    const columns = this.#process.stderr.columns || 80;
    this.#errors.print(`${CLEARED}${visible(line).slice(0, columns - 1)}`);
    this.#hasProgress = true;
  };

  readonly interrupted = (late = 1): Promise<void> =>
    (this.#asked ??= new Promise((resolve) => {
      const end = () => {
        this.#deadline ??= setTimeout(() => this.#process.exit(late), LONGEST_END);
        resolve();
      };
      for (const name of ENDS) {
        this.#process.on(name, (_name: NodeJS.Signals, signal: number) => {
          // A second signal ends the process at once.
          if (this.#deadline) this.#process.exit(128 + signal);
          end();
        });
      }
      const terminals = [0, 1, 2].filter((fd) => isatty(fd));
      this.#process.on('SIGHUP', () => {
        // The terminal was closed. The kernel and the shell may both send SIGHUP then.
        if (terminals.length > 0 && !terminals.some((fd) => isatty(fd))) return end();
        if (this.#reload) void this.#reload();
        else this.#isReloadDue = true;
      });
    }));

  readonly onReload = (listener: () => Promise<boolean>): void => {
    this.#reload = listener;
    if (this.#isReloadDue) void listener();
    this.#isReloadDue = false;
  };

  readonly rereadEnv = (): void => {
    const said = saidInFile();
    for (const name of this.#fromFile) if (!Object.hasOwn(said, name)) delete this.env[name];
    this.#fromFile = Object.keys(said).filter((name) => !this.#given.has(name));
    for (const name of this.#fromFile) this.env[name] = said[name];
  };

  #clearProgress(): void {
    if (this.#hasProgress) this.#errors.print(CLEARED);
    this.#hasProgress = false;
  }

  /**
   * Ends the process of a command that runs until it is told to end, even if unfinished work or a line that nobody reads would keep it
   * running: also one that could not start, which whatever watches over it could not start again. Other commands wait for their reader.
   */
  ended(): void {
    if (!this.#asked) return;
    if (this.#deadline) clearTimeout(this.#deadline);
    setTimeout(() => this.#process.exit(), LAST).unref();
  }

  /**
   * Something was printed that was not written. The command still finishes its work. If the reader has closed the pipe
   * (`hookcast quarantine list | head -1`), it wanted no more. If the disk is full, then the command must not seem to have succeeded.
   */
  #missed({ code = 'unknown error' }: NodeJS.ErrnoException): void {
    if (GONE.includes(code)) this.#isReaderGone = true;
    if (this.#isIncomplete || this.#isReaderGone) return;
    this.#isIncomplete = true;
    this.complain(
      `hookcast: standard output can't be written (${code}), so a part of what this command says is missing.`,
    );
  }
}

/** @throws {ConfigError} if there is a file that can't be read. Docker makes a folder of this name if it is to mount a missing file. */
function saidInFile(): Readonly<Record<string, string | undefined>> {
  if (!existsSync(ENV_FILE)) return {};
  try {
    return parseEnv(readFileSync(ENV_FILE, 'utf8'));
  } catch (error) {
    throw new ConfigError([
      `${ENV_FILE}: it can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
    ]);
  }
}

/** A sink that also takes bytes, and what a command prints. */
interface OutputSink extends TextSink {
  readonly write: (chunk: string | Uint8Array, done: (error?: Error | null) => void) => void;
  /** Writes a text without telling when it is written. */
  readonly print: (text: string) => void;
}

/**
 * No write may block a thread until the reader reads: Node joins its threads when it exits, and would wait forever. Writes to a
 * pipe, a socket or a terminal don't block; a file takes the text, or fails.
 */
function sinkOf(stream: NodeJS.WriteStream, fd: number, missed: (error: Error) => void): OutputSink {
  stream.on('error', missed);
  const kind = fstatSync(fd);
  if (!kind.isFIFO() && !kind.isSocket() && !isatty(fd)) {
    // Node's own stream for files takes it for success when a full disk takes only the beginning of a text.
    return {
      write: (text, done) => writeFile(fd, text, done),
      print: (text) => attempt(() => writeFileSync(fd, text), missed),
      last: (text) =>
        attempt(
          () => writeFileSync(fd, text),
          () => {},
        ),
    };
  }
  // Node's writes to terminals block: a user who stops the terminal with Ctrl-S would stop the gateway.
  const { _handle: handle } = stream as { _handle?: { setBlocking?: (blocking: boolean) => void } };
  if (isatty(fd)) handle?.setBlocking?.(false);
  return {
    write: (text, done) => void (stream.writable ? stream.write(text, done) : done(new Error('closed'))),
    print: (text) => void stream.write(text),
    last: (text) => void stream.write(text),
  };
}

/** Resolves once the reader has taken everything, or has gone. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.on('drain', done).on('close', done);
  });
}

function attempt(work: () => unknown, failed: (error: Error) => void): void {
  try {
    work();
  } catch (error) {
    failed(error as Error);
  }
}
