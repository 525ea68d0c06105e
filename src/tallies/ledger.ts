import { hash, randomBytes } from 'node:crypto';

/** What a ledger consists of, for the workers that are to share it: memory that all threads see. */
export interface LedgerMemory {
  /** How many workers have it. */
  readonly workers: number;
  /** Of this run alone, so that nobody can choose names that fall together. */
  readonly seed: string;
  readonly buffer: SharedArrayBuffer;
}

/** Entries, a power of two. A key has an entry while something is counted for it: a connection, a query, a subscription. */
const ENTRIES = 2 ** 18;
/** Entries that are looked through for a name. Only when others have all of them is there no room for it. */
const REACH = 64;
/** How long until an entry that counts nothing is somebody else's, in milliseconds. A rate has been made good by then. */
const IDLE = 10_000;
/** How long to sleep before looking again whether the ledger is free, in milliseconds, though nobody said so. */
const NAP = 5;

/** Where in the head the lock stands, and how many wait for it. */
const LOCK = 0;
const WAITING = 1;
const HEAD = 16;

/**
 * Counts that several threads keep together, exactly and without asking each other: a table in memory that all of them see, behind a
 * lock that is held for a microsecond. Of each entry every worker has a column of its own, so that what a worker had that died can
 * be taken off.
 *
 * An entry may belong to another one, which then counts how many such entries count something.
 */
export class Ledger {
  readonly memory: LedgerMemory;
  readonly #worker: number;
  readonly #clock: () => number;
  readonly #head: Int32Array;
  readonly #names: BigUint64Array;
  readonly #owners: Int32Array;
  readonly #counts: Int32Array;
  /** How many of those that belong to it count something. */
  readonly #parts: Int32Array;
  /** Of a rate: how many are left, and when that was so; 0 is never. */
  readonly #left: Float64Array;
  readonly #filled: Float64Array;

  /**
   * @param worker from 0; the process that only looks after the workers has `memory.workers`.
   * @param clock milliseconds that only ever grow, the same in all threads.
   */
  constructor(memory: LedgerMemory, worker: number, clock: () => number) {
    this.memory = memory;
    this.#worker = worker;
    this.#clock = clock;
    const { buffer, workers } = memory;
    let at = 0;
    const next = (bytes: number) => {
      const from = at;
      at += bytes;
      return from;
    };
    this.#head = new Int32Array(buffer, next(HEAD * 4), HEAD);
    this.#names = new BigUint64Array(buffer, next(ENTRIES * 8), ENTRIES);
    this.#left = new Float64Array(buffer, next(ENTRIES * 8), ENTRIES);
    this.#filled = new Float64Array(buffer, next(ENTRIES * 8), ENTRIES);
    this.#owners = new Int32Array(buffer, next(ENTRIES * 4), ENTRIES);
    this.#parts = new Int32Array(buffer, next(ENTRIES * 4), ENTRIES);
    this.#counts = new Int32Array(buffer, next(ENTRIES * 4 * workers), ENTRIES * workers);
  }

  /** Memory for so many workers. The machine gives it only as it is used. */
  static memory(workers: number): LedgerMemory {
    const bytes = HEAD * 4 + ENTRIES * (8 + 8 + 8 + 4 + 4 + 4 * workers);
    return { workers, seed: randomBytes(16).toString('hex'), buffer: new SharedArrayBuffer(bytes) };
  }

