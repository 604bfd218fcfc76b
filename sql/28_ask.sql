-- Before the order: what pages and carts say, in the words of the checkout, without locks and without writing.

CREATE FUNCTION backorder.item_availability(skus text[], merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	sku text, status text, available bigint, backordered bigint, promised_at timestamptz, wait_days integer, detail jsonb)
	LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'backorder_item_availability';
COMMENT ON FUNCTION backorder.item_availability(text[], integer) IS
'For product and listing pages: a row for each distinct SKU, in the order asked, without locks and without writing; 1 to 100000 SKUs in one call. status is in_stock, backorder, preorder, out_of_stock, untracked (a service) or unknown (not in the catalogue); available the units that an order may have at once (null for services and unknown SKUs), backordered the units that wait already, promised_at the dispatch date of one unit ordered now with priority 0 (null = unknown, or not sold), wait_days the days until then. detail has name, unit_price, policy, safety_stock, backorder_left (units that may still be sold on backorder; null = no limit, or not sold so), available_from (of a preorder), promise_basis, and for out_of_stock the reason and sqlstate that an order would end with. Errors: OB006 malformed argument, 42501 no access.';

CREATE FUNCTION backorder.preview_shipments(request jsonb, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	ship_policy text, chosen boolean, group_no integer, status text, location_id integer, units bigint, lines integer,
	ships_at timestamptz, wait_days integer, value numeric, detail jsonb)
	LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'backorder_preview_shipments';
COMMENT ON FUNCTION backorder.preview_shipments(jsonb, integer) IS
'In how many parcels an immediate place_order(request) would come and when each leaves, without locks and without writing: a row for each set of units of one shipment group (group_no) that leave together. status is ready (goods are there; location_id says where) or waiting; ships_at the dispatch date (null = unknown), wait_days the days until then, units, lines and value what is in it. Lines that would be refused are in one more row of status refused. detail has parcel and parcels (first of two), lines (line_no, sku, name, quantity, status; of refused ones also available, sqlstate, reason), not_before (of a preorder) and needs_consent (whether the customer would have to agree to the policy: accept_split). request as for preview_order(), and compare_policies (true: all four ship policies side by side; chosen says which one the order would have). Errors: OB002 unknown SKU, OB006 malformed request, 42501 no access.';

CREATE FUNCTION backorder.preview_shipments(skus text[], quantities bigint[], options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	ship_policy text, chosen boolean, group_no integer, status text, location_id integer, units bigint, lines integer,
	ships_at timestamptz, wait_days integer, value numeric, detail jsonb)
	LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'backorder_preview_shipments_arrays';
COMMENT ON FUNCTION backorder.preview_shipments(text[], bigint[], jsonb, integer) IS
'preview_shipments() with arrays side by side and options as for preview_order(skus, quantities, options), and compare_policies.';
