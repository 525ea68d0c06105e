import type { DatabaseSync } from 'node:sqlite';
import type { ErasurePreview, ErasureRequest } from '../../events/erasure.ts';
import { fromUtf8Text } from '../../events/utf8-text.ts';
import type { Marker } from '../marks.ts';
import type { Value } from '../value.ts';
import { hashOfSubject } from './hash.ts';
import { positionsOf } from './hashes.ts';
import { POSITIONS_OF_MARK } from './people.ts';
import { EVENTS_WITH_PERSONAL } from './personal.ts';
import { type FoundWaiting, type SpokenId, findWaiting } from './find-waiting.ts';

export interface OfTenant {
  readonly source: string;
  readonly tenant: string;
}

interface OfSubject extends OfTenant {
  readonly subject: string;
}

interface Placed extends OfTenant {
  readonly seq: number;
  readonly subject: string | null;
}

/** An event that loses personal data. */
export interface Lost extends Placed {
  readonly provider: string;
  readonly type: string;
  readonly event_id: string;
}

/** The people of an erasure, as far as events identify them. */
interface Known {
  /** Positions of events that name them. */
  readonly events: readonly number[];
  readonly subjects: readonly OfSubject[];
  /** Marks of the ids that the provider gave them. */
  readonly contacts: readonly string[];
  /** Ids of them, as a payload that was not understood may have them. */
  readonly ids: readonly SpokenId[];
}

/** Everything that an erasure affects. */
export interface Found extends Pick<Known, 'subjects' | 'contacts'>, FoundWaiting {
  /** Positions of events that identify the people. */
  readonly known: readonly number[];
  /** Positions of events that may hold their data, as a JSON list. */
  readonly targets: string;
  /** The events of `targets` that do hold data, in the order of the log. */
  readonly lost: readonly Lost[];
}

type BySubject = Extract<ErasureRequest, { by: 'subject' }>;
type ByEmail = Extract<ErasureRequest, { by: 'email' }>;

/** Whether a row of `personal` is about one person at most: it has at most one id of a contact and one address. */
const IS_ABOUT_ONE =
  "(SELECT count(*) FILTER (WHERE value LIKE 'c%') <= 1 AND count(*) FILTER (WHERE value LIKE 'e%') <= 1 " +
  'FROM json_each(personal.marks))';

/** The events with the mark that is the first parameter. SQLite searches by the mark first, since few events have it. */
const WITH_MARK = `(${POSITIONS_OF_MARK}) CROSS JOIN events USING (seq)`;

/** The events of the subject that is the second parameter. Its hash is the first. */
const OF_SUBJECT = `${positionsOf('?1')} CROSS JOIN events USING (seq) WHERE subject = ?2`;

/**
 * Finds everything that a request affects, and changes nothing, so that a preview shows exactly what the erasure removes. The
 * texts of the request are encoded as in the rows. They are decoded before they are hashed, as in every other log.
 */
