import type { HookcastError } from '../../src/errors.ts';
import type { Cursor, Extent, isOther } from '../../src/events/cursor.ts';
import type { Erasure } from '../../src/events/erasure.ts';
import type { EventLog, Page, ReadRequest } from '../../src/events/event-log.ts';
import type { RecordedEvent } from '../../src/events/event.ts';
import type { matcher } from '../../src/events/filter.ts';
import type { Live } from '../../src/live/live.ts';
import type { World } from './world.ts';

/** What stands at one position: an event, or the erasure of a subject. */
export type Kept =
  | { readonly kind: 'event'; readonly id: string; readonly event: RecordedEvent }
  | { readonly kind: 'erasure'; readonly id: string; readonly erasure: Erasure };

export const SUBJECTS = ['ticket/0', 'ticket/1', 'ticket/2'] as const;
export const TENANTS = ['eduzz:1', 'eduzz:2'] as const;

/** What several gateways share: a log that commits, forgets, fails over with commits lost, and is put back from a copy. */
export class Storage {
  readonly #world: World;
  readonly #watchers = new Set<() => void>();
  #entries: Kept[] = [];
  #epoch = 'epoch-00001';
  #lineage: Cursor[] = [];
  #floor = 0;
  #last = 0;
  #count = 0;
  #epochs = 1;
  /** Ids of everything that retention has deleted. */
  readonly trimmed = new Set<string>();
  /** How often commits were lost, by a failover or a copy that was put back. */
  losses = 0;
  isAway = false;

  constructor(world: World) {
    this.#world = world;
  }

  get entries(): readonly Kept[] {
    return this.#entries;
  }

  get extent(): Extent {
    const last = this.#entries.at(-1);
    return {
      head: last && seqOf(last) === this.#last ? cursorOf(last) : { epoch: this.#epoch, seq: this.#last },
      floor: { epoch: this.#epoch, seq: this.#floor },
      lineage: this.#lineage,
    };
  }

  append(tenant: string, subject: string): void {
    const { cursor, id } = this.#nextPosition();
    this.#entries.push({
      kind: 'event',
      id,
      event: {
        provider: 'eduzz',
        source: 'eduzz',
        type: 'blinket.participant_canceled',
        eventId: id,
        tenant,
        subject,
        occurredAt: { at: this.#world.now, text: null },
        receivedAt: this.#world.now,
        shape: 'TicketCancellation',
        kind: 'TICKET',
        happened: 'CANCELED',
        worth: null,
        data: {},
        personal: { tenantName: null },
        raw: null,
        version: null,
        cursor,
        superseded: false,
        isErased: false,
        bytes: 100,
      } as unknown as RecordedEvent,
    });
    this.#moved();
  }

