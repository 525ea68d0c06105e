import { randomUUID } from 'node:crypto';
import { localUrl } from '../config.ts';
import { readEnvironment, readPublicUrl, readSources } from '../config-parts.ts';
import type { Provider } from '../providers/provider.ts';
import type { SignedDelivery } from '../providers/sample.ts';
import { PROVIDERS } from '../settings.ts';
import { createSources } from '../sources.ts';
import { DAYS, daysOf } from './day.ts';
import { type DevSecrets, devSecretsFile, readDevSecrets } from './dev-secrets.ts';
import { findOwnSources } from './sources.ts';
import { CommandError, type Terminal, howToCall } from './terminal.ts';

export interface SendOptions {
  readonly event: string | undefined;
  readonly count: number;
  readonly url: string | undefined;
  /** Whether to send a whole sample day, of this source or of all sources that have one. */
  readonly day?: boolean;
}

/** How many deliveries are sent at a time. Eduzz sends up to twenty at once. */
const PARALLEL = 10;

/** `hookcast send`: posts samples, each with an id and a time of its own, signed as by the provider. */
export async function send(source: string | undefined, options: SendOptions, terminal: Terminal): Promise<void> {
  if (options.day === true) return sendDay(source === undefined ? Object.keys(DAYS) : [source], options.url, terminal);
  if (source === undefined)
    throw new CommandError('Say which source: "send eduzz"; or "send --day" for a day of several.');
  const base = options.url ?? defaultUrl(terminal);
  const url = `${base}/webhooks/${source}`;
  // The signature covers the address that senders call, also if the sample is posted to another one.
  const publicUrl = `${readPublicUrl(terminal.env) ?? base}/webhooks/${source}`;
  const { samples, sign } = await senderOf(source, terminal);
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
      const [id, at] = [randomUUID(), new Date()];
      const query = sample.query?.({ id, at }) ?? '';
      const to = { url: withQuery(publicUrl, query), headers: sample.headers?.({ id, at }) ?? {} };
      const signed = await sign(sample.payload({ id, at }), at, to);
      const asked = [query, signed.query ?? ''].filter((part) => part !== '').join('&');
      const outcome = await post(withQuery(url + (signed.path ?? ''), asked), {
        ...signed,
        headers: { ...to.headers, ...signed.headers },
      });
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      if (options.count <= PARALLEL) terminal.print(`${sample.event} ${id}: ${outcome}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, options.count) }, work));

  const summary = [...outcomes].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
  if (options.count > PARALLEL) {
    terminal.print(`${options.count} sent in ${Math.round(performance.now() - began)} ms: ${summary}`);
  }
  complainOf([...outcomes.keys()]);
}

/**
 * Posts a sample day of these sources until now, and the days that it is compared with, in the order of their events: what is
 * posted first comes first in the log. If the day is sent twice, it is recorded once.
 */
export async function sendDay(sources: readonly string[], url: string | undefined, terminal: Terminal): Promise<void> {
  const strange = sources.find((source) => !Object.hasOwn(DAYS, source));
  if (strange !== undefined) {
    throw new CommandError(`No sample day exists for "${strange}". There is one for: ${Object.keys(DAYS).join(', ')}.`);
  }
  const base = url ?? defaultUrl(terminal);
  const signers = new Map<string, Awaited<ReturnType<typeof senderOf>>['sign']>();
  for (const source of sources) signers.set(source, (await senderOf(source, terminal)).sign);
  const outcomes = new Map<string, number>();
  for await (const { source, signed } of daysOf(signers, new Date())) {
    const outcome = await post(`${base}/webhooks/${source}`, signed);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    if (isRefusal(outcome)) break;
  }
  const summary = [...outcomes].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
  terminal.print(`A day of ${sources.join(' and ')}, with yesterday and a week ago: ${summary}`);
  complainOf([...outcomes.keys()]);
}

function isRefusal(outcome: string): boolean {
  return /^\d/.test(outcome);
}

/** @throws {CommandError} if any delivery was refused. */
function complainOf(outcomes: readonly string[]): void {
  const refused = outcomes.filter(isRefusal);
  if (refused.length === 0) return;
  const isForged = refused.some((outcome) => outcome.startsWith('401'));
  const hint = isForged ? ' The gateway must have the secrets by which the samples were signed.' : '';
  throw new CommandError(`Some deliveries were not accepted.${hint}`);
}

/** Posts a delivery as a provider does. Returns the outcome: a status of the gateway, or the HTTP status and detail. */
export async function post(url: string, { headers, body }: SignedDelivery): Promise<string> {
  let response: Response;
  try {
    response = await fetch(url, { method: 'POST', headers, body });
  } catch {
    throw new CommandError(
      `No gateway answers at ${url}. Start the gateway with "${howToCall('dev')}", or name it with --url.`,
    );
  }
  return outcomeOf(response.status, await response.text());
}

/** The outcome in an answer, if its source answers with one. */
function outcomeOf(status: number, text: string): string {
  const isOk = status >= 200 && status < 300;
  const answer = parseAnswer(text);
  if (!isOk) return `${status} ${answer?.detail ?? ''}`;
  if (!answer) return 'accepted';
  const events = Object.entries(answer.events ?? {}).map(([outcome, count]) => `${count} ${outcome}`);
  return events.length === 0 ? String(answer.status) : `${String(answer.status)} (${events.join(', ')})`;
}

interface Answer {
  readonly status: string | number;
  readonly detail?: string;
  readonly events?: Readonly<Record<string, number>>;
}

/** Null if a definition's `respond` made the answer: it may be any text, or empty. */
function parseAnswer(text: string): Answer | null {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null && 'status' in answer ? (answer as Answer) : null;
  } catch {
    return null;
  }
}

function withQuery(url: string, query: string): string {
  return query === '' ? url : `${url}?${query}`;
}

/** The provider of a source, which must be able to sign. */
async function senderOf(
  source: string,
  terminal: Terminal,
): Promise<Provider & { sign: NonNullable<Provider['sign']> }> {
  const sources = await sourcesToSend(source, terminal);
  const provider = sources.get(source);
  if (!provider) throw unknownSource(source, [...sources.keys()]);
  const { sign } = provider;
  if (provider.samples.length === 0) {
    throw new CommandError(`The provider "${provider.name}" has no samples: give it some, as "samples".`);
  }
  if (!sign) throw new CommandError(`Only ${provider.name} itself can sign deliveries of this source.`);
  return { ...provider, sign };
}

async function sourcesToSend(source: string, terminal: Terminal): Promise<ReadonlyMap<string, Provider>> {
  const { env } = terminal;
  const own = await findOwnSources(env);
  if (own) return own;
  if (!PROVIDERS.includes(source)) throw unknownSource(source, PROVIDERS);
  // The file is read only when it is needed: users who have set secrets of their own have no file.
  const secrets = (): DevSecrets => readDevSecrets(devSecretsFile(terminal));
  // Only Wix has the key that signs its webhooks. A gateway of "hookcast dev" accepts this key as Wix's.
  if (source === 'wix') {
    const { wix } = await import('../providers/wix/wix.ts');
    const { wixPublicKey, wixPrivateKey } = secrets();
    return new Map([['wix', wix({ publicKeys: [wixPublicKey], signingKey: wixPrivateKey })]]);
  }
  if (source !== 'eduzz') return createSources(readSources({ ...env, SOURCES: source, EDUZZ_SECRETS: undefined }));
  const whole = readEnvironment(env, ['EDUZZ_SECRETS']);
  const EDUZZ_SECRETS = whole['EDUZZ_SECRETS'] || secrets().eduzzSecret;
  return createSources(readSources({ ...whole, SOURCES: source, EDUZZ_SECRETS }));
}

function unknownSource(source: string, sources: readonly string[]): CommandError {
  return new CommandError(`There is no source "${source}". There are: ${sources.join(', ')}.`);
}

function defaultUrl({ env }: Terminal): string {
  return localUrl(env['HOST'] ?? '', env['PORT'] || 4000);
}
