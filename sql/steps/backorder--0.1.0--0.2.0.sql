\echo Use "ALTER EXTENSION backorder UPDATE" to load this file. \quit

-- From 0.1.0 to 0.2.0. What stands on tables that are there already is idempotent DDL inside DO ... EXECUTE, so that
-- it also runs where these tables are distributed; no rows are changed. New objects are the text of the install
-- script's parts.
SELECT pg_catalog.set_config('citus.enable_unsafe_triggers', 'on', true);

-- ===== availability slots =====

DO $do$ BEGIN
	EXECUTE 'ALTER TABLE backorder.item ADD COLUMN IF NOT EXISTS slots integer';
	EXECUTE 'ALTER TABLE backorder.item DROP CONSTRAINT IF EXISTS item_slots_in_range';
	EXECUTE 'ALTER TABLE backorder.item ADD CONSTRAINT item_slots_in_range CHECK (slots BETWEEN 2 AND 128)';
	EXECUTE 'ALTER TABLE backorder.availability ADD COLUMN IF NOT EXISTS slots integer NOT NULL DEFAULT 0';
	EXECUTE 'ALTER TABLE backorder.availability DROP CONSTRAINT IF EXISTS availability_slots_not_negative';
	EXECUTE 'ALTER TABLE backorder.availability ADD CONSTRAINT availability_slots_not_negative CHECK (slots >= 0)';
END $do$;
COMMENT ON COLUMN backorder.item.slots IS 'For a hot item (a flash sale): over so many rows the book is spread, so that as many checkouts work at once; null = one row, checkouts take turns.';
COMMENT ON COLUMN backorder.availability.slots IS 'Rows of availability_slot over which the book is spread: what they count is to be added to allocated and backordered, see availability_total. 0 = none.';

CREATE TABLE backorder.availability_slot (
	merchant_id integer NOT NULL,
	sku         text COLLATE "C" NOT NULL,
	slot_no     integer NOT NULL,
	share       bigint[] NOT NULL DEFAULT '{}',
	allocated   bigint[] NOT NULL DEFAULT '{}',
	queue_share bigint NOT NULL DEFAULT 0,
	backordered bigint NOT NULL DEFAULT 0,
	CONSTRAINT availability_slot_pkey PRIMARY KEY (merchant_id, sku, slot_no),
	CONSTRAINT availability_slot_side_by_side CHECK (cardinality(share) = cardinality(allocated)),
	CONSTRAINT availability_slot_share_not_negative CHECK (0 <= ALL (share)),
	CONSTRAINT availability_slot_allocated_not_negative CHECK (0 <= ALL (allocated)),
	CONSTRAINT availability_slot_queue_share_not_negative CHECK (queue_share >= 0),
	CONSTRAINT availability_slot_backordered_not_negative CHECK (backordered >= 0)
) WITH (fillfactor = 10);
COMMENT ON TABLE backorder.availability_slot IS
'Parts of the book of a hot SKU, as many as the item wants. A checkout for which one slot suffices locks that row instead of the one in availability. Shares are dealt out by who holds the row and all its slots. Written by the engine only.';
COMMENT ON COLUMN backorder.availability_slot.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.availability_slot.sku IS 'The SKU.';
COMMENT ON COLUMN backorder.availability_slot.slot_no IS 'Number of the slot, from 1.';
COMMENT ON COLUMN backorder.availability_slot.share IS 'Units that may still be allocated from this slot, side by side with availability.locations.';
COMMENT ON COLUMN backorder.availability_slot.allocated IS 'Units allocated from this slot that availability.allocated does not count yet, side by side with availability.locations.';
COMMENT ON COLUMN backorder.availability_slot.queue_share IS 'Units that may still join the queue by this slot; 0 unless the SKU is sold out and no supply is on its way.';
COMMENT ON COLUMN backorder.availability_slot.backordered IS 'Units that joined the queue by this slot and that availability.backordered does not count yet.';

SELECT pg_catalog.pg_extension_config_dump('backorder.availability_slot', '');

CREATE VIEW backorder.availability_total WITH (security_invoker = true) AS
SELECT
	a.merchant_id,
	a.sku,
	a.locations,
	a.on_hand,
	CASE WHEN a.slots = 0 THEN a.allocated ELSE ARRAY(
		SELECT a.allocated[n] + coalesce(sum(s.allocated[n]), 0)::bigint
		FROM generate_subscripts(a.allocated, 1) AS n
		LEFT JOIN backorder.availability_slot s ON s.merchant_id = a.merchant_id AND s.sku = a.sku
		GROUP BY n ORDER BY n) END AS allocated,
	a.backordered + counted.backordered AS backordered,
	a.relay,
	a.slots
FROM backorder.availability a
CROSS JOIN LATERAL (
	SELECT coalesce(sum(s.backordered), 0)::bigint AS backordered
	FROM backorder.availability_slot s
	WHERE a.slots > 0 AND s.merchant_id = a.merchant_id AND s.sku = a.sku
) AS counted;
COMMENT ON VIEW backorder.availability_total IS
'One row per SKU: its book, with what its slots have counted. Quick by merchant_id and sku.';
COMMENT ON COLUMN backorder.availability_total.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.availability_total.sku IS 'The SKU.';
COMMENT ON COLUMN backorder.availability_total.locations IS 'The locations that have a shelf for it; on_hand and allocated stand side by side with it.';
COMMENT ON COLUMN backorder.availability_total.on_hand IS 'Units on hand per location, as in stock.';
COMMENT ON COLUMN backorder.availability_total.allocated IS 'Units per location that belong to allocated parts, not yet shipped.';
COMMENT ON COLUMN backorder.availability_total.backordered IS 'Units that wait.';
COMMENT ON COLUMN backorder.availability_total.relay IS 'True while promise dates of the queue may be wrong.';
COMMENT ON COLUMN backorder.availability_total.slots IS 'Over how many slots the book is spread; 0 = none.';

