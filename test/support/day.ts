import { type Sign, daysOf } from '../../src/commands/day.ts';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { signAsWix } from '../../src/providers/wix/samples.ts';
import { EDUZZ_SECRET, type TestGateway, wixKeys } from './gateway.ts';

const SIGNERS = new Map<string, Sign>([
  ['eduzz', (payload) => signAsEduzz(payload, EDUZZ_SECRET)],
  ['wix', (payload, at) => signAsWix(payload, wixKeys.privateKey, at)],
]);

/**
 * Posts the day that `send --day` sends, oldest first, and how each delivery was answered.
 *
 * @param set a gateway's clock, so that each comes when it happened.
 */
export async function postDays(
  gateway: TestGateway,
  now: Date,
  set: (at: Date) => void = () => {},
): Promise<Record<string, number>> {
  const answers: Record<string, number> = {};
  for await (const { source, at, signed } of daysOf(SIGNERS, now)) {
    set(at);
    const response = await fetch(`${gateway.url}/webhooks/${source}`, { method: 'POST', ...signed });
    const { status } = (await response.json()) as { readonly status: string };
    answers[status] = (answers[status] ?? 0) + 1;
  }
  set(now);
  return answers;
}
