\echo Use "ALTER EXTENSION backorder UPDATE" to load this file. \quit

-- From 0.1.0 to 0.2.0. What stands on tables that are there already is idempotent DDL inside DO ... EXECUTE, so that
-- it also runs where these tables are distributed; no rows are changed. New objects are the text of the install
-- script's parts.
SELECT pg_catalog.set_config('citus.enable_unsafe_triggers', 'on', true);

-- ===== availability slots =====

-- ===== before the order, and consent =====

DO $do$ BEGIN EXECUTE 'ALTER TABLE backorder.merchant ADD COLUMN IF NOT EXISTS split_needs_consent boolean NOT NULL DEFAULT false'; END $do$;
DO $do$ BEGIN EXECUTE 'ALTER TABLE backorder.sales_order ADD COLUMN IF NOT EXISTS accept_backorder boolean'; END $do$;
DO $do$ BEGIN EXECUTE 'ALTER TABLE backorder.sales_order ADD COLUMN IF NOT EXISTS accept_split boolean'; END $do$;
DO $do$ BEGIN EXECUTE 'ALTER TABLE backorder.sales_order ADD COLUMN IF NOT EXISTS max_wait interval'; END $do$;
DO $do$ BEGIN EXECUTE 'ALTER TABLE backorder.sales_order ADD COLUMN IF NOT EXISTS promise_shown timestamptz'; END $do$;
DO $do$ BEGIN EXECUTE 'ALTER TABLE backorder.sales_order ADD COLUMN IF NOT EXISTS unknown_shown boolean'; END $do$;
DO $do$ BEGIN EXECUTE 'ALTER TABLE backorder.sales_order DROP CONSTRAINT IF EXISTS sales_order_max_wait_in_range'; END $do$;
DO $do$ BEGIN EXECUTE 'ALTER TABLE backorder.sales_order ADD CONSTRAINT sales_order_max_wait_in_range CHECK (max_wait BETWEEN ''0'' AND ''100 years'')'; END $do$;
DO $do$ BEGIN EXECUTE 'ALTER TABLE backorder.sales_order DROP CONSTRAINT IF EXISTS sales_order_split_agreed'; END $do$;
DO $do$ BEGIN EXECUTE 'ALTER TABLE backorder.sales_order ADD CONSTRAINT sales_order_split_agreed CHECK (accept_split IS NOT FALSE OR ship_policy = ''complete_order'')'; END $do$;
DO $do$ BEGIN EXECUTE 'ALTER TABLE backorder.sales_order DROP CONSTRAINT IF EXISTS sales_order_date_or_unknown'; END $do$;
DO $do$ BEGIN EXECUTE 'ALTER TABLE backorder.sales_order ADD CONSTRAINT sales_order_date_or_unknown CHECK (promise_shown IS NULL OR unknown_shown IS FALSE)'; END $do$;
COMMENT ON COLUMN backorder.merchant.split_needs_consent IS 'Whether delivery in instalments needs the customer''s consent: an order that does not say accept_split is then delivered complete_order.';
COMMENT ON COLUMN backorder.sales_order.accept_backorder IS 'Whether the customer agreed that some of it may wait; null = the request did not say (then it may).';
COMMENT ON COLUMN backorder.sales_order.accept_split IS 'Whether the customer agreed to delivery in instalments; null = the request did not say.';
COMMENT ON COLUMN backorder.sales_order.max_wait IS 'How long the customer was willing to wait for dispatch; null = the request did not say.';
COMMENT ON COLUMN backorder.sales_order.promise_shown IS 'When the last of it was to be dispatched, as shown to the customer when he ordered; null = nothing had to wait, or a date was unknown. Never changed.';
COMMENT ON COLUMN backorder.sales_order.unknown_shown IS 'Whether the customer was shown, when he ordered, that a date was unknown; null = ordered before version 0.2.0.';

CREATE OR REPLACE VIEW backorder.order_line WITH (security_invoker = true) AS
SELECT
	o.merchant_id,
	o.order_id,
	p.line_no,
	p.sku,
	sum(p.quantity)::bigint AS quantity,
	coalesce(sum(p.quantity) FILTER (WHERE p.status = 'allocated'), 0)::bigint AS allocated,
	coalesce(sum(p.quantity) FILTER (WHERE p.status = 'backordered'), 0)::bigint AS backordered,
	coalesce(sum(p.quantity) FILTER (WHERE p.status = 'shipped'), 0)::bigint AS shipped,
	coalesce(sum(p.quantity) FILTER (WHERE p.status = 'canceled'), 0)::bigint AS canceled,
	coalesce(sum(p.quantity) FILTER (WHERE p.status = 'returned'), 0)::bigint AS returned,
	CASE
		WHEN bool_or(p.status = 'backordered') THEN 'backordered'
		WHEN bool_or(p.status = 'allocated') THEN 'allocated'
		WHEN bool_or(p.status = 'shipped') THEN 'shipped'
		WHEN bool_or(p.status = 'returned') THEN 'returned'
		ELSE 'canceled'
	END AS status,
	CASE
		WHEN NOT bool_or(p.status IN ('allocated', 'backordered') AND leaves.at IS NULL)
		THEN max(leaves.at) FILTER (WHERE p.status IN ('allocated', 'backordered'))
	END AS promised_at,
	max(p.unit_price) AS unit_price,
	sum(p.quantity * p.unit_price) FILTER (WHERE p.status NOT IN ('canceled', 'returned')) AS value,
	coalesce(sum(p.quantity) FILTER (WHERE p.short_at_order), 0)::bigint AS short_at_order,
	o.reference,
	o.customer,
	o.placed_at
