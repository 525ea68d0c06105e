import { readFileSync, readdirSync } from 'node:fs';

/** Microseconds of CPU that a process and all its descendants have used, ended ones included. Linux only. */
export function cpuOf(root: number): number {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => read(Number(pid)));
  const isOf = (pid: number): boolean => {
    if (pid === root) return true;
    const parent = processes.find((one) => one.pid === pid)?.parent ?? 0;
    return parent > 1 && isOf(parent);
  };
  return processes.filter(({ pid }) => isOf(pid)).reduce((sum, { ticks }) => sum + ticks, 0) * MICROSECONDS;
}

/** Microseconds in one of the kernel's clock ticks. Everywhere there are a hundred ticks a second. */
const MICROSECONDS = 10_000;

function read(pid: number): { pid: number; parent: number; ticks: number }[] {
  try {
    // The name, in brackets, may hold anything. The counted fields come after it (proc(5), stat).
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
      .map(Number);
    const [, parent = 0] = fields;
    return [{ pid, parent, ticks: fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0) }];
  } catch {
    // The process has ended in between.
    return [];
  }
}
