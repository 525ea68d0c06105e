import type { Amount } from '../parts/money.ts';
import type { DayEvent } from './ledger.ts';

/** What an event of an order says of a charge that the bank took back. */
export interface Chargeback {
  readonly status?: string | null;
  readonly respondBy: { readonly instant: string } | null;
  readonly finishedAt?: { readonly instant: string } | null;
}

/** What a bank wants back, and until when one may answer. */
export interface Disputed {
  readonly id: string;
  /** The order that it is about; null where nobody says so. */
  readonly subject: string | null;
  readonly title: string | null;
  readonly value: Amount | null;
  readonly respondBy: string | null;
  readonly status: string | null;
  readonly finishedAt: string | null;
}

/** `closed`: over, and the provider has a word of its own for how. */
export type Course = 'undated' | 'open' | 'soon' | 'passed' | 'won' | 'lost' | 'closed';

const DAY = 86_400_000;
/** A deadline is soon when there are so many days until it, or fewer. */
const SOON = 3 * DAY;
/** For so long one sees what became of it, or that the deadline was missed. */
const SHOWN = 7 * DAY;

/** Words of Stripe, Shopify, Square and Paddle, without regard to case. */
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
 * What was charged back and is still of interest, the next deadline first. Of an order the newest event counts that says something of it:
 * providers say in later ones what became of it.
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

/** The newer one, with what only the older one said. */
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
