import { buildConsole } from '../../src/commands/console.ts';

/** Once before all tests: each gateway serves what is in this checkout, and no two files build at the same time. */
export async function setup(): Promise<void> {
  const lines: string[] = [];
  const isThere = await buildConsole({ env: process.env, print: (line) => void lines.push(line) });
  if (!isThere || lines.length > 1) throw new Error(lines.join('\n'));
}
