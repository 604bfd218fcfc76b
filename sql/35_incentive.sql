-- Incentives: what the merchant offers for waiting, the budgets, and the grants.

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
	on_change             text,
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
	CONSTRAINT incentive_slip_is_no_gift CHECK (slip_days IS NULL OR kind <> 'gift'),
	CONSTRAINT incentive_on_change_known CHECK (on_change IN ('keep', 'lower', 'withdraw'))
);
CREATE INDEX incentive_active ON backorder.incentive (merchant_id, rank, incentive_id) WHERE active;
COMMENT ON TABLE backorder.incentive IS
'What the merchant offers in return for waiting. It is granted at checkout if units are backordered, or (slip_days) when the promise moves later. An order gets the first incentive, by rank, whose conditions hold and whose budget lasts. If that one combines, others that combine are granted too. A condition that is null holds.';
COMMENT ON COLUMN backorder.incentive.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.incentive.incentive_id IS 'The incentive. From next_id(), unless the application sets it.';
COMMENT ON COLUMN backorder.incentive.name IS 'Name that the customer reads.';
COMMENT ON COLUMN backorder.incentive.kind IS 'free_shipping, gift (gift_sku at price 0), percent_off or amount_off (of the order''s value).';
COMMENT ON COLUMN backorder.incentive.amount IS 'percent_off: percent of the order''s value, and the grant is rounded to two decimals. amount_off: money, never more than the order''s value. Null for the other kinds.';
COMMENT ON COLUMN backorder.incentive.gift_sku IS 'SKU of the gift; null for the other kinds. If the gift is not available, the next incentive is tried.';
COMMENT ON COLUMN backorder.incentive.gift_quantity IS 'Units of the gift; null for the other kinds.';
COMMENT ON COLUMN backorder.incentive.value IS 'What one grant costs the merchant, in money. Null = 0 for free_shipping, and the item''s unit_price times gift_quantity for a gift. Always null for percent_off and amount_off: the engine computes it.';
COMMENT ON COLUMN backorder.incentive.skus IS 'Units of one of these SKUs, or of an item with the tag, must wait. If skus and tag are null, units of any SKU.';
COMMENT ON COLUMN backorder.incentive.tag IS 'Units of an item with this tag, or of one of the SKUs, must wait. If skus and tag are null, units of any SKU.';
COMMENT ON COLUMN backorder.incentive.min_wait IS 'The last of these waiting units must have a date that is at least this much later than now, or no date.';
COMMENT ON COLUMN backorder.incentive.min_order_value IS 'Least value of the order: quantity times unit_price of all units that are not canceled or returned. Units without a price count 0.';
COMMENT ON COLUMN backorder.incentive.min_backordered_value IS 'Least value of these waiting units.';
COMMENT ON COLUMN backorder.incentive.customer_group IS 'The customer_group that the order must have.';
COMMENT ON COLUMN backorder.incentive.valid IS 'The period in which it is granted; null = always.';
COMMENT ON COLUMN backorder.incentive.max_grants IS 'Budget: most grants, withdrawn ones excluded; null = no limit. Counting starts when the incentive first has a budget.';
COMMENT ON COLUMN backorder.incentive.max_value IS 'Budget: most value granted, withdrawn grants excluded; null = no limit.';
COMMENT ON COLUMN backorder.incentive.rank IS 'The lowest rank is granted first; equal ranks by incentive_id.';
COMMENT ON COLUMN backorder.incentive.combines IS 'Whether it may be granted together with others that combine.';
COMMENT ON COLUMN backorder.incentive.active IS 'Whether it may be granted. Grants that orders have already are not affected.';
COMMENT ON COLUMN backorder.incentive.slip_days IS 'Null = granted at checkout. Otherwise granted when a promise moves: step 1 when it is this many days after the first promise, step 2 at twice as many, and so on. Each step is granted once.';
COMMENT ON COLUMN backorder.incentive.max_steps IS 'Last step of slip_days; null for an incentive granted at checkout.';
COMMENT ON COLUMN backorder.incentive.on_change IS 'What becomes of a grant when its order changes. lower: money off falls with the order; a grant whose conditions no longer hold is withdrawn. withdraw: as lower, but money off that would fall is withdrawn. keep: the grant stays while anything of the order is left. Null = lower for percent_off and amount_off, withdraw for free_shipping and gift.';

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
'The budget of an incentive in shares, so that checkouts need not take turns. A checkout takes from a share that no other transaction holds. Only the sums over the shares have a meaning. An incentive that never had a budget has no rows. Written by the engine only.';
COMMENT ON COLUMN backorder.incentive_budget.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.incentive_budget.incentive_id IS 'The incentive.';
COMMENT ON COLUMN backorder.incentive_budget.slot_no IS 'Number of the share, from 1.';
COMMENT ON COLUMN backorder.incentive_budget.grants_left IS 'Grants that this share has left; null = no limit.';
COMMENT ON COLUMN backorder.incentive_budget.value_left IS 'Value that this share has left; null = no limit.';
COMMENT ON COLUMN backorder.incentive_budget.grants_used IS 'Grants taken from this share and not withdrawn.';
COMMENT ON COLUMN backorder.incentive_budget.value_used IS 'Value of the grants taken from this share and not withdrawn.';

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
	on_change    text NOT NULL DEFAULT 'lower',
	slip_days    integer,
	percent      numeric,
	wait_until   timestamptz,
	min_order_value numeric,
	min_backordered_value numeric,
	waiting_lines integer[],
	earning_lines integer[],
	lowered_from numeric,
	spent        numeric NOT NULL DEFAULT 0,
	forfeited    boolean NOT NULL DEFAULT false,
	CONSTRAINT order_incentive_pkey PRIMARY KEY (merchant_id, order_id, incentive_id, step),
	CONSTRAINT order_incentive_step_not_negative CHECK (step >= 0),
	CONSTRAINT order_incentive_kind_known CHECK (kind IN ('free_shipping', 'gift', 'percent_off', 'amount_off')),
	CONSTRAINT order_incentive_value_not_negative CHECK (value >= 0),
	CONSTRAINT order_incentive_gift_has_line CHECK ((line_no IS NOT NULL) = (kind = 'gift')),
	CONSTRAINT order_incentive_status_known CHECK (status IN ('granted', 'withdrawn')),
	CONSTRAINT order_incentive_withdrawn_once CHECK ((status = 'withdrawn') = (withdrawn_at IS NOT NULL)),
	CONSTRAINT order_incentive_on_change_known CHECK (on_change IN ('keep', 'lower', 'withdraw')),
	CONSTRAINT order_incentive_spent_in_range CHECK (spent BETWEEN 0 AND value)
) WITH (fillfactor = 80);
CREATE INDEX order_incentive_incentive ON backorder.order_incentive (merchant_id, incentive_id);
COMMENT ON TABLE backorder.order_incentive IS
'What an order was granted for waiting, one row per grant, with the terms under which it was granted. Every call that changes an order judges its grants again: it lowers or withdraws what the order does not earn any more, as on_change says. Written by the engine only.';
COMMENT ON COLUMN backorder.order_incentive.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.order_incentive.order_id IS 'The order.';
COMMENT ON COLUMN backorder.order_incentive.incentive_id IS 'The incentive. It may have changed or been deleted since.';
COMMENT ON COLUMN backorder.order_incentive.step IS '0 = granted at checkout; 1 or more = the step of slip_days.';
COMMENT ON COLUMN backorder.order_incentive.name IS 'The incentive''s name when it was granted.';
COMMENT ON COLUMN backorder.order_incentive.kind IS 'free_shipping, gift, percent_off or amount_off.';
COMMENT ON COLUMN backorder.order_incentive.value IS 'What it costs the merchant, in money: computed when it was granted, and lowered since if the order changed. Never raised. For percent_off and amount_off: what the customer pays less.';
COMMENT ON COLUMN backorder.order_incentive.line_no IS 'The order line of the gift; null for the other kinds.';
COMMENT ON COLUMN backorder.order_incentive.status IS 'granted or withdrawn.';
COMMENT ON COLUMN backorder.order_incentive.granted_at IS 'When it was granted.';
COMMENT ON COLUMN backorder.order_incentive.withdrawn_at IS 'When it was withdrawn; null while it is granted.';
COMMENT ON COLUMN backorder.order_incentive.cause IS 'Cause of the status: placed, or what moved the promise, as in promise_change. After a withdrawal: canceled or returned; otherwise what the call was for, as in promise_change.';
COMMENT ON COLUMN backorder.order_incentive.budgeted IS 'Whether it was taken from the budget of the incentive.';
COMMENT ON COLUMN backorder.order_incentive.on_change IS 'Term: keep, lower or withdraw, as for the incentive.';
COMMENT ON COLUMN backorder.order_incentive.slip_days IS 'Term: days per step, as for the incentive; null for an incentive granted at checkout, and if it is not known.';
COMMENT ON COLUMN backorder.order_incentive.percent IS 'Term: percent of the order''s value; null for the other kinds, and if it is not known.';
COMMENT ON COLUMN backorder.order_incentive.wait_until IS 'Term: only units of earning_lines count whose first promise is this date or later; null = all of them.';
COMMENT ON COLUMN backorder.order_incentive.min_order_value IS 'Term: least value of the order, as for the incentive; null = none.';
COMMENT ON COLUMN backorder.order_incentive.min_backordered_value IS 'Term: least value of the units of waiting_lines that waited; null = none.';
COMMENT ON COLUMN backorder.order_incentive.waiting_lines IS 'Term: the lines of which units waited, for min_backordered_value; null = all lines.';
COMMENT ON COLUMN backorder.order_incentive.earning_lines IS 'Term: the lines whose wait, or slip, earned the grant. It is earned while units of them are left that waited; null = all lines.';
COMMENT ON COLUMN backorder.order_incentive.lowered_from IS 'The value when it was granted, if it was lowered since; null if not.';
COMMENT ON COLUMN backorder.order_incentive.spent IS 'The part of the value that cannot be taken back. A gift is spent when it ships, free shipping when anything ships; spend_grant() notes money off.';
COMMENT ON COLUMN backorder.order_incentive.forfeited IS 'Whether the order has lost it, but it could not be taken back: it is spent, or a gift on a pick list.';

