import type { DatabaseSync } from 'node:sqlite';
import { type ErasureRequest, FEW, type PassedOver } from '../../events/erasure.ts';
import { isNobody } from '../../events/trace.ts';
import { fromUtf8Text } from '../../events/utf8-text.ts';
import { type Marker, idsIn } from '../marks.ts';

/** An id of somebody, as it may stand in a payload that was not understood. */
export interface SpokenId {
  readonly mark: string;
  readonly source: string;
  /** Whose account's id it is; null where the request names no account. */
  readonly tenant: string | null;
  /** Whether a tombstone of it holds back everything for as long as it is remembered. */
  readonly lasting: boolean;
}

/** What is erased in quarantine. */
export interface FoundWaiting {
  /** Ids of deliveries that wait. */
  readonly waiting: readonly number[];
  /** The ids by which they were looked for. */
  readonly ids: readonly SpokenId[];
  readonly passedOver: PassedOver;
}

/** What the events tell of somebody. */
export interface KnownOf {
  readonly subjects: readonly { readonly source: string; readonly tenant: string; readonly subject: string }[];
  readonly ids: readonly SpokenId[];
}

/**
 * Nobody knows what an id is of in a payload that was not understood. So an id of one account is looked for among the
 * deliveries of that account, and of those that show no account; and one that many of them hold finds none: by a word in an
 * id's place, one account's request would otherwise take the people out of the deliveries of all others.
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
  // An address is always somebody's, in whichever account and in however many deliveries.
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
  // Short ones are looked for nowhere.
  const isLookedFor = (id: NamedId) => valuesOf(marker, id).length > 0;
  const ofNobody = new Set(named.filter((id) => isNobody(id.id) && isLookedFor(id)).map(({ id }) => id));
  return { waiting: [...waiting], ids, passedOver: { ofNobody: ofNobody.size, common: looked.size - ids.length } };
}

type NamedId = Omit<SpokenId, 'mark'> & { readonly id: string };

/** The ids that a request names, and those that a payload would call the subjects. */
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
