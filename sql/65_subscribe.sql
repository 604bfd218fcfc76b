-- Back in stock: the subscriptions; and when the merchant was last warned about a SKU.

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
'Contacts that ask for one notification when a SKU is back in stock: one row per SKU and contact. The row stays when the subscription has ended. For another notification the contact subscribes again. Written by the engine only, under the lock of the SKU.';
COMMENT ON COLUMN backorder.subscription.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.subscription.sku IS 'The SKU.';
COMMENT ON COLUMN backorder.subscription.contact IS 'Address for the notification, for example an e-mail address: 1 to 320 characters, compared byte by byte. Personal data.';
COMMENT ON COLUMN backorder.subscription.subscription_id IS 'Place of the subscription: the lowest is notified first. From next_id(), under the lock of the SKU. New whenever the subscription starts to wait again.';
COMMENT ON COLUMN backorder.subscription.customer IS 'The application''s name for the customer.';
COMMENT ON COLUMN backorder.subscription.quantity IS 'Units that the contact wants.';
COMMENT ON COLUMN backorder.subscription.status IS 'waiting, told (its notification is written and not withdrawn) or ended (by unsubscribe()).';
COMMENT ON COLUMN backorder.subscription.created_at IS 'When it got its present place.';
COMMENT ON COLUMN backorder.subscription.told_at IS 'When its last notification was written, withdrawn ones excluded. Kept when it waits again, for the throttle.';
COMMENT ON COLUMN backorder.subscription.notification_id IS 'The notification of a told subscription; null while it waits.';
COMMENT ON COLUMN backorder.subscription.back_in_stock_pending IS 'True while its notification may be pending. Every change of the SKU''s stock checks such notifications.';

CREATE TABLE backorder.stock_warning (
	merchant_id integer NOT NULL,
	sku         text COLLATE "C" NOT NULL,
	kind        text NOT NULL,
	told_at     timestamptz NOT NULL,
	CONSTRAINT stock_warning_pkey PRIMARY KEY (merchant_id, sku, kind)
) WITH (fillfactor = 80);
COMMENT ON TABLE backorder.stock_warning IS
'When the merchant was last warned about a SKU, per kind of warning. The merchant''s warning_interval counts from then. Written by the engine only, under the lock of the SKU.';
COMMENT ON COLUMN backorder.stock_warning.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.stock_warning.sku IS 'The SKU.';
COMMENT ON COLUMN backorder.stock_warning.kind IS 'The type of the notification.';
COMMENT ON COLUMN backorder.stock_warning.told_at IS 'When the warning was written.';

SELECT pg_catalog.pg_extension_config_dump('backorder.subscription', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.stock_warning', '');

CREATE FUNCTION backorder.subscribe(sku text, contact text, quantity bigint DEFAULT 1, customer text DEFAULT NULL, options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	subscription_id bigint, sku text, contact text, customer text, quantity bigint, status text,
	created_at timestamptz, told_at timestamptz, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_subscribe';
COMMENT ON FUNCTION backorder.subscribe(text, text, bigint, text, jsonb, integer) IS
'Records that a contact asks for one notification when the SKU becomes available again for new
orders. The same SKU and contact again: sets quantity and customer, and keeps the place. A
subscription that was notified or ended starts to wait again, at a new place. If in_stock is true,
the notification comes only after the SKU was sold out.
Arguments: sku = the SKU; contact = the address, 1 to 320 characters; quantity = units wanted;
  customer = the application''s name, null = keep; options = none; merchant_id = the merchant.
Returns the subscription in one row. detail has available and backordered of the SKU, and
  in_stock: whether quantity units can be ordered now.
Errors: OB002 unknown SKU; OB005 the item is a service; OB006 malformed argument; 22004 null
  argument; 42501 no access.
Level: app.';

CREATE FUNCTION backorder.unsubscribe(sku text, contact text, options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	subscription_id bigint, sku text, contact text, customer text, quantity bigint, status text,
	created_at timestamptz, told_at timestamptz, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_unsubscribe';
COMMENT ON FUNCTION backorder.unsubscribe(text, text, jsonb, integer) IS
'Ends a subscription, and withdraws its notification if that is still pending. An ended
subscription is returned as it is.
Arguments: sku, contact = the subscription; options = none; merchant_id = the merchant.
Returns the subscription in one row. detail has available and backordered of the SKU, and
  in_stock: whether quantity units can be ordered now.
Errors: OB006 malformed argument; P0002 no such subscription; 22004 null argument; 42501 no
  access.
Level: app.';

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
'One row per SKU that has or had subscriptions: how many wait, and for how many units. No personal data. Fast when filtered by merchant_id and sku.';
COMMENT ON COLUMN backorder.subscription_demand.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.subscription_demand.sku IS 'The SKU.';
COMMENT ON COLUMN backorder.subscription_demand.item_name IS 'Name of the item; null = no name, or not in the catalogue.';
COMMENT ON COLUMN backorder.subscription_demand.waiting IS 'Subscriptions that wait.';
COMMENT ON COLUMN backorder.subscription_demand.units_wanted IS 'Units that the waiting subscriptions want.';
COMMENT ON COLUMN backorder.subscription_demand.waiting_since IS 'Since when the first of them waits; null = none waits.';
COMMENT ON COLUMN backorder.subscription_demand.being_told IS 'Subscriptions whose notification is written and may not be sent yet.';
COMMENT ON COLUMN backorder.subscription_demand.told_30_days IS 'Subscriptions notified in the last 30 days, by clock_time(). Each counts once.';
COMMENT ON COLUMN backorder.subscription_demand.last_told_at IS 'When a subscription was last notified; null = never.';
COMMENT ON COLUMN backorder.subscription_demand.value_wanted IS 'Price of the units wanted, at the item''s price; null = none wait, or no price.';
