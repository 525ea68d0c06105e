import { remainderOf } from '../../../events/remainder.ts';
import { type Connection, statement } from '../connection.ts';

/** What version 5 adds: deliveries in quarantine are kept when somebody in them is erased, without their people. */
export const VERSION_5 = `
  -- The remainder replaces the payload when it is erased. Only a gateway can make it, SQL can't.
  ALTER TABLE hookcast.quarantine ADD COLUMN remainder text, ADD COLUMN erased_at bigint;

  -- Keeping a delivery begins an epoch too, so that no log is copied over this one. It takes the same lock as an
  -- append. So if commits hang, only one of their sessions is left behind on the server. A delivery about an erased
  -- person is kept without its people: its sender is told that it is kept, and doesn't send it again.
  CREATE OR REPLACE FUNCTION hookcast.quarantine(known integer, made_with text, list jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
  DECLARE
    kept bigint;
  BEGIN
    PERFORM hookcast.take_turn(known, made_with);
    INSERT INTO hookcast.quarantine (source, digest, provider, type, event_id, issues, payload, received_at,
      marks, checksum, remainder, state, erased_at)
    SELECT given.source, given.digest, given.provider, given.type, given.event_id, given.issues,
      CASE WHEN held.back THEN given.remainder ELSE given.payload END, given.received_at,
      CASE WHEN held.back THEN NULL ELSE given.marks END, CASE WHEN held.back THEN NULL ELSE given.checksum END,
      CASE WHEN held.back THEN NULL ELSE given.remainder END, 'WAITING', CASE WHEN held.back THEN given.received_at END
    FROM (SELECT (record ->> 0)::text AS source, (record ->> 1)::text AS digest,
      (record ->> 2)::text AS provider, (record ->> 3)::text AS type, (record ->> 4)::text AS event_id,
      (record ->> 5)::text AS issues, (record ->> 6)::text AS payload, (record ->> 7)::bigint AS received_at,
      (record ->> 8)::text[] AS marks, (record ->> 9)::bigint AS checksum,
      (record ->> 10)::text AS remainder, place
      FROM jsonb_array_elements(list) WITH ORDINALITY AS listed (record, place)) AS given
    LEFT JOIN LATERAL (
      SELECT true AS back FROM hookcast.tombstones
      WHERE tombstones.mark = ANY (given.marks) AND tombstones.source IN (given.source, '*')
        AND (lasting OR tombstones.erased_at > given.received_at - 604800000)
      LIMIT 1
    ) AS held ON true
    ON CONFLICT (source, digest) DO UPDATE
    SET issues = CASE WHEN quarantine.state = 'WAITING' THEN excluded.issues ELSE quarantine.issues END
    RETURNING id INTO kept;
    RETURN kept;
  END $$;

  CREATE OR REPLACE FUNCTION hookcast.settle(known integer, of_id bigint, as_state text, as_event text, moment bigint)
  RETURNS SETOF hookcast.quarantine LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM hookcast.take_turn(known);
    UPDATE hookcast.quarantine
    SET state = as_state, settled_at = moment, event_id = coalesce(as_event, event_id), payload = NULL, marks = NULL,
      checksum = NULL, remainder = NULL
    WHERE id = of_id AND state = 'WAITING';
    PERFORM hookcast.wait_as_if_written();
    RETURN QUERY SELECT * FROM hookcast.quarantine WHERE id = of_id;
  END $$;
`;

/** Rows at once. */
const PIECE = 500;
const WAITING = statement(
  "SELECT id, payload FROM hookcast.quarantine WHERE id > ?::bigint AND state = 'WAITING' ORDER BY id LIMIT ?::bigint",
);
const KEEP = statement(`
  UPDATE hookcast.quarantine SET remainder = given ->> 1
  FROM jsonb_array_elements(?::text::jsonb) AS given WHERE id = (given ->> 0)::bigint`);

/** The remainders of what waits already. */
export async function keepRemainders(connection: Connection): Promise<void> {
  for (let after = 0, full = true; full;) {
    const rows = await connection.ask(WAITING, [after, PIECE]);
    const kept = rows.map(([id, payload]) => [Number(id), remainderOf(JSON.parse(String(payload)))]);
    if (kept.length > 0) await connection.ask(KEEP, [JSON.stringify(kept)]);
    full = rows.length === PIECE;
    after = Number(rows.at(-1)?.[0] ?? after);
  }
}
