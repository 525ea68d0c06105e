import type { Issue, QuarantineState } from '../events/quarantine.ts';
import { type Operations, nodesOf } from './operations.ts';
import { CommandError, type ListingTerminal, type Terminal, printJson } from './terminal.ts';
import { withOperations } from './with-operations.ts';

const LIST = `query QuarantineList($state: QuarantineState, $after: String) {
  quarantine(first: 100, after: $after, state: $state) {
    edges { node { id receivedAt source type erasedAt issues { path } } }
    pageInfo { hasNextPage endCursor }
  }
}`;
const WAITING = `query QuarantineWaiting($after: String) {
  quarantine(first: 100, after: $after, state: WAITING) { edges { node { id } } pageInfo { hasNextPage endCursor } }
}`;
const SHOW = `query QuarantineShow($id: ID!) {
  quarantinedDelivery(id: $id) {
    id state provider source tenant type eventId issues { path message } receivedAt settledAt erasedAt
  }
}`;
const PAYLOAD = `query QuarantinePayload($id: ID!) { quarantinedDelivery(id: $id) { state payload } }`;
const DECIDE = {
  release: `mutation QuarantineRelease($id: ID!) { decided: releaseQuarantined(id: $id) { state eventId issues { path message } } }`,
  discard: `mutation QuarantineDiscard($id: ID!) { decided: discardQuarantined(id: $id) { state eventId issues { path message } } }`,
};

interface Delivery {
  readonly id: string;
  readonly state: QuarantineState;
  readonly source: string;
  readonly type: string | null;
  readonly eventId: string | null;
  readonly issues: readonly Issue[];
  readonly receivedAt: string;
  readonly erasedAt: string | null;
}

type Decided = Pick<Delivery, 'state' | 'eventId' | 'issues'>;
type Decision = keyof typeof DECIDE;

/** `hookcast quarantine list`: the deliveries and why they don't fit, one line each, without personal data. */
export function listQuarantine(
  { state }: { readonly state: QuarantineState },
  terminal: ListingTerminal,
): Promise<void> {
  return withOperations(terminal, { command: 'quarantine list' }, async (operations) => {
    let count = 0;
    for await (const delivery of nodesOf<Delivery>(operations, LIST, { state })) {
      const { id, receivedAt, source, type, issues, erasedAt } = delivery;
      count += 1;
      const where = issues.map(({ path }) => path || '(the whole)').join(', ');
      const erased = erasedAt === null ? [] : ['its people were erased'];
      terminal.print(id, receivedAt, source, type ?? '(no name)', where, ...erased);
      if (!(await terminal.wantsMore())) return;
    }
    if (count === 0)
      terminal.print(state === 'WAITING' ? 'Nothing is in quarantine.' : 'No delivery is in this state.');
  });
}

/** `hookcast quarantine show`: why one delivery did not fit. Its payload, which has personal data, is shown only on request. */
export function showQuarantined(id: number, options: { readonly payload: boolean }, terminal: Terminal): Promise<void> {
  return withOperations(terminal, { command: 'quarantine show' }, async (operations) => {
    const { id: _id, ...rest } = await find<Delivery>(operations, SHOW, id);
    printJson({ id, ...rest }, terminal);
    if (!options.payload) return;
    const { state, payload } = await find<Delivery & { readonly payload: unknown }>(operations, PAYLOAD, id);
    if (payload !== null) return printJson(payload, terminal);
    throw new CommandError(
      state === 'WAITING'
        ? 'The payload of a delivery needs a token with the scopes raw:read and pii:read as well.'
        : `The payload of ${id} is gone: it is ${state.toLowerCase()}.`,
    );
  });
}

/**
 * `hookcast quarantine release`: runs the present code on waiting deliveries. A delivery that fits now becomes an event, once.
 */
export async function releaseQuarantined(
  ids: readonly number[],
  options: { readonly all: boolean },
  terminal: Terminal,
): Promise<void> {
  if (options.all && ids.length > 0) throw new CommandError('Name the deliveries to release or say --all, not both.');
  if (!options.all && ids.length === 0) throw new CommandError('Name the deliveries to release, or say --all.');
  await withOperations(terminal, { command: 'quarantine release', needsSources: true }, async (operations) => {
    const outcome = await settle(operations, options.all ? null : ids, 'release', terminal);
    terminal.print(`${outcome.RELEASED} released${outcome.WAITING > 0 ? `, ${outcome.WAITING} still waiting` : ''}.`);
    if (outcome.WAITING > 0) throw new CommandError('Not everything fits. "hookcast quarantine show <id>" says where.');
    refuseSettled(outcome);
  });
}

/** `hookcast quarantine discard`: discards unwanted deliveries. It normalizes nothing, so it needs no source. */
export async function discardQuarantined(ids: readonly number[], terminal: Terminal): Promise<void> {
  await withOperations(terminal, { command: 'quarantine discard' }, async (operations) => {
    refuseSettled(await settle(operations, ids, 'discard', terminal));
  });
}

/** How many deliveries got each state, and how many had been settled before. */
type Outcome = Record<QuarantineState | 'settledBefore', number>;

async function settle(
  operations: Operations,
  ids: readonly number[] | null,
  what: Decision,
  { print }: Terminal,
): Promise<Outcome> {
  const outcome: Outcome = { WAITING: 0, RELEASED: 0, DISCARDED: 0, ERASED: 0, settledBefore: 0 };
  for await (const id of ids ?? waiting(operations)) {
    const before = await find<Delivery>(operations, SHOW, id);
    if (before.state !== 'WAITING') {
      outcome.settledBefore += 1;
      const as = before.state === 'RELEASED' ? `, as ${before.eventId}` : '';
      print(String(id), `was ${before.state.toLowerCase()} before${as}: nothing to ${what}`);
      continue;
    }
    const { decided } = await operations.ask<{ readonly decided: Decided }>(DECIDE[what], { id: String(id) });
    outcome[decided.state] += 1;
    print(String(id), described(decided, what));
  }
  return outcome;
}

function described({ state, eventId, issues }: Decided, what: Decision): string {
  if (state === 'WAITING') {
    return `still does not fit: ${issues.map(({ path, message }) => `${path}: ${message}`).join('; ')}`;
  }
  if (state === 'RELEASED') return `released as ${eventId}`;
  // The present code says that the delivery is only a check, or not wanted.
  if (state === 'DISCARDED' && what === 'release') return 'discarded: an event like this is not recorded';
  return state.toLowerCase();
}

function refuseSettled({ settledBefore }: Outcome): void {
  if (settledBefore === 0) return;
  throw new CommandError(
    'Some of these deliveries were settled before. "hookcast quarantine list" shows those that wait.',
  );
}

async function* waiting(operations: Operations): AsyncGenerator<number> {
  for await (const { id } of nodesOf<Delivery>(operations, WAITING, {})) yield Number(id);
}

async function find<T>(operations: Operations, document: string, id: number): Promise<T> {
  const { quarantinedDelivery } = await operations.ask<{ readonly quarantinedDelivery: T | null }>(document, {
    id: String(id),
  });
  if (quarantinedDelivery) return quarantinedDelivery;
  throw new CommandError(`No delivery is in quarantine as ${id}. "hookcast quarantine list" shows those that wait.`);
}
