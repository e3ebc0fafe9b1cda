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

