/**
 * Version 4: what is drawn comes after what is there, also in a database that was moved. Logical replication brings rows
 * without their sequences, which then begin at 1.
 */
export const VERSION_4_DRAW = `
  -- Sets each sequence behind the newest row that uses it, and returns how many sequences were set. The caller holds
  -- the lock of an append. It is in plpgsql, since a function in SQL is planned by each append, which took thirteen
  -- times as long.
  CREATE FUNCTION hookcast.draw_on() RETURNS bigint LANGUAGE plpgsql AS $$
  BEGIN
    RETURN (
      SELECT count(setval(drawn.sequence, drawn.last)) FROM (VALUES
        ('hookcast.events_seq_seq'::regclass, (SELECT head FROM hookcast.extent)),
        ('hookcast.quarantine_id_seq'::regclass, (SELECT max(id) FROM hookcast.quarantine)),
        ('hookcast.epochs_number_seq'::regclass, (SELECT max(number)::bigint FROM hookcast.epochs))
      ) AS drawn (sequence, last)
      WHERE drawn.last > coalesce(pg_sequence_last_value(drawn.sequence), 0)
    );
  END $$;
`;
