-- Checkout: what a customer is told before the order, the order itself, and the confirmation of a held one.

CREATE FUNCTION backorder.preview_order(request jsonb, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	line_no integer, sku text, quantity bigint, status text, available bigint, backordered bigint,
	promised_at timestamptz, wait_days integer, detail jsonb)
	LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'backorder_preview_order';
COMMENT ON FUNCTION backorder.preview_order(jsonb, integer) IS
'What an immediate place_order(request) would do, per line, without locks and without writing: status (in_stock, partial, backorder, preorder, out_of_stock, untracked), units now (available) and later (backordered), dispatch date of all of the line (promised_at; null = unknown), days until then, and in detail the parts and what incentives the order would be granted, or the reason and sqlstate of a refusal. request as for place_order(); the reference may be left out. Errors: OB002 unknown SKU, OB006 malformed request, 42501 no access.';

CREATE FUNCTION backorder.preview_order(skus text[], quantities bigint[], options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	line_no integer, sku text, quantity bigint, status text, available bigint, backordered bigint,
	promised_at timestamptz, wait_days integer, detail jsonb)
	LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'backorder_preview_order_arrays';
COMMENT ON FUNCTION backorder.preview_order(text[], bigint[], jsonb, integer) IS
'preview_order() with arrays side by side and options as for place_order(reference, skus, quantities, options).';

CREATE FUNCTION backorder.place_order(request jsonb, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, line_no integer, part_no integer, sku text, quantity bigint, status text, group_no integer,
	group_status text, location_id integer, promised_at timestamptz, unit_price numeric, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_place_order';
COMMENT ON FUNCTION backorder.place_order(jsonb, integer) IS
'Places an order, all or nothing, grants what incentives there are for waiting, and returns its parts (detail: incentives, where it has any; gifts are lines behind those of the request). request is an object: reference (text, the application''s key), lines (array of {sku, quantity, unit_price}), and if wanted customer (text), customer_group (text, for incentives), ship_policy (as_available, backorders_together, complete_line, complete_order), priority (integer, higher first), accept_backorder (false refuses to wait), accept_split (false refuses delivery in instalments: only complete_order is possible; true agrees), max_wait (a duration such as P14D: refuses what would be dispatched later, or nobody knows when), hold (ISO 8601 duration or time with zone: a held order ships nothing and tells nobody until confirm_order()), placed_at (time with zone, for imports). The same reference with the same content returns the order that it made. What the customer agreed to is recorded with the order. Errors: OB001 out of stock or later than max_wait, OB002 unknown SKU, OB003 over the backorder limit (DETAIL: all such lines as JSON), OB004 reference used with other content, OB006 malformed request, 42501 no access.';

CREATE FUNCTION backorder.place_order(reference text, skus text[], quantities bigint[], options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, line_no integer, part_no integer, sku text, quantity bigint, status text, group_no integer,
	group_status text, location_id integer, promised_at timestamptz, unit_price numeric, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_place_order_arrays';
COMMENT ON FUNCTION backorder.place_order(text, text[], bigint[], jsonb, integer) IS
'place_order() with arrays side by side, the fastest door to the same code. options is an object with the keys of a request but reference and lines, and unit_prices (array beside skus).';

CREATE FUNCTION backorder.confirm_order(order_id bigint, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, line_no integer, part_no integer, sku text, quantity bigint, status text, group_no integer,
	group_status text, location_id integer, promised_at timestamptz, unit_price numeric, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_confirm_order';
COMMENT ON FUNCTION backorder.confirm_order(bigint, integer) IS
'Opens a held order: from now on it ships, and the customer is told; returns the order''s parts as they are now, a row per part. An order that is open already is returned as it is. Errors: OB005 its hold has expired, or it is complete or canceled; P0002 no such order.';
