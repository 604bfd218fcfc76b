-- Prints what was written, one line per table (rows, bytes per row; rows inserted and updated) and
-- index (pages). Runs after the extension and after the floor, to check that both write the same.
SELECT format('SELECT %L, count(*), coalesce(round(avg(pg_column_size(t.*))), 0) FROM backorder.%I AS t', relname, relname)
FROM pg_class WHERE relnamespace = 'backorder'::regnamespace AND relkind = 'r' ORDER BY relname
\gexec
SELECT pg_stat_force_next_flush();
SELECT relname, 'inserted:' || n_tup_ins || ',updated:' || n_tup_upd, 0 FROM pg_stat_user_tables
WHERE schemaname = 'backorder' ORDER BY relname;
SELECT relname, 'pages', pg_relation_size(oid) / 8192 FROM pg_class
WHERE relnamespace = 'backorder'::regnamespace AND relkind = 'i' ORDER BY relname;
