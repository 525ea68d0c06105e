import type { Amount } from '../parts/money.ts';
import type { DayEvent } from './ledger.ts';

/** A disputed amount, and the deadline for an answer. */
export interface Disputed {
  readonly id: string;
  /** The disputed order. Null if the event doesn't name it. */
  readonly subject: string | null;
  readonly title: string | null;
  readonly value: Amount | null;
  readonly respondBy: string | null;
  readonly status: string | null;
  readonly finishedAt: string | null;
}

/** `closed`: ended with an outcome for which the provider has a word of its own. */
export type Course = 'undated' | 'open' | 'soon' | 'passed' | 'won' | 'lost' | 'closed';

const DAY = 86_400_000;
/** How long before a deadline it counts as soon. */
const SOON = 3 * DAY;
/** How long a dispute stays visible after its outcome or a missed deadline. */
const SHOWN = 7 * DAY;

/** Words of Stripe, Shopify, Square and Paddle, compared without case. */
const WON: readonly string[] = ['won', 'warning_closed', 'inquiry_closed', 'prevented', 'reversed'];
const LOST: readonly string[] = ['lost', 'accepted', 'charge_refunded'];

export function courseOf({ status, respondBy, finishedAt }: Disputed, now: number): Course {
  const word = (status ?? '').toLowerCase();
  if (WON.includes(word)) return 'won';
  if (LOST.includes(word)) return 'lost';
  if (finishedAt) return 'closed';
  if (!respondBy) return 'undated';
  const left = Date.parse(respondBy) - now;
  if (left < 0) return 'passed';
  return left <= SOON ? 'soon' : 'open';
}

/**
 * The chargebacks that still matter, the next deadline first. For each order, the newest event about the dispute counts, since providers
 * tell the outcome in later events.
 *
 * @param events newest first.
 */
export function disputesOf(events: readonly DayEvent[], now: number): readonly Disputed[] {
  const known = new Map<string, Disputed>();
  for (const event of events) {
    if (!event.chargeback && event.orderChange !== 'CHARGED_BACK') continue;
    const key = event.subject ?? event.id;
    const newer = known.get(key);
    known.set(key, newer ? both(newer, disputed(event)) : disputed(event));
  }
  const isOfInterest = (one: Disputed) => {
    const over = one.finishedAt ?? one.respondBy;
    return over === null || Date.parse(over) > now - SHOWN;
  };
  const at = ({ respondBy }: Disputed) => (respondBy ? Date.parse(respondBy) : Infinity);
  const isOver = (one: Disputed) => ['won', 'lost', 'closed'].includes(courseOf(one, now));
  return [...known.values()]
    .filter(isOfInterest)
    .toSorted((one, other) => Number(isOver(one)) - Number(isOver(other)) || compared(at(one), at(other)));
}

function compared(one: number, other: number): number {
  return one === other ? 0 : one - other;
}

/** The newer state, completed by what only the older one says. */
function both(newer: Disputed, older: Disputed): Disputed {
  return {
    ...newer,
    title: newer.title ?? older.title,
    value: newer.value ?? older.value,
    respondBy: newer.respondBy ?? older.respondBy,
    status: newer.status ?? older.status,
    finishedAt: newer.finishedAt ?? older.finishedAt,
  };
}

function disputed({ id, subject = null, title = null, value = null, chargeback }: DayEvent): Disputed {
  return {
    id,
    subject,
    title,
    value,
    respondBy: chargeback?.respondBy?.instant ?? null,
    status: chargeback?.status ?? null,
    finishedAt: chargeback?.finishedAt?.instant ?? null,
  };
}
