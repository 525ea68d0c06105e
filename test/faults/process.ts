import { readFileSync, readdirSync } from 'node:fs';

/** Resident memory of a process in MB, as the kernel counts it; 0 where there is no /proc. */
export function memoryOf(pid: number): number {
  return numberIn(pid, /^VmRSS:\s+(\d+) kB$/m) / 1024;
}

/** Open files and sockets of a process. */
export function handlesOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}

function numberIn(pid: number, form: RegExp): number {
  try {
    return Number(form.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
