import { onTestFailed, onTestFinished } from 'vitest';

const { VITEST } = process.env;
const left: (() => unknown)[] = [];

/** Cleans up when the test is over; without a test, when the fault's run says so. */
export function atEnd(cleanUp: () => unknown): void {
  if (VITEST) onTestFinished(async () => void (await cleanUp()));
  else left.push(cleanUp);
}

/**
 * Ends a client of graphql-ws. Its `dispose` rejects if the client was just then connecting and could not: a test's gateway may have
 * ended before the test's client.
 */
export async function endClient(client: { dispose(): void | Promise<void> }): Promise<void> {
  try {
    await client.dispose();
  } catch {
    // It has no connection, which is all that is wanted.
  }
}

/**
 * Remembers that a gateway answered 503. A test that does not look at this answer, and waits for what was never recorded, fails
 * for another reason; it is told the right one, by which it is tried again (vitest.config.ts).
 */
export function noteRefusal(): void {
  if (!VITEST) return;
  try {
    onTestFailed(() => {
      throw new Error('A gateway answered a delivery 503 in this test, which may be why it failed.');
    });
  } catch {
    // Before all tests of a file there is no test to attach to.
  }
}

/** The last first, as tests have it. */
export async function cleanUp(): Promise<void> {
  for (const one of left.splice(0).toReversed()) await one();
}
