import type { OnLimit } from '../limits.ts';
import type { Publication } from './publication.ts';
import type { Issue } from './quarantine.ts';

/** What somebody got a session or a token for: a token, what a provider says of them, or a token of another kind. */
export type SignedInBy = 'token' | 'provider' | 'exchange';

export const TRANSPORTS = ['websocket', 'sse', 'multipart'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/**
 * What happens in a gateway, for whoever counts it: `telemetry/metrics.ts`. A part of the gateway is given the functions that it calls,
 * by these names, and knows nothing of metrics. Each of them returns at once and throws nothing.
 */
export interface Observer {
  /** A delivery was answered, so many seconds after its headers had come. */
  readonly onDelivery: (source: string, outcome: string, seconds: number) => void;
  /** The events of one delivery, by what became of them. */
  readonly onEvents: (source: string, counts: Readonly<Record<string, number>>) => void;
  /** A delivery went to quarantine, and where in it something did not fit. */
  readonly onQuarantine: (source: string, issues: readonly Issue[]) => void;
  /** A delivery has a field that those before it did not have, or a null. */
  readonly onDrift: (source: string, type: string, change: string) => void;
  /** What the API of a provider knew and the log did not, by the types of the events. */
  readonly onReconcile: (source: string, missed: ReadonlyMap<string, number>) => void;
  /** The API of a provider gave no answer that can be used. */
  readonly onReconcileFailure: (source: string, trouble: string) => void;
  /** So many events went into one transaction, and how long that took from its beginning to its answer. */
  readonly onCommit: (events: number, seconds: number) => void;
  /** So many events could not be recorded in time. */
  readonly onCommitFailure: (events: number) => void;
  /** An item was handed on. Told once for all its subscribers, since this is the way of every frame. */
  readonly onPublish: (publication: Publication) => void;
  /** A subscriber that is behind was given so many messages. */
  readonly onReplay: (messages: number) => void;
  readonly onLimit: OnLimit;
  /** Somebody signed in, or did not. Both are words of ours. */
  readonly onSignIn: (by: SignedInBy, outcome: string) => void;
  readonly onConnect: (transport: Transport) => void;
  readonly onDisconnect: (transport: Transport) => void;
  /** A WebSocket ended, with this code. */
  readonly onWebSocketClose: (code: number) => void;
}

/** Told of what becomes of appends. */
export type Commits = Pick<Observer, 'onCommit' | 'onCommitFailure'>;

/** How many events of one delivery were answered in which way. */
export type Counts = Readonly<Partial<Record<'accepted' | 'duplicate' | 'ignored' | 'quarantined' | 'pong', number>>>;

/** Told what becomes known of one delivery on its way. Unlike an `Observer`, there is one for each delivery: its line in the log, and its trace. */
export interface DeliveryObserver {
  /** Does a step of the way. */
  step<T>(name: 'verify' | 'normalise' | 'append', work: () => T): T;
  /** It says which event it is. Told before that is recorded, and again when the event has another id. */
  identified(type: string | null, eventId: string | null): void;
  /** It is not wanted, and why. */
  ignored(reason: string): void;
  /** It tells of several events, and how many were answered in which way. */
  several(counts: Counts): void;
  /** It did not fit, and where; and its number in quarantine. Of several events, once for each that waits. */
  unfit(id: number, issues: readonly Issue[]): void;
}

/** Of one that nobody watches. */
export const UNOBSERVED: DeliveryObserver = {
  step: (_name, work) => work(),
  identified: () => {},
  ignored: () => {},
  several: () => {},
  unfit: () => {},
};
