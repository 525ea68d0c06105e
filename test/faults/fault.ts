import { WORKERS } from '../support/child.ts';
import { Findings } from './findings.ts';

export interface Options {
  readonly seed: number;
  /** How often: kills, cycles, messages. */
  readonly runs: number;
  readonly minutes: number;
  /** Of each gateway, where a fault looks at it. */
  readonly workers: number;
  /** Where each gateway has its log, where a fault looks at it. Null is a file in a folder of its own. */
  readonly databaseUrl: string | null;
  readonly findings: Findings;
  /** Told how far it is. */
  readonly progress: (said: string) => void;
}

/** Something that goes wrong, brought about on purpose against a real gateway. */
export interface Fault {
  readonly name: string;
  /** For the table, in a few words. */
  readonly what: string;
  /** What one run is. */
  readonly unit: string;
  /** How many runs `npm run faults` makes of it. */
  readonly runs: number;
  readonly minutes?: number;
  /** @throws {Lacking} when this machine can't do it. */
  readonly run: (options: Options) => Promise<void>;
}

/** Something that a fault needs and this machine or user lacks. This neither breaks a promise nor proves it. */
export class Lacking extends Error {}

/** A fault in short, for a test, which runs beside others: what was broken, which should be nothing. */
export async function brokenBy(
  fault: Fault,
  options: { readonly runs: number } & Partial<Pick<Options, 'seed' | 'minutes' | 'databaseUrl'>>,
): Promise<readonly string[]> {
  const findings = new Findings({ isQuiet: false });
  await fault.run({
    seed: 1,
    minutes: 0,
    workers: WORKERS,
    databaseUrl: null,
    findings,
    progress: () => {},
    ...options,
  });
  return findings.broken;
}
