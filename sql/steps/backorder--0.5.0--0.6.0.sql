\echo Use "ALTER EXTENSION backorder UPDATE" to load this file. \quit

-- From 0.5.0 to 0.6.0: columns that only the engine reads get other names. Idempotent DDL, no rows are changed.

DO $do$
DECLARE
	renamed record;
BEGIN
	FOR renamed IN
		SELECT c.*
		FROM (VALUES
			('backorder.availability'::regclass, 'relay', 'promises_stale'),
			('backorder.availability'::regclass, 'retractable', 'back_in_stock_pending'),
			('backorder.subscription'::regclass, 'retractable', 'back_in_stock_pending'),
			('backorder.availability_total'::regclass, 'relay', 'promises_stale')) AS c (relation, old_name, new_name)
		JOIN pg_catalog.pg_attribute a ON a.attrelid = c.relation AND a.attname = c.old_name
	LOOP
		EXECUTE format('ALTER TABLE %s RENAME COLUMN %I TO %I', renamed.relation, renamed.old_name, renamed.new_name);
	END LOOP;
	IF EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = 'backorder.subscription'::regclass
			AND conname = 'subscription_waiting_is_not_retractable') THEN
		EXECUTE 'ALTER TABLE backorder.subscription'
			' RENAME CONSTRAINT subscription_waiting_is_not_retractable TO subscription_waiting_is_not_pending';
	END IF;
END $do$;

-- The promises of every queue are recalculated once: some rest on supply that is overdue.
ALTER TABLE backorder.availability
	ADD COLUMN IF NOT EXISTS recalculate_at timestamptz,
	ADD COLUMN IF NOT EXISTS subscribers_wait boolean NOT NULL DEFAULT false,
	ADD COLUMN IF NOT EXISTS told_units bigint NOT NULL DEFAULT 0
		CONSTRAINT availability_told_units_not_negative CHECK (told_units >= 0);
UPDATE backorder.availability SET recalculate_at = 'epoch'
WHERE recalculate_at IS NULL AND (backordered > 0 OR slots > 0);

-- Subscribers whom 0.5.0 left waiting beside available units are notified by the next maintain().
UPDATE backorder.availability a SET subscribers_wait = true, recalculate_at = 'epoch'
FROM (SELECT DISTINCT s.merchant_id, s.sku FROM backorder.subscription s WHERE s.status = 'waiting') AS s
WHERE a.merchant_id = s.merchant_id AND a.sku = s.sku AND NOT a.subscribers_wait;

ALTER TABLE backorder.merchant
	ADD COLUMN IF NOT EXISTS time_zone text NOT NULL DEFAULT 'UTC'
		CONSTRAINT merchant_time_zone_known CHECK (timezone(time_zone, timestamp '2000-01-01') IS NOT NULL),
	ADD COLUMN IF NOT EXISTS overdue_grace interval NOT NULL DEFAULT '0'
		CONSTRAINT merchant_overdue_grace_in_range CHECK (overdue_grace BETWEEN '0' AND '100 years'),
	ADD COLUMN IF NOT EXISTS overdue_delay interval
		CONSTRAINT merchant_overdue_delay_in_range CHECK (overdue_delay BETWEEN '1 hour' AND '100 years'),
	ADD COLUMN IF NOT EXISTS key_retention interval NOT NULL DEFAULT '30 days'
		CONSTRAINT merchant_key_retention_in_range CHECK (key_retention BETWEEN '1 hour' AND '100 years');

ALTER TABLE backorder.item DROP CONSTRAINT IF EXISTS item_preorder_has_date;
ALTER TABLE backorder.order_line_part DROP CONSTRAINT IF EXISTS order_line_part_basis_known;
ALTER TABLE backorder.order_line_part ADD CONSTRAINT order_line_part_basis_known
	CHECK (promise_basis IN ('shelf', 'supply', 'lead_time', 'preorder'));

ALTER INDEX IF EXISTS backorder.subscription_retractable RENAME TO subscription_back_in_stock_pending;

-- The types of notifications are declared in C; notification_types() lists them, and verify() checks the rows.
ALTER TABLE backorder.notification DROP CONSTRAINT IF EXISTS notification_type_known;
ALTER TABLE backorder.stock_warning DROP CONSTRAINT IF EXISTS stock_warning_kind_known;

