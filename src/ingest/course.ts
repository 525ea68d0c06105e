import type { Issue } from '../events/quarantine.ts';

/** What becomes known of a delivery on its way down the line, for whoever watches it. */
export interface Course {
  /** Does a step of the way. */
  step<T>(name: 'verify' | 'normalise' | 'append', work: () => T): T;
  /** It says which event it is. Told before that is recorded, and again when the event has another id. */
  identified(type: string | null, eventId: string | null): void;
  /** It is not wanted, and why. */
  ignored(reason: string): void;
  /** It did not fit, and where; and its number in quarantine. */
  unfit(id: number, issues: readonly Issue[]): void;
}

/** Of one that nobody watches. */
export const UNWATCHED: Course = {
  step: (_name, work) => work(),
  identified: () => {},
  ignored: () => {},
  unfit: () => {},
};
