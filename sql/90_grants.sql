--
-- Nobody may call anything until somebody says so.
--

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA quickbook, quickbook_internal FROM PUBLIC;
