--
-- Ids: uuid version 7 whose last 16 bits are those of the clinic's id.
--

CREATE FUNCTION quickbook.new_id(clinic_id uuid DEFAULT NULL) RETURNS uuid
	LANGUAGE C VOLATILE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'quickbook_new_id';

COMMENT ON FUNCTION quickbook.new_id(uuid) IS
'A new id: a uuid of version 7 (RFC 9562, section 5.7) in the clinic''s bucket.

Ids rise with the time at which they were made; their last 16 bits are the
last 16 bits of clinic_id, so that an id alone tells where its clinic lives.
Without clinic_id the last 16 bits are random: that is how a clinic gets its
own id. An id is a name and not a secret.';

CREATE FUNCTION quickbook.bucket(id uuid) RETURNS integer
	LANGUAGE C IMMUTABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'quickbook_bucket';

COMMENT ON FUNCTION quickbook.bucket(uuid) IS
'The last 16 bits of an id, 0 to 65535, the same for everything of one clinic.

Use it to route a request to the database that holds the clinic. NULL for a
NULL id.';
