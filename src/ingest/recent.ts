import type { RecentDelivery, RecentRecord } from '../events/recent.ts';

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** How many deliveries of each source are remembered. Refused ones are kept separately, since anybody can send forgeries. */
const TAKEN = 40;
const REFUSED = 20;
/** How many headers of a delivery, and how many characters of a name or a value. So a source takes about 200 kB at most. */
const MOST_HEADERS = 24;
const LONGEST = 120;
/**
 * The headers whose values are shown: the kind of body, the sender, and the event. Of all others only the names are shown,
 * since a value may be a signature, a token or a person's address.
 */
const SHOWN: ReadonlySet<string> = new Set([
  'host',
  'content-type',
  'content-length',
  'content-encoding',
  'transfer-encoding',
  'user-agent',
  'accept',
  'date',
  'webhook-id',
  'webhook-timestamp',
  'ce-id',
  'ce-type',
  'ce-specversion',
  'x-github-event',
  'x-github-delivery',
  'x-shopify-topic',
  'x-shopify-webhook-id',
  'x-shopify-api-version',
  'x-request-timestamp',
  'x-zm-request-timestamp',
  'x-hubspot-request-timestamp',
]);

/** What is known of an answered delivery. */
export interface Answered {
  readonly requestId: string;
  readonly outcome: string;
  readonly status: number;
  readonly type: string | null;
  readonly eventId: string | null;
  readonly verify: number | null;
  readonly normalise: number | null;
  readonly append: number | null;
  readonly total: number;
}

/** A place in a ring. It is overwritten again and again, so that a delivery allocates no object that stays. */
class Place {
  /** Counts all deliveries. Several may be answered within a millisecond, and a clock may be set back. */
  number = 0;
  at = 0;
  answered: Answered | null = null;
  isSample = false;
  /** Names and values alternate. A withheld value is null. */
  readonly headers: (string | null)[] = [];
}

class Ring {
  readonly #places: Place[] = [];
  readonly #most: number;
  #next = 0;

  constructor(most: number) {
    this.#most = most;
  }

  place(): Place {
    const place = (this.#places[this.#next] ??= new Place());
    this.#next = (this.#next + 1) % this.#most;
    return place;
  }

  all(): readonly Place[] {
    return this.#places;
  }
}

/** Remembers the last deliveries of each source, only in this gateway's memory. */
export class Recent implements RecentRecord {
  readonly #now: () => number;
  readonly #rings = new Map<string, { readonly taken: Ring; readonly refused: Ring }>();
  #count = 0;

  /** @param now milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param source a configured source. */
  note(source: string, answered: Answered, headers: Headers, isSample = false): void {
    let rings = this.#rings.get(source);
    if (!rings) this.#rings.set(source, (rings = { taken: new Ring(TAKEN), refused: new Ring(REFUSED) }));
    const place = (answered.status < 300 ? rings.taken : rings.refused).place();
    place.number = this.#count += 1;
    place.at = this.#now();
    place.answered = answered;
    place.isSample = isSample;
    const noted = place.headers;
    noted.length = 0;
    for (const name in headers) {
      if (noted.length >= 2 * MOST_HEADERS) break;
      const value = headers[name];
      noted.push(short(name), SHOWN.has(name) && typeof value === 'string' ? short(value) : null);
    }
  }

  async listRecent(source: string): Promise<readonly RecentDelivery[]> {
    const rings = this.#rings.get(source);
    if (!rings) return [];
    const all = [...rings.taken.all(), ...rings.refused.all()];
    return all.toSorted((one, other) => other.number - one.number).map((place) => toDelivery(source, place));
  }
}

function toDelivery(source: string, { at, answered, isSample, headers }: Place): RecentDelivery {
  const pairs = Array.from({ length: headers.length / 2 }, (_, index) => ({
    name: headers[2 * index] ?? '',
    value: headers[2 * index + 1] ?? null,
  }));
  return { source, at, isSample, headers: pairs, ...answered! };
}

/** Copies the text: a slice would keep all of a long text in memory. */
function short(text: string): string {
  return text.length <= LONGEST ? text : Buffer.from(text.slice(0, LONGEST)).toString();
}
