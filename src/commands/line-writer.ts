/** Where text is written. `write` calls back when the text is written; `last` is for a process that is about to end. */
export interface TextSink {
  readonly write: (text: string, done: (error?: Error | null) => void) => void;
  readonly last: (text: string) => void;
}

/** How many characters may wait for the reader: some ten thousand lines. */
const MOST = 4 * 1024 * 1024;

/**
 * The least milliseconds between two writes. To hand a text to the kernel takes as long as to make ten lines, and under load
 * there are thousands of lines a second. A single line is written at once.
 */
const PAUSE = 10;

/**
 * Writes lines to a reader that may not read them: a pipe to a collector that hangs, or a disk that is full. The waiting text
 * is bounded; further lines are dropped and counted. No delivery and no shutdown waits for the reader.
 */
export class LineWriter {
  readonly #sink: TextSink;
  readonly #most: number;
  #waiting: string[] = [];
  /** Characters of waiting lines, and of text that was handed on but is not written yet. */
  #length = 0;
  #dropped = 0;
  #isWriting = false;
  #isScheduled = false;
  #wroteAt = -Infinity;
  #told: (dropped: number) => void = () => {};
  #ended: (() => void) | null = null;

  constructor(sink: TextSink, most = MOST) {
    this.#sink = sink;
    this.#most = most;
  }

  /** @param told called with the number of dropped lines, once the reader takes lines again. */
  onDropped(told: (dropped: number) => void): void {
    this.#told = told;
  }

  write(line: string): void {
    if (this.#length + line.length > this.#most) return void (this.#dropped += 1);
    this.#waiting.push(line);
    this.#length += line.length;
    this.#schedule();
  }

  /** Writes waiting lines as far as possible without waiting, since the process is ending. */
  flushLast(): void {
    if (this.#waiting.length > 0) this.#sink.last(this.#take().join(''));
  }

  /** Resolves when everything is written, or after `patience` milliseconds. */
  async end(patience: number): Promise<void> {
    if (this.#length === 0) return;
    const taken = new Promise<void>((resolve) => (this.#ended = resolve));
    this.#write();
    const late = new Promise<void>((resolve) => void setTimeout(resolve, patience).unref());
    await Promise.race([taken, late]);
  }

  /** All lines of one turn are one write, and so are all lines until the pause after the last write is over. */
  #schedule(): void {
    if (this.#isWriting || this.#isScheduled) return;
    this.#isScheduled = true;
    const left = this.#wroteAt + PAUSE - performance.now();
    if (left > 0) setTimeout(() => this.#write(), left);
    else setImmediate(() => this.#write());
  }

  #write(): void {
    this.#isScheduled = false;
    if (this.#isWriting || this.#waiting.length === 0) return;
    this.#isWriting = true;
    const lines = this.#take();
    const text = lines.join('');
    this.#wroteAt = performance.now();
    this.#sink.write(text, (error) => {
      this.#isWriting = false;
      this.#length -= text.length;
      if (error) this.#dropped += lines.length;
      else this.#tell();
      if (this.#ended) this.#write();
      else if (this.#waiting.length > 0) this.#schedule();
      if (this.#length === 0) this.#ended?.();
    });
  }

  #tell(): void {
    if (this.#dropped === 0) return;
    const dropped = this.#dropped;
    this.#dropped = 0;
    this.#told(dropped);
  }

  #take(): string[] {
    const lines = this.#waiting;
    this.#waiting = [];
    return lines;
  }
}
