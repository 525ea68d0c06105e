import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { explained, isBusy } from './damage.ts';
import type { ServedPort } from './threads.ts';
import type { Job, WriterReply } from './job.ts';

interface Asked<J extends Job = Job> {
  readonly from: MessagePort;
  readonly job: J;
}

type Append = Extract<Job, { readonly kind: 'append' }>;

/** Executes the jobs. Both methods throw if a job fails. */
interface JobWriter {
  /** Executes appends together. Returns an answer for each. */
  append(jobs: readonly Append[]): readonly unknown[];
  do(job: Job): unknown;
}

/** The jobs that give the log's followers something to read. */
const MOVING: ReadonlySet<Job['kind']> = new Set(['append', 'erase', 'erasePiece', 'revise', 'trim']);

/**
 * Takes jobs from all gateways that share the writer. Each gateway hands over one job at a time. Appends that wait at the same
 * moment go in one transaction, also from different gateways, so that all of them share one wait for the disk.
 */
export class Jobs {
  readonly #writer: JobWriter;
  readonly #own: MessagePort;
  readonly #ports = new Set<MessagePort>();

  /** @param own the port of the thread that started this one and will end it. */
  constructor(writer: JobWriter, own: MessagePort) {
    this.#writer = writer;
    this.#own = own;
  }

  begin(): void {
    this.#serve(this.#own);
  }

  #serve(port: MessagePort): void {
    this.#ports.add(port);
    port.on('message', (message: Job | ServedPort) => {
      if ('port' in message) this.#serve(message.port);
      else this.#take({ from: port, job: message });
    });
    // A gateway's thread may end in the middle of a job. The job is then committed, and nobody gets the answer.
    port.on('close', () => this.#ports.delete(port));
  }

  #take(first: Asked): void {
    if (!isAppend(first)) return this.#do(first);
    const appends = [first];
    const others: Asked[] = [];
    for (const from of this.#ports) {
      if (from === first.from) continue;
      const received = receiveMessageOnPort(from);
      if (!received) continue;
      const message = received.message as Job | ServedPort;
      if ('port' in message) this.#serve(message.port);
      else {
        const asked = { from, job: message };
        if (isAppend(asked)) appends.push(asked);
        else others.push(asked);
      }
    }
    const answers = this.#try(() => this.#writer.append(appends.map(({ job }) => job)));
    for (const [index, { from }] of appends.entries()) {
      from.postMessage('value' in answers ? { value: answers.value[index] } : answers);
    }
    if ('value' in answers) this.#tell(appends);
    for (const other of others) this.#do(other);
  }

  #do(asked: Asked): void {
    const { from, job } = asked;
    if (job.kind === 'close' && from !== this.#own) {
      from.postMessage({ value: null } satisfies WriterReply);
      return from.close();
    }
    const answer = this.#try(() => this.#writer.do(job));
    from.postMessage(answer);
    if ('value' in answer && MOVING.has(job.kind)) this.#tell([asked]);
    if (job.kind === 'close') from.close();
  }

  /** Wakes the gateways that did not ask for these jobs. */
  #tell(done: readonly Asked[]): void {
    if (this.#ports.size === 1) return;
    const know = new Set(done.map(({ from }) => from));
    for (const port of this.#ports) {
      if (port !== this.#own && !know.has(port)) port.postMessage({ moved: true } satisfies WriterReply);
    }
  }

  #try<T>(work: () => T): { readonly value: T } | Extract<WriterReply, { readonly error: string }> {
    try {
      return { value: work() };
    } catch (error) {
      return { error: explained(error).message, isBusy: isBusy(error) };
    }
  }
}

function isAppend(asked: Asked): asked is Asked<Append> {
  return asked.job.kind === 'append';
}