export function findPeople(database: DatabaseSync, marker: Marker, request: ErasureRequest): Found {
  const known = request.by === 'subject' ? findSubject(request) : findAddress(request);
  const { subjects, contacts } = known;
  const targets = JSON.stringify([...new Set([...known.events, ...eventsOf(subjects, contacts)])]);
  const lost = lostAmong(database, targets);
  const inQuarantine = findWaiting(database, marker, request, known);
  return { subjects, contacts, known: known.events, targets, lost, ...inQuarantine };

  /** The rows of a statement. Each caller names the type that fits its statement. */
  function all<T>(sql: string, ...parameters: Value[]): T[] {
    return database.prepare(sql).all(...parameters) as T[];
  }

  function findSubject({ source, subject, account, contacts }: BySubject): Known {
    const of = [source, account?.tenant ?? null] as const;
    const events = [
      ...all<Placed>(
        `SELECT seq, source, tenant, subject FROM ${OF_SUBJECT} AND source = ?3 AND tenant = coalesce(?4, tenant)`,
        hashOfSubject(subject),
        subject,
        ...of,
      ),
      // Events that had this subject before a revision.
      ...all<Placed>(
        `SELECT seq, source, tenant, subject FROM ${WITH_MARK} WHERE source = ?2 AND tenant = coalesce(?3, tenant)`,
        marker.subject(subject),
        ...of,
      ),
    ];
    const tenants = new Set<string>(account ? [account.tenant] : events.map(({ tenant }) => tenant));
    const named = [...tenants].flatMap((tenant) =>
      contacts.map((id) => marker.contact(fromUtf8Text(source), fromUtf8Text(tenant), fromUtf8Text(id))),
    );
    const lent = lentBy(ofOne(events));
    return {
      events: events.map(({ seq }) => seq),
      subjects: distinct([...[...tenants].map((tenant) => ({ source, tenant, subject })), ...lent.subjects]),
      contacts: [...named, ...lent.contacts],
      ids: lent.ids,
    };
  }

  function findAddress({ email, source }: ByEmail): Known {
    const withMark = (mark: string) =>
      all<Placed>(
        `SELECT seq, source, tenant, subject FROM ${WITH_MARK} WHERE source = coalesce(?2, source)`,
        mark,
        source,
      );
    const principals = withMark(marker.email(email));
    const { subjects, ...lent } = lentBy(ofOne(principals));
    return {
      events: [...principals, ...withMark(marker.mention(email))].map(({ seq }) => seq),
      subjects: distinct(subjects),
      ...lent,
    };
  }

  /** The events about one person only. In an event about several people, some data belongs to the others. */
  function ofOne(events: readonly Placed[]): Placed[] {
    const found = all<{ readonly seq: number }>(
      `SELECT events.seq FROM ${EVENTS_WITH_PERSONAL} WHERE events.seq IN (SELECT value FROM json_each(?)) AND ${IS_ABOUT_ONE}`,
      JSON.stringify(events.map(({ seq }) => seq)),
    );
    const positions = new Set(found.map(({ seq }) => seq));
    return events.filter(({ seq }) => positions.has(seq));
  }

  /** What else the events about one person identify: their subjects, also those before a revision, and the person's ids. */
  function lentBy(events: readonly Placed[]): Pick<Known, 'subjects' | 'contacts' | 'ids'> {
    const marks = all<OfTenant & { readonly value: string }>(
      `SELECT DISTINCT value, source, tenant FROM ${EVENTS_WITH_PERSONAL}, json_each(personal.marks) ` +
        'WHERE events.seq IN (SELECT value FROM json_each(?))',
      JSON.stringify(events.map(({ seq }) => seq)),
    );
    const of = (letter: string) => marks.filter(({ value }) => value.startsWith(letter));
    return {
      subjects: [
        ...events.flatMap(({ source, tenant, subject }) => (subject === null ? [] : { source, tenant, subject })),
        ...of('s').map(({ source, tenant, value }) => ({ source, tenant, subject: value.slice(1) })),
      ],
      contacts: [...new Set(of('c').map(({ value }) => value))],
      ids: of('v').map(({ value, ...rest }) => ({ ...rest, mark: value, lasting: false })),
    };
  }

  function eventsOf(subjects: readonly OfSubject[], contacts: readonly string[]): number[] {
    const ofSubject = database.prepare(`SELECT seq FROM ${OF_SUBJECT} AND source = ?3 AND tenant = ?4`);
    const ofContact = database.prepare(POSITIONS_OF_MARK);
    return [
      ...subjects.flatMap(({ source, tenant, subject }) =>
        ofSubject.all(hashOfSubject(subject), subject, source, tenant),
      ),
      ...contacts.flatMap((mark) => ofContact.all(mark)),
    ].map((row) => Number(row['seq']));
  }
}

function distinct(subjects: readonly OfSubject[]): OfSubject[] {
  return [...new Map(subjects.map((of) => [JSON.stringify([of.source, of.tenant, of.subject]), of] as const)).values()];
}

/** The events at these positions, a JSON list, that have personal data, in the order of the log. */
export function lostAmong(database: DatabaseSync, targets: string): readonly Lost[] {
  return database
    .prepare(
      `SELECT events.seq, provider, source, tenant, subject, type, event_id FROM ${EVENTS_WITH_PERSONAL} ` +
        'WHERE events.seq IN (SELECT value FROM json_each(?)) AND (personal.personal IS NOT NULL OR raw IS NOT NULL) ORDER BY events.seq',
    )
    .all(targets) as unknown as Lost[];
}

/** What an erasure would remove. The caller's transaction only reads. */
export function previewErasure(database: DatabaseSync, marker: Marker, request: ErasureRequest): ErasurePreview {
  const { lost, waiting, passedOver } = findPeople(database, marker, request);
  const kinds = Map.groupBy(lost, ({ source, type }) => JSON.stringify([source, type]));
  const subjects = lost.flatMap(({ source, tenant, subject }) =>
    subject === null ? [] : JSON.stringify([source, tenant, subject]),
  );
  const different = (letter: string) =>
    Number(
      database
        .prepare(
          `SELECT count(DISTINCT value) AS count FROM ${EVENTS_WITH_PERSONAL}, json_each(personal.marks) ` +
            'WHERE events.seq IN (SELECT value FROM json_each(?)) AND substr(value, 1, 1) = ?',
        )
        .get(JSON.stringify(lost.map(({ seq }) => seq)), letter)?.['count'],
    );
  return {
    events: [...kinds.values()].map((events) => ({
      source: events[0]!.source,
      type: events[0]!.type,
      count: events.length,
    })),
    subjects: new Set(subjects).size,
    withoutSubject: lost.length - subjects.length,
    people: { byId: different('c'), byAddress: different('e') },
    quarantined: waiting.length,
    passedOver,
  };
}
