-- Before the order: what product pages and carts show. These functions use the code of checkout,
-- take no locks and write nothing.

CREATE FUNCTION backorder.item_availability(skus text[], merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	sku text, status text, available bigint, backordered bigint, promised_at timestamptz, wait_days integer, detail jsonb)
	LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'backorder_item_availability';
COMMENT ON FUNCTION backorder.item_availability(text[], integer) IS
'Says for product and listing pages what an order of one unit would get now. Takes no locks and
writes nothing.
Arguments: skus = 1 to 100,000 SKUs; merchant_id = the merchant.
Returns one row per distinct SKU, in the order asked.
  status: in_stock, backorder, preorder, out_of_stock, untracked (a service) or unknown (not in
    the catalogue).
  available: units that an order may have at once; null for services and unknown SKUs.
  backordered: units that wait already.
  promised_at: dispatch date of one unit ordered now with priority 0; null = unknown, or not sold.
  wait_days: days until promised_at.
  detail: name, unit_price, policy, safety_stock, backorder_left (units that may still be
    backordered; null = no limit, or not sold on backorder), available_from (of a preorder),
    promise_basis; for out_of_stock also reason and sqlstate.
Errors: OB006 malformed argument; 22004 null argument; 42501 no access.
Level: report.';

CREATE FUNCTION backorder.preview_shipments(request jsonb, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	ship_policy text, chosen boolean, group_no integer, status text, location_id integer, units bigint, lines integer,
	ships_at timestamptz, wait_days integer, value numeric, detail jsonb)
	LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'backorder_preview_shipments';
COMMENT ON FUNCTION backorder.preview_shipments(jsonb, integer) IS
'Says in how many parcels an immediate place_order(request) would ship, and when. A parcel is the
units of one shipment group that leave together. Takes no locks and writes nothing.
Arguments: request = as for preview_order(), and compare_policies (true: all four ship policies,
  one after the other); merchant_id = the merchant.
Returns one row per parcel, and one row of status refused for all lines that would be refused.
  ship_policy and chosen: the policy, and whether the order would have it.
  group_no, status, location_id: the group; ready (then location_id ships it), waiting or refused.
  units, lines, value: what is in it.
  ships_at: dispatch date; null = unknown. wait_days: days until then.
  detail: parcel and parcels (the first of two), lines (line_no, sku, name, quantity, status; for
    refused ones also available, sqlstate, reason), not_before (of a preorder), needs_consent
    (whether the policy needs accept_split).
Errors: OB002 unknown SKU; OB004 reference used with other content; OB006 malformed request; 22004
  null argument; 42501 no access.
Level: report.';

CREATE FUNCTION backorder.preview_shipments(skus text[], quantities bigint[], options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	ship_policy text, chosen boolean, group_no integer, status text, location_id integer, units bigint, lines integer,
	ships_at timestamptz, wait_days integer, value numeric, detail jsonb)
	LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'backorder_preview_shipments_arrays';
COMMENT ON FUNCTION backorder.preview_shipments(text[], bigint[], jsonb, integer) IS
'preview_shipments(request) with arrays in place of lines.
Arguments: skus, quantities = one element per line, in units; options = as for preview_order(skus,
  quantities, options), and compare_policies; merchant_id = the merchant.
Returns and errors: as preview_shipments(request).';
