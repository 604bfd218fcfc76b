-- Random histories, played against the engine and a plain model of it: after every step both say the same.
-- A history that fails says how to play it again; PROPERTY_SEEDS, PROPERTY_STEPS and PROPERTY_FIRST ask for more.
\set seeds 40
\set steps 150
\set first 1
\getenv seeds PROPERTY_SEEDS
\getenv steps PROPERTY_STEPS
\getenv first PROPERTY_FIRST
\set ECHO none
SET client_min_messages = warning;
\ir include/model.sql

SELECT no_plan();

SELECT format('CALL model.play(%s, %s)', seed, :steps), format('SELECT concat_ws(E''\n'', ok(problem IS NULL, format(''seed %%s: %%s steps'', seed, steps)), diag(problem)) FROM model.result WHERE seed = %s', seed)
FROM generate_series(:first, :first + :seeds - 1) seed
\gexec

-- The same statements as SQL text, by plan.
SET backorder.direct_access = off;
SELECT format('CALL model.play(%s, %s)', seed, :steps), format('SELECT concat_ws(E''\n'', ok(problem IS NULL, format(''seed %%s by SQL text: %%s steps'', seed, steps)), diag(problem)) FROM model.result WHERE seed = %s', seed)
FROM generate_series(:first + :seeds, :first + :seeds + :seeds / 20) seed
\gexec
RESET backorder.direct_access;

-- A history proves nothing about what never happened in it.
SELECT is_empty($$
	SELECT kind, code FROM (VALUES
		('place', '{00000,OB001,OB002,OB003,OB004,OB006}'), ('confirm', '{00000,OB001,OB005,P0002}'), ('extend', '{00000,OB005,OB006,P0002}'), ('cancel', '{00000,OB005,P0002}'),
		('cancel_line', '{00000,OB005,P0002}'), ('change', '{00000,OB001,OB003,OB005,P0002}'), ('release', '{00000,OB005,P0002}'),
		('unrelease', '{00000,OB005,P0002}'), ('ship', '{00000,OB005,P0002}'), ('deliver', '{00000,OB005,P0002}'),
		('return', '{00000,OB005,P0002}'), ('expire', '{00000}'), ('stock', '{00000}'), ('set', '{00000}'), ('count', '{00000,OB005}'),
		('transfer', '{00000,OB005}'), ('supply', '{00000}'), ('supply_change', '{00000}'), ('receive', '{00000,OB005,P0002}'),
		('repromise', '{00000}'), ('item', '{00000,OB005}'), ('location', '{00000}'), ('deliveries', '{00000}')) k (kind, codes),
		unnest(codes::text[]) code
	EXCEPT SELECT kind, got FROM model.log
	$$, 'every operation was done, and refused for every reason')
WHERE :seeds * :steps >= 5000;

SELECT * FROM finish();
