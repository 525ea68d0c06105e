import type { MessagePort, Transferable } from 'node:worker_threads';

/** What a log does in a thread of its own. */
export type ThreadName = 'writer' | 'checkpointer';

/** One of a log's threads, as a gateway has it. */
export interface LogThread {
  postMessage(message: unknown, transfer?: readonly Transferable[]): void;
  /** Lets go of it: a thread of the gateway's own ends, one that is shared goes on for the others. */
  terminate(): Promise<unknown>;
}

/** Who hears what a thread answers, and that it is gone. */
export interface Hearing {
  readonly onMessage: (message: unknown) => void;
  readonly ended: (reason: string) => void;
}

/** @param path of the log's file. */
export type StartThread = (name: ThreadName, path: string, hearing: Hearing) => LogThread;

/** Sends one end of a channel to where the thread of this name runs. */
export type AskForThread = (name: ThreadName, path: string, port: MessagePort) => void;

/** That several gateways of one machine, each in a thread, have a log together. */
export interface LogSharing {
  /** How many they are. */
  readonly gateways: number;
  readonly startThread: StartThread;
}
