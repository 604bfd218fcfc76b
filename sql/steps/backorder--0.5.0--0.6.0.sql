\echo Use "ALTER EXTENSION backorder UPDATE" to load this file. \quit

-- From 0.5.0 to 0.6.0: functions, views, comments and rights only, which make adds (see finish.awk).
