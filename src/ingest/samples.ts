import { randomUUID } from 'node:crypto';
import { HTTP, HookcastError, toHookcastError } from '../errors.ts';
import type { Sampler } from '../events/recent.ts';
import type { Provider } from '../providers/provider.ts';
import type { Ingest } from './ingest.ts';
import type { Answered, Recent } from './recent.ts';

export interface SamplesOptions {
  readonly sources: ReadonlyMap<string, Provider>;
  readonly ingest: Ingest;
  readonly recent: Pick<Recent, 'note'>;
  /** Whether this gateway may record samples at all. */
  readonly isAllowed: boolean;
  readonly publicUrl: string | null;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The beginning of the ids of samples, so that nobody takes one for a real order. */
export const SAMPLE = 'sample-';
const NOWHERE = 'http://localhost';

/** Signs samples with a source's own secret, and processes them like any delivery. */
export class Samples implements Sampler {
  readonly #options: SamplesOptions;

  constructor(options: SamplesOptions) {
    this.#options = options;
  }

  samplesOf(source: string): readonly string[] {
    const { sources, isAllowed } = this.#options;
    const provider = sources.get(source);
    return isAllowed && provider?.sign ? provider.samples.map(({ event }) => event) : [];
  }

  async send(source: string, event: string | null): Promise<{ readonly status: string; readonly id: string | null }> {
    const { sources, ingest, recent, isAllowed, now } = this.#options;
    if (!isAllowed) {
      throw new HookcastError(
        'FORBIDDEN',
        'This gateway doesn’t allow samples in its log. ALLOW_SAMPLES=on allows them; "hookcast dev" always allows them.',
      );
    }
    const provider = sources.get(source);
    if (!provider) throw new HookcastError('NOT_FOUND', `There is no source "${source}".`);
    if (!provider.sign) {
      throw new HookcastError('BAD_REQUEST', `Only ${provider.name} itself can sign deliveries of this source.`);
    }
    const request = await signedSample(source, provider, event, { publicUrl: this.#options.publicUrl, at: now() });
    const began = performance.now();
    const known: { type: string | null; eventId: string | null } = { type: null, eventId: null };
    const observer = {
      step: <T>(_name: string, work: () => T) => work(),
      identified: (type: string | null, eventId: string | null) => void Object.assign(known, { type, eventId }),
      ignored: () => {},
      several: () => {},
      unfit: () => {},
    };
    const note = (outcome: string, status: number) => {
      const steps = { verify: null, normalise: null, append: null, total: performance.now() - began };
      const answered: Answered = { requestId: '', outcome, status, ...known, ...steps };
      recent.note(source, answered, request.headers, true);
    };
    try {
      const { status, id } = await ingest.receive(source, request, { observer });
      note(status, 200);
      return { status, id };
    } catch (error) {
      const { code } = toHookcastError(error);
      note(code.toLowerCase(), HTTP[code].status);
      throw error;
    }
  }
}

/** A sample as the provider would send it. Names of headers are in lower case, as in a request. */
async function signedSample(
  source: string,
  provider: Provider,
  event: string | null,
  { publicUrl, at: moment }: { readonly publicUrl: string | null; readonly at: number },
) {
  const sample = provider.samples.find((one) => event === null || one.event === event);
  if (!sample) {
    const names = provider.samples.map((one) => one.event).join(', ');
    throw new HookcastError('BAD_REQUEST', `There is no such sample. There are: ${names || 'none'}.`);
  }
  const at = new Date(moment);
  const fresh = { id: `${SAMPLE}${randomUUID()}`, at };
  const path = `/webhooks/${source}`;
  const query = sample.query?.(fresh) ?? '';
  const sent = sample.headers?.(fresh) ?? {};
  const url = `${publicUrl ?? NOWHERE}${path}${query === '' ? '' : `?${query}`}`;
  const signed = await provider.sign!(sample.payload(fresh), at, { url, headers: sent });
  const asked = [query, signed.query ?? ''].filter((part) => part !== '').join('&');
  const headers = { ...sent, ...signed.headers, 'user-agent': 'hookcast-sample' };
  return {
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: Buffer.from(signed.body),
    method: 'POST',
    publicUrl,
    target: `${path}${signed.path ?? ''}${asked === '' ? '' : `?${asked}`}`,
    from: () => '127.0.0.1',
  };
}