-- Late payment: what confirm_order() does after the end of a hold, and the parts that expire_holds() canceled. Orders that
-- expired before this version cannot be told from those that were canceled while they were held, so they stay canceled.
DO $do$ BEGIN
	EXECUTE 'ALTER TABLE backorder.merchant ADD COLUMN IF NOT EXISTS late_payment text NOT NULL DEFAULT ''queue''';
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = 'backorder.merchant'::regclass
			AND conname = 'merchant_late_payment_known') THEN
		EXECUTE 'ALTER TABLE backorder.merchant ADD CONSTRAINT merchant_late_payment_known'
			' CHECK (late_payment IN (''queue'', ''available'', ''refuse''))';
	END IF;
END $do$;
CREATE TABLE IF NOT EXISTS backorder.expired_part (
	merchant_id integer NOT NULL,
	order_id    bigint NOT NULL,
	line_no     integer NOT NULL,
	part_no     integer NOT NULL,
	CONSTRAINT expired_part_pkey PRIMARY KEY (merchant_id, order_id, line_no, part_no)
);
SELECT pg_catalog.pg_extension_config_dump('backorder.expired_part', '');

-- Every function that writes gets options in front of merchant_id.
DROP FUNCTION IF EXISTS backorder.confirm_order(bigint, integer);
DROP FUNCTION IF EXISTS backorder.set_stock(text[], integer[], bigint[], integer);
DROP FUNCTION IF EXISTS backorder.count_stock(text, integer, bigint, bigint, integer);
DROP FUNCTION IF EXISTS backorder.transfer_stock(text, integer, integer, bigint, integer);
DROP FUNCTION IF EXISTS backorder.release_group(bigint, integer, integer);
DROP FUNCTION IF EXISTS backorder.unrelease_group(bigint, integer, integer);
DROP FUNCTION IF EXISTS backorder.cancel_order(bigint, text, integer);
DROP FUNCTION IF EXISTS backorder.cancel_line(bigint, integer, text, integer);
DROP FUNCTION IF EXISTS backorder.change_quantity(bigint, integer, bigint, integer);
DROP FUNCTION IF EXISTS backorder.return_items(bigint, integer, bigint, integer, boolean, integer);
DROP FUNCTION IF EXISTS backorder.expire_holds(timestamptz, integer);
DROP FUNCTION IF EXISTS backorder.subscribe(text, text, bigint, text, integer);
DROP FUNCTION IF EXISTS backorder.unsubscribe(text, text, integer);
DROP FUNCTION IF EXISTS backorder.repromise(text[], integer);
DROP FUNCTION IF EXISTS backorder.repair(text[], integer);

CREATE TABLE IF NOT EXISTS backorder.call_key (
	merchant_id integer NOT NULL,
	key         text COLLATE "C" NOT NULL,
	function    text NOT NULL,
	fingerprint bytea NOT NULL,
	answer      jsonb,
	called_at   timestamptz NOT NULL,
	CONSTRAINT call_key_pkey PRIMARY KEY (merchant_id, key),
	CONSTRAINT call_key_length CHECK (char_length(key) BETWEEN 1 AND 200)
);
CREATE INDEX IF NOT EXISTS call_key_called_at ON backorder.call_key (merchant_id, called_at);
SELECT pg_catalog.pg_extension_config_dump('backorder.call_key', '');

-- Grants get the terms by which they are judged from now on. What 0.5.0 granted does not record them, so they are those of the
-- incentive as it is now, as far as the order, as it was placed, meets them: otherwise the incentive has changed since, and
-- that term is left out. What is wrong is not mended here: verify() names it, and repair() mends it.
ALTER TABLE backorder.incentive ADD COLUMN IF NOT EXISTS on_change text
	CONSTRAINT incentive_on_change_known CHECK (on_change IN ('keep', 'lower', 'withdraw'));
