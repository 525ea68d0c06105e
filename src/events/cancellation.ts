import type { Instant } from './instant.ts';
import type { Person } from './person.ts';

export const KINDS = ['TICKET', 'BOOKING', 'ORDER', 'SUBSCRIPTION'] as const;
export type Kind = (typeof KINDS)[number];

export type ActorType = 'CUSTOMER' | 'BUSINESS' | 'APP' | 'UNKNOWN';

/** What every cancellation says, of whatever provider, and that identifies nobody. */
export interface CancellationData {
  /** What was cancelled, as a person would name it. */
  readonly title: string | null;
  readonly canceledBy: ActorType;
  readonly quantity: number | null;
  readonly status: string | null;
  readonly previousStatus: string | null;
  readonly startsAt: Instant | null;
  readonly endsAt: Instant | null;
  /** IANA name of the zone in which it would have taken place. */
  readonly timeZone: string | null;
  readonly refundExpected: boolean | null;
}

/** What every cancellation says about people. */
export interface CancellationPersonal {
  readonly tenantName: string | null;
  readonly customer: Person;
  readonly canceledById: string | null;
  readonly canceledByName: string | null;
  /** Free text. */
  readonly reason: string | null;
}
