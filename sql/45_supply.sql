-- Supply and catalogue: triggers that recalculate promises or fill the queue after a change.

CREATE FUNCTION backorder.supply_changed() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'backorder_supply_changed';
COMMENT ON FUNCTION backorder.supply_changed() IS
'Statement trigger on supply. Recalculates the promises of the SKUs whose open supply changed.
Returns null.
Errors: 39P01 not called after a statement; 42501 received, or status received, was written by
  hand.';

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
'Statement trigger on item. Fills the queue after a lower safety stock, and recalculates promises
after a change of lead time, policy or available_from.
Returns null.
Errors: 39P01 not called after a statement; OB005 an item with open order line parts is deleted,
  or its key or tracked changes.';

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
'Statement trigger on location. Fills the queue from a location that opens, and recalculates
promises that rest on one that closes.
Returns null.
Errors: 39P01 not called after a statement.';

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

CREATE FUNCTION backorder.rename_item(old_sku text, new_sku text, options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	table_name text, rows bigint)
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'backorder_rename_item';
COMMENT ON FUNCTION backorder.rename_item(text, text, jsonb, integer) IS
'Gives an item another SKU, in all rows that name it: stock, supply, the inventory record, order
lines and their history, subscriptions, the ledger, incentives, and notifications about the SKU.
Nothing is allocated, recorded in the ledger or notified. Notifications about orders that were
written before keep the old SKU.
Arguments: old_sku = the item; new_sku = a SKU that was never used; options = none; merchant_id =
  the merchant.
Returns one row per table: table_name, rows (that were changed); none if both SKUs are the same.
Errors: OB002 unknown SKU; OB005 the new SKU is in use; OB006 malformed argument; 22004 null
  argument; 42501 no access.
Level: app.';

CREATE FUNCTION backorder.receive_supply(supply_id bigint, quantity bigint, options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	sku text, location_id integer, change bigint, on_hand bigint, allocated bigint, available bigint,
	backordered bigint, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_receive_supply';
COMMENT ON FUNCTION backorder.receive_supply(bigint, bigint, jsonb, integer) IS
'Books an arrival: adds the units to on hand at the location, and fills the queue. The supply is
received once all of it, or more, has arrived.
Arguments: supply_id = the supply; quantity = units that arrived; options = key, location_id
  (integer, if they arrived elsewhere) and close (true: no more will arrive); merchant_id = the
  merchant.
Returns one row per SKU and location: change (units, signed), then the state after the call:
  on_hand and allocated of the location, available and backordered of the SKU over all locations.
  detail has backordered_before.
Errors: OB004 the key was used for another call; OB005 the supply is not open; OB006 malformed
  argument or unknown option; P0002 no such supply; 22003 out of range; 22004 null argument; 42501
  no access.
Level: app.';

CREATE FUNCTION backorder.reverse_receipt(supply_id bigint, quantity bigint, options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	sku text, location_id integer, change bigint, on_hand bigint, allocated bigint, available bigint,
	backordered bigint, detail jsonb)
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'backorder_reverse_receipt';
COMMENT ON FUNCTION backorder.reverse_receipt(bigint, bigint, jsonb, integer) IS
'Takes back units that were received by mistake: they leave the stock of the location, and the
supply is open again. Parts that lose their units wait again. The ledger records it.
Arguments: supply_id = the supply; quantity = units that did not arrive; options = key, location_id
  (integer, if they were received elsewhere than expected) and close (true: they will not arrive);
  merchant_id = the merchant.
Returns one row per SKU and location: change (units, signed), then the state after the call:
  on_hand and allocated of the location, available and backordered of the SKU over all locations.
  detail has backordered_before.
Errors: OB004 the key was used for another call; OB005 fewer units were received, or the supply is
  canceled; OB006 malformed argument or unknown option; P0002 no such supply; 22003 out of range;
  22004 null argument; 42501 no access.
Level: app.';

CREATE FUNCTION backorder.supply_arrival(expected_at timestamptz, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS timestamptz
	LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'backorder_supply_arrival';
COMMENT ON FUNCTION backorder.supply_arrival(timestamptz, integer) IS
'Returns when a supply is believed to come, by clock_time() and the merchant''s overdue_grace and
overdue_delay: expected_at until the supply is overdue, then a later time, or null = not believed.
Arguments: expected_at = when the supply is expected; merchant_id = the merchant.
Errors: 42501 no access.
Level: report.';

CREATE FUNCTION backorder.repromise(skus text[], options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, line_no integer, part_no integer, sku text, old_promised_at timestamptz,
	new_promised_at timestamptz, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_repromise';
COMMENT ON FUNCTION backorder.repromise(text[], jsonb, integer) IS
'Recalculates the promises in the queues of these SKUs from open supply, and sets
availability.promises_stale to false. Customers whose date changes are notified.
Arguments: skus = 1 to 100,000 SKUs; options = none; merchant_id = the merchant.
Returns one row per part whose date changed: old_promised_at and new_promised_at (null = unknown);
  detail has promise_basis.
Errors: OB006 malformed argument; 22004 null argument; 42501 no access.
Level: app.';
