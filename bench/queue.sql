-- psql -v prefix=TEXT -v skus=N -v waiting=N: places "waiting" orders of one unit that wait, spread
-- over the first "skus" even SKUs. Their references start with the prefix. Each statement places
-- 10,000.
SELECT format($$SELECT count(*) FROM generate_series(%s, %s) AS n,
	backorder.place_order(%L || n, ARRAY['SKU-' || 2 * (1 + n %% %s)], ARRAY[1]::bigint[])$$,
	start, least(start + 9999, :waiting), :'prefix', :skus)
FROM generate_series(1, :waiting, 10000) AS start
\gexec
