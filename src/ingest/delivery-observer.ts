import type { Issue } from '../events/quarantine.ts';

/** How many events of one delivery were answered in which way. */
export type Counts = Readonly<Partial<Record<'accepted' | 'duplicate' | 'ignored' | 'quarantined' | 'pong', number>>>;

/** Told what becomes known of a delivery on its way. */
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
