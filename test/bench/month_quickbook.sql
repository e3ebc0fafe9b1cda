\set p random(0, :providers - 1)
\set m random(0, 4)
SELECT count(*) FROM quickbook.available_slots('00000000-0000-7000-8000-00000000a0c1', '2026-03-02'::timestamptz + :m::int * interval '30 days', '2026-03-02'::timestamptz + (:m::int + 1) * interval '30 days', provider(:p));
