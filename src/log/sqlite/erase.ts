import type { DatabaseSync } from 'node:sqlite';
import type { ErasureOrder, ErasureRequest } from '../../events/erasure.ts';
import { type Marker, idsIn } from '../marks.ts';
import { ERASURE_COLUMNS, type Row, type Value } from '../row.ts';
import { TOMBSTONE_COLUMNS, toTombstoneRow } from '../tombstone-row.ts';
import { settle } from './quarantine.ts';

/** The rows of the erasures, as `ERASURE_COLUMNS`, and how many deliveries in quarantine lost their payload. */
export interface Erased {
  readonly rows: readonly Row[];
  readonly quarantined: number;
}

interface OfTenant {
  readonly source: string;
  readonly tenant: string;
}

interface OfSubject extends OfTenant {
  readonly subject: string;
}

/** Of a row of `personal`. */
const IS_ABOUT_ONE =
  "(SELECT count(*) FILTER (WHERE value LIKE 'c%') <= 1 AND count(*) FILTER (WHERE value LIKE 'e%') <= 1 " +
  'FROM json_each(personal.marks))';

/** Said, since without statistics SQLite thinks as much of the index of the sources. */
const BY_SUBJECT = 'events INDEXED BY events_by_subject';

interface Placed extends OfTenant {
  readonly seq: number;
}

/** An event that loses something. */
interface Lost extends Placed {
  readonly provider: string;
  readonly subject: string | null;
  readonly event_id: string;
}

type BySubject = Extract<ErasureRequest, { by: 'subject' }>;
type ByEmail = Extract<ErasureRequest, { by: 'email' }>;

/** Whom an erasure is about, as far as the log can tell. */
interface Found {
  /** Positions of events in which they are. */
  readonly events: readonly number[];
  readonly subjects: readonly OfSubject[];
  /** Marks of the provider's ids of them. */
  readonly contacts: readonly string[];
  /** Marks of the same ids, where they stand in a payload that was not understood. */
  readonly values: readonly string[];
}

