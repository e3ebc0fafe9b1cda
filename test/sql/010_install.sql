-- Installing: what the administrator sees.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE EXTENSION quickbook CASCADE;

-- before install() everything says what to do
SELECT quickbook.get_appointment('00000000-0000-7000-8000-000000000001');
SELECT quickbook.migrate();
SELECT * FROM quickbook.check_install();
SELECT quickbook.install('nobody_of_that_name');

CREATE ROLE regress_quickbook_owner;
SELECT quickbook.install('regress_quickbook_owner');
SELECT * FROM quickbook.check_install();
-- the list of what is expected is that of what is made
SELECT * FROM quickbook_internal.schema_expected() EXCEPT SELECT * FROM quickbook_internal.schema_present();
SELECT * FROM quickbook_internal.schema_present() EXCEPT SELECT * FROM quickbook_internal.schema_expected();
-- again is harmless, and so is migrating to the version that is there
SELECT quickbook.install();
SELECT quickbook.migrate();

-- damage is reported, and what users add is not
BEGIN;
ALTER TABLE quickbook.patient DROP COLUMN phone;
ALTER TABLE quickbook.provider ADD COLUMN colour text;
ALTER TABLE quickbook.allocation DROP CONSTRAINT allocation_no_overlap;
ALTER TABLE quickbook.service ALTER COLUMN seats TYPE bigint;
DROP TRIGGER quickbook_fill_row ON quickbook.travel;
ALTER TABLE quickbook.event OWNER TO CURRENT_USER;
SELECT * FROM quickbook.check_install() WHERE problem NOT LIKE 'belongs to %';
SELECT object FROM quickbook.check_install() WHERE problem LIKE 'belongs to %';
ROLLBACK;

-- tables of another version
BEGIN;
UPDATE quickbook.schema_version SET version = 99;
SELECT quickbook.get_appointment('00000000-0000-7000-8000-000000000001');
ROLLBACK;
BEGIN;
UPDATE quickbook.schema_version SET version = 99;
SELECT quickbook.migrate();
ROLLBACK;
BEGIN;
DELETE FROM quickbook.schema_version;
SELECT quickbook.get_appointment('00000000-0000-7000-8000-000000000001');
ROLLBACK;
