import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Revise, Revised, Revisions } from '../../events/revision.ts';
import { inUse } from '../in-use.ts';
import type { Marker } from '../marks.ts';
import { toRow } from '../row.ts';
import { type Checkpoints, OF_A_CHANGE } from './checkpoints.ts';
import type { Erasing } from './erasing.ts';
import { makeRoom } from './make-room.ts';
import { LEASE, type ReviseReply, type ReviseTurn } from './revise.ts';
import { APPENDED } from './texts.ts';
import type { Watchers } from './watchers.ts';
import type { WriteQueue } from './write-queue.ts';

/** Gives recorded events another form. */
export class SqliteRevisions implements Revisions {
  readonly #queue: WriteQueue;
  readonly #checkpoints: Checkpoints;
  readonly #watchers: Watchers;
  readonly #marker: Marker;
  readonly #erasing: Erasing;

  constructor(queue: WriteQueue, checkpoints: Checkpoints, watchers: Watchers, marker: Marker, erasing: Erasing) {
    this.#queue = queue;
    this.#checkpoints = checkpoints;
    this.#watchers = watchers;
    this.#marker = marker;
    this.#erasing = erasing;
  }

  async run<T>(work: (revise: Revise) => Promise<T>): Promise<T> {
    const holder = randomUUID();
    await this.#takeTurn(holder);
    // Renews the turn, also while there is nothing to revise for a long stretch.
    const stay = () => void this.#queue.do({ kind: 'takeTurn', holder }).catch(() => {});
    const staying = setInterval(stay, LEASE / 3);
    let heldBack = 0;
    try {
      return await work(async (revisions, at) => {
        const began = performance.now();
        const rows = revisions.map(({ seq, event }) => [seq, ...APPENDED.encode(toRow(event, this.#marker))]);
        const answer = await this.#queue.do<ReviseReply>({ kind: 'revise', rows, holder, at });
        heldBack += answer.heldBack;
        this.#watchers.moved();
        this.#checkpoints.wrote(OF_A_CHANGE * rows.length);
        await makeRoom(began);
        return answer.outcomes.map((outcome): Revised =>
          typeof outcome === 'string'
            ? { outcome: 'refused', reason: outcome }
            : { outcome: outcome ? 'revised' : 'gone' },
        );
      });
    } finally {
      clearInterval(staying);
      // If this fails, the turn ends with its lease.
      await this.#queue.do({ kind: 'endTurn', holder }).catch(() => {});
      if (heldBack > 0) await this.#erasing.clean();
    }
  }

  /** Waits, since the present holder may have been killed. @throws {HookcastError} OVERLOADED if it renews its turn. */
  async #takeTurn(holder: string): Promise<void> {
    let seen: number | null = null;
    for (;;) {
      const { isHeld, until } = await this.#queue.do<ReviseTurn>({ kind: 'takeTurn', holder });
      if (isHeld) return;
      if (seen !== null && until !== seen) throw inUse();
      seen = until;
      await setTimeout(LEASE / 20);
    }
  }
}