CREATE OR REPLACE VIEW backorder.stock_level WITH (security_invoker = true) AS
SELECT
	a.merchant_id,
	a.sku,
	i.name AS item_name,
	shelf.location_id,
	l.name AS location_name,
	CASE WHEN shelf.location_id IS NOT NULL THEN coalesce(l.active, true) END AS location_active,
	coalesce(shelf.on_hand, 0) AS on_hand,
	coalesce(shelf.allocated, 0) AS allocated,
	CASE
		WHEN a.backordered > 0 THEN 0
		ELSE greatest(book.free - coalesce(i.safety_stock, 0), 0)
	END AS available,
	a.backordered,
	coalesce(coming.units, 0) AS incoming,
	coming.next_arrival,
	coalesce(i.safety_stock, 0) AS safety_stock
FROM backorder.availability_total a
CROSS JOIN LATERAL (
	SELECT coalesce(sum(greatest(s.on_hand - s.allocated, 0)), 0)::bigint AS free
	FROM unnest(a.locations, a.on_hand, a.allocated) AS s (location_id, on_hand, allocated)
	LEFT JOIN backorder.location sl ON sl.merchant_id = a.merchant_id AND sl.location_id = s.location_id
	WHERE coalesce(sl.active, true)
) AS book
CROSS JOIN LATERAL (
	SELECT sum(u.quantity - u.received)::bigint AS units, min(u.expected_at) AS next_arrival
	FROM backorder.supply u
	WHERE u.merchant_id = a.merchant_id AND u.sku = a.sku
		AND u.status = 'open' AND u.quantity > u.received
) AS coming
LEFT JOIN LATERAL unnest(a.locations, a.on_hand, a.allocated)
	AS shelf (location_id, on_hand, allocated) ON true
LEFT JOIN backorder.item i ON i.merchant_id = a.merchant_id AND i.sku = a.sku
LEFT JOIN backorder.location l ON l.merchant_id = a.merchant_id AND l.location_id = shelf.location_id;

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


-- ===== incentives =====

DO $do$ BEGIN EXECUTE 'ALTER TABLE backorder.item ADD COLUMN IF NOT EXISTS tags text[]'; END $do$;
DO $do$ BEGIN EXECUTE 'ALTER TABLE backorder.item DROP CONSTRAINT IF EXISTS item_tags_not_null'; END $do$;
DO $do$ BEGIN EXECUTE 'ALTER TABLE backorder.item ADD CONSTRAINT item_tags_not_null CHECK (array_position(tags, NULL) IS NULL)'; END $do$;
COMMENT ON COLUMN backorder.item.tags IS 'Words of the merchant''s own by which incentives know the item; null = none.';
DO $do$ BEGIN EXECUTE 'ALTER TABLE backorder.sales_order ADD COLUMN IF NOT EXISTS customer_group text'; END $do$;
COMMENT ON COLUMN backorder.sales_order.customer_group IS 'The application''s name for the group of customers, as the request named it; incentives may ask for it.';

-- Incentives: what a customer is offered for waiting, what it may cost, and what was granted.

