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

SELECT * FROM finish();
