import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import type { SerializedMessage } from '../live/message.ts';

/** How one subscription's payloads look on its connection. */
export interface FrameWriter {
  /** In bytes. */
  size(payload: SerializedMessage): number;
  /** Writes the frame, and returns where it ends. */
  put(payload: SerializedMessage, into: Buffer, at: number): number;
  /** Called when a connection that had no room has some again. */
  drained(): void;
}

export interface OutflowOptions {
  /** What frames are written to: the socket itself, or a response over it. */
  readonly stream: Writable;
  readonly socket: Socket;
  readonly turn: Turn;
  readonly owner: OutflowOwner;
}

/** Whose frames they are. */
export interface OutflowOwner {
  /** Whether frames may still be written: nothing may follow a close. */
  readonly isOpen: boolean;
  /** Called when the socket has taken everything. */
  drained?(): void;
}

/** What a connection holds before its subscriptions are asked to wait, in bytes: Node's own high-water mark. */
const ENOUGH = 64 * 1024;
/** For how long frames are written without a pause, in milliseconds: a thousand sockets take about ten. */
const SPELL = 10;
/** How many looks in a row find a connection taking nothing before it counts as stuck. */
const LOOKS = 5;
/** How long between two looks, in milliseconds. So a client that takes nothing for half a minute counts as stuck. */
export const LOOK = 6_000;

/**
 * What leaves over one connection. Frames that fall due in the same turn of the event loop are put into one buffer and
 * leave in one write, whichever of the connection's subscriptions they are for.
 */
export class Outflow {
  readonly #stream: Writable;
  readonly #socket: Socket;
  readonly #turn: Turn;
  readonly #owner: OutflowOwner;
  /** What is due: mostly one payload, and only of a burst more. */
  #writer: FrameWriter | null = null;
  #payload: SerializedMessage | null = null;
  #more: { readonly framing: FrameWriter; readonly payload: SerializedMessage }[] | null = null;
  #dueBytes = 0;
  /** Whether the socket asked to wait at the last write. */
  #isBlocked = false;
  #waiting: Set<FrameWriter> | null = null;
  /** What the kernel had taken at the last look, and how many looks it has been that. */
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

  /** Bytes that the kernel has not taken. */
  get held(): number {
    return this.#stream.writableLength + this.#dueBytes;
  }

  get isFull(): boolean {
    return this.held >= ENOUGH;
  }

  /** Whether something may be written. If not, the framing is called back when it may. */
  hasRoom(framing: FrameWriter): boolean {
    if (!this.#isBlocked && this.#dueBytes < ENOUGH) return true;
    this.#waiting ??= new Set();
    this.#waiting.add(framing);
    return false;
  }

  /** To be asked for room before: so no connection holds more than that and one payload. */
  write(framing: FrameWriter, payload: SerializedMessage): void {
    // No object for the one that it mostly is: a thousand of them in each turn were felt in the collection of rubbish.
    if (!this.#writer) {
      this.#writer = framing;
      this.#payload = payload;
      this.#turn.add(this);
    } else if (this.#more) this.#more.push({ framing, payload });
    else this.#more = [{ framing, payload }];
    this.#dueBytes += framing.size(payload);
  }

  /** Writes what is due now, before something that must come after it. */
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

  /** Asked at every `LOOK`: whether the connection has taken nothing for too long. */
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
 * Different whenever the kernel has taken something more. Node counts a write as done when all of it is, so of a large
 * one in progress only the handle's queue tells, as net.Socket's own timeout looks at it.
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
      // What comes meanwhile for those that still have to wait leaves in the same write.
      due.splice(0, index + 1);
      if (due.length > 0) setImmediate(() => this.#flush());
      return;
    }
    due.length = 0;
  }
}
