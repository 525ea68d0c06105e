import { setTimeout } from 'node:timers/promises';
import { HookcastError } from '../../errors.ts';
import type { ErasureOrder, ErasurePreview, ErasureReceipt, ErasureRequest } from '../../events/erasure.ts';
import { fromUtf8Text, toUtf8Text } from '../../events/utf8-text.ts';
import { fromErasureRow } from '../row.ts';
import type { Row } from '../value.ts';
import { type Checkpoints, OF_A_CHANGE } from './checkpoints.ts';
import type { Erased } from './erase.ts';
import { makeRoom } from './make-room.ts';
import { ERASURES } from './texts.ts';
import type { Watchers } from './watchers.ts';
import type { WriteQueue } from './write-queue.ts';

/** How long an erasure waits until no process reads the erased data, and how often it looks, in milliseconds. */
const CLEANING = { patience: 3_000, every: 50 };

/** Has the writer erase piece by piece, until the erased data is gone from the file. */
export class Erasing {
  readonly #queue: WriteQueue;
  readonly #checkpoints: Checkpoints;
  readonly #watchers: Watchers;
  readonly #epoch: string;

  constructor(queue: WriteQueue, checkpoints: Checkpoints, watchers: Watchers, epoch: string) {
    this.#queue = queue;
    this.#checkpoints = checkpoints;
    this.#watchers = watchers;
    this.#epoch = epoch;
  }

  async erase(asked: ErasureRequest, by: ErasureOrder): Promise<ErasureReceipt> {
    const request = encodedRequest(asked);
    const order = { ...by, orderedBy: toUtf8Text(by.orderedBy) };
    const { rows, quarantined, passedOver, pieces } = await this.#queue.do<Erased>({ kind: 'erase', request, order });
    const told = new Map(rows.map((row) => [Number(row[0]), row]));
    for (const piece of pieces) {
      const began = performance.now();
      const more = await this.#queue.do<readonly Row[]>({ kind: 'erasePiece', piece, request, order });
      for (const row of more) told.set(Number(row[0]), row);
      this.#checkpoints.wrote(OF_A_CHANGE * piece.positions.length);
      await makeRoom(began);
    }
    this.#watchers.moved();
    await this.clean();
    const erasures = [...told.values()].map((row) => fromErasureRow(this.#epoch, ERASURES.decode(row)));
    return { erasures, quarantined, passedOver };
  }

  async preview(request: ErasureRequest): Promise<ErasurePreview> {
    const job = { kind: 'previewErasure', request: encodedRequest(request) } as const;
    const { events, ...preview } = await this.#queue.do<ErasurePreview>(job);
    const decoded = events.map(({ source, type, count }) => ({
      source: fromUtf8Text(source),
      type: fromUtf8Text(type),
      count,
    }));
    return { events: decoded, ...preview };
  }

  /**
   * Waits until the erased data is gone from the file. A reader of an older state, in any process, still needs these bytes.
   *
   * @throws {HookcastError} LOG_UNAVAILABLE if a process reads for too long.
   */
  async clean(): Promise<void> {
    // This copy runs while others write, so that little is left to copy when they have to wait.
    await this.#checkpoints.copy();
    const until = performance.now() + CLEANING.patience;
    while (!(await this.#queue.do<boolean>({ kind: 'clean' }))) {
      if (performance.now() > until) {
        throw new HookcastError(
          'LOG_UNAVAILABLE',
          'The erasure is recorded, but the erased data is still in the file, since another process is reading it. Run the erasure again.',
        );
      }
      await setTimeout(CLEANING.every);
      await this.#checkpoints.copy();
    }
  }
}

/** A request whose texts are encoded as in the rows. An email address stays as it is, since it is only hashed. */
function encodedRequest(request: ErasureRequest): ErasureRequest {
  const source = request.source === null ? null : toUtf8Text(request.source);
  if (request.by === 'email') return { ...request, source };
  const { account, contacts, subject } = request;
  return {
    ...request,
    source: toUtf8Text(request.source),
    subject: toUtf8Text(subject),
    account: account && { provider: toUtf8Text(account.provider), tenant: toUtf8Text(account.tenant) },
    contacts: contacts.map(toUtf8Text),
  };
}
