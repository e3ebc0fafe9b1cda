-- Section 3, ids: uuid version 7 in the clinic's bucket. new_id() makes them and
-- bucket() reads them, and every row that quickbook or its triggers make has one.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
SELECT t.plan(31);

SELECT t.clinic('Europe/Berlin') AS c \gset

-- Ten thousand at once, many of them in the same millisecond.
SELECT pg_catalog.clock_timestamp() AS before \gset
CREATE TABLE t.made AS
	SELECT n, quickbook.new_id(:'c') AS id FROM pg_catalog.generate_series(1, 10000) AS n;
SELECT pg_catalog.clock_timestamp() AS after \gset

-- RFC 9562: 48 bits of milliseconds, 4 of version, 2 of variant.
CREATE FUNCTION t.id_time(id uuid) RETURNS timestamptz
LANGUAGE sql SET search_path = pg_catalog
AS $$
	SELECT to_timestamp(('x' || lpad(substr(replace(id::text, '-', ''), 1, 12), 16, '0'))::bit(64)::bigint / 1000.0)
$$;

SELECT t.is(t.query('SELECT count(*) FROM t.made WHERE substr(id::text, 15, 1) <> ''7'''), '0', 'the version is 7');
SELECT t.is(t.query('SELECT count(*) FROM t.made WHERE substr(id::text, 20, 1) NOT IN (''8'', ''9'', ''a'', ''b'')'), '0',
	'the variant is that of RFC 9562');
SELECT t.is(t.query('SELECT count(DISTINCT id) FROM t.made'), '10000', 'all are different');
SELECT t.is(t.query('SELECT count(*) FROM (SELECT id, lag(id) OVER (ORDER BY n) AS before FROM t.made) AS m WHERE id <= before'),
	'0', 'each is greater than the one before');
SELECT t.is(t.query(t.sql('SELECT count(*) FROM t.made WHERE right(id::text, 4) <> right(%L, 4)', :'c')), '0',
	'the last 16 bits are the clinic''s');
SELECT t.is(t.query('SELECT count(DISTINCT substr(id::text, 20)) > 9900 FROM t.made'), 'true',
	'what is neither time nor bucket is random');
-- Ids that rise within a millisecond may borrow from the next ones.
SELECT t.is(t.query(t.sql('SELECT count(*) FROM t.made'
	' WHERE t.id_time(id) NOT BETWEEN date_trunc(''milliseconds'', %L::timestamptz) AND %L::timestamptz + interval ''1 second''',
	:'before', :'after')), '0', 'the time is that of the clock, in milliseconds');

-- The clock of the rules is set for tests; ids are not to go back with it.
SELECT t.at('1999-12-31 23:59:59+00') \gset
SELECT t.is(t.query(t.sql('SELECT %L::uuid > id FROM t.made ORDER BY id DESC LIMIT 1', quickbook.new_id(:'c')::text)), 'true',
	'quickbook.now does not set ids back');
SELECT t.at('2026-03-02 08:00+00') \gset

SELECT t.is(t.query(t.sql('SELECT right(%L, 4) = right(%L, 4)', quickbook.new_id(clinic_id => :'c')::text, :'c')), 'true',
	'new_id(clinic_id => …)');
SELECT t.is(t.query(t.sql('SELECT substr(%L, 15, 1)', quickbook.new_id()::text)), '7', 'new_id() without a clinic is of version 7 too');
SELECT t.is(t.query(t.sql('SELECT substr(%L, 15, 1)', quickbook.new_id(NULL)::text)), '7', 'and so is new_id(NULL)');
CREATE TABLE t.free AS SELECT quickbook.new_id() AS id FROM pg_catalog.generate_series(1, 1000);
SELECT t.is(t.query('SELECT count(DISTINCT right(id::text, 4)) > 900 FROM t.free'), 'true',
	'without a clinic the bucket is random');

SELECT t.is(quickbook.bucket('00000000-0000-7000-8000-00000000abcd')::text, '43981', 'bucket() is the last 16 bits');
SELECT t.is(quickbook.bucket('ffffffff-ffff-ffff-ffff-ffffffffffff')::text, '65535', 'bucket() goes up to 65535');
SELECT t.is(quickbook.bucket('ffffffff-ffff-ffff-ffff-ffffffff0000')::text, '0', 'and from 0');
SELECT t.is(quickbook.bucket(id => '00000000-0000-7000-8000-000000008000')::text, '32768', 'it is never negative');
SELECT t.is(quickbook.bucket(NULL)::text, NULL, 'bucket(NULL) is NULL');

-- Rows that were written without an id.
SELECT t.provider(:'c') AS p \gset
SELECT t.service(:'c', '30 minutes', :'p') AS s \gset
SELECT t.patient(:'c') AS pat \gset
SELECT t.hours(:'p', NULL, '00:00', '24:00') \gset
SELECT t.override(:'p', '2026-12-24', '09:00', '12:00') \gset
SELECT t.travel(:'p', '[2026-08-01,2026-08-08)', 'Asia/Tokyo') \gset
SELECT t.off(:'c', NULL, '2026-12-25 00:00+00', '2026-12-26 00:00+00') \gset
SELECT t.busy(:'p', '2026-12-23 00:00+00', '2026-12-24 00:00+00') \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-02 10:00+00') AS a \gset
INSERT INTO quickbook.booking_limit (clinic_id, period, max_count) VALUES (:'c', 'day', 20);

CREATE FUNCTION t.in_bucket(tab text, clinic uuid) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog
AS $$
DECLARE
	result text;
BEGIN
	EXECUTE format('SELECT format(''%%s %%s'', count(*) > 0, coalesce(bool_and('
		' quickbook.bucket(id) = quickbook.bucket($1) AND substr(id::text, 15, 1) = ''7''), true))'
		' FROM quickbook.%I WHERE %I = $1', tab, CASE tab WHEN 'clinic' THEN 'id' ELSE 'clinic_id' END)
		INTO result USING clinic;
	RETURN result;
END
$$;
SELECT t.is(t.in_bucket(tab, :'c'), 't t', t.sql('%s: ids are of version 7 and in the clinic''s bucket', tab))
FROM (VALUES ('clinic'), ('provider'), ('service'), ('patient'), ('working_hours'), ('date_override'), ('travel'),
	('time_off'), ('busy_time'), ('booking_limit'), ('appointment'), ('event')) AS v (tab);

SELECT t.is(t.query(t.sql('SELECT count(*) FROM quickbook.allocation WHERE quickbook.bucket(owner_id) <> quickbook.bucket(%L)'
	' OR quickbook.bucket(calendar_id) <> quickbook.bucket(%L)', :'c', :'c')), '0', 'allocation: what it names is in the bucket');
SELECT t.lives('CREATE INDEX ON quickbook.appointment (quickbook.bucket(id))', 'bucket() may be indexed');

SELECT * FROM t.finish();
ROLLBACK;
