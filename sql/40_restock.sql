-- Restock: the triggers on stock, and the doors that change many shelves at once.

CREATE FUNCTION backorder.remember_stock() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'backorder_remember_stock';
COMMENT ON FUNCTION backorder.remember_stock() IS
'Row trigger on stock: remembers which rows a statement touched, so that an upsert locks them all at once.';

CREATE FUNCTION backorder.stock_changed() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'backorder_stock_changed';
COMMENT ON FUNCTION backorder.stock_changed() IS
'Statement trigger on stock: takes over what is on the shelves, takes back what is no longer covered, fills the queue, and tells customers, once per statement and merchant.';

CREATE FUNCTION backorder.refuse_truncate() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'backorder_refuse_truncate';
COMMENT ON FUNCTION backorder.refuse_truncate() IS
'Refuses TRUNCATE of a table that the engine watches.';

CREATE TRIGGER stock_remembered AFTER INSERT OR UPDATE OR DELETE ON backorder.stock
	FOR EACH ROW EXECUTE FUNCTION backorder.remember_stock('stock');
CREATE TRIGGER stock_inserted AFTER INSERT ON backorder.stock
	REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.stock_changed('stock');
CREATE TRIGGER stock_updated AFTER UPDATE ON backorder.stock
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.stock_changed('stock');
CREATE TRIGGER stock_deleted AFTER DELETE ON backorder.stock
	REFERENCING OLD TABLE AS old_rows
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.stock_changed('stock');
CREATE TRIGGER stock_truncated BEFORE TRUNCATE ON backorder.stock
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.refuse_truncate('stock');

CREATE FUNCTION backorder.set_stock(skus text[], locations integer[], quantities bigint[], merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	sku text, location_id integer, change bigint, on_hand bigint, allocated bigint, available bigint,
	backordered bigint, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_set_stock';
COMMENT ON FUNCTION backorder.set_stock(text[], integer[], bigint[], integer) IS
'Sets what is on hand at these SKUs and locations (arrays side by side, up to 100000), in one fill, free of deadlocks with any other statement. Returns a row per shelf that was named: change, and on hand, allocated, available (per SKU, all locations) and backordered (per SKU) afterwards. Errors: OB006 arrays that do not match, 22003 out of range.';

CREATE FUNCTION backorder.count_stock(sku text, location_id integer, counted bigint, expected bigint, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	sku text, location_id integer, change bigint, on_hand bigint, allocated bigint, available bigint,
	backordered bigint, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_count_stock';
COMMENT ON FUNCTION backorder.count_stock(text, integer, bigint, bigint, integer) IS
'Books a stock count: sets on hand to counted if it is still what the counter saw (expected). Returns a row per shelf that was named: change, and on hand, allocated, available (per SKU, all locations) and backordered (per SKU) afterwards. Errors: OB005 the shelf changed meanwhile.';

CREATE FUNCTION backorder.transfer_stock(sku text, from_location integer, to_location integer, quantity bigint, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	sku text, location_id integer, change bigint, on_hand bigint, allocated bigint, available bigint,
	backordered bigint, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_transfer_stock';
COMMENT ON FUNCTION backorder.transfer_stock(text, integer, integer, bigint, integer) IS
'Moves free units from one location to another. Returns a row per shelf that was named: change, and on hand, allocated, available (per SKU, all locations) and backordered (per SKU) afterwards. Errors: OB005 fewer are free there.';
