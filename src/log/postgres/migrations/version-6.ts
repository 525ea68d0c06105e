import type { Row } from '../../value.ts';
import { NOBODYS, SAID_IN_VERSION_5, rekeyed } from '../../version-6.ts';
import { type Connection, statement } from '../connection.ts';
import { decode } from '../row.ts';
import { toText } from '../text.ts';

/**
 * What version 6 adds: whose a delivery in quarantine is, and up to which position events may have ids and subjects that were
 * made without the log's secret.
 */
export const VERSION_6 = `
  ALTER TABLE hookcast.log ADD COLUMN former_up_to bigint NOT NULL DEFAULT 0;
  UPDATE hookcast.log SET former_up_to = coalesce((SELECT max(seq) FROM hookcast.events), 0);
  ALTER TABLE hookcast.quarantine ADD COLUMN tenant text COLLATE "C";

  -- Deletes the tombstones of values that identify no person. Deliveries of any account that had one of these values
  -- were kept without their people.
  DELETE FROM hookcast.tombstones USING (SELECT DISTINCT source FROM hookcast.tombstones) AS laid,
    LATERAL hookcast.value_marks(laid.source, ARRAY['${NOBODYS.join("', '")}']) AS nobodys (mark)
  WHERE tombstones.mark = nobodys.mark;

  -- Keeping a delivery begins an epoch too, so that no log is copied over this one. It takes the same lock as an
  -- append. So if commits hang, only one of their sessions is left behind on the server. A delivery about an erased
  -- person is kept without its people: its sender is told that it is kept, and doesn't send it again. The mark of an id
  -- holds back only deliveries of the id's account.
  CREATE OR REPLACE FUNCTION hookcast.quarantine(known integer, made_with text, list jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
  DECLARE
    kept bigint;
  BEGIN
    PERFORM hookcast.take_turn(known, made_with);
    INSERT INTO hookcast.quarantine (source, digest, provider, type, event_id, issues, payload, received_at,
      marks, checksum, remainder, tenant, state, erased_at)
    SELECT given.source, given.digest, given.provider, given.type, given.event_id, given.issues,
      CASE WHEN held.back THEN given.remainder ELSE given.payload END, given.received_at,
      CASE WHEN held.back THEN NULL ELSE given.marks END, CASE WHEN held.back THEN NULL ELSE given.checksum END,
      CASE WHEN held.back THEN NULL ELSE given.remainder END, given.tenant, 'WAITING',
      CASE WHEN held.back THEN given.received_at END
    FROM (SELECT (record ->> 0)::text AS source, (record ->> 1)::text AS digest,
      (record ->> 2)::text AS provider, (record ->> 3)::text AS type, (record ->> 4)::text AS event_id,
      (record ->> 5)::text AS issues, (record ->> 6)::text AS payload, (record ->> 7)::bigint AS received_at,
      (record ->> 8)::text[] AS marks, (record ->> 9)::bigint AS checksum,
      (record ->> 10)::text AS remainder, (record ->> 11)::text AS tenant, place
      FROM jsonb_array_elements(list) WITH ORDINALITY AS listed (record, place)) AS given
    LEFT JOIN LATERAL (
      SELECT true AS back FROM hookcast.tombstones
      WHERE tombstones.mark = ANY (given.marks) AND tombstones.source IN (given.source, '*')
        AND tombstones.tenant IN (given.tenant, '*')
        AND (lasting OR tombstones.erased_at > given.received_at - 604800000)
      LIMIT 1
    ) AS held ON true
    ON CONFLICT (source, digest) DO UPDATE SET
      issues = CASE WHEN quarantine.state = 'WAITING' THEN excluded.issues ELSE quarantine.issues END,
      tenant = CASE WHEN quarantine.state = 'WAITING' THEN coalesce(excluded.tenant, quarantine.tenant) ELSE quarantine.tenant END
    RETURNING id INTO kept;
    RETURN kept;
  END $$;
`;

/** Rows at once. Their payloads come along. */
const PIECE = 100;
const SALT = statement('SELECT salt FROM hookcast.log');
const DELIVERIES = statement(
  'SELECT id, checksum, EXISTS (SELECT FROM hookcast.events WHERE events.source = quarantine.source AND ' +
    `events.event_id = quarantine.event_id)::integer, ${SAID_IN_VERSION_5.join(', ')} ` +
    'FROM hookcast.quarantine WHERE id > ?::bigint ORDER BY id LIMIT ?::bigint',
);
const KEEP = statement(`
  UPDATE hookcast.quarantine SET digest = given ->> 1, event_id = given ->> 2, checksum = (given ->> 3)::bigint
  FROM jsonb_array_elements(?::text::jsonb) AS given WHERE id = (given ->> 0)::bigint`);

/** Takes the digests that are there for what version 6 makes of them. */
export async function rekeyDigests(connection: Connection): Promise<void> {
  const [[salt] = []] = await connection.ask(SALT, []);
  for (let after = 0, full = true; full;) {
    const rows = await connection.ask(DELIVERIES, [after, PIECE]);
    const kept = rows.map(([id = null, checksum = null, isTaken, ...said]): Row => {
      const plain = decode(SAID_IN_VERSION_5, said);
      const next = rekeyed(String(salt), plain, checksum as number | null, isTaken === 1);
      return [id, next.digest, next.eventId === null ? null : toText(next.eventId), next.checksum];
    });
    if (kept.length > 0) await connection.ask(KEEP, [JSON.stringify(kept)]);
    full = rows.length === PIECE;
    after = Number(rows.at(-1)?.[0] ?? after);
  }
}
