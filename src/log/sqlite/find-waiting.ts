import type { DatabaseSync } from 'node:sqlite';
import { type ErasureRequest, FEW, type PassedOver } from '../../events/erasure.ts';
import { isNobody } from '../../events/trace.ts';
import { fromUtf8Text } from '../../events/utf8-text.ts';
import { type Marker, idsIn } from '../marks.ts';

/** An id of a person or subject, as a payload that was not understood may have it. */
export interface SpokenId {
  readonly mark: string;
  readonly source: string;
  /** The tenant to whose account the id belongs; null if the request names no account. */
  readonly tenant: string | null;
  /** Whether its tombstone holds back everything for as long as the log keeps the tombstone. */
  readonly lasting: boolean;
}

/** What an erasure affects in quarantine. */
export interface FoundWaiting {
  /** Ids of the waiting deliveries that lose their people. */
  readonly waiting: readonly number[];
  /** The ids by which deliveries were searched, without those that too many deliveries have. */
  readonly ids: readonly SpokenId[];
  readonly passedOver: PassedOver;
}

/** The subjects and ids that events give for the people. */
export interface KnownOf {
  readonly subjects: readonly { readonly source: string; readonly tenant: string; readonly subject: string }[];
  readonly ids: readonly SpokenId[];
}

/**
 * Finds the waiting deliveries of people by their ids. In a payload that was not understood, nobody knows to what an id belongs.
 * So an id of one account is searched only in deliveries of that account and in those that show no account. An id in more than
 * `FEW` of them finds none: if an account has a common word as an id, its request would otherwise take the people out of the
 * deliveries of all other accounts.
 */
export function findWaiting(
  database: DatabaseSync,
  marker: Marker,
  request: ErasureRequest,
  known: KnownOf,
): FoundWaiting {
  const select = database.prepare(
    'SELECT id FROM payload_marks CROSS JOIN quarantine USING (id) WHERE mark = ?1 AND source = coalesce(?2, source) ' +
      "AND state = 'WAITING' AND (?3 IS NULL OR tenant IS NULL OR tenant = ?3) LIMIT ?4",
  );
  const waitingWith = (mark: string, source: string | null, tenant: string | null, most: number) =>
    select.all(mark, source, tenant, most).map((row) => Number(row['id']));

  const named = idsOf(request, known.subjects);
  const looked = new Map<string, SpokenId>();
  for (const id of [...marksOf(marker, named), ...known.ids]) {
    const key = JSON.stringify([id.mark, id.source, id.tenant]);
    looked.set(key, { ...id, lasting: id.lasting || (looked.get(key)?.lasting ?? false) });
  }
  // An address always belongs to a person, so it is searched in all accounts and without a limit.
  const waiting = new Set(
    request.by === 'email' ? waitingWith(marker.mention(request.email), request.source, null, -1) : [],
  );
  const ids: SpokenId[] = [];
  for (const id of looked.values()) {
    const found = waitingWith(id.mark, id.source, id.tenant, FEW + 1);
    if (found.length > FEW) continue;
    ids.push(id);
    for (const one of found) waiting.add(one);
  }
  // Short ids have no marks, so they are not searched.
  const isLookedFor = (id: NamedId) => valuesOf(marker, id).length > 0;
  const ofNobody = new Set(named.filter((id) => isNobody(id.id) && isLookedFor(id)).map(({ id }) => id));
  return { waiting: [...waiting], ids, passedOver: { ofNobody: ofNobody.size, common: looked.size - ids.length } };
}

type NamedId = Omit<SpokenId, 'mark'> & { readonly id: string };

/** The ids that a request names, and the ids by which a payload would name the subjects. */
function idsOf(request: ErasureRequest, subjects: KnownOf['subjects']): NamedId[] {
  const found = subjects.flatMap(({ source, tenant, subject }) => idsOfSubject(source, tenant, subject));
  if (request.by === 'email') return found;
  const { source, subject, contacts } = request;
  const tenant = request.account?.tenant ?? null;
  const people = contacts.map((id) => ({ id, source, tenant, lasting: false }));
  return [...people, ...idsOfSubject(source, tenant, subject), ...found];
}

function idsOfSubject(source: string, tenant: string | null, subject: string): NamedId[] {
  return idsIn(subject).map((id) => ({ id, source, tenant, lasting: true }));
}

function marksOf(marker: Marker, ids: readonly NamedId[]): SpokenId[] {
  return ids.flatMap(({ id, ...of }) =>
    isNobody(id) ? [] : valuesOf(marker, { id, ...of }).map((mark) => ({ mark, ...of })),
  );
}

function valuesOf(marker: Marker, { source, id }: NamedId): string[] {
  return marker.values(fromUtf8Text(source), [fromUtf8Text(id)]);
}
