/** An operation that has begun. */
export interface Running {
  /** It is over, or nobody is there for whom it could go on. Called once or more. */
  release(): void;
}

/** It has its id and is being opened, or its answer is on its way. */
const OPENING: Running = { release() {} };
/** The same when nobody waits for it any more: it keeps its id until that is done. */
const GIVEN_UP: Running = { release() {} };

/**
 * What runs over one WebSocket, by the ids that its client chose. Most sockets have one subscription, and a Map for that takes
 * as much as the subscription itself: so the first is kept in two fields.
 */
export class RunningOperations {
  #id: string | null = null;
  #operation: Running = OPENING;
  #others: Map<string, Running> | null = null;

  get size(): number {
    return (this.#id === null ? 0 : 1) + (this.#others?.size ?? 0);
  }

  /** Whether an operation may have the id. It may not while another one has it, even one that was given up just before. */
  claim(id: string): boolean {
    if (this.#find(id)) return false;
    if (this.#id === null) {
      this.#id = id;
      this.#operation = OPENING;
    } else (this.#others ??= new Map()).set(id, OPENING);
    return true;
  }

  /** What was being opened runs now. */
  began(id: string, operation: Running): void {
    this.#set(id, operation);
  }

  /** Whether its client still waits for it. */
  isWanted(id: string): boolean {
    const operation = this.#find(id);
    return operation !== undefined && operation !== GIVEN_UP;
  }

  /** Whether this operation is the one that has the id. */
  isRunning(id: string, operation: Running): boolean {
    return this.#find(id) === operation;
  }

  /** Its client does not want it any more. */
  giveUp(id: string): void {
    if (this.#find(id) === OPENING) this.#set(id, GIVEN_UP);
    else if (this.isWanted(id)) this.release(id);
  }

  /** The operation is over, and its id free. */
  release(id: string): void {
    const operation = this.#find(id);
    if (id === this.#id) this.#id = null;
    else this.#others?.delete(id);
    if (this.#others?.size === 0) this.#others = null;
    operation?.release();
  }

  /** All of them are over. */
  clear(): void {
    for (const id of this.#ids()) this.release(id);
  }

  /** Those that somebody waits for. */
  wanted(): readonly string[] {
    return this.#ids().filter((id) => this.isWanted(id));
  }

  #ids(): readonly string[] {
    return [...(this.#id === null ? [] : [this.#id]), ...(this.#others?.keys() ?? [])];
  }

  #find(id: string): Running | undefined {
    return id === this.#id ? this.#operation : this.#others?.get(id);
  }

  #set(id: string, operation: Running): void {
    if (id === this.#id) this.#operation = operation;
    else this.#others?.set(id, operation);
  }
}
