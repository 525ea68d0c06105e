import { setTimeout } from 'node:timers/promises';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { EDUZZ_SECRET } from './gateway.ts';

/** Delivers as Eduzz does: once more, and again, where the gateway has too much to do just now. */
export async function deliver(gateway: { readonly url: string }, payload: Record<string, unknown>): Promise<void> {
  for (;;) {
    const { headers, body } = signAsEduzz(payload, EDUZZ_SECRET);
    const response = await fetch(`${gateway.url}/webhooks/eduzz`, { method: 'POST', headers, body });
    const answer = await response.text();
    if (response.status === 200) return;
    if (response.status !== 503) throw new Error(`a delivery was answered ${response.status}: ${answer}`);
    await setTimeout(50);
  }
}
