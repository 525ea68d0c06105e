import { existsSync, fstatSync, readFileSync, writeFile, writeSync } from 'node:fs';
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

/** The process, as commands see it. */
export class ProcessTerminal implements CommandTerminal {
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: LineWriter;
  readonly stderr: LineWriter;
  readonly send: SendingTerminal['send'];
  readonly isScreen = isatty(1);
  readonly #process: NodeJS.Process;
  readonly #given: ReadonlySet<string>;
  #fromFile: readonly string[] = [];
  #deadline: NodeJS.Timeout | null = null;
  #asked: Promise<void> | null = null;
  #reload: (() => Promise<boolean>) | null = null;
  #isReloadDue = false;

  constructor(own: NodeJS.Process) {
    this.#process = own;
    this.env = own.env;
    this.#given = new Set(Object.keys(own.env));
    // The reader may close the pipe (`hookcast quarantine list | head -1`): the command still finishes its work.
    for (const stream of [own.stdout, own.stderr]) stream.on('error', () => {});
    const output = sinkOf(own.stdout, 1);
    this.stdout = new LineWriter(output);
    this.send = (chunk) =>
      new Promise((resolve, reject) => output.write(chunk, (error) => (error ? reject(error) : resolve())));
    this.stderr = new LineWriter(sinkOf(own.stderr, 2));
    own.on('exit', () => {
      this.stdout.flushLast();
      this.stderr.flushLast();
    });
  }

  readonly print = (...columns: readonly string[]): void => void this.#process.stdout.write(`${lineOf(columns)}\n`);

  readonly write = (text: string): void => void this.#process.stdout.write(text);

  readonly writeError = (text: string): void => void this.#process.stderr.write(text);

  readonly complain = (line: string): void => void this.#process.stderr.write(`${visible(line)}\n`);

  readonly progress = (line: string): void => {
    if (isatty(2)) this.complain(line);
  };

  readonly interrupted = (): Promise<void> =>
    (this.#asked ??= new Promise((resolve) => {
      const end = () => {
        // Everything that was acknowledged is on the disk, so the exit code is 0.
        this.#deadline ??= setTimeout(() => this.#process.exit(0), LONGEST_END);
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

  /** Ends a process that was asked to end, even if unfinished work or a line that nobody reads would keep it running. */
  ended(): void {
    if (!this.#deadline) return;
    clearTimeout(this.#deadline);
    setTimeout(() => this.#process.exit(), LAST).unref();
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

/** A sink that also takes bytes. */
interface OutputSink extends TextSink {
  readonly write: (chunk: string | Uint8Array, done: (error?: Error | null) => void) => void;
}

/**
 * No write may block a thread until the reader reads: Node joins its threads when it exits, and would wait forever. Writes to a
 * pipe, a socket or a terminal don't block; a file takes the text, or fails.
 */
function sinkOf(stream: NodeJS.WriteStream, fd: number): OutputSink {
  const kind = fstatSync(fd);
  if (!kind.isFIFO() && !kind.isSocket() && !isatty(fd)) {
    return {
      write: (text, done) => writeFile(fd, text, done),
      last: (text) => attempt(() => writeSync(fd, text)),
    };
  }
  // Node's writes to terminals block: a user who stops the terminal with Ctrl-S would stop the gateway.
  const { _handle: handle } = stream as { _handle?: { setBlocking?: (blocking: boolean) => void } };
  if (isatty(fd)) handle?.setBlocking?.(false);
  return {
    write: (text, done) => void (stream.writable ? stream.write(text, done) : done(new Error('closed'))),
    last: (text) => void stream.write(text),
  };
}

function attempt(work: () => unknown): void {
  try {
    work();
  } catch {
    // Nobody is left to report the error to.
  }
}
