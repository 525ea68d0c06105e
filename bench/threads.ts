import { DatabaseSync } from 'node:sqlite';
import { Socket } from 'node:net';
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads';
import { CHANNEL, type Seen } from './meter.ts';

/**
 * Loaded into every thread of a gateway before it starts (`--import`): notes when the last commit was, when a socket was
 * written to last, and what CPU the thread has used, and says so when it is asked. All threads have one clock.
 */
const clock = () => Number(process.hrtime.bigint()) / 1e6;
let [committed, written, writes] = [0, 0, 0];

const { exec } = DatabaseSync.prototype;
DatabaseSync.prototype.exec = function (sql) {
  exec.call(this, sql);
  // Reading ends with one as well, on the threads that serve.
  if (sql === 'COMMIT') committed = clock();
};
// ws and the gateway both write to the socket itself; of a WebSocket nothing else is written.
const { write } = Socket.prototype;
Socket.prototype.write = function (this: Socket, ...args: Parameters<typeof write>) {
  const isTaken = write.apply(this, args);
  written = clock();
  writes += 1;
  return isTaken;
} as typeof write;

const channel = new BroadcastChannel(CHANNEL);
channel.unref();
channel.onmessage = ({ data }: { data: unknown }) => {
  if (data !== 'look') return;
  const { user, system } = process.threadCpuUsage();
  const cpu = user + system;
  channel.postMessage({ thread: threadId, isMain: isMainThread, committed, written, writes, cpu } satisfies Seen);
};
