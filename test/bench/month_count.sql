\set p random(0, :providers - 1)
\set m random(0, 4)
SELECT count(*) FROM quickbook.allocation WHERE calendar_id = provider(:p) AND tstzrange(starts_at, ends_at) && tstzrange('2026-03-02'::timestamptz + :m::int * interval '30 days', '2026-03-02'::timestamptz + (:m::int + 1) * interval '30 days');
