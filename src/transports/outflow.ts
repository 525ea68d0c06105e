import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import type { SerializedMessage } from '../live/message.ts';

/** Writes one subscription's payloads as frames of its connection. */
export interface FrameWriter {
  /** The frame's size in bytes. */
  size(payload: SerializedMessage): number;
  /** Writes the frame, and returns where it ends. */
  put(payload: SerializedMessage, into: Buffer, at: number): number;
  /** Called when a connection that had no room has some again. */
  drained(): void;
}

export interface OutflowOptions {
  /** Takes the frames: the socket itself, or a response over it. */
  readonly stream: Writable;
  readonly socket: Socket;
  readonly turn: Turn;
  readonly owner: OutflowOwner;
}

/** The connection whose frames are written. */
export interface OutflowOwner {
  /** Whether frames may still be written: nothing may follow a close. */
  readonly isOpen: boolean;
  /** Called when the socket has taken everything. */
  drained?(): void;
}

/** How many bytes a connection holds before its subscriptions must wait: Node's own high-water mark. */
const ENOUGH = 64 * 1024;
/** How long frames are written without a pause, in milliseconds: a thousand sockets take about ten. */
const SPELL = 10;
/** If so many looks in a row find that a connection takes nothing, then it is stuck. */
const LOOKS = 5;
/** How long between two looks, in milliseconds. So a client that takes nothing for half a minute counts as stuck. */
export const LOOK = 6_000;

/**
 * Writes the frames of one connection. Those that fall due in the same turn of the event loop are put into one buffer and leave
 * in one write, whichever of the connection's subscriptions they are for.
 */
export class Outflow {
  readonly #stream: Writable;
  readonly #socket: Socket;
  readonly #turn: Turn;
  readonly #owner: OutflowOwner;
  /** The frames that are due: mostly one, and more only in a burst. */
  #writer: FrameWriter | null = null;
  #payload: SerializedMessage | null = null;
  #more: { readonly framing: FrameWriter; readonly payload: SerializedMessage }[] | null = null;
  #dueBytes = 0;
  /** Whether the socket asked to wait at the last write. */
  #isBlocked = false;
  #waiting: Set<FrameWriter> | null = null;
  /** How much the kernel had taken at the last look, and how many looks have found the same. */
  #taken = '';
  #looks = 0;

  constructor({ stream, socket, turn, owner }: OutflowOptions) {
    this.#stream = stream;
    this.#socket = socket;
    this.#turn = turn;
    this.#owner = owner;
    stream.on('drain', () => {
      this.#drained();
      owner.drained?.();
    });
  }

  /** How many bytes the kernel has not taken. */
  get held(): number {
    return this.#stream.writableLength + this.#dueBytes;
  }

  get isFull(): boolean {
    return this.held >= ENOUGH;
  }

  /** Whether something may be written. If not, `drained` of the framing is called when it may. */
  hasRoom(framing: FrameWriter): boolean {
    if (!this.#isBlocked && this.#dueBytes < ENOUGH) return true;
    this.#waiting ??= new Set();
    this.#waiting.add(framing);
    return false;
  }

  /** The caller asks `hasRoom` first: so no connection holds more than `ENOUGH` and one payload. */
  write(framing: FrameWriter, payload: SerializedMessage): void {
    // The first payload, mostly the only one, gets no object: garbage collection felt a thousand objects in each turn.
    if (!this.#writer) {
      this.#writer = framing;
      this.#payload = payload;
      this.#turn.add(this);
    } else if (this.#more) this.#more.push({ framing, payload });
    else this.#more = [{ framing, payload }];
    this.#dueBytes += framing.size(payload);
  }

  /** Writes now what is due, for a caller whose own bytes must come after it. */
  flush(): void {
    const first = this.#writer;
    if (!first) return;
    const payload = this.#payload!;
    const more = this.#more;
    const bytes = this.#dueBytes;
    this.#writer = null;
    this.#payload = null;
    this.#more = null;
    this.#dueBytes = 0;
    if (!this.#owner.isOpen) return;
    const buffer = Buffer.allocUnsafe(bytes);
    let at = first.put(payload, buffer, 0);
    if (more) for (const { framing, payload } of more) at = framing.put(payload, buffer, at);
    this.#isBlocked = !this.#stream.write(buffer);
    if (!this.#isBlocked && this.#waiting) this.#drained();
  }

  /** Whether the connection has taken nothing for too long. It is called at every `LOOK`. */
  isStuck(): boolean {
    const taken = takenBy(this.#socket);
    this.#looks = this.held === 0 || taken !== this.#taken ? 0 : this.#looks + 1;
    this.#taken = taken;
    return this.#looks >= LOOKS;
  }

  #drained(): void {
    this.#isBlocked = false;
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting) for (const framing of waiting) framing.drained();
  }
}

/**
 * A text that changes whenever the kernel has taken more. Node counts a write only when all of it is done, so the progress of a
 * large one shows only in the handle's queue. The timeout of net.Socket looks there, too.
 */
function takenBy(socket: Socket & { readonly _handle?: { readonly writeQueueSize?: number } | null }): string {
  return `${socket.bytesWritten - socket.writableLength} ${socket._handle?.writeQueueSize ?? 0}`;
}

/** Writes out, at the end of a turn, what fell due in it. */
export class Turn {
  #due: Outflow[] = [];

  add(outflow: Outflow): void {
    if (this.#due.push(outflow) === 1) queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    const due = this.#due;
    const began = performance.now();
    for (let index = 0; index < due.length; index += 1) {
      due[index]!.flush();
      if (index % 32 < 31 || performance.now() - began < SPELL) continue;
      // If more falls due meanwhile for a connection that still waits, it leaves in the same write.
      due.splice(0, index + 1);
      if (due.length > 0) setImmediate(() => this.#flush());
      return;
    }
    due.length = 0;
  }
}