CREATE TABLE backorder.incentive (
	merchant_id           integer NOT NULL DEFAULT backorder.current_merchant(),
	incentive_id          bigint NOT NULL DEFAULT backorder.next_id(),
	name                  text,
	kind                  text NOT NULL,
	amount                numeric,
	gift_sku              text COLLATE "C",
	gift_quantity         bigint,
	value                 numeric,
	skus                  text[] COLLATE "C",
	tag                   text,
	min_wait              interval,
	min_order_value       numeric,
	min_backordered_value numeric,
	customer_group        text,
	valid                 tstzrange,
	max_grants            bigint,
	max_value             numeric,
	rank                  integer NOT NULL DEFAULT 0,
	combines              boolean NOT NULL DEFAULT false,
	active                boolean NOT NULL DEFAULT true,
	slip_days             integer,
	max_steps             integer,
	CONSTRAINT incentive_pkey PRIMARY KEY (merchant_id, incentive_id),
	CONSTRAINT incentive_id_in_range CHECK (incentive_id BETWEEN 1 AND 9007199254740992),
	CONSTRAINT incentive_kind_known CHECK (kind IN ('free_shipping', 'gift', 'percent_off', 'amount_off')),
	CONSTRAINT incentive_amount_in_range CHECK (amount > 0 AND amount < 'Infinity'),
	CONSTRAINT incentive_amount_where_off CHECK ((amount IS NOT NULL) = (kind IN ('percent_off', 'amount_off'))),
	CONSTRAINT incentive_percent_in_range CHECK (kind <> 'percent_off' OR amount <= 100),
	CONSTRAINT incentive_gift_sku_length CHECK (char_length(gift_sku) BETWEEN 1 AND 200),
	CONSTRAINT incentive_gift_quantity_in_range CHECK (gift_quantity BETWEEN 1 AND 9007199254740992),
	CONSTRAINT incentive_gift_whole CHECK ((gift_sku IS NOT NULL) = (kind = 'gift') AND (gift_quantity IS NOT NULL) = (kind = 'gift')),
	CONSTRAINT incentive_value_not_negative CHECK (value >= 0 AND value < 'Infinity'),
	CONSTRAINT incentive_value_where_not_reckoned CHECK (value IS NULL OR kind IN ('free_shipping', 'gift')),
	CONSTRAINT incentive_skus_not_null CHECK (array_position(skus, NULL) IS NULL),
	CONSTRAINT incentive_min_wait_in_range CHECK (min_wait BETWEEN '0' AND '100 years'),
	CONSTRAINT incentive_min_order_value_not_negative CHECK (min_order_value >= 0 AND min_order_value < 'Infinity'),
	CONSTRAINT incentive_min_backordered_value_not_negative CHECK (min_backordered_value >= 0 AND min_backordered_value < 'Infinity'),
	CONSTRAINT incentive_max_grants_in_range CHECK (max_grants BETWEEN 0 AND 9007199254740992),
	CONSTRAINT incentive_max_value_not_negative CHECK (max_value >= 0 AND max_value < 'Infinity'),
	CONSTRAINT incentive_slip_days_in_range CHECK (slip_days BETWEEN 1 AND 36500),
	CONSTRAINT incentive_max_steps_in_range CHECK (max_steps BETWEEN 1 AND 1000),
	CONSTRAINT incentive_slip_whole CHECK ((slip_days IS NULL) = (max_steps IS NULL)),
	CONSTRAINT incentive_slip_is_no_gift CHECK (slip_days IS NULL OR kind <> 'gift')
);
CREATE INDEX incentive_active ON backorder.incentive (merchant_id, rank, incentive_id) WHERE active;
COMMENT ON TABLE backorder.incentive IS
'What an order is granted in return for waiting: at checkout when something of it is backordered, or (slip_days) when its promise moves later. An order gets the first, by rank, whose conditions hold and whose budget lasts; one that combines is joined by others that do. Every condition that is null holds.';
COMMENT ON COLUMN backorder.incentive.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.incentive.incentive_id IS 'The incentive; given by next_id() unless the application names its own.';
COMMENT ON COLUMN backorder.incentive.name IS 'Name as the customer reads it.';
COMMENT ON COLUMN backorder.incentive.kind IS 'free_shipping, gift (gift_sku at price 0), percent_off or amount_off (of the order''s value).';
COMMENT ON COLUMN backorder.incentive.amount IS 'percent_off: percent of the order''s value, rounded to two decimals; amount_off: money, never more than the order''s value; null for the other kinds.';
COMMENT ON COLUMN backorder.incentive.gift_sku IS 'The SKU that is given; where it is not available the next incentive is taken. Null for the other kinds.';
COMMENT ON COLUMN backorder.incentive.gift_quantity IS 'Units that are given; null for the other kinds.';
COMMENT ON COLUMN backorder.incentive.value IS 'What one grant costs the merchant in money; null = 0 for free_shipping, the item''s unit_price times gift_quantity for a gift. Reckoned, so always null, for percent_off and amount_off.';
COMMENT ON COLUMN backorder.incentive.skus IS 'Units of one of these SKUs, or of an item with the tag, must wait; null = of any.';
COMMENT ON COLUMN backorder.incentive.tag IS 'Units of an item with this tag, or of one of the SKUs, must wait; null = of any.';
COMMENT ON COLUMN backorder.incentive.min_wait IS 'The last of these waiting units must be promised this much later than now, or have no date.';
COMMENT ON COLUMN backorder.incentive.min_order_value IS 'Least value of the order: quantity times unit_price of all units that are not canceled or returned; units without a price count nothing.';
COMMENT ON COLUMN backorder.incentive.min_backordered_value IS 'Least value of these waiting units.';
COMMENT ON COLUMN backorder.incentive.customer_group IS 'The customer_group that the order must name.';
COMMENT ON COLUMN backorder.incentive.valid IS 'When it is granted; null = always.';
COMMENT ON COLUMN backorder.incentive.max_grants IS 'Budget: most grants, withdrawn ones apart; null = no limit. A budget counts from when the incentive first had one.';
COMMENT ON COLUMN backorder.incentive.max_value IS 'Budget: most value granted, withdrawn grants apart; null = no limit.';
COMMENT ON COLUMN backorder.incentive.rank IS 'The lower, the sooner it is granted; then the lower incentive_id.';
COMMENT ON COLUMN backorder.incentive.combines IS 'Whether it may be granted beside others that combine.';
COMMENT ON COLUMN backorder.incentive.active IS 'Whether it is granted; what was granted stays.';
COMMENT ON COLUMN backorder.incentive.slip_days IS 'Null = granted at checkout. Else granted when a promise moves: step 1 when it is this many days after the first promise, step 2 at twice as many, and so on, each once.';
COMMENT ON COLUMN backorder.incentive.max_steps IS 'The last step of slip_days; null for an incentive granted at checkout.';

CREATE TABLE backorder.incentive_budget (
	merchant_id  integer NOT NULL,
	incentive_id bigint NOT NULL,
	slot_no      integer NOT NULL,
	grants_left  bigint,
	value_left   numeric,
	grants_used  bigint NOT NULL DEFAULT 0,
	value_used   numeric NOT NULL DEFAULT 0,
	CONSTRAINT incentive_budget_pkey PRIMARY KEY (merchant_id, incentive_id, slot_no),
	CONSTRAINT incentive_budget_slot_no_positive CHECK (slot_no > 0),
	CONSTRAINT incentive_budget_grants_left_not_negative CHECK (grants_left >= 0),
	CONSTRAINT incentive_budget_value_left_not_negative CHECK (value_left >= 0),
	CONSTRAINT incentive_budget_grants_used_not_negative CHECK (grants_used >= 0),
	CONSTRAINT incentive_budget_value_used_not_negative CHECK (value_used >= 0)
) WITH (fillfactor = 50);
COMMENT ON TABLE backorder.incentive_budget IS
'The budget of an incentive in shares, so that checkouts do not queue on one row: each takes from a share that nobody else has at the moment. Only the sums over the shares mean something. An incentive that never had a budget has no rows. Written by the engine only.';
COMMENT ON COLUMN backorder.incentive_budget.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.incentive_budget.incentive_id IS 'The incentive.';
COMMENT ON COLUMN backorder.incentive_budget.slot_no IS 'Number of the share, from 1.';
COMMENT ON COLUMN backorder.incentive_budget.grants_left IS 'Grants that this share has left; null = no limit.';
COMMENT ON COLUMN backorder.incentive_budget.value_left IS 'Value that this share has left; null = no limit.';
COMMENT ON COLUMN backorder.incentive_budget.grants_used IS 'Grants that were taken from this share and not withdrawn.';
COMMENT ON COLUMN backorder.incentive_budget.value_used IS 'Value of the grants that were taken from this share and not withdrawn.';

