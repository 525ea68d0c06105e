/**
 * Version 4: what is drawn comes after what is there, also in a database that was moved. Logical replication brings rows
 * without their sequences, which then begin at 1.
 */
export const VERSION_4_DRAW = `
  -- Has every sequence go on after what is there. How many had to. Under the lock of those who append. In plpgsql, since a
  -- function in SQL would be planned anew by each append, which took thirteen times as long.
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
