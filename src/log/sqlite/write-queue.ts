import { HookcastError } from '../../errors.ts';
import type { Commits } from '../../events/observer.ts';
import type { Row } from '../value.ts';
import type { LogFile, LogThread, StartThread } from '../sharing.ts';
import type { AppendReply } from './append.ts';
import { ownThread } from './threads.ts';
import type { WriterReply as Said, Job } from './job.ts';

/** The writer's answer to a job. */
type Answer = Exclude<Said, { readonly moved: true }>;

interface Waiting {
  readonly job: Job;
  readonly settle: (answer: Answer) => void;
}

interface WaitingAppend {
  readonly rows: readonly Row[];
  /** In characters. */
  readonly size: number;
  readonly settle: (answer: Answer) => void;
}

interface Told {
  readonly moved: () => void;
  readonly wrote: (events: number, characters: number) => void;
}

/**
 * The most rows in one transaction, and their most characters. They are enough to share the fsync. They are few enough that other
 * jobs never wait long, and that copying them to the thread never blocks the gateway for long.
 */
const MOST = { rows: 512, characters: 4 * 1024 * 1024 };

/**
 * Hands jobs to the writer's thread, one at a time. Waiting appends are merged into one transaction (group commit). No append waits
 * for others to join it: the appends that arrive during one commit form the next one.
 */
export class WriteQueue {
  readonly #file: LogFile;
  readonly #commits: Commits | null;
  readonly #startThread: StartThread;
  readonly #moved: () => void;
  readonly #wrote: (events: number, characters: number) => void;
  readonly #appends: WaitingAppend[] = [];
  readonly #jobs: Waiting[] = [];
  #worker: LogThread | null = null;
  #underWay: Waiting | null = null;
  #scheduled = false;
  #closed = false;
  #closing: Promise<void> | null = null;

  /**
   * @param moved is called after the writer commits a job of another gateway that shares it.
   * @param wrote is called after each commit of events, with their number and their characters.
   */
  constructor(
    file: LogFile,
    commits: Commits | null = null,
    startThread = ownThread,
    { moved = () => {}, wrote = () => {} }: Partial<Told> = {},
  ) {
    this.#file = file;
    this.#commits = commits;
    this.#startThread = startThread;
    this.#moved = moved;
    this.#wrote = wrote;
  }

  /** Adds no promise of its own, since every delivery waits for this one. @throws {HookcastError} LOG_UNAVAILABLE at once if closed. */
  append(rows: readonly Row[]): Promise<AppendReply> {
    this.#assertOpen();
    return this.#answer((settle) => this.#appends.push({ rows, size: sizeOf(rows), settle })) as Promise<AppendReply>;
  }

  /** Does any other job, between two appends. The type of the result depends on the job. */
  async do<T>(job: Exclude<Job, { readonly kind: 'append' | 'close' }>): Promise<T> {
    this.#assertOpen();
    return (await this.#answer((settle) => this.#jobs.push({ job, settle }))) as T;
  }

  /** Connects to the writer before there is anything to write. A shared writer reports others' commits from then on. */
  open(): void {
    if (!this.#closed) this.#worker ??= this.#start();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#closed = true;
    if (!this.#worker && this.#appends.length === 0 && this.#jobs.length === 0) return;
    // The close is queued behind the other jobs, so that all of them are answered first.
    await this.#answer((settle) => this.#jobs.push({ job: { kind: 'close' }, settle }));
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }

  #answer(queue: (settle: (answer: Answer) => void) => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      queue((answer) => {
        if ('value' in answer) return resolve(answer.value);
        const cause = new Error(answer.error);
        reject(new HookcastError('LOG_UNAVAILABLE', "The log can't be written just now. Try again later.", { cause }));
      });
      this.#schedule();
    });
  }

  #assertOpen(): void {
    if (this.#closed) throw new HookcastError('LOG_UNAVAILABLE', 'The log is closed.');
  }

  /**
   * Sends at the end of the event loop's turn, so that deliveries that arrived in one read of the sockets go in one commit. The thread
   * starts at once: at the start of a gateway, the turn goes on with the schema, which takes as long as the thread takes to start.
   */
  #schedule(): void {
    if (this.#scheduled || this.#underWay) return;
    this.#scheduled = true;
    this.#worker ??= this.#start();
    setImmediate(() => {
      this.#scheduled = false;
      this.#send();
    });
  }

  #send(): void {
    if (this.#underWay) return;
    // Other jobs go between appends, but a close comes last.
    const next = this.#appends.length > 0 && this.#jobs[0]?.job.kind === 'close' ? null : this.#jobs.shift();
    this.#underWay = next ?? this.#merge();
    if (!this.#underWay) return;
    this.#worker ??= this.#start();
    this.#worker.postMessage(this.#underWay.job);
  }

  #merge(): Waiting | null {
    const merged: WaitingAppend[] = [];
    const rows: Row[] = [];
    let characters = 0;
    for (const append of this.#appends) {
      const isFull = rows.length + append.rows.length > MOST.rows || characters + append.size > MOST.characters;
      if (merged.length > 0 && isFull) break;
      characters += append.size;
      merged.push(append);
      rows.push(...append.rows);
    }
    if (merged.length === 0) return null;
    this.#appends.splice(0, merged.length);
    const began = performance.now();
    return {
      job: { kind: 'append', rows },
      settle: (answer) => {
        if ('value' in answer) {
          this.#commits?.onCommit(rows.length, (performance.now() - began) / 1000);
          this.#wrote(rows.length, characters);
        }
        let from = 0;
        for (const append of merged) {
          const share = 'value' in answer ? (answer.value as AppendReply).slice(from, from + append.rows.length) : [];
          from += append.rows.length;
          append.settle('value' in answer ? { value: share } : answer);
        }
      },
    };
  }

  #settle(answer: Answer): void {
    const done = this.#underWay;
    this.#underWay = null;
    // Jobs that arrived meanwhile have waited for the same lock. To wait once more would take too long for their senders.
    const others = 'error' in answer && answer.isBusy ? this.#giveUp() : [];
    this.#send();
    done?.settle(answer);
    for (const { settle } of others) settle(answer);
  }

  /** Removes all waiting jobs from the queue, except a close. */
  #giveUp(): { readonly settle: (answer: Answer) => void }[] {
    const jobs = this.#jobs.filter(({ job }) => job.kind !== 'close');
    const close = this.#jobs.filter(({ job }) => job.kind === 'close');
    this.#jobs.splice(0, this.#jobs.length, ...close);
    return [...this.#appends.splice(0), ...jobs];
  }

  #start(): LogThread {
    const thread = this.#startThread('writer', this.#file, {
      onMessage: (said) => {
        const answer = said as Said;
        if ('moved' in answer) this.#moved();
        else this.#settle(answer);
      },
      // If the thread dies, only the current job fails, with an answer. The next job starts another thread.
      ended: (reason) => {
        if (this.#worker !== thread) return;
        this.#worker = null;
        if (this.#underWay) this.#settle({ error: reason });
      },
    });
    return thread;
  }
}

function sizeOf(rows: readonly Row[]): number {
  let size = 0;
  for (const row of rows) for (const value of row) if (typeof value === 'string') size += value.length;
  return size;
}
