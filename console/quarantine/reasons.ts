import type { Words } from '../words/en.ts';

type Reasons = Words['quarantine']['reasons'];

/** Messages of schemas, from zod and from hookcast. */
const SAID: readonly (readonly [RegExp, (reasons: Reasons, first: string, second: string) => string])[] = [
  [/^Invalid input: expected .+, received undefined$/, ({ missing }) => missing],
  [/^Invalid input: expected int, received number$/, ({ only, types }) => only(types['int']!)],
  [
    /^Invalid input: expected (\w+), received (\w+)$/,
    ({ received, types }, expected, got) => received(types[expected] ?? expected, types[got] ?? got),
  ],
  [/^Invalid input: expected (.+)$/, ({ only }, value) => only(value)],
  [/^Invalid option: expected one of (.+)$/, ({ oneOf }, values) => oneOf(values.replaceAll('|', ', '))],
  [/^Too big: expected \w+ to be <=(\S+)$/, ({ atMost }, limit) => atMost(limit)],
  [/^Too small: expected \w+ to be >=(\S+)$/, ({ atLeast }, limit) => atLeast(limit)],
  [/^Too big: expected \w+ to have <=(\d+) \w+$/, ({ longest }, limit) => longest(limit)],
  [/^Too small: expected \w+ to have >=(\d+) \w+$/, ({ shortest }, limit) => shortest(limit)],
  [/^Invalid (?:input|string: must match pattern .*)$/, ({ unfit }) => unfit],
  [/^expected (.+), as the rest of the event says$/, ({ accord }, value) => accord(value)],
  [/^the provider's code failed on it \((.+)\)$/, ({ failed }, what) => failed(what)],
  [/^and (\d+) more$/, ({ others }, count) => others(count)],
];

/** The reader's words for a message of the gateway. Null if there are none. */
export function reasonOf(message: string, reasons: Reasons): string | null {
  const known = reasons.said[message];
  if (known !== undefined) return known;
  for (const [pattern, say] of SAID) {
    const found = pattern.exec(message);
    if (found) return say(reasons, found[1] ?? '', found[2] ?? '');
  }
  return null;
}
