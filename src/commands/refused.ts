import { HookcastError } from '../errors.ts';
import { type Operations, nodesOf } from './operations.ts';
import { CommandError, type ListingTerminal, type Terminal } from './terminal.ts';
import { withOperations } from './with-operations.ts';

const LIST = `query RefusedList($source: String, $after: String) {
  refused(first: 100, after: $after, source: $source) {
    edges { node { id source sender size receivedAt expiresAt } }
    pageInfo { hasNextPage endCursor }
  }
}`;
const ADMIT = `mutation RefusedAdmit($id: ID!) { admitRefused(id: $id) { isAdmitted status eventId reason } }`;
const DROP = `mutation RefusedDrop($id: ID!) { dropRefused(id: $id) }`;

interface Kept {
  readonly id: string;
  readonly source: string;
  readonly sender: string;
  readonly size: number;
  readonly receivedAt: string;
  readonly expiresAt: string;
}

interface Admitted {
  readonly isAdmitted: boolean;
  readonly status: string | null;
  readonly eventId: string | null;
  readonly reason: string | null;
}

export interface Chosen {
  readonly all: boolean;
  /** Only deliveries of this source. */
  readonly source?: string;
}

/** `hookcast refused list`: the refused deliveries, one line each, without their content. */
export function listRefused({ source }: Pick<Chosen, 'source'>, terminal: ListingTerminal): Promise<void> {
  return withOperations(terminal, { command: 'refused list' }, async (operations) => {
    let count = 0;
    for await (const refused of waiting(operations, source)) {
      count += 1;
      const { id, receivedAt, size, sender, expiresAt } = refused;
      terminal.print(id, receivedAt, refused.source, `sender ${sender}`, `${size} bytes`, `until ${expiresAt}`);
      if (!(await terminal.wantsMore())) return;
    }
    if (count > 0) return;
    const none = source === undefined ? 'No refused delivery is kept.' : noneOf(source);
    terminal.print(`${none} KEEP_REFUSED=24h at the gateways has them kept.`);
  });
}

/**
 * `hookcast refused admit`: checks deliveries with today's secrets and by the clock of their arrival, and records the authentic
 * ones.
 */
export async function admitRefused(ids: readonly number[], chosen: Chosen, terminal: Terminal): Promise<void> {
  assertChosen(ids, chosen, 'admit');
  await withOperations(terminal, { command: 'refused admit', needsSources: true }, async (operations) => {
    let [admitted, refused] = [0, 0];
    for await (const id of numbers(operations, ids, chosen)) {
      const { admitRefused: one } = await found(id, operations.ask<{ readonly admitRefused: Admitted }>(ADMIT, { id }));
      if (one.isAdmitted) admitted += 1;
      else refused += 1;
      terminal.print(id, described(one));
    }
    terminal.print(`${admitted} admitted${refused > 0 ? `, ${refused} still refused` : ''}.`);
    if (refused > 0)
      throw new CommandError('Some of them are not authentic with the current secrets. They stay until they expire.');
  });
}

/** `hookcast refused drop`: deletes unwanted deliveries. */
export async function dropRefused(ids: readonly number[], chosen: Chosen, terminal: Terminal): Promise<void> {
  assertChosen(ids, chosen, 'drop');
  await withOperations(terminal, { command: 'refused drop' }, async (operations) => {
    let count = 0;
    for await (const id of numbers(operations, ids, chosen)) {
      await found(id, operations.ask(DROP, { id }));
      count += 1;
    }
    terminal.print(`${count} dropped.`);
  });
}

function described({ isAdmitted, status, eventId, reason }: Admitted): string {
  if (!isAdmitted) return `still refused: ${reason}`;
  return `admitted: ${status}${eventId === null ? '' : ` ${eventId}`}`;
}

function assertChosen(ids: readonly number[], { all, source }: Chosen, what: string): void {
  const isChosen = all || source !== undefined;
  if (isChosen && ids.length > 0)
    throw new CommandError(`Name the deliveries to ${what}, or say --all or --source, not both.`);
  if (!isChosen && ids.length === 0)
    throw new CommandError(`Name the deliveries to ${what}, or say --all or --source.`);
}

async function* numbers(operations: Operations, ids: readonly number[], { source }: Chosen): AsyncGenerator<string> {
  if (ids.length > 0) return yield* ids.map(String);
  let isNone = true;
  for await (const { id } of waiting(operations, source)) {
    isNone = false;
    yield id;
  }
  // The name may be mistyped.
  if (isNone && source !== undefined) throw new CommandError(noneOf(source));
}

function noneOf(source: string): string {
  return `No refused delivery of a source "${source}" is kept.`;
}

function waiting(operations: Operations, source: string | undefined): AsyncGenerator<Kept> {
  return nodesOf<Kept>(operations, LIST, { source: source ?? null });
}

async function found<T>(id: string, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof HookcastError) || error.code !== 'NOT_FOUND') throw error;
    throw new CommandError(`No refused delivery is kept as ${id}. "hookcast refused list" shows all that are kept.`);
  }
}
