import { Worker } from 'node:worker_threads';

/**
 * Rows written until they are copied into the file: they fill about a thousand pages of the write-ahead log. At 4,000 pages the
 * next commit would copy all of them itself, with everybody waiting behind it: that took up to a quarter of a second.
 */
const ROWS = 200;

/** Has the write-ahead log copied into the file beside those who write, so that no commit has much of it to do. */
export class Checkpoints {
  readonly #path: string;
  #rows = 0;
  #worker: Worker | null = null;
  #underWay: Promise<void> | null = null;
  #closed = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** Told of what was committed. */
  wrote(rows: number): void {
    this.#rows += rows;
    if (this.#rows >= ROWS && !this.#underWay) void this.copy();
  }

  /** Resolved when what was committed before is in the file, as far as nobody reads an older state of it. */
  async copy(): Promise<void> {
    // What is under way has begun with less.
    await this.#underWay;
    if (this.#closed) return;
    this.#underWay ??= this.#copy().finally(() => (this.#underWay = null));
    await this.#underWay;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#underWay;
    const worker = this.#worker;
    this.#worker = null;
    if (!worker) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.postMessage('close');
    await ended;
  }

  #copy(): Promise<void> {
    this.#rows = 0;
    const worker = (this.#worker ??= this.#start());
    return new Promise((resolve) => {
      const done = () => {
        worker.off('message', done);
        worker.off('exit', done);
        resolve();
      };
      worker.on('message', done);
      worker.on('exit', done);
      worker.postMessage('copy');
    });
  }

  #start(): Worker {
    // The extension is this module's own, so that the thread's file is found beside it before and after compilation.
    const file = new URL(import.meta.url.endsWith('.ts') ? './checkpointer.ts' : './checkpointer.js', import.meta.url);
    const worker = new Worker(file, { workerData: this.#path });
    // Nothing is lost with it: the commits copy then, as they would without it, and the next time another is started.
    worker.on('error', () => {});
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = null;
    });
    return worker;
  }
}
