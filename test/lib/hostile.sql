-- A schema of namesakes, for a database in which quickbook and the tests must
-- not notice it: schema hostile has tables named like quickbook's with wrong
-- columns, and functions, aggregates, operators and types named like core's,
-- every one of which raises an error that says its name.
--
-- With search_path = hostile, public core comes first all the same, as
-- everywhere where the path does not name pg_catalog; but an exact match beats
-- a polymorphic one wherever it lies, so hostile.lower(tstzrange) is called for
-- lower(during), and hostile.&& for &&. With hostile, pg_catalog, public (see
-- test/t/hostile_smoke.t) everything here is called.
--
-- Load it with a search_path that does not name it.

SET client_min_messages = warning;

DROP SCHEMA IF EXISTS hostile CASCADE;
CREATE SCHEMA hostile;
GRANT USAGE ON SCHEMA hostile TO PUBLIC;

-- The tables: one column, of a name and a type that nobody expects.
DO $$
DECLARE
	t text;
BEGIN
	FOREACH t IN ARRAY ARRAY['clinic', 'provider', 'service', 'service_provider', 'working_hours', 'date_override',
		'travel', 'time_off', 'busy_time', 'booking_limit', 'patient', 'session', 'appointment',
		'appointment_resource', 'allocation', 'event', 'schema_version', 'account',
		'pg_class', 'pg_attribute', 'pg_constraint', 'pg_index', 'pg_trigger', 'pg_roles', 'pg_type', 'pg_namespace']
	LOOP
		EXECUTE format('CREATE TABLE hostile.%I (trap box)', t);
	END LOOP;
END
$$;

-- A function that raises, with a code that EXCEPTION WHEN others lets pass.
CREATE FUNCTION hostile.make_function(name text, arguments text, result text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $make$
BEGIN
	EXECUTE format(
		'CREATE FUNCTION hostile.%I(%s) RETURNS %s LANGUAGE plpgsql AS '
		'$trap$ BEGIN RAISE EXCEPTION USING MESSAGE = %L, ERRCODE = ''P0004''; END $trap$',
		make_function.name, make_function.arguments, make_function.result,
		format('hostile.%s(%s) was called', make_function.name, make_function.arguments));
END
$make$;

CREATE FUNCTION hostile.make_operator(name text, l text, r text, result text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $make$
DECLARE
	trap text := format('operator %s', make_operator.name);
BEGIN
	PERFORM hostile.make_function(trap, concat_ws(', ', make_operator.l, make_operator.r), make_operator.result);
	EXECUTE format('CREATE OPERATOR hostile.%s (FUNCTION = hostile.%I, %s RIGHTARG = %s)',
		make_operator.name, trap, 'LEFTARG = ' || make_operator.l || ',', make_operator.r);
END
$make$;

-- Core's own functions and operators, with the types that a booking meets.
DO $$
DECLARE
	plain CONSTANT oid[] := ARRAY['bool', 'int2', 'int4', 'int8', 'numeric', 'float8', 'text', 'name', 'uuid', 'bytea',
		'date', 'time', 'timestamp', 'timestamptz', 'interval', 'json', 'jsonb', 'oid', 'regclass', '"char"',
		'tstzrange', 'daterange', 'tsrange', '_text', '_uuid', '_int4']::regtype[]::oid[];
	o record;
BEGIN
	FOR o IN
		SELECT DISTINCT ON (proname, proargtypes) proname::text AS name,
			(SELECT string_agg(format_type(t, NULL), ', ' ORDER BY n) FROM unnest(proargtypes) WITH ORDINALITY a (t, n)) AS arguments,
			CASE WHEN prorettype = ANY (plain) THEN format_type(prorettype, NULL) ELSE 'text' END AS result
		FROM pg_proc
		WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind IN ('f', 'a', 'w') AND pronargs < 6
			AND NOT EXISTS (SELECT FROM unnest(proargtypes) t WHERE t <> ALL (plain))
	LOOP
		PERFORM hostile.make_function(o.name, coalesce(o.arguments, ''), o.result);
	END LOOP;

	FOR o IN
		SELECT oprname::text AS name, format_type(oprleft, NULL) AS l, format_type(oprright, NULL) AS r,
			format_type(oprresult, NULL) AS result
		FROM pg_operator
		WHERE oprnamespace = 'pg_catalog'::regnamespace AND oprkind = 'b'
			AND oprleft = ANY (plain) AND oprright = ANY (plain)
	LOOP
		PERFORM hostile.make_operator(o.name, o.l, o.r, o.result);
	END LOOP;
END
$$;

-- What core has for any range, any array or any type: exact matches beat it.
DO $$
DECLARE
	r record;
	name text;
BEGIN
	FOR r IN SELECT * FROM (VALUES ('tstzrange', 'timestamptz'), ('daterange', 'date'), ('tsrange', 'timestamp'))
		AS v (range, element)
	LOOP
		FOREACH name IN ARRAY ARRAY['lower', 'upper'] LOOP
			PERFORM hostile.make_function(name, r.range, r.element);
		END LOOP;
		FOREACH name IN ARRAY ARRAY['isempty', 'lower_inc', 'upper_inc', 'lower_inf', 'upper_inf'] LOOP
			PERFORM hostile.make_function(name, r.range, 'bool');
		END LOOP;
		FOREACH name IN ARRAY ARRAY['=', '<>', '<', '>', '&&', '@>', '<@', '<<', '>>', '-|-'] LOOP
			PERFORM hostile.make_operator(name, r.range, r.range, 'bool');
		END LOOP;
		FOREACH name IN ARRAY ARRAY['+', '-', '*'] LOOP
			PERFORM hostile.make_operator(name, r.range, r.range, r.range);
		END LOOP;
		PERFORM hostile.make_operator('@>', r.range, r.element, 'bool');
		PERFORM hostile.make_operator('<@', r.element, r.range, 'bool');
	END LOOP;

	FOR r IN SELECT * FROM (VALUES
		('unnest', 'uuid[]', 'uuid'), ('unnest', 'text[]', 'text'),
		('to_jsonb', 'uuid', 'jsonb'), ('to_jsonb', 'text', 'jsonb'), ('to_jsonb', 'timestamptz', 'jsonb'),
		('to_json', 'timestamptz', 'json'),
		('jsonb_build_object', 'text, text', 'jsonb'),
		('jsonb_build_object', 'text, uuid', 'jsonb'), ('jsonb_build_object', 'text, timestamptz', 'jsonb'),
		('json_build_object', 'text, text', 'json'), ('json_build_object', 'text, text, text, integer, text, integer', 'json'),
		('num_nonnulls', 'uuid, uuid', 'integer'), ('num_nonnulls', 'integer, interval', 'integer')) AS v (name, arguments, result)
	LOOP
		PERFORM hostile.make_function(r.name, r.arguments, r.result);
	END LOOP;
	PERFORM hostile.make_operator('=', 'uuid[]', 'uuid[]', 'bool');
END
$$;

-- And types.
DO $$
DECLARE
	t text;
BEGIN
	FOREACH t IN ARRAY ARRAY['bool', 'int4', 'int8', 'text', 'name', 'uuid', 'bytea', 'date', 'timestamptz',
		'tstzrange', 'daterange', 'jsonb', 'regclass', 'regnamespace', 'oid']
	LOOP
		EXECUTE format('CREATE DOMAIN hostile.%I AS point CHECK (false)', t);
	END LOOP;
END
$$;

DROP FUNCTION hostile.make_operator, hostile.make_function;
