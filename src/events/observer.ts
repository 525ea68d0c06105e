import type { OnLimit } from '../limits.ts';
import type { Publication } from './publication.ts';
import type { Issue } from './quarantine.ts';

/**
 * What a person showed to get a session or a token: a token, the statement of an identity provider, or a token of another kind.
 */
export type SignedInBy = 'token' | 'provider' | 'exchange';

export const TRANSPORTS = ['websocket', 'sse', 'multipart'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/**
 * What happens in a gateway, for `telemetry/metrics.ts` to count. Each part of the gateway gets only the functions that it
 * calls, and knows nothing of metrics. Each function returns at once and throws nothing.
 */
export interface Observer {
  /** A delivery was answered, this many seconds after its headers had come. */
  readonly onDelivery: (source: string, outcome: string, seconds: number) => void;
  /** The number of events of one delivery for each outcome. */
  readonly onEvents: (source: string, counts: Readonly<Record<string, number>>) => void;
  /** A delivery went to quarantine. The issues say where it did not fit. */
  readonly onQuarantine: (source: string, issues: readonly Issue[]) => void;
  /** A delivery has a field, or a null, that earlier deliveries did not have. */
  readonly onDrift: (source: string, type: string, change: string) => void;
  /** The events that the API of a provider knew and the log did not, counted by type. */
  readonly onReconcile: (source: string, missed: ReadonlyMap<string, number>) => void;
  /** The API of a provider gave no usable answer. */
  readonly onReconcileFailure: (source: string, trouble: string) => void;
  /** One transaction recorded this many events, and took this many seconds from its beginning to its answer. */
  readonly onCommit: (events: number, seconds: number) => void;
  /** This many events could not be recorded in time. */
  readonly onCommitFailure: (events: number) => void;
  /** An item was published. It is called once for all its subscribers, since every frame goes this way. */
  readonly onPublish: (publication: Publication) => void;
  /** A subscriber that is behind got this many messages. */
  readonly onReplay: (messages: number) => void;
  readonly onLimit: OnLimit;
  /** A sign-in succeeded or failed. Both arguments are words of our own. */
  readonly onSignIn: (by: SignedInBy, outcome: string) => void;
  readonly onConnect: (transport: Transport) => void;
  readonly onDisconnect: (transport: Transport) => void;
  /** A WebSocket closed with this code. */
  readonly onWebSocketClose: (code: number) => void;
}

/** Observes the outcomes of appends. */
export type Commits = Pick<Observer, 'onCommit' | 'onCommitFailure'>;

/** How many events of one delivery got each answer. */
export type Counts = Readonly<Partial<Record<'accepted' | 'duplicate' | 'ignored' | 'quarantined' | 'pong', number>>>;

/**
 * Observes one delivery from its arrival to its answer. Unlike an `Observer`, each delivery has one of its own, for its line in
 * the log and its trace.
 */
export interface DeliveryObserver {
  /** Runs one step, so that it can be timed. */
  step<T>(name: 'verify' | 'normalise' | 'append', work: () => T): T;
  /** The delivery says which event it is. It is called before the event is recorded, and again if the event gets another id. */
  identified(type: string | null, eventId: string | null): void;
  /** The delivery is ignored for this reason. */
  ignored(reason: string): void;
  /** The delivery tells of several events, of which this many got each answer. */
  several(counts: Counts): void;
  /**
   * The delivery did not fit: its number in quarantine, and its issues. If it tells of several events, this is called for each
   * that waits in quarantine.
   */
  unfit(id: number, issues: readonly Issue[]): void;
}

/** For a delivery that nobody observes. */
export const UNOBSERVED: DeliveryObserver = {
  step: (_name, work) => work(),
  identified: () => {},
  ignored: () => {},
  several: () => {},
  unfit: () => {},
};
