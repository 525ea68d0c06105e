import type { Findings } from './findings.ts';
import { median, memoryOf } from './process.ts';

/** How much a process may grow, in MB and as a share: V8 gives memory back late. */
const GROWTH = { share: 1.25, more: 48 };

/** Samples that tell anything: before, it has not warmed up. */
const ENOUGH = 100;

/** Whether a process's memory stays where it was when it had warmed up. */
export class Memory {
  readonly #pid: number;
  readonly #samples: number[] = [];

  constructor(pid: number) {
    this.#pid = pid;
  }

  sample(): number {
    const now = memoryOf(this.#pid);
    this.#samples.push(now);
    return now;
  }

  /** Compares the last fifth with the second. */
  expectFlat(findings: Findings): void {
    const fifth = Math.floor(this.#samples.length / 5);
    if (fifth === 0) return;
    const warm = median(this.#samples.slice(fifth, 2 * fifth));
    const end = median(this.#samples.slice(-fifth));
    findings.note('MB warmed up', warm);
    findings.note('MB at the end', end);
    if (this.#samples.length < ENOUGH) return;
    const isFlat = end <= warm * GROWTH.share + GROWTH.more;
    findings.expectOfQuiet(isFlat, 'IN5', () => `memory grew from ${Math.round(warm)} to ${Math.round(end)} MB`);
  }
}
