import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, Result } from 'axe-core';
import type { Page } from 'playwright-core';

/** In the few bytes that it also comes in: each document reads them anew. */
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** WCAG 2.2 AA, what came before it, and what axe's makers advise. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * Looks at the page as it stands for what keeps people from using it.
 *
 * @throws {Error} a line for each violation, and one for each element that it is about.
 */
export async function axe(page: Page): Promise<void> {
  // By way of the debugger, which the page's policy holds nothing against.
  const session = await page.context().newCDPSession(page);
  const evaluate = async (expression: string) => {
    const options = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', options);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value as unknown;
  };
  if (!(await evaluate(`'axe' in window`))) await evaluate(`${AXE}; undefined`);
  const asked = JSON.stringify({ runOnly: TAGS, resultTypes: ['violations'] });
  const { violations } = (await evaluate(`axe.run(document, ${asked})`)) as AxeResults;
  await session.detach();
  if (violations.length === 0) return;
  throw new Error(`axe finds fault with ${page.url().replace(/#.*/, '')}:\n${violations.flatMap(linesOf).join('\n')}`);
}

function linesOf({ id, impact, help, helpUrl, nodes }: Result): string[] {
  return [
    `  ${id} (${impact}): ${help} (${helpUrl})`,
    ...nodes.map(
      ({ html, target, failureSummary = '' }) =>
        `    ${target.join(' ')}: ${html}\n      ${failureSummary.replaceAll('\n', '\n      ')}`,
    ),
  ];
}
