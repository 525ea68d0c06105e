import { onTestFinished } from 'vitest';

const { VITEST } = process.env;
const left: (() => unknown)[] = [];

/** Cleans up when the test is over; without a test, when whoever runs the faults says so. */
export function atEnd(cleanUp: () => unknown): void {
  if (VITEST) onTestFinished(async () => void (await cleanUp()));
  else left.push(cleanUp);
}

/** The last first, as tests have it. */
export async function cleanUp(): Promise<void> {
  for (const one of left.splice(0).toReversed()) await one();
}
