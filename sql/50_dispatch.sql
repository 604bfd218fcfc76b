-- Dispatch: groups go on a pick list, leave, and arrive.

CREATE FUNCTION backorder.release_group(order_id bigint, group_no integer, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, group_no integer, status text, location_id integer, units bigint, promised_at timestamptz,
	not_before timestamptz, tracking text, released_at timestamptz, shipped_at timestamptz,
	delivered_at timestamptz, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_release_group';
COMMENT ON FUNCTION backorder.release_group(bigint, integer, integer) IS
'Puts a ready group on a pick list: from now on nothing is added to it or taken from it. Returns the group. A released group is returned as it is. Errors: OB005 not ready, or its order is not open; P0002 no such group.';

CREATE FUNCTION backorder.unrelease_group(order_id bigint, group_no integer, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, group_no integer, status text, location_id integer, units bigint, promised_at timestamptz,
	not_before timestamptz, tracking text, released_at timestamptz, shipped_at timestamptz,
	delivered_at timestamptz, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_unrelease_group';
COMMENT ON FUNCTION backorder.unrelease_group(bigint, integer, integer) IS
'Takes a released group off the pick list; what its shelf does not cover any more is taken back then. Returns the group. If nothing of it stays ready the group returned is the one that waits now. Errors: OB005 not released; P0002 no such group.';

CREATE FUNCTION backorder.ship_group(order_id bigint, group_no integer, options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, group_no integer, status text, location_id integer, units bigint, promised_at timestamptz,
	not_before timestamptz, tracking text, released_at timestamptz, shipped_at timestamptz,
	delivered_at timestamptz, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_ship_group';
COMMENT ON FUNCTION backorder.ship_group(bigint, integer, jsonb, integer) IS
'Dispatches a ready or released group: its units leave stock, the customer is told. options: tracking (text). Returns the group. A group that is shipped already is returned as it is. Errors: OB005 not ready, not before its preorder date, or less on hand than the group holds; OB006 unknown option; P0002 no such group.';

CREATE FUNCTION backorder.deliver_group(order_id bigint, group_no integer, options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, group_no integer, status text, location_id integer, units bigint, promised_at timestamptz,
	not_before timestamptz, tracking text, released_at timestamptz, shipped_at timestamptz,
	delivered_at timestamptz, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_deliver_group';
COMMENT ON FUNCTION backorder.deliver_group(bigint, integer, jsonb, integer) IS
'Notes that a shipped group has arrived. options: delivered_at (time with zone). Returns the group. Errors: OB005 not shipped; OB006 unknown option; P0002 no such group.';
