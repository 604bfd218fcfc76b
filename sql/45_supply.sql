-- Supply and catalogue: what is on its way, and what the rules are. Changes re-lay promises, or fill.

CREATE FUNCTION backorder.supply_changed() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'backorder_supply_changed';
COMMENT ON FUNCTION backorder.supply_changed() IS
'Statement trigger on supply: re-lays the promises of the SKUs whose open supply changed.';

CREATE TRIGGER supply_inserted AFTER INSERT ON backorder.supply
	REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.supply_changed('supply');
CREATE TRIGGER supply_updated AFTER UPDATE ON backorder.supply
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.supply_changed('supply');
CREATE TRIGGER supply_deleted AFTER DELETE ON backorder.supply
	REFERENCING OLD TABLE AS old_rows
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.supply_changed('supply');
CREATE TRIGGER supply_truncated BEFORE TRUNCATE ON backorder.supply
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.refuse_truncate('supply');

CREATE FUNCTION backorder.item_changed() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'backorder_item_changed';
COMMENT ON FUNCTION backorder.item_changed() IS
'Statement trigger on item: fills after a lower safety stock, re-lays after another lead time or date; refuses to delete, rename or untrack an item with open order line parts (OB005).';

CREATE TRIGGER item_inserted AFTER INSERT ON backorder.item
	REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.item_changed('item');
CREATE TRIGGER item_updated AFTER UPDATE ON backorder.item
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.item_changed('item');
CREATE TRIGGER item_deleted AFTER DELETE ON backorder.item
	REFERENCING OLD TABLE AS old_rows
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.item_changed('item');
CREATE TRIGGER item_truncated BEFORE TRUNCATE ON backorder.item
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.refuse_truncate('item');

CREATE FUNCTION backorder.location_changed() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'backorder_location_changed';
COMMENT ON FUNCTION backorder.location_changed() IS
'Statement trigger on location: fills from a location that was opened, re-lays the promises that rested on one that was closed.';

CREATE TRIGGER location_inserted AFTER INSERT ON backorder.location
	REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.location_changed('location');
CREATE TRIGGER location_updated AFTER UPDATE ON backorder.location
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.location_changed('location');
CREATE TRIGGER location_deleted AFTER DELETE ON backorder.location
	REFERENCING OLD TABLE AS old_rows
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.location_changed('location');
CREATE TRIGGER location_truncated BEFORE TRUNCATE ON backorder.location
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.refuse_truncate('location');
CREATE TRIGGER incentive_truncated BEFORE TRUNCATE ON backorder.incentive
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.refuse_truncate('incentive');

CREATE FUNCTION backorder.receive_supply(supply_id bigint, quantity bigint, options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	sku text, location_id integer, change bigint, on_hand bigint, allocated bigint, available bigint,
	backordered bigint, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_receive_supply';
COMMENT ON FUNCTION backorder.receive_supply(bigint, bigint, jsonb, integer) IS
'Books the arrival of units of a supply: on hand rises at its location, the queue is filled. The supply is received once all of it, or more, has come. options: location_id (where it arrived instead), close (true: no more of it will come). Returns a row per shelf that was named: change, and on hand, allocated, available (per SKU, all locations) and backordered (per SKU) afterwards. Errors: OB005 the supply is not open; OB006 unknown option; P0002 no such supply.';

CREATE FUNCTION backorder.repromise(skus text[], merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, line_no integer, part_no integer, sku text, old_promised_at timestamptz,
	new_promised_at timestamptz, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_repromise';
COMMENT ON FUNCTION backorder.repromise(text[], integer) IS
'Lays open supply under the queues of these SKUs again, clears availability.promises_stale, and returns the parts whose date changed.';
