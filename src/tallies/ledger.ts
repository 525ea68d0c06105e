import { hash, randomBytes } from 'node:crypto';

/** A ledger's memory, which all threads see. Workers that get it share the ledger. */
export interface LedgerMemory {
  /** How many workers share it. */
  readonly workers: number;
  /** Each run has another seed, so that nobody can choose names whose hashes collide. */
  readonly seed: string;
  readonly buffer: SharedArrayBuffer;
}

/** How many entries there are, a power of two. A name has an entry while connections, queries or subscriptions are counted for it. */
const ENTRIES = 2 ** 18;
/** How many entries are searched for a name. Only if other names have all of them is there no room for it. */
const REACH = 64;
/** After how many milliseconds another name may take an entry that counts nothing. The entry's rate is full again by then. */
const IDLE = 10_000;
/** How long to sleep, in milliseconds, before looking whether the ledger is free without having been woken. */
const NAP = 5;

/** The places in the head: the lock, and the number of threads that wait for it. */
const LOCK = 0;
const WAITING = 1;
const HEAD = 16;

/**
 * Counts that several threads keep together, exactly and without messages: a table in memory that all of them see, behind a lock that
 * is held for a microsecond. Each worker has its own column of each entry, so that the counts of a worker that died can be taken off.
 *
 * An entry may belong to another one, its owner, which counts how many of its entries count something.
 */
export class Ledger {
  readonly memory: LedgerMemory;
  readonly #worker: number;
  readonly #clock: () => number;
  readonly #head: Int32Array;
  readonly #names: BigUint64Array;
  readonly #owners: Int32Array;
  readonly #counts: Int32Array;
  /** How many of the entries that belong to this one count something. */
  readonly #parts: Int32Array;
  /** For rates: how many are left, and when that was so; 0 means never. */
  readonly #left: Float64Array;
  readonly #filled: Float64Array;

  /**
   * @param worker from 0. The thread that starts the workers has `memory.workers`.
   * @param clock milliseconds of a clock that only goes forward, the same in all threads.
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

  /** Makes the memory for so many workers. The machine provides it only as it is used. */
  static memory(workers: number): LedgerMemory {
    const bytes = HEAD * 4 + ENTRIES * (8 + 8 + 8 + 4 + 4 + 4 * workers);
    return { workers, seed: randomBytes(16).toString('hex'), buffer: new SharedArrayBuffer(bytes) };
  }

  /** Adds one if there are fewer than `most`. Returns whether it did. */
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

  /** Adds one to the owner's part. If the part counts nothing yet, the owner must have fewer than `most` parts. Returns whether it did. */
  addPart(owner: string, name: string, most: number): boolean {
    return this.#alone(() => {
      const whole = this.#entryOf(owner);
      // The owner counts something while the part is searched. Otherwise the part could take the owner's place.
      if (whole === null) return false;
      this.#parts[whole]! += 1;
      const entry = this.#entryOf(`${owner}\n${name}`);
      this.#parts[whole]! -= 1;
      if (entry === null) return false;
      const isNew = this.#sum(entry) === 0;
      if (isNew && this.#parts[whole]! >= most) return false;
      // The owner's index plus one, since 0 means that there is no owner.
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

  /** Takes one, or none, of the `rate` that are granted in a second. Returns whether there was one. */
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

  /** Takes off all counts of a worker that has ended, however it ended. */
  forget(worker: number): void {
    const { workers } = this.memory;
    // The worker may have died in the middle of a change, with the lock.
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

  /** If the entry counts nothing, then it is taken off its owner's parts. */
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

  /** The entry of this name, which may be a free one that it takes. Null if there is no room. */
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
      // This entry was never used, so the name can't be in a later one.
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

  /** Does the work while no other thread reads or changes anything. */
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