DO $do$ BEGIN
	IF EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = 'backorder.order_incentive'::regclass AND attname = 'on_change') THEN
		RETURN;
	END IF;
	EXECUTE 'ALTER TABLE backorder.order_line_part ADD COLUMN deallocated boolean NOT NULL DEFAULT false';
	EXECUTE 'ALTER TABLE backorder.order_incentive'
		' ADD COLUMN on_change text NOT NULL DEFAULT ''lower'','
		' ADD COLUMN slip_days integer,'
		' ADD COLUMN percent numeric,'
		' ADD COLUMN wait_until timestamptz,'
		' ADD COLUMN min_order_value numeric,'
		' ADD COLUMN min_backordered_value numeric,'
		' ADD COLUMN waiting_lines integer[],'
		' ADD COLUMN earning_lines integer[],'
		' ADD COLUMN lowered_from numeric,'
		' ADD COLUMN spent numeric NOT NULL DEFAULT 0,'
		' ADD COLUMN forfeited boolean NOT NULL DEFAULT false,'
		' ADD CONSTRAINT order_incentive_on_change_known CHECK (on_change IN (''keep'', ''lower'', ''withdraw'')),'
		' ADD CONSTRAINT order_incentive_spent_in_range CHECK (spent BETWEEN 0 AND value)';
	-- A part that waited has a history of promises, whether or not it was short when it was ordered.
	EXECUTE $update$
		UPDATE backorder.order_line_part p SET deallocated = true
		WHERE NOT p.short_at_order
			AND EXISTS (SELECT FROM backorder.order_incentive g WHERE g.merchant_id = p.merchant_id AND g.order_id = p.order_id)
			AND (p.status = 'backordered' OR EXISTS (
				SELECT FROM backorder.promise_change c WHERE c.merchant_id = p.merchant_id AND c.order_id = p.order_id
					AND c.line_no = p.line_no AND c.part_no = p.part_no))
	$update$;
	EXECUTE $update$
		UPDATE backorder.order_incentive g
		SET on_change = CASE WHEN g.kind IN ('percent_off', 'amount_off') THEN 'lower' ELSE 'withdraw' END,
			percent = t.percent,
			wait_until = CASE WHEN w.is_met THEN t.wait_until END,
			min_order_value = t.min_order_value,
			min_backordered_value = t.min_backordered_value,
			waiting_lines = CASE WHEN t.min_backordered_value IS NOT NULL THEN t.lines END,
			earning_lines = CASE WHEN g.step > 0 THEN NULL WHEN w.is_met THEN w.lines ELSE t.lines END
		FROM (
			SELECT g.merchant_id, g.order_id, g.incentive_id, g.step, o.lines, g.granted_at + i.min_wait AS wait_until,
				CASE WHEN g.kind <> 'percent_off' THEN NULL WHEN round(o.value * i.amount / 100, 2) >= g.value THEN i.amount
					WHEN i.amount IS NOT NULL THEN 100 * g.value / nullif(o.value, 0) END AS percent,
				CASE WHEN o.value >= i.min_order_value THEN i.min_order_value END AS min_order_value,
				CASE WHEN o.waiting_value >= i.min_backordered_value THEN i.min_backordered_value END AS min_backordered_value
			FROM backorder.order_incentive g
			LEFT JOIN backorder.incentive i ON i.merchant_id = g.merchant_id AND i.incentive_id = g.incentive_id AND i.kind = g.kind
			CROSS JOIN LATERAL (
				SELECT coalesce(sum(p.quantity * p.unit_price), 0) AS value,
					coalesce(sum(p.quantity * p.unit_price) FILTER (WHERE m.is_match), 0) AS waiting_value,
					array_agg(DISTINCT p.line_no) FILTER (WHERE m.is_match) AS lines
				FROM backorder.order_line_part p
				LEFT JOIN backorder.item t ON t.merchant_id = p.merchant_id AND t.sku = p.sku
				CROSS JOIN LATERAL (SELECT (p.short_at_order OR p.deallocated)
					AND ((i.skus IS NULL AND i.tag IS NULL) OR p.sku = ANY (i.skus) OR i.tag = ANY (t.tags)) AS is_match) AS m
				WHERE p.merchant_id = g.merchant_id AND p.order_id = g.order_id AND NOT EXISTS (
					SELECT FROM backorder.order_incentive gift
					WHERE gift.merchant_id = g.merchant_id AND gift.order_id = g.order_id AND gift.line_no = p.line_no)
			) AS o
		) AS t
		CROSS JOIN LATERAL (
			SELECT t.step = 0 AND count(p) FILTER (WHERE p.first_promised_at >= t.wait_until) > 0
					AND count(p) FILTER (WHERE p.first_promised_at IS NULL) = 0 AS is_met,
				array_agg(DISTINCT p.line_no) FILTER (WHERE p.first_promised_at >= t.wait_until) AS lines
			FROM backorder.order_line_part p
			WHERE p.merchant_id = t.merchant_id AND p.order_id = t.order_id AND p.line_no = ANY (t.lines)
				AND (p.short_at_order OR p.deallocated)
		) AS w
		WHERE g.merchant_id = t.merchant_id AND g.order_id = t.order_id AND g.incentive_id = t.incentive_id AND g.step = t.step
	$update$;
END $do$;
