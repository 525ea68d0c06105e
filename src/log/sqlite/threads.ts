import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { AskForThread, LogFile, StartThread, ThreadName } from '../sharing.ts';

const ENDED = 'its thread ended';

/** A message to one of the log's threads, from the process that runs them. */
export interface ServedPort {
  /** The port of one more gateway, whose jobs the thread does from now on. */
  readonly port: MessagePort;
}

/** Starts a thread that one gateway has for itself. */
export const ownThread: StartThread = (name, file, { onMessage, ended }) => {
  const worker = start(name, file);
  worker.on('message', onMessage);
  let reason = ENDED;
  worker.on('error', (error: unknown) => (reason = messageOf(error)));
  worker.on('exit', () => ended(reason));
  return {
    postMessage: (message, transfer = []) => worker.postMessage(message, transfer),
    terminate: () => worker.terminate(),
  };
};

/** Connects to a thread that several gateways share. Messages that are posted before it runs wait in the channel. */
export function sharedThread(ask: AskForThread): StartThread {
  return (name, file, { onMessage, ended }) => {
    const { port1: own, port2 } = new MessageChannel();
    own.on('message', onMessage);
    // The channel also closes if the thread dies with the other end.
    own.on('close', () => ended(ENDED));
    ask(name, file, port2);
    return {
      postMessage: (message, transfer = []) => own.postMessage(message, transfer),
      terminate: async () => own.close(),
    };
  };
}

/** Runs each of the log's threads once, for all gateways of this process. */
export class SharedThreads {
  readonly #workers = new Map<ThreadName, Worker>();
  readonly #failed: (name: ThreadName, reason: string) => void;

  /** @param failed is called if a thread ends by itself. Its current jobs are refused, and the next job starts another thread. */
  constructor(failed: (name: ThreadName, reason: string) => void) {
    this.#failed = failed;
  }

  readonly open: AskForThread = (name, file, port) => {
    const worker = this.#workers.get(name) ?? this.#start(name, file);
    worker.postMessage({ port } satisfies ServedPort, [port]);
  };

  /** Call it when all gateways have closed their logs. The writer ends last, so that it can empty the write-ahead log. */
  async close(): Promise<void> {
    await this.#end('checkpointer', 'close');
    await this.#end('writer', { kind: 'close' });
  }

  #start(name: ThreadName, file: LogFile): Worker {
    const worker = start(name, file);
    this.#workers.set(name, worker);
    let reason = ENDED;
    worker.on('error', (error: unknown) => (reason = messageOf(error)));
    worker.on('exit', () => {
      if (this.#workers.get(name) !== worker) return;
      this.#workers.delete(name);
      this.#failed(name, reason);
    });
    return worker;
  }

  async #end(name: ThreadName, message: unknown): Promise<void> {
    const worker = this.#workers.get(name);
    this.#workers.delete(name);
    if (!worker) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.postMessage(message);
    await ended;
  }
}

function start(name: ThreadName, file: LogFile): Worker {
  // The thread's file has the extension of this module, so that it is found beside it before and after compilation.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return new Worker(new URL(`./${name}.${extension}`, import.meta.url), { workerData: file });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
