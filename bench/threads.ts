import { DatabaseSync } from 'node:sqlite';
import { Socket } from 'node:net';
import { Writable } from 'node:stream';
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads';
import { CHANNEL, type Seen } from './meter.ts';

/**
 * Loaded into every thread of a gateway before it starts (`--import`). It notes the time of the last commit and of the last write to a
 * socket, and reports them with the thread's CPU when it is asked. All threads have one clock.
 */
const clock = () => Number(process.hrtime.bigint()) / 1e6;
let [committed, written, writes] = [0, 0, 0];

const exec = Object.getOwnPropertyDescriptor(DatabaseSync.prototype, 'exec')!.value as (sql: string) => void;
DatabaseSync.prototype.exec = function (sql) {
  exec.call(this, sql);
  if (sql === 'COMMIT') committed = clock();
};
// The gateway, ws and Node's HTTP all call `write` of the socket.
const write = Object.getOwnPropertyDescriptor(Writable.prototype, 'write')!.value as (...args: unknown[]) => boolean;
Socket.prototype.write = function (this: Socket, ...args: unknown[]) {
  const isTaken = write.apply(this, args);
  written = clock();
  writes += 1;
  return isTaken;
};

const channel = new BroadcastChannel(CHANNEL);
channel.unref();
channel.addEventListener('message', (event) => {
  if ((event as { data?: unknown }).data !== 'look') return;
  const { user, system } = process.threadCpuUsage();
  const cpu = user + system;
  channel.postMessage({ thread: threadId, isMain: isMainThread, committed, written, writes, cpu } satisfies Seen);
});
