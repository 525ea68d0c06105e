/** An operation that has begun. */
export interface Running {
  /** Called, once or more, when the operation is over, or when its client has gone. */
  release(): void;
}

/** An operation that has its id and is being opened, or whose answer is on its way. */
const OPENING: Running = { release() {} };
/** The same after its client gave it up. It keeps its id until the opening or the answer is done. */
const GIVEN_UP: Running = { release() {} };

/**
 * The operations of one WebSocket, by the ids that its client chose. Most sockets have one subscription, and a Map takes as much
 * memory as the subscription itself: so the first operation is kept in two fields.
 */
export class RunningOperations {
  #id: string | null = null;
  #operation: Running = OPENING;
  #others: Map<string, Running> | null = null;

  get size(): number {
    return (this.#id === null ? 0 : 1) + (this.#others?.size ?? 0);
  }

  /** Claims the id for a new operation. Returns false if another operation has it, even one that was given up just before. */
  claim(id: string): boolean {
    if (this.#find(id)) return false;
    if (this.#id === null) {
      this.#id = id;
      this.#operation = OPENING;
    } else (this.#others ??= new Map()).set(id, OPENING);
    return true;
  }

  /** Called when the operation that was being opened runs. */
  began(id: string, operation: Running): void {
    this.#set(id, operation);
  }

  /** Whether the client still waits for the operation. */
  isWanted(id: string): boolean {
    const operation = this.#find(id);
    return operation !== undefined && operation !== GIVEN_UP;
  }

  /** Whether this operation is the one that has the id. */
  isRunning(id: string, operation: Running): boolean {
    return this.#find(id) === operation;
  }

  /** Called when the client does not want the operation any more. */
  giveUp(id: string): void {
    if (this.#find(id) === OPENING) this.#set(id, GIVEN_UP);
    else if (this.isWanted(id)) this.release(id);
  }

  /** Ends the operation and frees its id. */
  release(id: string): void {
    const operation = this.#find(id);
    if (id === this.#id) this.#id = null;
    else this.#others?.delete(id);
    if (this.#others?.size === 0) this.#others = null;
    operation?.release();
  }

  /** Ends all operations. */
  clear(): void {
    for (const id of this.#ids()) this.release(id);
  }

  /** The ids of operations that the client waits for. */
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
