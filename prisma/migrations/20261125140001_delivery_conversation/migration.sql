-- What was said in each delivery attempt, many attempts to a row: an attempt's event carries `conversation`, the
-- row's id and the place in it. So keeping one costs no index entry, and neighbours compress well together.
CREATE TABLE delivery_conversation (
  -- UUID version 7: the time it begins with chooses the partition.
  id       uuid NOT NULL,
  attempts integer NOT NULL,
  -- JSON, compressed with zstd.
  body     bytea NOT NULL,
  PRIMARY KEY (id)
) PARTITION BY RANGE (id);
-- Compressed already.
ALTER TABLE delivery_conversation ALTER COLUMN body SET STORAGE EXTERNAL;

-- Makes the day partitions for [first, last] (UTC days) where they are missing.
CREATE FUNCTION ensure_conversation_partitions(first date, last date) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  day date;
  made integer := 0;
  name text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('ensure_conversation_partitions'));
  FOR day IN SELECT generate_series(first, last, interval '1 day')::date LOOP
    name := 'delivery_conversation_' || to_char(day, 'YYYYMMDD');
    IF to_regclass(name) IS NULL THEN
      EXECUTE format('CREATE TABLE %I (LIKE delivery_conversation INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)', name);
      EXECUTE format('ALTER TABLE delivery_conversation ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                     name, uuid_v7_floor(day::timestamp AT TIME ZONE 'UTC'), uuid_v7_floor((day + 1)::timestamp AT TIME ZONE 'UTC'));
      made := made + 1;
    END IF;
  END LOOP;
  RETURN made;
END $$;

SELECT ensure_conversation_partitions((now() AT TIME ZONE 'UTC')::date - 1, (now() AT TIME ZONE 'UTC')::date + 7);
