-- What the owner hangs on the tables holds for what is booked as for any INSERT:
-- columns with defaults, CHECKs, generated columns, triggers of every kind.

BEGIN;
\ir lib/t.inc
\ir lib/records.inc
SELECT t.plan(27);

SELECT t.clinic() AS c \gset
SELECT t.provider(:'c') AS p \gset
SELECT t.hours(:'p', NULL, '09:00', '17:00') \gset
SELECT t.service(:'c', '30 minutes', :'p') AS s \gset
SELECT t.patient(:'c') AS pat \gset
SELECT t.book(:'pat', :'p', :'s', '2026-03-05 09:00+00') AS first \gset

CREATE FUNCTION t.value(tab text, col text, id uuid) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	r text;
BEGIN
	EXECUTE t.sql('SELECT (SELECT x.%I::pg_catalog.text FROM quickbook.%I x WHERE x.id OPERATOR(pg_catalog.=) %L)', col, tab, id::text) INTO r;
	RETURN r;
END
$$;
SELECT t.is(t.value('appointment', 'version', :'first'), '1', 'a booking begins with version 1');

-- columns, in a session that has booked before
ALTER TABLE quickbook.appointment ADD COLUMN room_note text DEFAULT 'none',
	ADD COLUMN minutes integer GENERATED ALWAYS AS (EXTRACT(epoch FROM ends_at OPERATOR(pg_catalog.-) starts_at) OPERATOR(pg_catalog./) 60) STORED,
	ADD COLUMN told boolean;
SELECT t.book(:'pat', :'p', :'s', '2026-03-05 09:30+00') AS id \gset
SELECT t.is(t.value('appointment', 'room_note', :'id'), 'none', 'an added column has its default');
SELECT t.is(t.value('appointment', 'minutes', :'id'), '30', 'an added column is generated');
SELECT t.is(t.value('appointment', 'told', :'id'), NULL, 'an added column without a default is null');
ALTER TABLE quickbook.appointment ALTER room_note SET DEFAULT 'other';
SELECT t.book(:'pat', :'p', :'s', '2026-03-05 10:00+00') AS id \gset
SELECT t.is(t.value('appointment', 'room_note', :'id'), 'other', 'a changed default counts at once');
ALTER TABLE quickbook.appointment DROP COLUMN told;
SELECT t.lives(t.create_sql(:'pat', :'p', :'s', '2026-03-05 10:30+00'), 'a column may be dropped again');

-- CHECKs
CREATE FUNCTION t.allowed(start timestamptz) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog
AS $$ SELECT start < '2026-03-05 12:00+00' $$;
ALTER TABLE quickbook.appointment ADD CONSTRAINT mornings CHECK (t.allowed(starts_at)) NOT VALID;
SELECT t.throws(t.create_sql(:'pat', :'p', :'s', '2026-03-05 13:00+00'), '23514', '%"mornings"%', 'an added CHECK counts at once');
SELECT t.lives(t.create_sql(:'pat', :'p', :'s', '2026-03-05 11:00+00'), 'and lets through what agrees with it');
CREATE OR REPLACE FUNCTION t.allowed(start timestamptz) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog
AS $$ SELECT true $$;
SELECT t.lives(t.create_sql(:'pat', :'p', :'s', '2026-03-05 13:00+00'), 'so does a change of its function');
ALTER TABLE quickbook.appointment DROP CONSTRAINT mornings;
ALTER TABLE quickbook.appointment ADD CONSTRAINT noted CHECK (notes IS NOT NULL) NOT VALID;
SELECT t.throws(t.create_sql(:'pat', :'p', :'s', '2026-03-05 13:30+00'), '23514', '%"noted"%', 'one CHECK in place of another');
ALTER TABLE quickbook.appointment DROP CONSTRAINT noted;

-- foreign keys: what is there is looked up, the rest is PostgreSQL's to judge
CREATE TABLE t.room (id integer PRIMARY KEY, name text COLLATE "C" UNIQUE, wide bigint UNIQUE);
INSERT INTO t.room VALUES (1, 'one', 1);
ALTER TABLE quickbook.appointment ADD COLUMN room integer DEFAULT 1, ADD COLUMN room_name text COLLATE "C" DEFAULT 'one';
ALTER TABLE quickbook.appointment
	ADD CONSTRAINT room_fkey FOREIGN KEY (room) REFERENCES t.room (id),
	ADD CONSTRAINT room_wide_fkey FOREIGN KEY (room) REFERENCES t.room (wide),
	ADD CONSTRAINT room_name_fkey FOREIGN KEY (room_name) REFERENCES t.room (name);
SELECT t.lives(t.create_sql(:'pat', :'p', :'s', '2026-03-05 15:30+00'), 'an added foreign key lets through what refers to a row');
SELECT t.throws('DELETE FROM t.room', '23503', '%room_fkey%', 'which stays');
ALTER TABLE quickbook.appointment ALTER room SET DEFAULT 2;
SELECT t.throws(t.create_sql(:'pat', :'p', :'s', '2026-03-05 16:00+00'), '23503', '%"room_fkey"%', 'an added foreign key counts');
INSERT INTO t.room VALUES (2, 'two', 3);
SELECT t.throws(t.create_sql(:'pat', :'p', :'s', '2026-03-05 16:00+00'), '23503', '%"room_wide_fkey"%', 'between two types as well');
ALTER TABLE quickbook.appointment DROP CONSTRAINT room_wide_fkey, ALTER room_name SET DEFAULT 'three';
SELECT t.throws(t.create_sql(:'pat', :'p', :'s', '2026-03-05 16:00+00'), '23503', '%"room_name_fkey"%', 'and of text');
ALTER TABLE quickbook.appointment ALTER room_name DROP DEFAULT, ALTER room SET DEFAULT 3,
	DROP CONSTRAINT room_fkey, ADD CONSTRAINT room_fkey FOREIGN KEY (room) REFERENCES t.room (id) DEFERRABLE INITIALLY DEFERRED;
