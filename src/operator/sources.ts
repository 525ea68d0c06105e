import { HookcastError } from '../errors.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Paused } from '../events/paused.ts';
import type { RecentDelivery, RecentRecord, Sampler } from '../events/recent.ts';
import { type Asker, badRequest } from './asker.ts';

export interface SourceOperator {
  /** The state of a configured source. */
  source(name: string): Promise<SourceState>;
  /** Has all gateways refuse the source's deliveries with 503. Returns the pause, which is the former one if it was paused already. */
  pause(source: string, reason: string | null): Promise<Paused>;
  /** Ends a pause. Returns whether the source was paused. */
  resume(source: string): Promise<boolean>;
  /** The source's last deliveries, the newest first, as far as the gateway that is asked remembers them. */
  deliveries(source: string): Promise<readonly RecentDelivery[]>;
  /** The events of which samples may be sent here. */
  samples(source: string): readonly string[];
  /** Sends a sample, and tells the outcome. */
  sendSample(source: string, event: string | null): Promise<{ readonly status: string; readonly id: string | null }>;
}

export interface SourceState {
  /** The address to which its sender posts. Null without PUBLIC_URL. */
  readonly url: string | null;
  readonly path: string;
  readonly secret: SourceSecret;
  /** When its sender last brought a secret, in milliseconds since 1970. */
  readonly handshakeAt: number | null;
  readonly paused: Paused | null;
  /** How many unexpected fields it sent. */
  readonly drift: number;
  /** How many refused deliveries are kept. */
  readonly refused: number;
}

/** How deliveries are authenticated: by a secret that was set, by one that the sender has brought or will bring, or not at all. */
export type SourceSecret = 'SET' | 'BROUGHT' | 'AWAITED' | 'NONE';

export interface SourceOptions {
  readonly log: EventLog;
  /** The configured sources, by name. */
  readonly sources: ReadonlyMap<
    string,
    { readonly unsigned?: string | null; readonly bringsUnder?: readonly string[] | undefined }
  >;
  readonly recent: RecentRecord;
  readonly samples: Sampler;
  readonly publicUrl: string | null;
  /** Called when something has changed, so that the gateway itself follows it at once. */
  readonly changed: () => Promise<void>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const LONGEST_REASON = 200;

export function sourceOperator(
  { log, sources, recent, samples, publicUrl, changed, now }: SourceOptions,
  { who, noted }: Asker,
): SourceOperator {
  // Read once, however many sources are asked for.
  let known: ReturnType<typeof read> | null = null;
  const read = async () => {
    const [paused, fields] = [await log.pauses.list(), await log.fields.list()];
    const news = Map.groupBy(
      fields.filter(({ expected }) => !expected),
      ({ source }) => source,
    );
    return {
      paused: new Map(paused.map((one) => [one.source, one])),
      news: new Map([...news].map(([source, some]) => [source, some.length])),
      refused: await log.refused.count(now()),
    };
  };
  const found = (name: string) => {
    const source = sources.get(name);
    if (source) return source;
    throw new HookcastError('NOT_FOUND', `There is no source "${name}".`);
  };
  return {
    async source(name) {
      const { unsigned, bringsUnder } = found(name);
      const { paused, news, refused } = await (known ??= read());
      const brought = bringsUnder ? await log.receivedSecrets.list(name) : [];
      const path = `/webhooks/${name}`;
      return {
        url: publicUrl === null ? null : `${publicUrl}${path}`,
        path,
        secret: bringsUnder ? (brought.length > 0 ? 'BROUGHT' : 'AWAITED') : unsigned ? 'NONE' : 'SET',
        handshakeAt: brought.at(-1)?.at ?? null,
        paused: paused.get(name) ?? null,
        drift: news.get(name) ?? 0,
        refused: refused.get(name) ?? 0,
      };
    },

    async pause(source, reason) {
      found(source);
      if (reason !== null && reason.length > LONGEST_REASON) {
        throw badRequest(`Give the reason in up to ${LONGEST_REASON} characters.`);
      }
      await noted('PAUSE', source);
      known = null;
      const paused = await log.pauses.pause({ source, at: now(), reason, ...who });
      await changed();
      return paused;
    },

    async resume(source) {
      found(source);
      await noted('RESUME', source);
      known = null;
      const wasPaused = await log.pauses.resume(source);
      await changed();
      return wasPaused;
    },

    deliveries: (source) => recent.listRecent(source),

    samples: (source) => samples.samplesOf(source),

    async sendSample(source, event) {
      found(source);
      await noted('SEND_SAMPLE', event === null ? source : `${source} ${event}`.slice(0, LONGEST_REASON));
      const sent = await samples.send(source, event);
      // By this id, anybody can tell later that the event is a sample: not every provider's ids show it themselves.
      if (sent.id !== null) await noted('SEND_SAMPLE', `${source} ${sent.id}`);
      return sent;
    },
  };
}
