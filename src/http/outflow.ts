import type { Writable } from 'node:stream';
import type { Payload } from '../live/message.ts';

/** How one subscription's payloads look on its connection. */
export interface Framing {
  /** In bytes. */
  size(payload: Payload): number;
  /** Writes the frame, and returns where it ends. */
  put(payload: Payload, into: Buffer, at: number): number;
  /** Called when a connection that had enough takes more. */
  drained(): void;
}

/** What a connection holds back before its subscriptions are asked to wait, in bytes: Node's own high-water mark. */
const ENOUGH = 64 * 1024;
/** For how long frames are written without a pause, in milliseconds: a thousand sockets take about ten. */
const SPELL = 10;
/** How many looks in a row find a connection taking nothing before it counts as stuck. */
const LOOKS = 5;
/** How long between two looks, in milliseconds. So whoever takes nothing for half a minute is stuck. */
export const LOOK = 6_000;

/**
 * What leaves over one connection. Frames that fall due in the same turn of the event loop are put into one buffer and
 * leave in one write, whichever of the connection's subscriptions they are for.
 */
export class Outflow {
  readonly #stream: Writable;
  readonly #gate: { readonly isOpen: boolean };
  readonly #turn: Turn;
  #due: { readonly framing: Framing; readonly payload: Payload }[] = [];
  #dueBytes = 0;
  #waiting: Set<Framing> | null = null;
  #held = 0;
  #looks = 0;

  /** @param gate says whether frames may still be written: nothing may follow a close. */
  constructor(stream: Writable, turn: Turn, gate: { readonly isOpen: boolean }) {
    this.#stream = stream;
    this.#gate = gate;
    this.#turn = turn;
    stream.on('drain', () => this.#drained());
  }

  /** Bytes that the socket has not taken. */
  get held(): number {
    return this.#stream.writableLength + this.#dueBytes;
  }

  /** Takes a payload in any case. False asks to wait until the framing is called back. */
  write(framing: Framing, payload: Payload): boolean {
    if (this.#due.push({ framing, payload }) === 1) this.#turn.add(this);
    this.#dueBytes += framing.size(payload);
    if (this.held < ENOUGH) return true;
    this.#waiting ??= new Set();
    this.#waiting.add(framing);
    return false;
  }

  /** Writes what is due now, before something that must come after it. */
  flush(): void {
    if (this.#due.length === 0) return;
    const due = this.#due;
    const bytes = this.#dueBytes;
    this.#due = [];
    this.#dueBytes = 0;
    if (!this.#gate.isOpen) return;
    const buffer = Buffer.allocUnsafe(bytes);
    let at = 0;
    for (const { framing, payload } of due) at = framing.put(payload, buffer, at);
    this.#stream.write(buffer);
    if (!this.#stream.writableNeedDrain) this.#drained();
  }

  /** Asked at every `LOOK`: whether the connection has taken nothing for too long. */
  isStuck(): boolean {
    const { held } = this;
    const moves = held === 0 || held < this.#held || this.#held === 0;
    this.#held = held;
    this.#looks = moves ? 0 : this.#looks + 1;
    return this.#looks >= LOOKS;
  }

  #drained(): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting) for (const framing of waiting) framing.drained();
  }
}

/** Writes out, at the end of a turn, whatever fell due in it. */
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
