-- psql -v prefix=TEXT -v skus=N -v waiting=N: so many one-unit orders that wait, spread over the first even SKUs, under
-- references with that prefix. A statement for each 10,000.
SELECT format($$SELECT count(*) FROM generate_series(%s, %s) AS n,
	backorder.place_order(%L || n, ARRAY['SKU-' || 2 * (1 + n %% %s)], ARRAY[1]::bigint[])$$,
	start, least(start + 9999, :waiting), :'prefix', :skus)
FROM generate_series(1, :waiting, 10000) AS start
\gexec
