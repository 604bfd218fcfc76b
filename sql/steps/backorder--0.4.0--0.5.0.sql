\echo Use "ALTER EXTENSION backorder UPDATE" to load this file. \quit

-- From 0.4.0 to 0.5.0. Idempotent DDL, no rows are changed.

-- for rows that are written from now on
DO $do$ BEGIN
	EXECUTE 'ALTER TABLE backorder.sales_order SET (fillfactor = 50)';
END $do$;

COMMENT ON FUNCTION backorder.verify(integer) IS
'A row for each breach of an invariant (1 to 10, see doc/architecture.md): which one, where, and what is wrong. A sound database returns none. Reads one snapshot and locks nothing; needs level report.';

COMMENT ON COLUMN backorder.item.tracked IS 'False for services: never short; their orders touch no stock, availability or movement.';
COMMENT ON COLUMN backorder.item.slots IS 'For a hot item (a flash sale): over so many rows, 2 to 128, the book is spread, so that as many checkouts work at once; null = one row, checkouts take turns.';
COMMENT ON COLUMN backorder.item.available_from IS 'Policy preorder: nothing ships before this time. It is no promise by itself: without supply or lead time the date is unknown. Changing it moves open parts that are not on a pick list.';
COMMENT ON COLUMN backorder.shipment_group.released_at IS 'When it went on a pick list, or was dispatched without one.';
COMMENT ON COLUMN backorder.shipment_board.released_at IS 'When it went on a pick list, or was dispatched without one.';
