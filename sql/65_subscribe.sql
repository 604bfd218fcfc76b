-- Back in stock: who wants to hear of it. And when the merchant was last warned of a SKU.

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
	back_in_stock_pending boolean NOT NULL DEFAULT false,
	CONSTRAINT subscription_pkey PRIMARY KEY (merchant_id, sku, contact),
	CONSTRAINT subscription_sku_length CHECK (char_length(sku) BETWEEN 1 AND 200),
	CONSTRAINT subscription_contact_length CHECK (char_length(contact) BETWEEN 1 AND 320),
	CONSTRAINT subscription_quantity_in_range CHECK (quantity BETWEEN 1 AND 9007199254740992),
	CONSTRAINT subscription_status_known CHECK (status IN ('waiting', 'told', 'ended')),
	CONSTRAINT subscription_told_has_notice CHECK (status <> 'told' OR (notification_id IS NOT NULL AND told_at IS NOT NULL)),
	CONSTRAINT subscription_waiting_is_not_pending CHECK (NOT back_in_stock_pending OR status <> 'waiting')
) WITH (fillfactor = 80);
CREATE INDEX subscription_waiting ON backorder.subscription (merchant_id, sku, subscription_id) WHERE status = 'waiting';
CREATE INDEX subscription_back_in_stock_pending ON backorder.subscription (merchant_id, sku, subscription_id) WHERE back_in_stock_pending;
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
COMMENT ON COLUMN backorder.subscription.back_in_stock_pending IS 'True while its notice may be pending still: such notices are looked at whenever the stock of the SKU changes.';

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
	count(*) FILTER (WHERE s.back_in_stock_pending) AS being_told,
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
