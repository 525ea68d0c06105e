import { existsSync, fstatSync, readFileSync, writeFile, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { parseEnv } from 'node:util';
import { LineWriter, type TextSink } from './line-writer.ts';
import type { CommandTerminal, SendingTerminal } from './terminal.ts';
import { lineOf, visible } from '../visible.ts';

/** Settings may stand in a file beside; what the environment says itself counts for more. */
const ENV_FILE = '.env';
/** How long an end that was asked for may take at most, in milliseconds. */
const LONGEST_END = 29_500;
/** How long it may take once the command has ended. */
const LAST = 500;
/**
 * SIGQUIT is what images of web servers are stopped with, and SIGUSR2 what nodemon restarts with; both would kill. Not
 * SIGUSR1, which Node takes for itself.
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
    // The reader may go (`hookcast quarantine list | head -1`): the command still finishes what it began.
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
    this.rereadEnv();
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
        // What was acknowledged is on the disk, so that there is nothing to be sorry for.
        this.#deadline ??= setTimeout(() => this.#process.exit(0), LONGEST_END);
        resolve();
      };
      for (const name of ENDS) {
        this.#process.on(name, (_name: NodeJS.Signals, signal: number) => {
          // Who asks twice doesn't want to wait.
          if (this.#deadline) this.#process.exit(128 + signal);
          end();
        });
      }
      const terminals = [0, 1, 2].filter((fd) => isatty(fd));
      this.#process.on('SIGHUP', () => {
        // It was closed, and nobody is left there. The kernel and a shell may both say so.
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
    const said = existsSync(ENV_FILE) ? parseEnv(readFileSync(ENV_FILE, 'utf8')) : {};
    for (const name of this.#fromFile) if (!Object.hasOwn(said, name)) delete this.env[name];
    this.#fromFile = Object.keys(said).filter((name) => !this.#given.has(name));
    for (const name of this.#fromFile) this.env[name] = said[name];
  };

  /** A process that was asked to end does so, even if something unfinished or a line that nobody reads would keep it. */
  ended(): void {
    if (!this.#deadline) return;
    clearTimeout(this.#deadline);
    setTimeout(() => this.#process.exit(), LAST).unref();
  }
}

/** Also of bytes. */
interface OutputSink extends TextSink {
  readonly write: (chunk: string | Uint8Array, done: (error?: Error | null) => void) => void;
}

/**
 * Never a write that waits in a thread for somebody to read: Node joins its threads when it exits, and would wait for good.
 * A pipe, a socket and a terminal are written to without waiting; a file takes what it is given, or fails.
 */
function sinkOf(stream: NodeJS.WriteStream, fd: number): OutputSink {
  const kind = fstatSync(fd);
  if (!kind.isFIFO() && !kind.isSocket() && !isatty(fd)) {
    return {
      write: (text, done) => writeFile(fd, text, done),
      last: (text) => attempt(() => writeSync(fd, text)),
    };
  }
  // Node has terminals wait: somebody who stops one with Ctrl-S would stop the gateway.
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
    // Nobody is left to be told.
  }
}