FROM backorder.sales_order o
JOIN backorder.order_line_part p ON p.merchant_id = o.merchant_id AND p.order_id = o.order_id
JOIN backorder.shipment_group g ON g.merchant_id = p.merchant_id AND g.order_id = p.order_id AND g.group_no = p.group_no
CROSS JOIN LATERAL (
	SELECT CASE
		WHEN g.status = 'waiting' AND o.ship_policy <> 'as_available' THEN g.promised_at
		WHEN p.status = 'allocated' THEN greatest(p.promised_at, g.not_before)
		ELSE p.promised_at
	END
) AS leaves (at)
GROUP BY o.merchant_id, o.order_id, p.line_no, p.sku;

CREATE OR REPLACE VIEW backorder.order_overview WITH (security_invoker = true) AS
SELECT
	o.merchant_id,
	o.order_id,
	o.reference,
	o.customer,
	o.status,
	o.ship_policy,
	o.priority,
	o.placed_at,
	o.hold_until,
	count(DISTINCT p.line_no) AS lines,
	o.units,
	coalesce(sum(p.quantity) FILTER (WHERE p.status = 'allocated'), 0)::bigint AS allocated,
	coalesce(sum(p.quantity) FILTER (WHERE p.status = 'backordered'), 0)::bigint AS backordered,
	coalesce(sum(p.quantity) FILTER (WHERE p.status = 'shipped'), 0)::bigint AS shipped,
	coalesce(sum(p.quantity) FILTER (WHERE p.status = 'canceled'), 0)::bigint AS canceled,
	coalesce(sum(p.quantity) FILTER (WHERE p.status = 'returned'), 0)::bigint AS returned,
	sum(p.quantity * p.unit_price) FILTER (WHERE p.status NOT IN ('canceled', 'returned')) AS value,
	sum(p.quantity * p.unit_price) FILTER (WHERE p.status = 'backordered') AS backordered_value,
	CASE
		WHEN NOT bool_or(p.status IN ('allocated', 'backordered') AND p.promised_at IS NULL)
		THEN max(p.promised_at) FILTER (WHERE p.status IN ('allocated', 'backordered'))
	END AS promised_at,
	count(DISTINCT p.group_no) FILTER (WHERE g.status <> 'canceled') AS shipments,
	count(DISTINCT p.group_no) FILTER (WHERE g.status IN ('shipped', 'delivered')) AS shipments_shipped,
	max(g.shipped_at) AS last_shipped_at,
	o.accept_backorder,
	o.accept_split,
	o.max_wait,
	o.promise_shown,
	o.unknown_shown
FROM backorder.sales_order o
JOIN backorder.order_line_part p ON p.merchant_id = o.merchant_id AND p.order_id = o.order_id
JOIN backorder.shipment_group g ON g.merchant_id = p.merchant_id AND g.order_id = p.order_id
	AND g.group_no = p.group_no
GROUP BY o.merchant_id, o.order_id;
COMMENT ON COLUMN backorder.order_overview.accept_backorder IS 'Whether the customer agreed that some of it may wait; null = the request did not say (then it may).';
COMMENT ON COLUMN backorder.order_overview.accept_split IS 'Whether the customer agreed to delivery in instalments; null = the request did not say.';
COMMENT ON COLUMN backorder.order_overview.max_wait IS 'How long the customer was willing to wait for dispatch; null = the request did not say.';
COMMENT ON COLUMN backorder.order_overview.promise_shown IS 'When the last of it was to be dispatched, as shown to the customer when he ordered; null = nothing had to wait, or a date was unknown.';
COMMENT ON COLUMN backorder.order_overview.unknown_shown IS 'Whether the customer was shown, when he ordered, that a date was unknown; null = ordered before version 0.2.0.';

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

COMMENT ON FUNCTION backorder.preview_order(jsonb, integer) IS
'What an immediate place_order(request) would do, per line, without locks and without writing: status (in_stock, partial, backorder, preorder, out_of_stock, untracked), units now (available) and later (backordered), dispatch date of all of the line (promised_at; null = unknown), days until then, and in detail the parts, or the reason and sqlstate of a refusal. request as for place_order(); the reference may be left out. Errors: OB002 unknown SKU, OB006 malformed request, 42501 no access.';
COMMENT ON FUNCTION backorder.place_order(jsonb, integer) IS
'Places an order, all or nothing, and returns its parts. request is an object: reference (text, the application''s key), lines (array of {sku, quantity, unit_price}), and if wanted customer (text), ship_policy (as_available, backorders_together, complete_line, complete_order), priority (integer, higher first), accept_backorder (false refuses to wait), accept_split (false refuses delivery in instalments: only complete_order is possible; true agrees), max_wait (a duration such as P14D: refuses what would be dispatched later, or nobody knows when), hold (ISO 8601 duration or time with zone: a held order ships nothing and tells nobody until confirm_order()), placed_at (time with zone, for imports). The same reference with the same content returns the order that it made. What the customer agreed to is recorded with the order. Errors: OB001 out of stock or later than max_wait, OB002 unknown SKU, OB003 over the backorder limit (DETAIL: all such lines as JSON), OB004 reference used with other content, OB006 malformed request, 42501 no access.';
COMMENT ON FUNCTION backorder.change_quantity(bigint, integer, bigint, integer) IS
'Sets a line''s units not canceled, shipped ones included. Down: cancels waiting units first, then allocated ones, each from the end of the queue order. Up: new units under the rules of checkout and of the order''s accept_backorder and max_wait, at the end of the queue, at the line''s price. Returns the order''s parts as they are now, a row per part. Errors: OB005 below what is shipped or on a pick list, or the order is not open; OB001, OB003 as of place_order(); P0002 no such line.';

-- ===== incentives =====

-- ===== back in stock, and warnings =====

-- ===== rights =====

SELECT backorder.regrant();
