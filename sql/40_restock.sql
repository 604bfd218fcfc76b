-- Restock: the triggers on stock, and the functions that change it.

CREATE FUNCTION backorder.remember_stock() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'backorder_remember_stock';
COMMENT ON FUNCTION backorder.remember_stock() IS
'Row trigger on stock. Remembers the rows that a statement changes, so that an upsert locks all of
them at once.
Returns null.
Errors: 39P01 not called after a row change.';

CREATE FUNCTION backorder.stock_changed() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'backorder_stock_changed';
COMMENT ON FUNCTION backorder.stock_changed() IS
'Statement trigger on stock. Compares stock with the inventory records, deallocates what is no
longer covered, fills the queue and notifies customers, once per statement and merchant.
Returns null.
Errors: 39P01 not called after a statement; 22003 a sum of units is out of range.';

CREATE FUNCTION backorder.refuse_truncate() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'backorder_refuse_truncate';
COMMENT ON FUNCTION backorder.refuse_truncate() IS
'Statement trigger on the tables that the engine watches. Refuses TRUNCATE.
Returns nothing.
Errors: 0A000 always; 39P01 not called as a trigger.';

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

CREATE FUNCTION backorder.set_stock(skus text[], locations integer[], quantities bigint[], options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	sku text, location_id integer, change bigint, on_hand bigint, allocated bigint, available bigint,
	backordered bigint, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_set_stock';
COMMENT ON FUNCTION backorder.set_stock(text[], integer[], bigint[], jsonb, integer) IS
'Sets the units on hand of these SKUs and locations, and fills the queue once. Cannot deadlock with
another single call or statement.
Arguments: skus, locations, quantities = one element per SKU and location, 1 to 100,000 of them,
  each pair once; a quantity may be negative; options = key, expected (array: units on hand that
  the caller saw, null = any) or as_of (time with zone: when the quantities were read); merchant_id
  = the merchant.
Returns one row per SKU and location: change (units, signed), then the state after the call:
  on_hand and allocated of the location, available and backordered of the SKU over all locations.
  detail has backordered_before; for a pair that was refused, because the caller saw something
  else, also refused and expected.
Errors: OB004 the key was used for another call; OB006 arrays that do not match, or a repeated
  pair; 22003 out of range; 22004 null argument; 42501 no access.
Level: app.';

CREATE FUNCTION backorder.count_stock(sku text, location_id integer, counted bigint, expected bigint, options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	sku text, location_id integer, change bigint, on_hand bigint, allocated bigint, available bigint,
	backordered bigint, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_count_stock';
COMMENT ON FUNCTION backorder.count_stock(text, integer, bigint, bigint, jsonb, integer) IS
'Books a stock count: sets the units on hand to counted, if they still are expected.
Arguments: sku, location_id = what was counted; counted = units found; expected = units on hand
  when the count began; options = key; merchant_id = the merchant.
Returns one row per SKU and location: change (units, signed), then the state after the call:
  on_hand and allocated of the location, available and backordered of the SKU over all locations.
  detail has backordered_before.
Errors: OB004 the key was used for another call; OB005 on hand has changed since: count again;
  OB006 malformed argument; 22003 out of range; 22004 null argument; 42501 no access.
Level: app.';

CREATE FUNCTION backorder.transfer_stock(sku text, from_location integer, to_location integer, quantity bigint, options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	sku text, location_id integer, change bigint, on_hand bigint, allocated bigint, available bigint,
	backordered bigint, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_transfer_stock';
COMMENT ON FUNCTION backorder.transfer_stock(text, integer, integer, bigint, jsonb, integer) IS
'Moves free units from one location to another. Allocated units stay.
Arguments: sku = the SKU; from_location, to_location = two locations; quantity = units, 1 or more;
  options = key; merchant_id = the merchant.
Returns one row per SKU and location: change (units, signed), then the state after the call:
  on_hand and allocated of the location, available and backordered of the SKU over all locations.
  detail has backordered_before.
Errors: OB004 the key was used for another call; OB005 fewer units are free there; OB006 malformed
  argument; 22003 out of range; 22004 null argument; 42501 no access.
Level: app.';
