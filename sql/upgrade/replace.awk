# Turns the numbered parts of the present version into the end of an upgrade
# script: awk -f replace.awk quickbook--OLD.sql HEADER OLD--NEW.sql PART…
#
# Functions are replaced, which also makes those that are new: in an extension's
# script, OR REPLACE takes nothing that is not the extension's own. Types of the
# old version stay as they are; the head of the script alters them.

# The head may have moved it to another schema.
function bare(name) {
	sub(/^.*\./, "", name)
	return name
}

NR == FNR {
	if (/^CREATE TYPE /) old[bare($3)] = 1
	next
}

skipping {
	if (/;[ \t]*(--.*)?$/) skipping = 0
	next
}

/^CREATE TYPE / && (bare($3) in old) {
	if (!/;[ \t]*(--.*)?$/) skipping = 1
	next
}

/^CREATE FUNCTION / { sub(/^CREATE FUNCTION /, "CREATE OR REPLACE FUNCTION ") }

# In an old schema there may be functions of the user's: only ours lose PUBLIC.
/^REVOKE EXECUTE ON ALL FUNCTIONS / { next }

{ print }

END {
	print "DROP FUNCTION quickbook.upgrade_drop(pg_catalog.text);"
	print ""
	print "DO $revoke$"
	print "DECLARE"
	print "\tf pg_catalog.regprocedure;"
	print "BEGIN"
	print "\tFOR f IN SELECT d.objid FROM pg_catalog.pg_depend d WHERE d.deptype OPERATOR(pg_catalog.=) 'e'"
	print "\t\tAND d.classid OPERATOR(pg_catalog.=) 1255 AND d.refclassid OPERATOR(pg_catalog.=) 3079"
	print "\t\tAND d.refobjid OPERATOR(pg_catalog.=) (SELECT e.oid FROM pg_catalog.pg_extension e WHERE e.extname OPERATOR(pg_catalog.=) 'quickbook')"
	print "\tLOOP"
	print "\t\tEXECUTE pg_catalog.format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);"
	print "\tEND LOOP;"
	print "END"
	print "$revoke$;"
}
