import type { EventKey } from './event.ts';

/** Which events about a person are wanted, the newest of them. */
export interface AboutRequest {
  /** Of somebody whom an event is about, as `toAddress` compares it. */
  readonly email: string;
  /** Every tenant when it is left out. */
  readonly tenants?: readonly string[];
  /** Exclusive, a position. */
  readonly before?: number;
  readonly limit: number;
}

/** Finds the events of people. */
export interface PeopleIndex {
  /**
   * The keys of the newest events that are about somebody with this e-mail address, in log order. An address that only stands somewhere
   * in an event finds nothing, and of what was erased there is nothing to find.
   */
  find(request: AboutRequest): Promise<readonly EventKey[]>;
}
