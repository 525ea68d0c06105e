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
  /** Called for each unexpected field and each unexpected null, once for a delivery. */
  readonly onDrift: Observer['onDrift'];
}

/** How often sightings are recorded, in milliseconds. */
const EVERY = 5_000;
/** The most types that are observed. Only signed deliveries come here, but a provider may make up names of types. */
const MOST_TYPES = 1_000;
/** The most fields of all types together. */
const MOST_FIELDS = 50_000;

/**
 * Notices what is new in payloads: fields that neither the schema nor the first delivery of their type has, and nulls where
 * there were none. It keeps names only, never values. So operators see a provider's change before it does harm.
 */
export class Drift {
  readonly #options: DriftOptions;
  /**
   * By source and then by type. Every delivery looks here, and to join both into one key would take longer than two lookups.
   */
  readonly #shapes = new Map<string, Map<string, FieldTree>>();
  #types = 0;
  /** Recorded fields by source and type, until the first delivery of the type. */
  #known: Map<string, Field[]>;
  readonly #room: Room = { left: MOST_FIELDS };
  readonly #timer: NodeJS.Timeout;
  #recording: Promise<void> = Promise.resolve();

  /** @param known the fields that the log has recorded, so that they are not new after a restart. */
  constructor(options: DriftOptions, known: readonly Field[]) {
    this.#options = options;
    this.#known = Map.groupBy(known, ({ source, type }) => keyOf(source, type));
    this.#timer = setInterval(() => void this.record(), EVERY).unref();
  }

  /** Examines an authentic payload. `at` is in milliseconds since 1970. */
  observe(provider: Provider, source: string, type: string, payload: unknown, at: number): void {
    const shape = this.#shape(provider, source, type);
    shape?.observe(payload, at, (change) => this.#options.onDrift(source, type, change));
  }

  /**
   * Marks fields as expected that an operator has accepted, at this gateway or another. If nothing has drifted, it reads
   * nothing: gateways learn by the same number that a token was issued or revoked, and these must not cause a read of all
   * fields.
   */
  async look(): Promise<void> {
    const shapes = [...this.#shapes].flatMap(([source, types]) =>
      [...types].map(([type, shape]) => [keyOf(source, type), shape] as const),
    );
    const hasDrifted = shapes.some(([, shape]) => shape.hasDrifted);
    if (!hasDrifted && ![...this.#known.values()].some(isNew)) return;
    const recorded = await this.#options.record.list();
    this.#known = Map.groupBy(recorded, ({ source, type }) => keyOf(source, type));
    for (const [key, shape] of shapes) this.#learn(shape, key);
  }

  /** Records the sightings since the last time. If that fails, they are recorded later. */
  record(): Promise<void> {
    this.#recording = this.#recording.then(() => this.#record());
    return this.#recording;
  }

  /** Records the last sightings. */
  stop(): Promise<void> {
    clearInterval(this.#timer);
    return this.record();
  }

  async #record(): Promise<void> {
    const shapes = [...this.#shapes.values()].flatMap((ofSource) => [...ofSource.values()]);
    const taken = shapes.map((shape) => ({ shape, sightings: shape.take() }));
    const sightings = taken.flatMap(({ sightings }) => sightings);
    if (sightings.length === 0) return;
    try {
      await this.#options.record.add(sightings);
    } catch (error) {
      for (const { shape, sightings } of taken) shape.giveBack(sightings);
      this.#options.logger.debug(forLog(error), 'could not record fields; trying again in a moment');
    }
  }

  #shape(provider: Provider, source: string, type: string): FieldTree | null {
    const there = this.#shapes.get(source)?.get(type);
    if (there || this.#types >= MOST_TYPES) return there ?? null;
    const key = keyOf(source, type);
    const shape = new FieldTree(source, type, expectedFields(provider, type), this.#room);
    this.#learn(shape, key);
    this.#types += 1;
    this.#shapes.set(source, (this.#shapes.get(source) ?? new Map<string, FieldTree>()).set(type, shape));
    return shape;
  }

  #learn(shape: FieldTree, key: string): void {
    for (const { path, change, expected } of this.#known.get(key) ?? []) shape.know(path, change, expected);
    this.#known.delete(key);
  }
}

function isNew(fields: readonly Field[]): boolean {
  return fields.some(({ expected }) => !expected);
}

/** A source's name has no blank. */
function keyOf(source: string, type: string): string {
  return `${source} ${type}`;
}
