-- Removing the extension keeps the tables, and a new one takes them up again.
SET client_min_messages = warning;
DROP EXTENSION quickbook CASCADE;
SELECT name FROM quickbook.patient ORDER BY name;
CREATE EXTENSION quickbook;
SELECT object, problem FROM quickbook.check_install();
SELECT quickbook.install();
SELECT object, problem FROM quickbook.check_install();
SELECT count(*) FROM quickbook.appointment;
SELECT status FROM quickbook.get_appointment((SELECT id FROM quickbook.appointment));

DROP EXTENSION quickbook CASCADE;
DROP SCHEMA quickbook CASCADE;
DROP ROLE regress_quickbook_owner;
