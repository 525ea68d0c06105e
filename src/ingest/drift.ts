import type { Logger } from 'pino';
import { forLog } from '../errors.ts';
import type { Field, FieldRecord } from '../events/drift.ts';
import type { Observer } from '../events/observer.ts';
import type { Provider } from '../providers/provider.ts';
import { expectedFields } from '../providers/ask.ts';
import { type Room, FieldTree } from './field-tree.ts';

export interface DriftOptions {
  readonly record: FieldRecord;
  readonly logger: Logger;
  /** Told of each field and each null that nobody expected, once for a delivery. */
  readonly onDrift: Observer['onDrift'];
}

/** How often what was seen is recorded, in milliseconds. */
const EVERY = 5_000;
/** Types that are told apart; an unsigned name can't get as far as here, but a provider may make them up. */
const MOST_TYPES = 1_000;
/** Fields of all types together. */
const MOST_FIELDS = 50_000;

/**
 * Notices what is in payloads that was not before: fields that neither the schema nor the first delivery of their type has,
 * and nulls where none was. Names only, never values. So a provider's change is seen before it hurts.
 */
export class Drift {
  readonly #options: DriftOptions;
  readonly #shapes = new Map<string, FieldTree>();
  /** By source and type, until the first delivery of the type. */
  readonly #known: Map<string, Field[]>;
  readonly #room: Room = { left: MOST_FIELDS };
  readonly #timer: NodeJS.Timeout;
  #recording: Promise<void> = Promise.resolve();

  /** @param known what the log has recorded: it is not new after a restart. */
  constructor(options: DriftOptions, known: readonly Field[]) {
    this.#options = options;
    this.#known = Map.groupBy(known, ({ source, type }) => keyOf(source, type));
    this.#timer = setInterval(() => void this.record(), EVERY).unref();
  }

  /** Looks through an authentic payload. `at` in milliseconds since 1970. */
  observe(provider: Provider, source: string, type: string, payload: unknown, at: number): void {
    const shape = this.#shape(provider, source, type);
    shape?.observe(payload, at, (change) => this.#options.onDrift(source, type, change));
  }

  /** Records what was seen since the last time. What can't be recorded just now is recorded later. */
  record(): Promise<void> {
    this.#recording = this.#recording.then(() => this.#record());
    return this.#recording;
  }

  /** Records the last of it. */
  stop(): Promise<void> {
    clearInterval(this.#timer);
    return this.record();
  }

  async #record(): Promise<void> {
    const taken = [...this.#shapes.values()].map((shape) => ({ shape, sightings: shape.take() }));
    const sightings = taken.flatMap(({ sightings }) => sightings);
    if (sightings.length === 0) return;
    try {
      await this.#options.record.add(sightings);
    } catch (error) {
      for (const { shape, sightings } of taken) shape.giveBack(sightings);
      this.#options.logger.debug(forLog(error), 'fields are recorded later');
    }
  }

  #shape(provider: Provider, source: string, type: string): FieldTree | null {
    const key = keyOf(source, type);
    const there = this.#shapes.get(key);
    if (there || this.#shapes.size >= MOST_TYPES) return there ?? null;
    const shape = new FieldTree(source, type, expectedFields(provider, type), this.#room);
    for (const { path, change, expected } of this.#known.get(key) ?? []) shape.know(path, change, expected);
    this.#known.delete(key);
    this.#shapes.set(key, shape);
    return shape;
  }
}

/** No source has a blank in its name. */
function keyOf(source: string, type: string): string {
  return `${source} ${type}`;
}
