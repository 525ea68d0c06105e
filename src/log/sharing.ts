import type { MessagePort, Transferable } from 'node:worker_threads';

/** The threads of a log, by their tasks. */
export type ThreadName = 'writer' | 'checkpointer';

/** A gateway's connection to one of a log's threads. */
export interface LogThread {
  postMessage(message: unknown, transfer?: readonly Transferable[]): void;
  /** Ends the connection. A thread of the gateway's own ends with it; a shared thread goes on for the other gateways. */
  terminate(): Promise<unknown>;
}

/** The listeners for a thread's messages and for its end. */
export interface Hearing {
  readonly onMessage: (message: unknown) => void;
  readonly ended: (reason: string) => void;
}

/** The file that a log has open. Another file may stand at its path by now. */
export interface LogFile {
  readonly path: string;
  /** Tells the file from another one at the same path. */
  readonly identity: string;
}

export type StartThread = (name: ThreadName, file: LogFile, hearing: Hearing) => LogThread;

/** Sends one end of a channel to the thread of this name, which runs outside this gateway's thread. */
export type AskForThread = (name: ThreadName, file: LogFile, port: MessagePort) => void;

/** Whether several gateways of one machine, each in a thread of its own, share a log, and how the log's threads are started. */
export interface LogSharing {
  /** How many gateways share it; one is alone. */
  readonly gateways: number;
  readonly startThread: StartThread;
}
