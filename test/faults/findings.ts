/** How many broken promises are told word for word. */
const MOST_TOLD = 20;

/** The results of a fault: how often each thing happened, and each promise that was broken. */
export class Findings {
  /** Whether the machine has nothing else to do, so that times, memory and shares of what went wrong tell anything. */
  readonly #isQuiet: boolean;
  readonly counts: Record<string, number> = {};
  readonly broken: string[] = [];

  constructor({ isQuiet }: { readonly isQuiet: boolean }) {
    this.#isQuiet = isQuiet;
  }

  count(name: string, by = 1): void {
    this.counts[name] = (this.counts[name] ?? 0) + by;
  }

  /** A figure, instead of a count. */
  note(name: string, value: number): void {
    this.counts[name] = Math.round(value * 10) / 10;
  }

  /** The highest of them. */
  atMost(name: string, value: number): void {
    this.note(name, Math.max(this.counts[name] ?? 0, value));
  }

  /** @param promise its number in docs/PROMISES.md, and @param otherwise what was seen instead of it. */
  expect(kept: boolean, promise: string, otherwise: () => string): void {
    if (kept) return;
    this.count('broken');
    if (this.broken.length < MOST_TOLD) this.broken.push(`${promise} ${otherwise()}`);
  }

  /** The same of what a busy machine may break as well: it counts on a quiet one alone. */
  expectOfQuiet(kept: boolean, promise: string, otherwise: () => string): void {
    if (this.#isQuiet) this.expect(kept, promise, otherwise);
  }
}
