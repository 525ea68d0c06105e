import type { EventKey } from './event.ts';

/** A request for the newest events about one person. */
export interface AboutRequest {
  /** The e-mail address of the person whom the events are about. It is compared by its form from `toAddress`. */
  readonly email: string;
  /** If it is left out, every tenant counts. */
  readonly tenants?: readonly string[];
  /** A position, exclusive. */
  readonly before?: number;
  readonly limit: number;
}

/** Finds the events of people. */
export interface PeopleIndex {
  /**
   * The keys of the newest events that are about the person with this e-mail address, in log order. An event in which the
   * address only occurs is not found, and neither is an erased one.
   */
  find(request: AboutRequest): Promise<readonly EventKey[]>;
}