  /** What was said of the subject before is without its people from here on. */
  erase(tenant: string, subject: string): void {
    const { cursor, id } = this.#nextPosition();
    this.#entries = this.#entries.map((kept) =>
      kept.kind === 'event' && kept.event.tenant === tenant && kept.event.subject === subject
        ? { ...kept, event: { ...kept.event, personal: null, isErased: true } }
        : kept,
    );
    const of = { provider: 'eduzz', source: 'eduzz', tenant, subject };
    this.#entries.push({ kind: 'erasure', id, erasure: { ...of, cursor, eventIds: [] } as unknown as Erasure });
    this.#moved();
  }

  trim(keep: number): void {
    const gone = this.#entries.slice(0, Math.max(this.#entries.length - keep, 0));
    for (const { id } of gone) this.trimmed.add(id);
    this.#entries = this.#entries.slice(gone.length);
    const last = gone.at(-1);
    if (last) this.#floor = seqOf(last);
  }

  /** A standby takes over that lacks the newest commits: the log goes on under another epoch. */
  failOver(lost: number): void {
    const old = this.#epoch;
    this.#lose(lost);
    this.#epochs += 1;
    this.#epoch = `epoch-${String(this.#epochs).padStart(5, '0')}`;
    const last = this.#last;
    this.#lineage = [
      ...this.#lineage.map(({ epoch, seq }) => ({ epoch, seq: Math.min(seq, last) })),
      { epoch: old, seq: last },
    ];
    // A log names all of its positions by the epoch that it has now.
    this.#entries = this.#entries.map((kept) => inEpoch(kept, this.#epoch));
    this.#moved();
  }

  /** A copy is put back in the log's place, with the same epoch: only the marks of what stands there tell. */
  putBack(lost: number): void {
    this.#lose(lost);
    this.#moved();
  }

  watch(listener: () => void): () => void {
    this.#watchers.add(listener);
    return () => void this.#watchers.delete(listener);
  }

  read({ after, limit }: ReadRequest, bytes: number, isSomethingElse: typeof isOther): Page {
    const from = after?.seq ?? 0;
    const { head, floor, lineage } = this.extent;
    const at = this.#entries.find((kept) => seqOf(kept) === from);
    const rest = this.#entries.filter((kept) => seqOf(kept) > from);
    // A page ends by its bytes as well: each entry takes a hundred.
    const most = Math.max(Math.min(limit, Math.floor(bytes / 100)), 1);
    const taken = rest.slice(0, most);
    const hasMore = rest.length > taken.length;
    return {
      head,
      floor,
      lineage,
      isReplaced: isSomethingElse(after, at && cursorOf(at).mark, floor),
      events: taken.flatMap((kept) => (kept.kind === 'event' ? [kept.event] : [])),
      erasures: taken.flatMap((kept) => (kept.kind === 'erasure' ? [kept.erasure] : [])),
      revisions: [],
      end: hasMore ? cursorOf(taken.at(-1)!) : head,
      hasMore,
      isFull: hasMore,
    };
  }

  #lose(count: number): void {
    this.losses += 1;
    this.#entries = this.#entries.slice(0, Math.max(this.#entries.length - count, 0));
    const last = this.#entries.at(-1);
    this.#last = last ? seqOf(last) : this.#floor;
  }

  #nextPosition(): { readonly cursor: Cursor; readonly id: string } {
    this.#count += 1;
    this.#last += 1 + (this.#world.dice.chance(0.2) ? this.#world.dice.below(3) : 0);
    return { cursor: { epoch: this.#epoch, seq: this.#last, mark: this.#count }, id: `event-${this.#count}` };
  }

  /** Each watcher is called within two seconds, as the log's port promises; often at once, sometimes for several commits together. */
  #moved(): void {
    const { dice } = this.#world;
    for (const watcher of this.#watchers)
      this.#world.after(
        dice.chance(0.7) ? dice.below(3) : dice.below(2_000),
        () => this.#watchers.has(watcher) && watcher(),
      );
  }
}

export function seqOf(kept: Kept): number {
  return cursorOf(kept).seq;
}

export function cursorOf(kept: Kept): Cursor {
  return kept.kind === 'event' ? kept.event.cursor : kept.erasure.cursor;
}

function inEpoch(kept: Kept, epoch: string): Kept {
  if (kept.kind === 'event') return { ...kept, event: { ...kept.event, cursor: { ...kept.event.cursor, epoch } } };
  return { ...kept, erasure: { ...kept.erasure, cursor: { ...kept.erasure.cursor, epoch } } };
}

/** One gateway's way to the storage: answers take time, and tell what was there at a moment in between. */
export class StorageClient {
  /** As if the process had been killed: nothing is answered any more. */
  isDead = false;
  readonly #world: World;
  readonly #storage: Storage;
  readonly #code: Code;
  readonly #bytes: number;

  constructor(world: World, storage: Storage, code: Code, bytes: number) {
    this.#world = world;
    this.#storage = storage;
    this.#code = code;
    this.#bytes = bytes;
  }

  /** The part of the port that followers use. */
  get log(): EventLog {
    const storage = this.#storage;
    return {
      head: () => this.#answer(() => storage.extent.head),
      oldest: () => this.#answer(() => storage.extent.floor),
      read: (request: ReadRequest) => this.#answer(() => this.#filtered(request)),
      watch: (listener: () => void) => storage.watch(() => this.isDead || listener()),
    } as unknown as EventLog;
  }

  #filtered(request: ReadRequest): Page {
    const page = this.#storage.read(request, this.#bytes, this.#code.isOther);
    const matcher = this.#code.matcher(request.filter);
    return {
      ...page,
      events: page.events.filter((event) => matcher.event(event)),
      erasures: page.erasures.filter((erasure) => matcher.erasure(erasure)),
    };
  }

  #answer<T>(look: () => T): Promise<T> {
    const { dice } = this.#world;
    return new Promise((resolve, reject) => {
      this.#world.after(dice.below(dice.chance(0.1) ? 300 : 5), () => {
        const answer = this.#storage.isAway ? null : { value: look() };
        this.#world.after(dice.below(dice.chance(0.1) ? 300 : 5), () => {
          if (this.isDead) return;
          if (answer) resolve(answer.value);
          else reject(new this.#code.HookcastError('LOG_UNAVAILABLE', 'The log is away.'));
        });
      });
    });
  }
}

/** The code under test, which may be a copy with a mistake in it. */
export interface Code {
  readonly Live: typeof Live;
  readonly HookcastError: typeof HookcastError;
  readonly matcher: typeof matcher;
  readonly isOther: typeof isOther;
}