  /** Adds one, if there are fewer than `most`. Says whether. */
  add(name: string, most: number): boolean {
    return this.#alone(() => {
      const entry = this.#entryOf(name);
      if (entry === null || this.#sum(entry) >= most) return false;
      this.#counts[this.#own(entry)]! += 1;
      return true;
    });
  }

  remove(name: string): void {
    this.#alone(() => {
      const entry = this.#find(name).entry;
      if (entry !== null) this.#counts[this.#own(entry)]! -= 1;
    });
  }

  /** Adds one of what belongs to the owner. If there is none yet, the owner must have fewer than `most` others. Says whether. */
  addPart(owner: string, name: string, most: number): boolean {
    return this.#alone(() => {
      const whole = this.#entryOf(owner);
      // It counts something before another one is looked for, or that one could take its place.
      if (whole === null) return false;
      this.#parts[whole]! += 1;
      const entry = this.#entryOf(`${owner}\n${name}`);
      this.#parts[whole]! -= 1;
      if (entry === null) return false;
      const isNew = this.#sum(entry) === 0;
      if (isNew && this.#parts[whole]! >= most) return false;
      // One more than the place: 0 is nobody's.
      this.#owners[entry] = whole + 1;
      this.#counts[this.#own(entry)]! += 1;
      if (isNew) this.#parts[whole]! += 1;
      return true;
    });
  }

  removePart(owner: string, name: string): void {
    this.#alone(() => {
      const { entry } = this.#find(`${owner}\n${name}`);
      if (entry === null) return;
      this.#counts[this.#own(entry)]! -= 1;
      this.#letGo(entry);
    });
  }

  /** How many are left of so many a second, after `taking` of them. Says whether there was one. */
  take(name: string, rate: number, taking: 0 | 1): boolean {
    return this.#alone(() => {
      const entry = this.#entryOf(name);
      if (entry === null) return false;
      const now = this.#clock();
      const filled = this.#filled[entry]!;
      const left = filled === 0 ? rate : Math.min(rate, this.#left[entry]! + ((now - filled) * rate) / 1000);
      const isLeft = left >= 1;
      this.#left[entry] = isLeft ? left - taking : left;
      this.#filled[entry] = now;
      return isLeft;
    });
  }

  /** Takes off all that a worker had which has ended, however it ended. */
  forget(worker: number): void {
    const { workers } = this.memory;
    // It may have died in the middle of a change.
    if (Atomics.compareExchange(this.#head, LOCK, worker + 1, 0) === worker + 1) Atomics.notify(this.#head, LOCK, 1);
    this.#alone(() => {
      for (let entry = 0; entry < ENTRIES; entry += 1) {
        const column = entry * workers + worker;
        if (this.#counts[column] === 0) continue;
        this.#counts[column] = 0;
        this.#letGo(entry);
      }
    });
  }

  /** Takes an entry off its owner's, once it counts nothing. */
  #letGo(entry: number): void {
    const owner = this.#owners[entry]!;
    if (owner === 0 || this.#sum(entry) > 0) return;
    this.#parts[owner - 1]! -= 1;
    this.#owners[entry] = 0;
  }

  #own(entry: number): number {
    return entry * this.memory.workers + this.#worker;
  }

  #sum(entry: number): number {
    const { workers } = this.memory;
    let sum = 0;
    for (let column = entry * workers; column < (entry + 1) * workers; column += 1) sum += this.#counts[column]!;
    return sum;
  }

  /** The entry of this name, or a free one that is from now on; null where there is no room. */
  #entryOf(name: string): number | null {
    const { entry, number, free } = this.#find(name);
    if (entry !== null || free === null) return entry;
    this.#names[free] = number;
    this.#owners[free] = 0;
    this.#parts[free] = 0;
    this.#filled[free] = 0;
    return free;
  }

  #find(name: string): { entry: number | null; number: bigint; free: number | null } {
    const number = this.#numberOf(name);
    const first = Number(number % BigInt(ENTRIES));
    let free: number | null = null;
    for (let step = 0; step < REACH; step += 1) {
      const entry = (first + step) % ENTRIES;
      if (this.#names[entry] === number) return { entry, number, free };
      if (free === null && this.#isFree(entry)) free = entry;
      // Nobody was ever here, and so nobody behind it.
      if (this.#names[entry] === 0n) break;
    }
    return { entry: null, number, free };
  }

  #isFree(entry: number): boolean {
    if (this.#names[entry] === 0n) return true;
    if (this.#parts[entry]! > 0 || this.#sum(entry) > 0) return false;
    return this.#filled[entry] === 0 || this.#clock() - this.#filled[entry]! > IDLE;
  }

  #numberOf(name: string): bigint {
    const digest = hash('sha256', `${this.memory.seed}\n${name}`, 'buffer');
    return digest.readBigUInt64LE(0) || 1n;
  }

  /** While nobody else reads or changes anything. */
  #alone<T>(work: () => T): T {
    const mine = this.#worker + 1;
    for (;;) {
      const holder = Atomics.compareExchange(this.#head, LOCK, 0, mine);
      if (holder === 0) break;
      Atomics.add(this.#head, WAITING, 1);
      Atomics.wait(this.#head, LOCK, holder, NAP);
      Atomics.sub(this.#head, WAITING, 1);
    }
    try {
      return work();
    } finally {
      Atomics.store(this.#head, LOCK, 0);
      if (Atomics.load(this.#head, WAITING) > 0) Atomics.notify(this.#head, LOCK, 1);
    }
  }
}
