-- Undo: cancel, change, return, expire. Whatever comes free goes to the queue in the same transaction.

CREATE FUNCTION backorder.cancel_order(order_id bigint, reason text DEFAULT NULL, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, line_no integer, part_no integer, sku text, quantity bigint, status text, group_no integer,
	group_status text, location_id integer, promised_at timestamptz, unit_price numeric, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_cancel_order';
COMMENT ON FUNCTION backorder.cancel_order(bigint, text, integer) IS
'Cancels all that has not shipped; with a shipped group the order is complete then, else canceled. Returns the order''s parts as they are now, a row per part. An order that is canceled already is returned as it is. Errors: OB005 parts are on a pick list (DETAIL names them), or all is shipped; P0002 no such order.';

CREATE FUNCTION backorder.cancel_line(order_id bigint, line_no integer, reason text DEFAULT NULL, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, line_no integer, part_no integer, sku text, quantity bigint, status text, group_no integer,
	group_status text, location_id integer, promised_at timestamptz, unit_price numeric, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_cancel_line';
COMMENT ON FUNCTION backorder.cancel_line(bigint, integer, text, integer) IS
'Cancels what of a line has not shipped; incentives are withdrawn if nothing that waits or waited is left of the order and none of it has shipped. Returns the order''s parts as they are now, a row per part. Errors as of cancel_order(), and P0002 no such line.';

CREATE FUNCTION backorder.change_quantity(order_id bigint, line_no integer, quantity bigint, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, line_no integer, part_no integer, sku text, quantity bigint, status text, group_no integer,
	group_status text, location_id integer, promised_at timestamptz, unit_price numeric, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_change_quantity';
COMMENT ON FUNCTION backorder.change_quantity(bigint, integer, bigint, integer) IS
'Sets a line''s units not canceled, shipped ones included. Down: cancels waiting units first, then allocated ones, each from the end of the queue order. Up: new units under the rules of checkout and of the order''s accept_backorder and max_wait, at the end of the queue, at the line''s price. Returns the order''s parts as they are now, a row per part. Errors: OB005 below what is shipped or on a pick list, or the order is not open, or more of a gift; OB001, OB003 as of place_order(); P0002 no such line.';

CREATE FUNCTION backorder.return_items(order_id bigint, line_no integer, quantity bigint, location_id integer, restock boolean DEFAULT true, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, line_no integer, part_no integer, sku text, quantity bigint, status text, group_no integer,
	group_status text, location_id integer, promised_at timestamptz, unit_price numeric, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_return_items';
COMMENT ON FUNCTION backorder.return_items(bigint, integer, bigint, integer, boolean, integer) IS
'Takes shipped units of a line back; with restock they go on the shelf of the location, and to the queue. Returns the order''s parts as they are now, a row per part. Errors: OB005 fewer are shipped; P0002 no such line.';

CREATE FUNCTION backorder.expire_holds(as_of timestamptz DEFAULT NULL, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, reference text, hold_until timestamptz, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_expire_holds';
COMMENT ON FUNCTION backorder.expire_holds(timestamptz, integer) IS
'Cancels held orders whose hold ended at or before as_of (default: now), silently, and gives what they held to the queue. Returns the orders canceled. To be called every minute or so, for example by pg_cron.';
