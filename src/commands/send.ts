import { randomBytes, randomUUID } from 'node:crypto';
import { eduzzSamples, signAsEduzz } from '../providers/eduzz/samples.ts';
import type { Sample, SignedDelivery } from '../providers/sample.ts';
import { signAsWix, wixSamples } from '../providers/wix/samples.ts';
import { type DevSecrets, devSecretsFile, readDevSecrets } from './dev-secrets.ts';
import { CommandError, type Terminal } from './terminal.ts';

export interface SendOptions {
  readonly event: string | undefined;
  readonly count: number;
  readonly url: string | undefined;
}

/** Deliveries under way at a time: Eduzz sends up to twenty at once. */
const PARALLEL = 10;

/** `hookcast send`: samples, each with an id and a time of its own, signed as the provider does and posted. */
export async function send(source: string, options: SendOptions, terminal: Terminal): Promise<void> {
  const url = `${options.url ?? defaultUrl(terminal)}/webhooks/${source}`;
  const { samples, sign } = sender(source, terminal);
  const sample = samples.find(({ event }) => event === (options.event ?? samples[0]?.event));
  if (!sample) {
    throw new CommandError(
      `There is no sample of "${options.event}". There are: ${samples.map(({ event }) => event).join(', ')}.`,
    );
  }

  const began = performance.now();
  const outcomes = new Map<string, number>();
  let left = options.count;
  const work = async () => {
    while (left > 0) {
      left -= 1;
      const id = source === 'eduzz' ? randomBytes(16).toString('hex') : randomUUID();
      const outcome = await post(url, await sign(sample.payload({ id, at: new Date() })));
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      if (options.count <= PARALLEL) terminal.print(`${sample.event} ${id}: ${outcome}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, options.count) }, work));

  const summary = [...outcomes].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
  if (options.count > PARALLEL) {
    terminal.print(`${options.count} sent in ${Math.round(performance.now() - began)} ms: ${summary}`);
  }
  const refused = [...outcomes.keys()].filter((outcome) => /^\d/.test(outcome));
  if (refused.length > 0) {
    const isForged = refused.some((outcome) => outcome.startsWith('401'));
    const hint = isForged ? ' The gateway must run with the secrets that were signed with.' : '';
    throw new CommandError(`Not everything was taken.${hint}`);
  }
}

/** Posts a delivery as a provider does. What became of it: a status of the gateway's, or the HTTP status and detail. */
export async function post(url: string, { headers, body }: SignedDelivery): Promise<string> {
  let response: Response;
  try {
    response = await fetch(url, { method: 'POST', headers, body });
  } catch {
    throw new CommandError(`Nothing answers at ${url}. Start the gateway with "npm run dev", or name it with --url.`);
  }
  const answer = (await response.json()) as { status: string | number; detail?: string };
  return response.ok ? String(answer.status) : `${response.status} ${answer.detail ?? ''}`;
}

function sender(
  source: string,
  terminal: Terminal,
): {
  samples: readonly Sample[];
  sign: (payload: Record<string, unknown>) => SignedDelivery | Promise<SignedDelivery>;
} {
  // Read only where it is needed: who has set secrets of their own has no file.
  const secrets = (): DevSecrets => readDevSecrets(devSecretsFile(terminal));
  switch (source) {
    case 'eduzz': {
      const [own] = (terminal.env['EDUZZ_SECRETS'] ?? '').split(',');
      const secret = own?.trim() || secrets().eduzzSecret;
      return { samples: eduzzSamples, sign: (payload) => signAsEduzz(payload, secret) };
    }
    case 'wix': {
      const { wixPrivateKey } = secrets();
      return { samples: wixSamples, sign: (payload) => signAsWix(payload, wixPrivateKey) };
    }
    default:
      throw new CommandError(`There is no source "${source}". There are: eduzz, wix.`);
  }
}

function defaultUrl({ env }: Terminal): string {
  const host = env['HOST'] && env['HOST'] !== '0.0.0.0' ? env['HOST'] : '127.0.0.1';
  return `http://${host}:${env['PORT'] || 4000}`;
}
