--
-- Comes first in the script of each version and of each upgrade: how names are
-- found, and the two schemas.
--

-- Nothing but core's is found without its schema from here on. Without this the
-- schemas of btree_gist and pgcrypto would be searched, where others may have
-- planted an operator or a function that fits better than core's.
SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
-- Names of types are compared as they are written without it.
SELECT pg_catalog.set_config('quote_all_identifiers', 'off', true);

-- Who owns the schema can put functions beside ours, or others in their place.
DO $$
DECLARE
	owner pg_roles;
BEGIN
	SELECT r.* INTO STRICT owner FROM pg_roles r JOIN pg_namespace n ON n.nspowner = r.oid WHERE n.nspname = 'quickbook';
	IF NOT owner.rolsuper AND owner.rolname <> current_user THEN
		RAISE EXCEPTION 'schema quickbook belongs to %, who is no superuser', owner.rolname
			USING ERRCODE = 'insufficient_privilege',
				DETAIL = 'Superusers will call the functions in it, which its owner could replace.',
				HINT = format('Look at what is in it, then: ALTER SCHEMA quickbook OWNER TO %I;', current_user);
	END IF;
END
$$;

-- What only our own functions call. Nobody else may have put anything there: the
-- schema is new, and nobody's but ours.
DO $$
BEGIN
	IF EXISTS (SELECT FROM pg_namespace n WHERE n.nspname = 'quickbook_internal'
		AND NOT EXISTS (SELECT FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'quickbook'
			WHERE d.classid = 'pg_namespace'::regclass AND d.objid = n.oid
				AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'))
	THEN
		RAISE EXCEPTION 'schema quickbook_internal exists already'
			USING ERRCODE = 'duplicate_schema',
				DETAIL = 'quickbook makes it for functions that superusers will call; what is in it now could take their place.',
				HINT = 'Look at what is in it, then ALTER SCHEMA quickbook_internal RENAME TO another name, or drop it.';
	END IF;
END
$$;

CREATE SCHEMA quickbook_internal;

COMMENT ON SCHEMA quickbook_internal IS
'What the functions of quickbook are made of. It may change with every version: call what is in schema quickbook.';

COMMENT ON SCHEMA quickbook IS
'quickbook

Free time, appointments that cannot overlap, and a log of what happened.

Sign in with sign_in() and send the token that it returns. Find a time with
available_slots() or next_slots() and book it with create_appointment(), or with
hold_appointment() and then confirm_appointment(). An error says what it is in
the first word of its message; its details are JSON, its hint what to do next.';
