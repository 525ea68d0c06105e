import { inspect } from 'node:util';
import { expect } from 'vitest';

/** A test may wait for longer, since a busy machine is no failure. But the terminal should say what it waits for. */
const SOON = 5_000;
const isWrapped = Symbol.for('hookcast says what is awaited');

type Look = (...given: unknown[]) => unknown;
type Poll = ((look: Look, options?: object) => unknown) & { [isWrapped]?: boolean };

// Run once for each test file, in a worker that has many of them.
const polling = expect as unknown as { poll: Poll };
const { poll } = polling;
if (!poll[isWrapped]) {
  const saying: Poll = (look, options) => {
    const place = placeOf(new Error('polled'));
    const began = performance.now();
    let said = false;
    const lookAndSay: Look = async (...given) => {
      const found = await look(...given);
      if (!said && performance.now() - began > SOON) {
        said = true;
        const { currentTestName = 'a hook' } = expect.getState();
        process.stderr.write(
          `\nStill waiting after 5 s: ${currentTestName}\n  at ${place}\n  found so far: ${shortly(found)}\n`,
        );
      }
      return found;
    };
    return poll(lookAndSay, options);
  };
  saying[isWrapped] = true;
  polling.poll = saying;
}

/** The line of the test that polls. Vitest marks the modules that it loads anew. */
function placeOf({ stack = '' }: Error): string {
  const [, file, line] =
    /(test\/[\w/.-]+\.ts)(?:\?vitest=\d+)?:(\d+)/.exec(stack.split('\n').slice(2).join('\n')) ?? [];
  return file === undefined ? 'an unknown place' : `${file}:${line}`;
}

function shortly(found: unknown): string {
  const text = inspect(found, { depth: 2, breakLength: Infinity, maxStringLength: 200 });
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