SELECT t.lives(t.create_sql(:'pat', :'p', :'s', '2026-03-05 16:00+00'), 'what is deferred is looked at later');
SELECT t.throws('SET CONSTRAINTS ALL IMMEDIATE', '23503', '%"room_fkey"%', 'but it is');
INSERT INTO t.room VALUES (3, 'three', 4);
SELECT t.lives('SET CONSTRAINTS ALL IMMEDIATE', 'and may be mended until then');
ALTER TABLE quickbook.appointment DROP CONSTRAINT room_fkey, DROP CONSTRAINT room_name_fkey, DROP COLUMN room, DROP COLUMN room_name;

-- triggers
CREATE TABLE t.fired (what text);
CREATE FUNCTION t.row_fires() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog
AS $$
BEGIN
	INSERT INTO t.fired VALUES (TG_WHEN || ' ' || TG_LEVEL || ' ' || TG_TABLE_NAME);
	IF TG_WHEN = 'BEFORE' AND TG_LEVEL = 'ROW' THEN
		NEW.notes := 'by a trigger';
	END IF;
	RETURN NEW;
END
$$;
CREATE FUNCTION t.rows_fire() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog
AS $$
BEGIN
	INSERT INTO t.fired SELECT 'new table: ' || count(*) FROM new_rows;
	RETURN NULL;
END
$$;
CREATE TRIGGER a BEFORE INSERT ON quickbook.appointment FOR EACH STATEMENT EXECUTE FUNCTION t.row_fires();
CREATE TRIGGER b BEFORE INSERT ON quickbook.appointment FOR EACH ROW EXECUTE FUNCTION t.row_fires();
CREATE TRIGGER c AFTER INSERT ON quickbook.appointment FOR EACH ROW EXECUTE FUNCTION t.row_fires();
CREATE TRIGGER d AFTER INSERT ON quickbook.appointment FOR EACH STATEMENT EXECUTE FUNCTION t.row_fires();
CREATE TRIGGER e AFTER INSERT ON quickbook.allocation REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION t.rows_fire();
SELECT t.book(:'pat', :'p', :'s', '2026-03-05 14:00+00') AS id \gset
SELECT t.is((SELECT pg_catalog.string_agg(what, ', ') FROM t.fired),
	'BEFORE STATEMENT appointment, BEFORE ROW appointment, AFTER ROW appointment, AFTER STATEMENT appointment, new table: 2', 'all triggers fire, in order');
SELECT t.is(t.value('appointment', 'notes', :'id'), 'by a trigger', 'a trigger may change the row');
SELECT t.is((SELECT data OPERATOR(pg_catalog.->>) 'notes' FROM (SELECT e.data FROM quickbook.event e WHERE e.subject OPERATOR(pg_catalog.=) :'id') AS x (data)), 'by a trigger',
	'the event tells the row as it became');

CREATE FUNCTION t.swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER z BEFORE INSERT ON quickbook.appointment FOR EACH ROW EXECUTE FUNCTION t.swallow();
SELECT t.throws(t.create_sql(:'pat', :'p', :'s', '2026-03-05 15:00+00'), '09000', '%left out%', 'a trigger that leaves the row out is told of');
DROP TRIGGER z ON quickbook.appointment;
SELECT t.lives(t.create_sql(:'pat', :'p', :'s', '2026-03-05 15:00+00'), 'without it all is well');

-- what cannot be kept is refused
CREATE RULE loud AS ON INSERT TO quickbook.event DO ALSO NOTIFY loud;
SELECT t.throws(t.create_sql(:'pat', :'p', :'s', '2026-03-05 16:30+00'), '0A000', '%has rules%', 'a rule is refused');
DROP RULE loud ON quickbook.event;
ALTER TABLE quickbook.appointment ALTER notes TYPE varchar(40);
SELECT t.throws(t.create_sql(:'pat', :'p', :'s', '2026-03-05 16:30+00'), '42804', '%notes has type character varying%', 'another type is refused');
ALTER TABLE quickbook.appointment ALTER notes TYPE text;
ALTER TABLE quickbook.allocation DROP CONSTRAINT allocation_no_overlap;
SELECT t.throws(t.create_sql(:'pat', :'p', :'s', '2026-03-05 16:30+00'), '42704', '%allocation_no_overlap%', 'nothing is booked without the constraint');
SELECT t.throws(t.sql('SET LOCAL transaction_read_only = on; %s', t.create_sql(:'pat', :'p', :'s', '2026-03-05 16:30+00')), '25006', '%', 'nor in a read-only transaction');

SELECT * FROM t.finish();
ROLLBACK;