/** Forgets people, in the caller's transaction. */
export function erase(database: DatabaseSync, marker: Marker, request: ErasureRequest, order: ErasureOrder): Erased {
  const found = request.by === 'subject' ? findSubject(request) : findAddress(request);
  const targets = JSON.stringify([...new Set([...found.events, ...eventsOf(found)])]);
  const lost = all<Lost>(
    'SELECT seq, provider, source, tenant, subject, event_id FROM personal JOIN events USING (seq) ' +
      'WHERE seq IN (SELECT value FROM json_each(?)) AND (personal.personal IS NOT NULL OR raw IS NOT NULL) ORDER BY seq',
    targets,
  );
  forgetPersonal(database, targets);
  holdBack();
  return { rows: erasures(), quarantined: eraseQuarantined() };

  /** What a statement of this file selects is what its caller says. */
  function all<T>(sql: string, ...parameters: Value[]): T[] {
    return database.prepare(sql).all(...parameters) as T[];
  }

  function findSubject({ source, subject, account, contacts }: BySubject): Found {
    const events = all<Placed>(
      `SELECT seq, source, tenant FROM ${BY_SUBJECT} WHERE subject = ? AND source = ? AND tenant = coalesce(?, tenant)`,
      subject,
      source,
      account?.tenant ?? null,
    );
    const tenants = new Set<string>(account ? [account.tenant] : events.map(({ tenant }) => tenant));
    const named = [...tenants].flatMap((tenant) => contacts.map((id) => marker.contact(source, tenant, id)));
    const lent = contactsIn(ofOne(events));
    return {
      events: events.map(({ seq }) => seq),
      subjects: [...tenants].map((tenant) => ({ source, tenant, subject })),
      contacts: [...named, ...lent.contacts],
      values: [...marker.values(source, contacts), ...lent.values],
    };
  }

  function findAddress({ email, source }: ByEmail): Found {
    const withMark = (mark: string) =>
      all<Placed & { readonly subject: string | null }>(
        'SELECT seq, source, tenant, subject FROM people JOIN events USING (seq) WHERE mark = ? AND source = coalesce(?, source)',
        mark,
        source,
      );
    const principals = withMark(marker.email(email));
    const lenders = ofOne(principals);
    return {
      events: [...principals, ...withMark(marker.mention(email))].map(({ seq }) => seq),
      subjects: lenders.flatMap(({ subject, ...of }) => (subject === null ? [] : { ...of, subject })),
      ...contactsIn(lenders),
    };
  }

  /** What an event about several people says of the others is not this one's. */
  function ofOne<T extends { readonly seq: number }>(events: readonly T[]): T[] {
    const found = all<{ readonly seq: number }>(
      `SELECT seq FROM personal WHERE seq IN (SELECT value FROM json_each(?)) AND ${IS_ABOUT_ONE}`,
      JSON.stringify(events.map(({ seq }) => seq)),
    );
    const positions = new Set(found.map(({ seq }) => seq));
    return events.filter(({ seq }) => positions.has(seq));
  }

  function contactsIn(events: readonly { readonly seq: number }[]): Pick<Found, 'contacts' | 'values'> {
    const marks = all<{ readonly value: string }>(
      'SELECT DISTINCT value FROM personal, json_each(personal.marks) WHERE seq IN (SELECT value FROM json_each(?))',
      JSON.stringify(events.map(({ seq }) => seq)),
    ).map(({ value }) => value);
    const of = (letter: string) => marks.filter((mark) => mark.startsWith(letter));
    return { contacts: of('c'), values: of('v') };
  }

  function eventsOf({ subjects, contacts }: Found): number[] {
    const ofSubject = database.prepare(`SELECT seq FROM ${BY_SUBJECT} WHERE source = ? AND tenant = ? AND subject = ?`);
    const ofContact = database.prepare('SELECT seq FROM people WHERE mark = ?');
    return [
      ...subjects.flatMap(({ source, tenant, subject }) => ofSubject.all(source, tenant, subject)),
      ...contacts.flatMap((mark) => ofContact.all(mark)),
    ].map((row) => Number(row['seq']));
  }

  /** What is late about them, from here on. */
  function holdBack(): void {
    const lay = database.prepare(
      `INSERT INTO tombstones (${TOMBSTONE_COLUMNS.join(', ')}) VALUES (${TOMBSTONE_COLUMNS.map(() => '?').join(', ')}) ` +
        'ON CONFLICT DO UPDATE SET erased_at = max(erased_at, excluded.erased_at), ordered_by = excluded.ordered_by, ' +
        'lasting = max(lasting, excluded.lasting)',
    );
    const of = (mark: string, lasting = false, source = '*', tenant = '*') =>
      lay.run(...toTombstoneRow({ mark, source, tenant, lasting, ...order }));
    for (const { source, tenant, subject } of found.subjects) of(`s${subject}`, true, source, tenant);
    for (const mark of [...found.contacts, ...found.values]) of(mark);
    for (const mark of valuesOf(found.subjects)) of(mark, true);
    if (request.by === 'email') {
      for (const mark of [marker.email(request.email), marker.mention(request.email)]) {
        of(mark, false, request.source ?? '*');
      }
    } else {
      const { source, subject, account } = request;
      if (!account) of(`s${subject}`, true, source);
      for (const mark of valuesOf([request])) of(mark, true);
    }
  }

  /** One for each subject that lost something, and always one for the subject that was asked for with its account. */
  function erasures(): Row[] {
    const insert = database.prepare(
      `INSERT INTO erasures (${ERASURE_COLUMNS.join(', ')}) VALUES (${ERASURE_COLUMNS.map(() => '?').join(', ')})`,
    );
    const draw = database.prepare("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'events' RETURNING seq");
    const add = (
      provider: string,
      { source, tenant }: OfTenant,
      subject: string | null,
      eventIds: readonly string[],
    ) => {
      const [drawn] = draw.all();
      const ids = JSON.stringify(eventIds);
      const row: Row = [Number(drawn?.['seq']), provider, source, tenant, subject, ids, order.at, order.orderedBy];
      insert.run(...row);
      return row;
    };
    const groups = Map.groupBy(lost, ({ provider, source, tenant, subject }) =>
      JSON.stringify([provider, source, tenant, subject]),
    );
    const rows = [...groups.values()].flatMap((group) => {
      const [first] = group;
      const eventIds = group.map((event) => event.event_id);
      return first ? [add(first.provider, first, first.subject, eventIds)] : [];
    });
    if (request.by === 'email' || !request.account) return rows;
    const { source, subject, account } = request;
    const isOfIt = (row: Row) => row[2] === source && row[3] === account.tenant && row[4] === subject;
    if (rows.some(isOfIt)) return rows;
    const earlier = database.prepare(
      `SELECT ${ERASURE_COLUMNS.join(', ')} FROM erasures WHERE source = ? AND subject = ? AND tenant = ? ` +
        'ORDER BY seq DESC LIMIT 1',
    );
    earlier.setReturnArrays(true);
    const row = earlier.get(source, subject, account.tenant) as unknown as Row | undefined;
    return row ? [row, ...rows] : [...rows, add(account.provider, { source, tenant: account.tenant }, subject, [])];
  }

  function eraseQuarantined(): number {
    const marks = request.by === 'email' ? [marker.mention(request.email)] : valuesOf([request]);
    const waiting = all<{ readonly id: number }>(
      'SELECT DISTINCT id FROM payload_marks CROSS JOIN quarantine USING (id) ' +
        "WHERE mark IN (SELECT value FROM json_each(?)) AND source = coalesce(?, source) AND state = 'WAITING'",
      JSON.stringify([...marks, ...found.values, ...valuesOf(found.subjects)]),
      request.source,
    );
    for (const { id } of waiting) settle(database, id, { state: 'ERASED', eventId: null, at: order.at });
    return waiting.length;
  }

  /** Marks of what a payload that was not understood would call them. */
  function valuesOf(subjects: readonly { readonly source: string; readonly subject: string }[]): string[] {
    return subjects.flatMap(({ source, subject }) => marker.values(source, idsIn(subject)));
  }
}

/** Lets go of what the events of these positions, a JSON list, say about people. */
export function forgetPersonal(database: DatabaseSync, positions: string): void {
  const of = 'seq IN (SELECT value FROM json_each(?))';
  database
    .prepare(
      'DELETE FROM people WHERE (mark, seq) IN ' +
        `(SELECT value, personal.seq FROM personal, json_each(personal.marks) WHERE personal.${of})`,
    )
    .run(positions);
  database.prepare(`UPDATE personal SET personal = NULL, raw = NULL, marks = NULL WHERE ${of}`).run(positions);
}