CREATE TABLE backorder.order_incentive (
	merchant_id  integer NOT NULL,
	order_id     bigint NOT NULL,
	incentive_id bigint NOT NULL,
	step         integer NOT NULL,
	name         text,
	kind         text NOT NULL,
	value        numeric NOT NULL,
	line_no      integer,
	status       text NOT NULL,
	granted_at   timestamptz NOT NULL,
	withdrawn_at timestamptz,
	cause        text NOT NULL,
	budgeted     boolean NOT NULL,
	CONSTRAINT order_incentive_pkey PRIMARY KEY (merchant_id, order_id, incentive_id, step),
	CONSTRAINT order_incentive_step_not_negative CHECK (step >= 0),
	CONSTRAINT order_incentive_kind_known CHECK (kind IN ('free_shipping', 'gift', 'percent_off', 'amount_off')),
	CONSTRAINT order_incentive_value_not_negative CHECK (value >= 0),
	CONSTRAINT order_incentive_gift_has_line CHECK ((line_no IS NOT NULL) = (kind = 'gift')),
	CONSTRAINT order_incentive_status_known CHECK (status IN ('granted', 'withdrawn')),
	CONSTRAINT order_incentive_withdrawn_once CHECK ((status = 'withdrawn') = (withdrawn_at IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX order_incentive_incentive ON backorder.order_incentive (merchant_id, incentive_id);
COMMENT ON TABLE backorder.order_incentive IS
'What an order was granted for waiting, one row per grant. It is withdrawn when nothing that was short is left of the order before anything of it has shipped, or when the gift is canceled. Written by the engine only.';
COMMENT ON COLUMN backorder.order_incentive.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.order_incentive.order_id IS 'The order.';
COMMENT ON COLUMN backorder.order_incentive.incentive_id IS 'The incentive; it may have been changed or deleted since.';
COMMENT ON COLUMN backorder.order_incentive.step IS '0 = granted at checkout; from 1 on the step of an incentive that grows with delay.';
COMMENT ON COLUMN backorder.order_incentive.name IS 'The incentive''s name when it was granted.';
COMMENT ON COLUMN backorder.order_incentive.kind IS 'free_shipping, gift, percent_off or amount_off.';
COMMENT ON COLUMN backorder.order_incentive.value IS 'What it costs the merchant, in money, reckoned when it was granted; of percent_off and amount_off what the customer pays less.';
COMMENT ON COLUMN backorder.order_incentive.line_no IS 'The order line that is the gift; null for the other kinds.';
COMMENT ON COLUMN backorder.order_incentive.status IS 'granted or withdrawn.';
COMMENT ON COLUMN backorder.order_incentive.granted_at IS 'When it was granted.';
COMMENT ON COLUMN backorder.order_incentive.withdrawn_at IS 'When it was withdrawn; null while it is granted.';
COMMENT ON COLUMN backorder.order_incentive.cause IS 'What brought the status about: placed, or what moved the promise, as in promise_change; canceled once it is withdrawn.';
COMMENT ON COLUMN backorder.order_incentive.budgeted IS 'Whether it was taken from the incentive''s budget.';

SELECT pg_catalog.pg_extension_config_dump('backorder.incentive', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.incentive_budget', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.order_incentive', '');

CREATE FUNCTION backorder.incentive_changed() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'backorder_incentive_changed';
COMMENT ON FUNCTION backorder.incentive_changed() IS
'Statement trigger on incentive: brings the budget''s shares to what max_grants and max_value allow beyond what is used.';

CREATE TRIGGER incentive_inserted AFTER INSERT ON backorder.incentive
	REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.incentive_changed('incentive');
CREATE TRIGGER incentive_updated AFTER UPDATE ON backorder.incentive
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.incentive_changed('incentive');
CREATE TRIGGER incentive_deleted AFTER DELETE ON backorder.incentive
	REFERENCING OLD TABLE AS old_rows
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.incentive_changed('incentive');
CREATE TRIGGER incentive_truncated BEFORE TRUNCATE ON backorder.incentive
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.refuse_truncate('incentive');

CREATE VIEW backorder.incentive_cost WITH (security_invoker = true) AS
SELECT
	merchant_id,
	incentive_id,
	coalesce(i.name, g.name) AS name,
	coalesce(i.kind, g.kind) AS kind,
	coalesce(i.active, false) AS active,
	coalesce(g.orders, 0) AS orders,
	coalesce(g.grants, 0) AS grants,
	coalesce(g.withdrawn, 0) AS withdrawn,
	coalesce(g.value, 0) AS value,
	b.grants_left,
	b.value_left,
	g.last_granted_at
FROM backorder.incentive i
FULL JOIN (
	SELECT
		o.merchant_id,
		o.incentive_id,
		max(o.name) AS name,
		max(o.kind) AS kind,
		count(DISTINCT o.order_id) FILTER (WHERE o.status = 'granted') AS orders,
		count(*) FILTER (WHERE o.status = 'granted') AS grants,
		count(*) FILTER (WHERE o.status = 'withdrawn') AS withdrawn,
		sum(o.value) FILTER (WHERE o.status = 'granted') AS value,
		max(o.granted_at) AS last_granted_at
	FROM backorder.order_incentive o
	GROUP BY o.merchant_id, o.incentive_id
) AS g USING (merchant_id, incentive_id)
LEFT JOIN (
	SELECT
		s.merchant_id,
		s.incentive_id,
		sum(s.grants_left)::bigint AS grants_left,
		sum(s.value_left) AS value_left
	FROM backorder.incentive_budget s
	GROUP BY s.merchant_id, s.incentive_id
) AS b USING (merchant_id, incentive_id);
COMMENT ON VIEW backorder.incentive_cost IS
'One row per incentive, deleted ones included that an order was granted: what it was granted, and what that cost. Reads all grants of the merchant.';
COMMENT ON COLUMN backorder.incentive_cost.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.incentive_cost.incentive_id IS 'The incentive.';
COMMENT ON COLUMN backorder.incentive_cost.name IS 'Its name.';
COMMENT ON COLUMN backorder.incentive_cost.kind IS 'free_shipping, gift, percent_off or amount_off.';
COMMENT ON COLUMN backorder.incentive_cost.active IS 'Whether it is granted; false for one that was deleted.';
COMMENT ON COLUMN backorder.incentive_cost.orders IS 'Orders that have it.';
COMMENT ON COLUMN backorder.incentive_cost.grants IS 'Grants that stand: more than one per order where it grows with delay.';
COMMENT ON COLUMN backorder.incentive_cost.withdrawn IS 'Grants that were withdrawn.';
COMMENT ON COLUMN backorder.incentive_cost.value IS 'Value of the grants that stand.';
COMMENT ON COLUMN backorder.incentive_cost.grants_left IS 'Grants that the budget has left; null = no limit.';
COMMENT ON COLUMN backorder.incentive_cost.value_left IS 'Value that the budget has left; null = no limit.';
COMMENT ON COLUMN backorder.incentive_cost.last_granted_at IS 'When it was last granted, withdrawn grants included; null = never.';

CREATE VIEW backorder.incentive_effect WITH (security_invoker = true) AS
SELECT
	w.merchant_id,
	g.incentive_id,
	g.name,
	count(*) AS orders,
	count(*) FILTER (WHERE w.kept = 0) AS canceled,
	count(*) FILTER (WHERE w.kept > 0 AND w.waiting = 0) AS filled,
	count(*) FILTER (WHERE w.waiting > 0) AS waiting,
	round(avg(extract(epoch FROM w.waited_until - w.queued_at) / 86400) FILTER (WHERE w.kept > 0), 2) AS waited_days,
	round(count(*) FILTER (WHERE w.kept = 0) * 100.0 / count(*), 2) AS canceled_percent
FROM (
	SELECT
		p.merchant_id,
		p.order_id,
		min(p.queued_at) AS queued_at,
		coalesce(sum(p.quantity) FILTER (WHERE p.status <> 'canceled'), 0) AS kept,
		coalesce(sum(p.quantity) FILTER (WHERE p.status = 'backordered'), 0) AS waiting,
		max(coalesce(s.shipped_at, backorder.clock_time())) FILTER (WHERE p.status <> 'canceled') AS waited_until
	FROM backorder.order_line_part p
	LEFT JOIN backorder.shipment_group s ON s.merchant_id = p.merchant_id AND s.order_id = p.order_id
		AND s.group_no = p.group_no
	WHERE p.short_at_order
	GROUP BY p.merchant_id, p.order_id
) AS w
LEFT JOIN (
	SELECT DISTINCT o.merchant_id, o.order_id, o.incentive_id, o.name
	FROM backorder.order_incentive o
) AS g ON g.merchant_id = w.merchant_id AND g.order_id = w.order_id
GROUP BY w.merchant_id, g.incentive_id, g.name;
COMMENT ON VIEW backorder.incentive_effect IS
'One row per incentive, and one without: how the orders fared that were granted it, withdrawn or not, of those of which something was short when they were placed. An order with several counts in each. Reads all orders of the merchant that were short.';
COMMENT ON COLUMN backorder.incentive_effect.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.incentive_effect.incentive_id IS 'The incentive; null = orders without any.';
COMMENT ON COLUMN backorder.incentive_effect.name IS 'Its name when it was granted.';
COMMENT ON COLUMN backorder.incentive_effect.orders IS 'Orders of which something was short.';
COMMENT ON COLUMN backorder.incentive_effect.canceled IS 'Of these: all that was short was canceled.';
COMMENT ON COLUMN backorder.incentive_effect.filled IS 'Of these: nothing waits any more, and not all that was short was canceled.';
COMMENT ON COLUMN backorder.incentive_effect.waiting IS 'Of these: something that was short still waits.';
COMMENT ON COLUMN backorder.incentive_effect.waited_days IS 'Average days from the order until the last of what was short had shipped, or until now where it has not; canceled orders apart.';
COMMENT ON COLUMN backorder.incentive_effect.canceled_percent IS 'canceled in percent of orders.';

COMMENT ON FUNCTION backorder.preview_order(jsonb, integer) IS
'What an immediate place_order(request) would do, per line, without locks and without writing: status (in_stock, partial, backorder, preorder, out_of_stock, untracked), units now (available) and later (backordered), dispatch date of all of the line (promised_at; null = unknown), days until then, and in detail the parts and what incentives the order would be granted, or the reason and sqlstate of a refusal. request as for place_order(); the reference may be left out. Errors: OB002 unknown SKU, OB006 malformed request, 42501 no access.';
COMMENT ON FUNCTION backorder.preview_order(text[], bigint[], jsonb, integer) IS
'preview_order() with arrays side by side and options as for place_order(reference, skus, quantities, options).';
COMMENT ON FUNCTION backorder.place_order(jsonb, integer) IS
'Places an order, all or nothing, grants what incentives there are for waiting, and returns its parts (detail: incentives, where it has any; gifts are lines behind those of the request). request is an object: reference (text, the application''s key), lines (array of {sku, quantity, unit_price}), and if wanted customer (text), customer_group (text, for incentives), ship_policy (as_available, backorders_together, complete_line, complete_order), priority (integer, higher first), accept_backorder (false refuses to wait), accept_split (false refuses delivery in instalments: only complete_order is possible; true agrees), max_wait (a duration such as P14D: refuses what would be dispatched later, or nobody knows when), hold (ISO 8601 duration or time with zone: a held order ships nothing and tells nobody until confirm_order()), placed_at (time with zone, for imports). The same reference with the same content returns the order that it made. What the customer agreed to is recorded with the order. Errors: OB001 out of stock or later than max_wait, OB002 unknown SKU, OB003 over the backorder limit (DETAIL: all such lines as JSON), OB004 reference used with other content, OB006 malformed request, 42501 no access.';
COMMENT ON FUNCTION backorder.place_order(text, text[], bigint[], jsonb, integer) IS
'place_order() with arrays side by side, the fastest door to the same code. options is an object with the keys of a request but reference and lines, and unit_prices (array beside skus).';
COMMENT ON FUNCTION backorder.cancel_line(bigint, integer, text, integer) IS
'Cancels what of a line has not shipped; incentives are withdrawn if nothing that waits or waited is left of the order and none of it has shipped. Returns the order''s parts as they are now, a row per part. Errors as of cancel_order(), and P0002 no such line.';
COMMENT ON FUNCTION backorder.change_quantity(bigint, integer, bigint, integer) IS
'Sets a line''s units not canceled, shipped ones included. Down: cancels waiting units first, then allocated ones, each from the end of the queue order. Up: new units under the rules of checkout and of the order''s accept_backorder and max_wait, at the end of the queue, at the line''s price. Returns the order''s parts as they are now, a row per part. Errors: OB005 below what is shipped or on a pick list, or the order is not open, or more of a gift; OB001, OB003 as of place_order(); P0002 no such line.';

-- ===== back in stock, and warnings =====

DO $do$ BEGIN EXECUTE $ddl$ ALTER TABLE backorder.merchant ADD COLUMN IF NOT EXISTS back_in_stock_factor numeric NOT NULL DEFAULT 1 $ddl$; END $do$;
DO $do$ BEGIN EXECUTE $ddl$ ALTER TABLE backorder.merchant ADD COLUMN IF NOT EXISTS back_in_stock_delay interval NOT NULL DEFAULT '5 minutes' $ddl$; END $do$;
DO $do$ BEGIN EXECUTE $ddl$ ALTER TABLE backorder.merchant ADD COLUMN IF NOT EXISTS back_in_stock_throttle interval NOT NULL DEFAULT '1 day' $ddl$; END $do$;
DO $do$ BEGIN EXECUTE $ddl$ ALTER TABLE backorder.merchant ADD COLUMN IF NOT EXISTS warning_interval interval NOT NULL DEFAULT '1 day' $ddl$; END $do$;
DO $do$ BEGIN EXECUTE $ddl$ ALTER TABLE backorder.merchant DROP CONSTRAINT IF EXISTS merchant_back_in_stock_factor_in_range, ADD CONSTRAINT merchant_back_in_stock_factor_in_range CHECK (back_in_stock_factor BETWEEN 0 AND 1000) $ddl$; END $do$;
DO $do$ BEGIN EXECUTE $ddl$ ALTER TABLE backorder.merchant DROP CONSTRAINT IF EXISTS merchant_back_in_stock_delay_in_range, ADD CONSTRAINT merchant_back_in_stock_delay_in_range CHECK (back_in_stock_delay BETWEEN '0' AND '100 years') $ddl$; END $do$;
DO $do$ BEGIN EXECUTE $ddl$ ALTER TABLE backorder.merchant DROP CONSTRAINT IF EXISTS merchant_back_in_stock_throttle_in_range, ADD CONSTRAINT merchant_back_in_stock_throttle_in_range CHECK (back_in_stock_throttle BETWEEN '0' AND '100 years') $ddl$; END $do$;
DO $do$ BEGIN EXECUTE $ddl$ ALTER TABLE backorder.merchant DROP CONSTRAINT IF EXISTS merchant_warning_interval_in_range, ADD CONSTRAINT merchant_warning_interval_in_range CHECK (warning_interval BETWEEN '0' AND '100 years') $ddl$; END $do$;
DO $do$ BEGIN EXECUTE $ddl$ ALTER TABLE backorder.item ADD COLUMN IF NOT EXISTS low_stock bigint $ddl$; END $do$;
DO $do$ BEGIN EXECUTE $ddl$ ALTER TABLE backorder.item DROP CONSTRAINT IF EXISTS item_low_stock_in_range, ADD CONSTRAINT item_low_stock_in_range CHECK (low_stock BETWEEN 0 AND 9007199254740992) $ddl$; END $do$;
DO $do$ BEGIN EXECUTE $ddl$ ALTER TABLE backorder.availability ADD COLUMN IF NOT EXISTS retractable boolean NOT NULL DEFAULT false $ddl$; END $do$;
DO $do$ BEGIN EXECUTE $ddl$ ALTER TABLE backorder.notification DROP CONSTRAINT IF EXISTS notification_type_known, ADD CONSTRAINT notification_type_known
	CHECK (type IN ('placed', 'backorder_filled', 'promise_changed', 'shipped', 'line_canceled', 'canceled', 'back_in_stock', 'sku_negative', 'sku_recovered', 'low_stock', 'shelf_discrepancy')) $ddl$; END $do$;
COMMENT ON COLUMN backorder.merchant.back_in_stock_factor IS 'How many units of subscribers are told that a SKU is back, per unit that is available; 0 = nobody is told.';
COMMENT ON COLUMN backorder.merchant.back_in_stock_delay IS 'How long a back_in_stock notice waits before it may be sent: if the stock is gone again meanwhile, it is withdrawn.';
COMMENT ON COLUMN backorder.merchant.back_in_stock_throttle IS 'Who was told that a SKU is back is not told again of that SKU before this has passed.';
COMMENT ON COLUMN backorder.merchant.warning_interval IS 'The merchant is warned of a SKU at most once in this time, per kind of warning; 0 = every time.';
COMMENT ON COLUMN backorder.item.low_stock IS 'The merchant is warned when the available units fall to this or below it; null = never.';
COMMENT ON COLUMN backorder.availability.retractable IS 'True while notices that the SKU is back may be pending: they are held against what is available, and the last ones withdrawn.';
COMMENT ON COLUMN backorder.notification.type IS 'placed, backorder_filled, promise_changed, shipped, line_canceled, canceled, back_in_stock; for the merchant sku_negative, sku_recovered, low_stock and shelf_discrepancy.';
COMMENT ON TABLE backorder.delivery IS
'How far the sending of a notification is. A pending one is withdrawn when a later one of its order covers it, or when the goods of which it tells are gone again; what was sent is never withdrawn.';
COMMENT ON FUNCTION backorder.verify(integer) IS
'A row for each breach of an invariant (1 to 8, see doc/architecture.md): which one, where, and what is wrong. A sound database returns none. Reads one snapshot and locks nothing; needs level report.';

CREATE TABLE backorder.subscription (
	merchant_id     integer NOT NULL,
	sku             text COLLATE "C" NOT NULL,
	contact         text COLLATE "C" NOT NULL,
	subscription_id bigint NOT NULL,
	customer        text,
	quantity        bigint NOT NULL,
	status          text NOT NULL,
	created_at      timestamptz NOT NULL,
	told_at         timestamptz,
	notification_id bigint,
	retractable     boolean NOT NULL DEFAULT false,
	CONSTRAINT subscription_pkey PRIMARY KEY (merchant_id, sku, contact),
	CONSTRAINT subscription_sku_length CHECK (char_length(sku) BETWEEN 1 AND 200),
	CONSTRAINT subscription_contact_length CHECK (char_length(contact) BETWEEN 1 AND 320),
	CONSTRAINT subscription_quantity_in_range CHECK (quantity BETWEEN 1 AND 9007199254740992),
	CONSTRAINT subscription_status_known CHECK (status IN ('waiting', 'told', 'ended')),
	CONSTRAINT subscription_told_has_notice CHECK (status <> 'told' OR (notification_id IS NOT NULL AND told_at IS NOT NULL)),
	CONSTRAINT subscription_waiting_is_not_retractable CHECK (NOT retractable OR status <> 'waiting')
) WITH (fillfactor = 80);
CREATE INDEX subscription_waiting ON backorder.subscription (merchant_id, sku, subscription_id) WHERE status = 'waiting';
CREATE INDEX subscription_retractable ON backorder.subscription (merchant_id, sku, subscription_id) WHERE retractable;
COMMENT ON TABLE backorder.subscription IS
'Who wants to hear that a SKU is back in stock: one row per SKU and contact, whatever became of it. A subscription is for one notice; who wants another subscribes again. Written by the engine only, under the lock of the SKU.';
COMMENT ON COLUMN backorder.subscription.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.subscription.sku IS 'The SKU.';
COMMENT ON COLUMN backorder.subscription.contact IS 'Where the notice goes, for example an e-mail address: 1 to 320 characters, compared byte by byte. Personal data.';
COMMENT ON COLUMN backorder.subscription.subscription_id IS 'From next_id(), drawn under the SKU''s lock: its place, the oldest is told first. A new one whenever it begins to wait anew.';
COMMENT ON COLUMN backorder.subscription.customer IS 'The application''s name for the customer.';
COMMENT ON COLUMN backorder.subscription.quantity IS 'Units that are wanted.';
COMMENT ON COLUMN backorder.subscription.status IS 'waiting, told (its notice was written and not withdrawn) or ended (by unsubscribe()).';
COMMENT ON COLUMN backorder.subscription.created_at IS 'Since when it has its place.';
COMMENT ON COLUMN backorder.subscription.told_at IS 'When its last notice was written, withdrawn ones apart; kept when it waits anew, for the throttle.';
COMMENT ON COLUMN backorder.subscription.notification_id IS 'The notice of a told subscription; null while it waits.';
COMMENT ON COLUMN backorder.subscription.retractable IS 'True while its notice may be pending still: such notices are looked at whenever the stock of the SKU changes.';

CREATE TABLE backorder.stock_warning (
	merchant_id integer NOT NULL,
	sku         text COLLATE "C" NOT NULL,
	kind        text NOT NULL,
	told_at     timestamptz NOT NULL,
	CONSTRAINT stock_warning_pkey PRIMARY KEY (merchant_id, sku, kind),
	CONSTRAINT stock_warning_kind_known CHECK (kind IN ('low_stock', 'sku_negative', 'sku_recovered'))
) WITH (fillfactor = 80);
COMMENT ON TABLE backorder.stock_warning IS
'When the merchant was last warned of a SKU, per kind of warning; his warning_interval counts from then. Written by the engine only, under the lock of the SKU.';
COMMENT ON COLUMN backorder.stock_warning.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.stock_warning.sku IS 'The SKU.';
COMMENT ON COLUMN backorder.stock_warning.kind IS 'low_stock, sku_negative or sku_recovered.';
COMMENT ON COLUMN backorder.stock_warning.told_at IS 'When.';

SELECT pg_catalog.pg_extension_config_dump('backorder.subscription', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.stock_warning', '');

CREATE FUNCTION backorder.subscribe(sku text, contact text, quantity bigint DEFAULT 1, customer text DEFAULT NULL, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	subscription_id bigint, sku text, contact text, customer text, quantity bigint, status text,
	created_at timestamptz, told_at timestamptz, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_subscribe';
COMMENT ON FUNCTION backorder.subscribe(text, text, bigint, text, integer) IS
'Notes that the contact wants to be told, once, when the SKU becomes available again for new orders. Returns the subscription; detail has available and backordered of the SKU as they are now, and in_stock (whether quantity can be had right now: then there is nothing to wait for, and the next notice comes only after the SKU was sold out). Again with the same SKU and contact: changes quantity and customer (null leaves it) and keeps the place; one whose notice has been sent, or that was ended, begins to wait anew, at a new place. Errors: OB002 unknown SKU; OB005 the item is a service, which is never out of stock; OB006 malformed argument.';

CREATE FUNCTION backorder.unsubscribe(sku text, contact text, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	subscription_id bigint, sku text, contact text, customer text, quantity bigint, status text,
	created_at timestamptz, told_at timestamptz, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_unsubscribe';
COMMENT ON FUNCTION backorder.unsubscribe(text, text, integer) IS
'Ends a subscription, and withdraws its notice if that is pending still. Returns the subscription; one that has ended already is returned as it is. Errors: OB006 malformed argument; P0002 no such subscription.';

CREATE VIEW backorder.subscription_demand WITH (security_invoker = true) AS
SELECT
	s.merchant_id,
	s.sku,
	i.name AS item_name,
	count(*) FILTER (WHERE s.status = 'waiting') AS waiting,
	least(coalesce(sum(s.quantity) FILTER (WHERE s.status = 'waiting'), 0), 9223372036854775807)::bigint AS units_wanted,
	min(s.created_at) FILTER (WHERE s.status = 'waiting') AS waiting_since,
	count(*) FILTER (WHERE s.retractable) AS being_told,
	count(*) FILTER (WHERE s.told_at > backorder.clock_time() - interval '30 days') AS told_30_days,
	max(s.told_at) AS last_told_at,
	i.unit_price * sum(s.quantity) FILTER (WHERE s.status = 'waiting') AS value_wanted
FROM backorder.subscription s
LEFT JOIN backorder.item i ON i.merchant_id = s.merchant_id AND i.sku = s.sku
GROUP BY s.merchant_id, s.sku, i.merchant_id, i.sku;
COMMENT ON VIEW backorder.subscription_demand IS
'One row per SKU that anyone ever subscribed to: how many wait to hear that it is back, and for how much. No personal data. Quick by merchant_id and sku.';
COMMENT ON COLUMN backorder.subscription_demand.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.subscription_demand.sku IS 'The SKU.';
COMMENT ON COLUMN backorder.subscription_demand.item_name IS 'The item''s name; null = none, or not in the catalogue any more.';
COMMENT ON COLUMN backorder.subscription_demand.waiting IS 'Subscribers that wait.';
COMMENT ON COLUMN backorder.subscription_demand.units_wanted IS 'Units that those who wait want.';
COMMENT ON COLUMN backorder.subscription_demand.waiting_since IS 'Since when the first of them waits; null = nobody waits.';
COMMENT ON COLUMN backorder.subscription_demand.being_told IS 'Subscribers whose notice was written and may not have been sent yet.';
COMMENT ON COLUMN backorder.subscription_demand.told_30_days IS 'Subscribers told in the last 30 days, by clock_time(); each counts once.';
COMMENT ON COLUMN backorder.subscription_demand.last_told_at IS 'When anyone was last told; null = never.';
COMMENT ON COLUMN backorder.subscription_demand.value_wanted IS 'Price of the units wanted, by the item''s price; null = none wait, or it has no price.';

ALTER TABLE backorder.subscription ENABLE ROW LEVEL SECURITY;
CREATE POLICY subscription_read ON backorder.subscription FOR SELECT USING (merchant_id = ANY (ARRAY(SELECT merchant_id FROM backorder.merchant_access WHERE role_name IN (SELECT rolname FROM pg_catalog.pg_roles WHERE pg_catalog.pg_has_role(oid, 'USAGE')))));
COMMENT ON POLICY subscription_read ON backorder.subscription IS 'Rows of merchants for which one has any level.';
ALTER TABLE backorder.stock_warning ENABLE ROW LEVEL SECURITY;
CREATE POLICY stock_warning_read ON backorder.stock_warning FOR SELECT USING (merchant_id = ANY (ARRAY(SELECT merchant_id FROM backorder.merchant_access WHERE role_name IN (SELECT rolname FROM pg_catalog.pg_roles WHERE pg_catalog.pg_has_role(oid, 'USAGE')))));
COMMENT ON POLICY stock_warning_read ON backorder.stock_warning IS 'Rows of merchants for which one has any level.';

-- ===== rights =====

CREATE OR REPLACE FUNCTION backorder.access_rules()
	RETURNS TABLE (level text, privileges text, kind text, object text)
	LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT 'report', 'USAGE', 'SCHEMA', 'backorder'
	UNION ALL
	SELECT 'report', 'SELECT', 'TABLE', format('%I.%I', n.nspname, c.relname)
	FROM pg_class c
	JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE n.nspname = 'backorder' AND c.relkind IN ('r', 'p', 'v', 'm')
	UNION ALL
	SELECT w.level, 'INSERT, UPDATE, DELETE', 'TABLE', w.object
	FROM (VALUES
		('app', 'backorder.location'),
		('app', 'backorder.item'),
		('app', 'backorder.stock'),
		('app', 'backorder.supply'),
		('app', 'backorder.incentive'),
		('admin', 'backorder.merchant')) AS w (level, object)
	UNION ALL
	SELECT f.level, 'EXECUTE', 'ROUTINE', f.object
	FROM (
		SELECT CASE
				WHEN p.prorettype IN ('trigger'::regtype, 'event_trigger'::regtype) THEN NULL
				WHEN p.proname IN ('current_merchant', 'clock_time') THEN 'public'
				WHEN p.proname IN ('access_rules', 'grant_access', 'revoke_access', 'regrant') THEN NULL
				WHEN p.proname = 'repair' THEN 'admin'
				WHEN p.provolatile <> 'v' THEN 'report'
				ELSE 'app'
			END AS level,
			p.oid::regprocedure::text AS object
		FROM pg_proc p
		JOIN pg_namespace n ON n.oid = p.pronamespace
		WHERE n.nspname = 'backorder') f
	WHERE f.level IS NOT NULL;
END;

COMMENT ON FUNCTION backorder.regrant() IS
'Puts tables of this schema under row security that are not yet, and lays the rights of PUBLIC and of every role in merchant_access anew, as access_rules() says. The install script and every update script end with it; call it after a dump was restored into a newer version. For superusers and the schema''s owner.';