SELECT pg_catalog.pg_extension_config_dump('backorder.incentive', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.incentive_budget', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.order_incentive', '');

CREATE FUNCTION backorder.incentive_changed() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'backorder_incentive_changed';
COMMENT ON FUNCTION backorder.incentive_changed() IS
'Statement trigger on incentive. Sets the budget shares to what max_grants and max_value leave
beyond the grants in use.
Returns null.
Errors: 39P01 not called after a statement.';

CREATE TRIGGER incentive_inserted AFTER INSERT ON backorder.incentive
	REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.incentive_changed('incentive');
CREATE TRIGGER incentive_updated AFTER UPDATE ON backorder.incentive
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.incentive_changed('incentive');
CREATE TRIGGER incentive_deleted AFTER DELETE ON backorder.incentive
	REFERENCING OLD TABLE AS old_rows
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.incentive_changed('incentive');
-- The trigger incentive_truncated is in 45_supply.sql, because its function is created after this
-- file.

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
'One row per incentive: what was granted, and what it cost. Includes deleted incentives that have grants. Reads all grants of the merchant.';
COMMENT ON COLUMN backorder.incentive_cost.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.incentive_cost.incentive_id IS 'The incentive.';
COMMENT ON COLUMN backorder.incentive_cost.name IS 'Name of the incentive.';
COMMENT ON COLUMN backorder.incentive_cost.kind IS 'free_shipping, gift, percent_off or amount_off.';
COMMENT ON COLUMN backorder.incentive_cost.active IS 'Whether it may be granted; false for a deleted one.';
COMMENT ON COLUMN backorder.incentive_cost.orders IS 'Orders that have a grant that is not withdrawn.';
COMMENT ON COLUMN backorder.incentive_cost.grants IS 'Grants that are not withdrawn. One order has several if slip_days is set.';
COMMENT ON COLUMN backorder.incentive_cost.withdrawn IS 'Grants that are withdrawn.';
COMMENT ON COLUMN backorder.incentive_cost.value IS 'Value of the grants that are not withdrawn.';
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
'One row per incentive, and one row for none: what became of the orders that had units short at checkout. An order counts for every incentive that it was granted, withdrawn or not. Reads all such orders of the merchant.';
COMMENT ON COLUMN backorder.incentive_effect.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.incentive_effect.incentive_id IS 'The incentive; null = orders without a grant.';
COMMENT ON COLUMN backorder.incentive_effect.name IS 'Name of the incentive when it was granted.';
COMMENT ON COLUMN backorder.incentive_effect.orders IS 'Orders that had units short at checkout.';
COMMENT ON COLUMN backorder.incentive_effect.canceled IS 'Of these orders: all short units are canceled.';
COMMENT ON COLUMN backorder.incentive_effect.filled IS 'Of these orders: no short unit waits, and not all are canceled.';
COMMENT ON COLUMN backorder.incentive_effect.waiting IS 'Of these orders: short units still wait.';
COMMENT ON COLUMN backorder.incentive_effect.waited_days IS 'Average days from order to dispatch of the last short unit, or to now if it has not shipped. Canceled orders are excluded.';
COMMENT ON COLUMN backorder.incentive_effect.canceled_percent IS 'canceled as a percentage of orders.';
