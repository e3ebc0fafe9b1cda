-- Everything about quickbook in the catalog, a line each: what an upgraded
-- database and a fresh one must have alike.
SELECT string_agg(line, E'\n' ORDER BY line COLLATE "C") FROM (
	SELECT format('function %s returns %s %s volatile %s strict %s parallel %s secdef %s config %s acl %s body %s defaults %s comment %s',
		p.oid::regprocedure, pg_get_function_result(p.oid), l.lanname, provolatile, proisstrict, proparallel,
		prosecdef, proconfig, (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(proacl) a),
		md5(coalesce(prosrc, '') || coalesce(pg_get_function_sqlbody(p.oid), '')),
		pg_get_expr(proargdefaults, 0), md5(obj_description(p.oid, 'pg_proc')))
		|| ' names ' || coalesce(proargnames::text, '') AS line
	FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang WHERE pronamespace IN ('quickbook'::regnamespace, 'quickbook_internal'::regnamespace)
	UNION ALL
	SELECT format('schema %s owner %s acl %s comment %s', nspname, nspowner::regrole, (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(nspacl) a),
		obj_description(oid, 'pg_namespace'))
	FROM pg_namespace WHERE oid IN ('quickbook'::regnamespace, 'quickbook_internal'::regnamespace)
	UNION ALL
	SELECT format('member %s', pg_describe_object(classid, objid, objsubid)) FROM pg_depend
	WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
		AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'quickbook')
	UNION ALL
	SELECT format('%s %s owner %s row security %s replica identity %s acl %s options %s comment %s', relkind,
		c.oid::regclass, relowner::regrole, relrowsecurity, relreplident,
		(SELECT array_agg(a::text ORDER BY a::text) FROM unnest(relacl) a), reloptions, obj_description(c.oid, 'pg_class'))
	FROM pg_class c WHERE relnamespace IN ('quickbook'::regnamespace, 'quickbook_internal'::regnamespace) AND relkind <> 'i'
	UNION ALL
	SELECT format('column %s.%s number %s type %s not null %s generated %s identity %s default %s acl %s comment %s', attrelid::regclass,
		attname, row_number() OVER (PARTITION BY attrelid ORDER BY attnum), format_type(atttypid, atttypmod), attnotnull,
		attgenerated, attidentity, pg_get_expr(adbin, adrelid), attacl, col_description(attrelid, attnum))
	FROM pg_attribute JOIN pg_class c ON c.oid = attrelid LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
	WHERE relnamespace IN ('quickbook'::regnamespace, 'quickbook_internal'::regnamespace) AND relkind IN ('r', 'c', 'v') AND attnum > 0 AND NOT attisdropped
	UNION ALL
	SELECT format('constraint %s on %s: %s valid %s', conname, conrelid::regclass, pg_get_constraintdef(oid), convalidated)
	FROM pg_constraint WHERE connamespace = 'quickbook'::regnamespace
	UNION ALL
	SELECT format('index %s', indexdef) FROM pg_indexes WHERE schemaname = 'quickbook'
	UNION ALL
	SELECT format('trigger %s enabled %s', pg_get_triggerdef(t.oid), tgenabled) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
	WHERE relnamespace = 'quickbook'::regnamespace AND NOT tgisinternal
	UNION ALL
	SELECT format('policy %s on %s for %s to %s using %s check %s', policyname, tablename, cmd, roles, qual, with_check)
	FROM pg_policies WHERE schemaname = 'quickbook'
	UNION ALL
	SELECT format('view %s: %s', viewname, definition) FROM pg_views WHERE schemaname = 'quickbook'
) AS lines;
