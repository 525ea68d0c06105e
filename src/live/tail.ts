import type { EventLog } from '../events/event-log.ts';

/**
 * The part of a process that notices when the head moves. It carries no events: whoever is woken reads the log, so
 * there is nothing that could be lost, kept or sent twice in here.
 */
export class Tail {
  readonly #stop: () => void;
  readonly #waiting = new Set<() => void>();
  #version = 0;

  constructor(log: EventLog) {
    this.#stop = log.watch(() => this.#moved());
  }

  /** Counts the times that the head may have moved. Noted before a read, it tells what the read may have missed. */
  get version(): number {
    return this.#version;
  }

  /** Resolves when the head may have moved since `version` was noted, which may be at once, or on the signal. */
  async moved(version: number, signal: AbortSignal): Promise<void> {
    if (this.#version !== version || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  close(): void {
    this.#stop();
    this.#moved();
  }

  #moved(): void {
    this.#version += 1;
    for (const wake of this.#waiting) wake();
  }
}
