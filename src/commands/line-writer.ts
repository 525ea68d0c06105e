/** Where text goes in the end: `write` calls back when it is taken, `last` is for a process that is about to end. */
export interface TextSink {
  readonly write: (text: string, done: (error?: Error | null) => void) => void;
  readonly last: (text: string) => void;
}

/** Characters that may wait for the reader: some ten thousand lines. */
const MOST = 4 * 1024 * 1024;

/**
 * Milliseconds between two writes, at least. To hand a text to the kernel takes as long as to make ten lines, and under load there are
 * thousands a second; a line that comes alone is written at once.
 */
const PAUSE = 10;

/**
 * Lines on their way to somebody who may not read them: a pipe to a collector that hangs, a disk that is full. What waits
 * is bounded, lines beyond it are dropped and counted, and nothing of it holds up a delivery or an end.
 */
export class LineWriter {
  readonly #sink: TextSink;
  readonly #most: number;
  #waiting: string[] = [];
  /** Of what waits, and of what was handed on and is not taken yet. */
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

  /** @param told how many lines were dropped, once somebody takes lines again. */
  onDropped(told: (dropped: number) => void): void {
    this.#told = told;
  }

  write(line: string): void {
    if (this.#length + line.length > this.#most) return void (this.#dropped += 1);
    this.#waiting.push(line);
    this.#length += line.length;
    this.#schedule();
  }

  /** What waits is written as far as it can be without waiting: the process ends. */
  flushLast(): void {
    if (this.#waiting.length > 0) this.#sink.last(this.#take().join(''));
  }

  /** Resolves when everything was taken, or after so many milliseconds. */
  async end(patience: number): Promise<void> {
    if (this.#length === 0) return;
    const taken = new Promise<void>((resolve) => (this.#ended = resolve));
    this.#write();
    const late = new Promise<void>((resolve) => void setTimeout(resolve, patience).unref());
    await Promise.race([taken, late]);
  }

  /** All lines of a turn are one write, and so are all until the pause since the last one is over. */
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
