-- Dispatch: a group is put on a pick list, ships, and arrives.

CREATE FUNCTION backorder.release_group(order_id bigint, group_no integer, options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, group_no integer, status text, location_id integer, units bigint, promised_at timestamptz,
	not_before timestamptz, tracking text, released_at timestamptz, shipped_at timestamptz,
	delivered_at timestamptz, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_release_group';
COMMENT ON FUNCTION backorder.release_group(bigint, integer, jsonb, integer) IS
'Puts a ready group on a pick list. From now on nothing is added to it or taken from it. A released
group is returned as it is.
Arguments: order_id, group_no = the group; options = key; merchant_id = the merchant.
Returns the group as it is now, in one row.
Errors: OB004 the key was used for another call; OB005 the group is not ready, or its order is not
  open; OB006 malformed argument; P0002 no such group; 22004 null argument; 42501 no access.
Level: app.';

CREATE FUNCTION backorder.unrelease_group(order_id bigint, group_no integer, options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, group_no integer, status text, location_id integer, units bigint, promised_at timestamptz,
	not_before timestamptz, tracking text, released_at timestamptz, shipped_at timestamptz,
	delivered_at timestamptz, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_unrelease_group';
COMMENT ON FUNCTION backorder.unrelease_group(bigint, integer, jsonb, integer) IS
'Takes a released group off the pick list. Deallocates what its location stock no longer covers,
and applies a preorder date that has moved.
Arguments: order_id, group_no = the group; options = key; merchant_id = the merchant.
Returns the group as it is now, in one row. If nothing of it stays ready, returns the group in
  which its parts wait now.
Errors: OB004 the key was used for another call; OB005 the group is not released; OB006 malformed
  argument; P0002 no such group; 22004 null argument; 42501 no access.
Level: app.';

CREATE FUNCTION backorder.ship_group(order_id bigint, group_no integer, options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, group_no integer, status text, location_id integer, units bigint, promised_at timestamptz,
	not_before timestamptz, tracking text, released_at timestamptz, shipped_at timestamptz,
	delivered_at timestamptz, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_ship_group';
COMMENT ON FUNCTION backorder.ship_group(bigint, integer, jsonb, integer) IS
'Dispatches a ready or released group: its units leave stock, and the customer is notified. A
shipped group is returned as it is.
Arguments: order_id, group_no = the group; options = key, tracking (text, the carrier''s number);
  merchant_id = the merchant.
Returns the group as it is now, in one row.
Errors: OB004 the key was used for another call; OB005 the group is not ready, its order is not
  open, its preorder date is not past, or less is on hand than it holds; OB006 unknown option;
  P0002 no such group; 22004 null argument; 42501 no access.
Level: app.';

CREATE FUNCTION backorder.deliver_group(order_id bigint, group_no integer, options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, group_no integer, status text, location_id integer, units bigint, promised_at timestamptz,
	not_before timestamptz, tracking text, released_at timestamptz, shipped_at timestamptz,
	delivered_at timestamptz, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_deliver_group';
COMMENT ON FUNCTION backorder.deliver_group(bigint, integer, jsonb, integer) IS
'Records that a shipped group has arrived. A delivered group is returned as it is.
Arguments: order_id, group_no = the group; options = key, delivered_at (time with zone; default
  now); merchant_id = the merchant.
Returns the group as it is now, in one row.
Errors: OB004 the key was used for another call; OB005 the group is not shipped; OB006 unknown
  option; P0002 no such group; 22004 null argument; 42501 no access.
Level: app.';
