-- psql -v skus=N -v waiting=N -v first=N -v step=N: orders number first, first + step, ... of so many one-unit orders
-- that wait, spread over the first even SKUs. A statement for each 10,000.
SELECT format($$SELECT count(*) FROM generate_series(%s, %s, %s) AS n,
	backorder.place_order('q' || n, ARRAY['SKU-' || 2 * (1 + n %% %s)], ARRAY[1]::bigint[])$$,
	start, least(start + 10000 * :step, :waiting + 1) - 1, :step, :skus)
FROM generate_series(:first, :waiting, 10000 * :step) AS start
\gexec
