import { MessageChannel, Worker } from 'node:worker_threads';
import type { LogSharing, StartThread } from '../../src/log/sharing.ts';

interface KeptThread {
  readonly worker: Worker;
  /** Resolves to false when the thread is gone. It may be gone before anybody waits for it. */
  readonly gone: Promise<false>;
}

/** Those whose log was closed. */
const idle: KeptThread[] = [];

/**
 * Threads for logs of tests, one log after the other: to start one and to load the log in it was over half of what it costs to start a
 * gateway. A thread has one file at a time, as it has in production, and one that ends in the middle of its work is not used again.
 */
export const keptThread: StartThread = (name, file, { onMessage, ended }) => {
  const thread = idle.pop() ?? startIdle();
  const { worker } = thread;
  const { port1: own, port2 } = new MessageChannel();
  let reason = 'its thread ended';
  const fail = (error: unknown) => (reason = error instanceof Error ? error.message : String(error));
  worker.on('error', fail);
  own.on('message', onMessage);
  const over = (async () => {
    // The thread closes its end when its log is closed, and one that dies closes it as well.
    await new Promise<void>((resolve) => own.once('close', resolve));
    // The reason of its end comes after that.
    const isAlive = await answers(thread);
    worker.off('error', fail);
    if (isAlive) idle.push(thread);
    ended(reason);
  })();
  worker.postMessage({ name, file, port: port2 }, [port2]);
  return {
    postMessage: (message, transfer = []) => own.postMessage(message, transfer),
    // The log is closed by then, or its thread has died.
    terminate: () => over,
  };
};

/** For a log that a test opens for itself. */
export const KEPT_THREADS: LogSharing = { gateways: 1, startThread: keptThread };

function startIdle(): KeptThread {
  const worker = new Worker(new URL('log-threads.child.ts', import.meta.url));
  worker.unref();
  // One that dies says so to those who wait for it.
  worker.on('error', () => {});
  return { worker, gone: new Promise((resolve) => worker.once('exit', () => resolve(false))) };
}

/** Whether the thread goes on. */
function answers({ worker, gone }: KeptThread): Promise<boolean> {
  const answer = new Promise<true>((resolve) => worker.once('message', () => resolve(true)));
  worker.postMessage('alive?');
  return Promise.race([answer, gone]);
}
