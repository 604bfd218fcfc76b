-- Cancel, change, return, expire. Units that become free fill the queue in the same transaction.

CREATE FUNCTION backorder.cancel_order(order_id bigint, reason text DEFAULT NULL, options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, line_no integer, part_no integer, sku text, quantity bigint, status text, group_no integer,
	group_status text, location_id integer, promised_at timestamptz, unit_price numeric, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_cancel_order';
COMMENT ON FUNCTION backorder.cancel_order(bigint, text, jsonb, integer) IS
'Cancels all units that have not shipped, gifts included. The order becomes canceled, or complete
if something has shipped. Withdraws the incentives that the order does not earn any more. A
canceled order is returned as it is. One that expire_holds() has canceled can no longer be revived.
Arguments: order_id = the order; reason = text for the notification, may be null; options = key;
  merchant_id = the merchant.
Returns the parts of the order as they are now, one row each.
Errors: OB004 the key was used for another call; OB005 parts are on a pick list (DETAIL names
  them), or everything has shipped; OB006 malformed argument; P0002 no such order; 22004 null
  argument; 42501 no access.
Level: app.';

CREATE FUNCTION backorder.cancel_line(order_id bigint, line_no integer, reason text DEFAULT NULL, options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, line_no integer, part_no integer, sku text, quantity bigint, status text, group_no integer,
	group_status text, location_id integer, promised_at timestamptz, unit_price numeric, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_cancel_line';
COMMENT ON FUNCTION backorder.cancel_line(bigint, integer, text, jsonb, integer) IS
'Cancels the units of a line that have not shipped. Lowers or withdraws the incentives that the
order does not earn any more. Canceling a gift withdraws its grant.
Arguments: order_id, line_no = the line; reason = text for the notification, may be null; options
  = key; merchant_id = the merchant.
Returns the parts of the order as they are now, one row each.
Errors: OB004 the key was used for another call; OB005 parts are on a pick list (DETAIL names
  them), or the whole line has shipped; OB006 malformed argument; P0002 no such order or line;
  22004 null argument; 42501 no access.
Level: app.';

CREATE FUNCTION backorder.change_quantity(order_id bigint, line_no integer, quantity bigint, options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, line_no integer, part_no integer, sku text, quantity bigint, status text, group_no integer,
	group_status text, location_id integer, promised_at timestamptz, unit_price numeric, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_change_quantity';
COMMENT ON FUNCTION backorder.change_quantity(bigint, integer, bigint, jsonb, integer) IS
'Sets the number of units of a line that are not canceled, shipped ones included. Fewer: cancels
waiting units first, then allocated ones, each from the end of the queue order. More: adds units
under the rules of checkout and the order''s accept_backorder and max_wait, at the end of the queue
and at the line''s price.
Arguments: order_id, line_no = the line; quantity = units, 0 to 2^53; options = key; merchant_id =
  the merchant.
Returns the parts of the order as they are now, one row each.
Errors: OB001 and OB003 as place_order(); OB004 the key was used for another call; OB005 fewer
  than are shipped or on a pick list, or the order is neither open nor held, or more units of a
  gift; OB006 malformed argument; P0002 no such order or line; 22004 null argument; 42501 no
  access.
Level: app.';

CREATE FUNCTION backorder.return_items(order_id bigint, line_no integer, quantity bigint, location_id integer, restock boolean DEFAULT true, options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, line_no integer, part_no integer, sku text, quantity bigint, status text, group_no integer,
	group_status text, location_id integer, promised_at timestamptz, unit_price numeric, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_return_items';
COMMENT ON FUNCTION backorder.return_items(bigint, integer, bigint, integer, boolean, jsonb, integer) IS
'Takes shipped units of a line back. With restock they are added to on hand and fill the queue.
Lowers or withdraws the incentives that the order does not earn any more.
Arguments: order_id, line_no = the line; quantity = units; location_id = where they come back;
  restock = false: no stock changes; options = key; merchant_id = the merchant.
Returns the parts of the order as they are now, one row each.
Errors: OB004 the key was used for another call; OB005 fewer units are shipped and not returned;
  OB006 malformed argument; P0002 no such order or line; 22003 out of range; 22004 null argument;
  42501 no access.
Level: app.';

CREATE FUNCTION backorder.spend_grant(order_id bigint, incentive_id bigint, step integer DEFAULT 0, spent numeric DEFAULT NULL, options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, incentive_id bigint, step integer, value numeric, spent numeric, status text, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_spend_grant';
COMMENT ON FUNCTION backorder.spend_grant(bigint, bigint, integer, numeric, jsonb, integer) IS
'Notes how much of a grant is spent, for example because the customer was paid. That much is not
taken back when the order changes. A repeated call, or one with a lower amount, changes nothing.
Arguments: order_id, incentive_id, step = the grant; spent = what is spent in all, 0 to the value
  of the grant; null = all of it; options = none; merchant_id = the merchant.
Returns one row: the grant, its value, what is spent of it, its status; detail is empty.
Errors: OB005 the order is held, or the grant is withdrawn, a gift or worth less; OB006 malformed
  argument; P0002 no such order or grant; 22004 null argument; 42501 no access.
Level: app.';

CREATE FUNCTION backorder.expire_holds(as_of timestamptz DEFAULT NULL, options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, reference text, hold_until timestamptz, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_expire_holds';
COMMENT ON FUNCTION backorder.expire_holds(timestamptz, jsonb, integer) IS
'Cancels held orders whose hold has ended, without a notification, and gives their units to the
queue. confirm_order() and place_order() can revive these orders. Call it every minute or so, for
example by pg_cron.
Arguments: as_of = holds that end at or before this time; null = now; options = none; merchant_id
  = the merchant.
Returns one row per canceled order: order_id, reference, hold_until; detail is empty.
Errors: OB006 malformed argument; 22004 null argument; 42501 no access.
Level: app.';
