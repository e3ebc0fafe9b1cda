--
-- Publications filtered by clinic.  PostgreSQL refuses UPDATE and DELETE on a
-- table that is published with a row filter unless the filter's columns belong
-- to its replica identity, and that is the primary key: without the clinic.
-- The indexes for it are made when they are asked for, so that nobody else
-- pays for them with every booking.
--

CREATE FUNCTION quickbook.filter_identity("on" boolean) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $filter$
DECLARE
	tables_owner name := (SELECT pg_get_userbyid(relowner) FROM pg_class
		WHERE oid = to_regclass('quickbook.schema_version'));
	t record;
BEGIN
	IF "on" IS NULL THEN
		PERFORM quickbook_internal.schema_raise('invalid_argument', 'on is true or false, not null', 'Give true or false.');
	END IF;
	IF tables_owner IS NULL THEN
		PERFORM quickbook_internal.schema_raise('not_installed', 'the tables of quickbook do not exist');
	END IF;
	IF NOT pg_has_role(tables_owner, 'USAGE') OR NOT has_schema_privilege('quickbook', 'CREATE') THEN
		PERFORM quickbook_internal.schema_raise('not_allowed',
			format('%s may not change the tables of quickbook', current_user), 'Call it as a superuser.');
	END IF;

	FOR t IN
		-- the columns that the identity needs, and an index that has just these
		SELECT c.oid, c.relname, c.relname || '_filter_idx' AS made, i.relname AS index, i.indisreplident AS done, k.names
		FROM pg_class c
			JOIN quickbook_internal.schema_expected() e ON e.object = 'table ' || c.relname
			JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'clinic_id'
			JOIN pg_index p ON p.indrelid = c.oid AND p.indisprimary
			CROSS JOIN LATERAL (
				SELECT array_agg(n.attnum ORDER BY n.attnum) AS places,
					string_agg(quote_ident(n.attname), ', ' ORDER BY n.attnum = a.attnum, n.attnum) AS names
				FROM pg_attribute n
				WHERE n.attrelid = c.oid AND (n.attnum = a.attnum OR n.attnum = ANY (p.indkey::smallint[]))) k
			LEFT JOIN LATERAL (
				SELECT x.relname, u.indisreplident FROM pg_index u JOIN pg_class x ON x.oid = u.indexrelid
				WHERE u.indrelid = c.oid AND u.indisunique AND u.indimmediate AND u.indisvalid
					AND u.indpred IS NULL AND u.indexprs IS NULL
					AND (SELECT array_agg(m.place ORDER BY m.place) FROM unnest(u.indkey::smallint[]) AS m (place)) = k.places
				ORDER BY u.indisreplident DESC, x.relname LIMIT 1) i ON true
		WHERE c.relnamespace = 'quickbook'::regnamespace
		ORDER BY c.relname
	LOOP
		CONTINUE WHEN coalesce(t.done, false) = "on";
		IF NOT "on" THEN
			EXECUTE format('ALTER TABLE quickbook.%I REPLICA IDENTITY DEFAULT', t.relname);
			IF to_regclass(format('quickbook.%I', t.made)) IS NOT NULL THEN
				EXECUTE format('DROP INDEX quickbook.%I', t.made);
			END IF;
			CONTINUE;
		END IF;
		IF t.index IS NULL THEN
			EXECUTE format('CREATE UNIQUE INDEX %I ON quickbook.%I (%s)', t.made, t.relname, t.names);
		END IF;
		EXECUTE format('ALTER TABLE quickbook.%I REPLICA IDENTITY USING INDEX %I', t.relname, coalesce(t.index, t.made));
	END LOOP;
END
$filter$;

COMMENT ON FUNCTION quickbook.filter_identity(boolean) IS
'Makes the clinic part of every table''s replica identity, or no longer: for publications filtered by clinic.

Call it with true before CREATE PUBLICATION with WHERE (clinic_id = …): without
it PostgreSQL refuses every UPDATE and DELETE of a table so published. It makes
a unique index of the key and clinic_id where there is none, and sets REPLICA
IDENTITY USING INDEX. With false it takes both back. It waits for all writers,
and they for it, so set a lock_timeout; where tables are large, make the indexes
beforehand with CREATE UNIQUE INDEX CONCURRENTLY. For superusers. Errors:
invalid_argument (22023), not_allowed (42501), not_installed (0A000).';
