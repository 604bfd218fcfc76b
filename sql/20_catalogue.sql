-- The tables that the application writes: merchants, locations, items, stock, supply.

CREATE TABLE backorder.merchant (
	merchant_id            integer NOT NULL DEFAULT backorder.current_merchant(),
	name                   text,
	ship_policy            text NOT NULL DEFAULT 'as_available',
	handling_time          interval NOT NULL DEFAULT '0',
	promise_tolerance      interval NOT NULL DEFAULT '1 day',
	split_needs_consent    boolean NOT NULL DEFAULT false,
	back_in_stock_factor   numeric NOT NULL DEFAULT 1,
	back_in_stock_delay    interval NOT NULL DEFAULT '5 minutes',
	back_in_stock_throttle interval NOT NULL DEFAULT '1 day',
	warning_interval       interval NOT NULL DEFAULT '1 day',
	time_zone              text NOT NULL DEFAULT 'UTC',
	overdue_grace          interval NOT NULL DEFAULT '0',
	overdue_delay          interval,
	key_retention          interval NOT NULL DEFAULT '30 days',
	late_payment           text NOT NULL DEFAULT 'queue',
	CONSTRAINT merchant_pkey PRIMARY KEY (merchant_id),
	CONSTRAINT merchant_id_positive CHECK (merchant_id > 0),
	CONSTRAINT merchant_ship_policy_known
		CHECK (ship_policy IN ('as_available', 'backorders_together', 'complete_line', 'complete_order')),
	CONSTRAINT merchant_handling_time_in_range CHECK (handling_time BETWEEN '0' AND '100 years'),
	CONSTRAINT merchant_promise_tolerance_in_range CHECK (promise_tolerance BETWEEN '0' AND '100 years'),
	CONSTRAINT merchant_back_in_stock_factor_in_range CHECK (back_in_stock_factor BETWEEN 0 AND 1000),
	CONSTRAINT merchant_back_in_stock_delay_in_range CHECK (back_in_stock_delay BETWEEN '0' AND '100 years'),
	CONSTRAINT merchant_back_in_stock_throttle_in_range CHECK (back_in_stock_throttle BETWEEN '0' AND '100 years'),
	CONSTRAINT merchant_warning_interval_in_range CHECK (warning_interval BETWEEN '0' AND '100 years'),
	CONSTRAINT merchant_time_zone_known CHECK (timezone(time_zone, timestamp '2000-01-01') IS NOT NULL),
	CONSTRAINT merchant_key_retention_in_range CHECK (key_retention BETWEEN '1 hour' AND '100 years'),
	CONSTRAINT merchant_overdue_grace_in_range CHECK (overdue_grace BETWEEN '0' AND '100 years'),
	CONSTRAINT merchant_overdue_delay_in_range CHECK (overdue_delay BETWEEN '1 hour' AND '100 years'),
	CONSTRAINT merchant_late_payment_known CHECK (late_payment IN ('queue', 'available', 'refuse'))
);
COMMENT ON TABLE backorder.merchant IS
'One row per merchant whose stock is kept here. Merchant 1 works without a row and has the defaults of this table then. Every other merchant needs a row.';
COMMENT ON COLUMN backorder.merchant.merchant_id IS 'The merchant. The first column of every key in this schema.';
COMMENT ON COLUMN backorder.merchant.name IS 'Name for display.';
COMMENT ON COLUMN backorder.merchant.ship_policy IS 'Ship policy of an order that names none: as_available, backorders_together, complete_line or complete_order.';
COMMENT ON COLUMN backorder.merchant.handling_time IS 'Time between arrival, or order, and dispatch. Added to every promise.';
COMMENT ON COLUMN backorder.merchant.promise_tolerance IS 'A promise that can be kept moves earlier only if it is later than necessary by more than this.';
COMMENT ON COLUMN backorder.merchant.split_needs_consent IS 'Whether split delivery needs the customer''s consent. If true, an order without accept_split gets the ship policy complete_order.';
COMMENT ON COLUMN backorder.merchant.back_in_stock_factor IS 'How many units of waiting subscriptions are notified per available unit; 0 = none.';
COMMENT ON COLUMN backorder.merchant.back_in_stock_delay IS 'How long a back_in_stock notification waits before it may be sent. If the stock is gone by then, the notification is withdrawn.';
COMMENT ON COLUMN backorder.merchant.back_in_stock_throttle IS 'A contact that was notified of a SKU is not notified of it again before this time has passed.';
COMMENT ON COLUMN backorder.merchant.time_zone IS 'Time zone in which days are counted: handling time, lead times, waits and overdue supply. The zone of the session has no influence.';
COMMENT ON COLUMN backorder.merchant.overdue_grace IS 'How long after its day a supply that has not arrived is still believed to come.';
COMMENT ON COLUMN backorder.merchant.overdue_delay IS 'An overdue supply is believed to come this much later, again and again until it arrives; null = it promises nothing until it gets a new expected_at.';
COMMENT ON COLUMN backorder.merchant.key_retention IS 'How long the idempotency key of a call is remembered.';
COMMENT ON COLUMN backorder.merchant.warning_interval IS 'The merchant gets at most one warning of each kind per SKU in this time; 0 = every warning.';
COMMENT ON COLUMN backorder.merchant.late_payment IS 'What confirm_order() does after the end of a hold: queue = opens the order under the rules of checkout, where units may wait; available = only if what was in stock when it was placed still is; refuse = never.';

CREATE TABLE backorder.merchant_access (
	merchant_id integer NOT NULL,
	role_name   name NOT NULL,
	level       text NOT NULL,
	CONSTRAINT merchant_access_pkey PRIMARY KEY (merchant_id, role_name),
	CONSTRAINT merchant_access_level_known CHECK (level IN ('app', 'report', 'admin'))
);
COMMENT ON TABLE backorder.merchant_access IS
'Which role may work for which merchant. A role without a row has no access. grant_access() and revoke_access() write the rows. A role also has the rows of every role whose rights it inherits.';
COMMENT ON COLUMN backorder.merchant_access.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.merchant_access.role_name IS 'Name of the database role.';
COMMENT ON COLUMN backorder.merchant_access.level IS 'report = read; app = also catalogue, stock, supply, checkout and dispatch; admin = also imports and repairs.';

CREATE TABLE backorder.location (
	merchant_id integer NOT NULL DEFAULT backorder.current_merchant(),
	location_id integer NOT NULL,
	name        text,
	rank        integer,
	active      boolean NOT NULL DEFAULT true,
	CONSTRAINT location_pkey PRIMARY KEY (merchant_id, location_id),
	CONSTRAINT location_id_positive CHECK (location_id > 0)
);
COMMENT ON TABLE backorder.location IS
'A place that holds stock and ships. A location without a row is active and has its id as rank. Opening a location, or deleting an inactive one, fills the queue from its stock. Closing a location keeps its allocated units and stops new allocation.';
COMMENT ON COLUMN backorder.location.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.location.location_id IS 'The location, above 0. The application chooses it.';
COMMENT ON COLUMN backorder.location.name IS 'Name for display.';
COMMENT ON COLUMN backorder.location.rank IS 'A location with a lower rank is preferred as a source; null = the location''s id.';
COMMENT ON COLUMN backorder.location.active IS 'Whether units may be allocated here.';

CREATE TABLE backorder.item (
	merchant_id     integer NOT NULL DEFAULT backorder.current_merchant(),
	sku             text COLLATE "C" NOT NULL,
	name            text,
	tracked         boolean NOT NULL DEFAULT true,
	policy          text NOT NULL DEFAULT 'deny',
	available_from  timestamptz,
	backorder_limit bigint,
	safety_stock    bigint NOT NULL DEFAULT 0,
	lead_time       interval,
	unit_price      numeric,
	weight          numeric,
	slots           integer,
	tags            text[],
	low_stock       bigint,
	CONSTRAINT item_pkey PRIMARY KEY (merchant_id, sku),
	CONSTRAINT item_sku_length CHECK (char_length(sku) BETWEEN 1 AND 200),
	CONSTRAINT item_policy_known CHECK (policy IN ('deny', 'allow', 'preorder')),
	CONSTRAINT item_available_from_finite CHECK (isfinite(available_from)),
	CONSTRAINT item_backorder_limit_in_range CHECK (backorder_limit BETWEEN 0 AND 9007199254740992),
	CONSTRAINT item_safety_stock_in_range CHECK (safety_stock BETWEEN 0 AND 9007199254740992),
	CONSTRAINT item_lead_time_in_range CHECK (lead_time BETWEEN '0' AND '100 years'),
	CONSTRAINT item_unit_price_not_negative CHECK (unit_price >= 0 AND unit_price < 'Infinity'),
	CONSTRAINT item_weight_not_negative CHECK (weight >= 0 AND weight < 'Infinity'),
	CONSTRAINT item_slots_in_range CHECK (slots BETWEEN 2 AND 128),
	CONSTRAINT item_low_stock_in_range CHECK (low_stock BETWEEN 0 AND 9007199254740992),
	CONSTRAINT item_tags_not_null CHECK (array_position(tags, NULL) IS NULL)
);
COMMENT ON TABLE backorder.item IS
'What is sold, one row per SKU. While an item has open order line parts, it cannot be deleted, and its key and tracked cannot change (OB005).';
COMMENT ON COLUMN backorder.item.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.item.sku IS 'Stock keeping unit: 1 to 200 characters, compared byte by byte.';
COMMENT ON COLUMN backorder.item.name IS 'Name that customers read in notifications.';
COMMENT ON COLUMN backorder.item.tracked IS 'False for a service: its stock is not counted, it is never short, and its orders touch no stock, availability or movement.';
COMMENT ON COLUMN backorder.item.policy IS 'What happens when stock runs out: deny = not sold; allow = sold on backorder; preorder = sold until available_from, denied after it.';
COMMENT ON COLUMN backorder.item.available_from IS 'Policy preorder: nothing ships before this time, and it is the promise if no supply or lead time gives a later one; null = the date is to be announced. Changing it moves open parts that are not on a pick list.';
COMMENT ON COLUMN backorder.item.backorder_limit IS 'Most units that may wait at once, over all locations; null = no limit.';
COMMENT ON COLUMN backorder.item.safety_stock IS 'Free units that are never promised to new orders and never fill the queue.';
COMMENT ON COLUMN backorder.item.lead_time IS 'How long a new supply takes when none is open. Promises without supply rest on it; null = unknown.';
COMMENT ON COLUMN backorder.item.unit_price IS 'Price of one unit if the order names none; null = no price.';
COMMENT ON COLUMN backorder.item.weight IS 'Weight of one unit, in the merchant''s unit.';
COMMENT ON COLUMN backorder.item.slots IS 'For a hot SKU, such as in a flash sale: the number of rows, 2 to 128, over which the inventory record is spread. As many checkouts work at once. Null = one row: checkouts take turns.';
COMMENT ON COLUMN backorder.item.tags IS 'The merchant''s own labels, by which incentives select items; null = none.';
COMMENT ON COLUMN backorder.item.low_stock IS 'The merchant is warned when the available units fall to this number or below it; null = never.';

CREATE TABLE backorder.stock (
	merchant_id integer NOT NULL DEFAULT backorder.current_merchant(),
	sku         text COLLATE "C" NOT NULL,
	location_id integer NOT NULL,
	on_hand     bigint NOT NULL,
	CONSTRAINT stock_pkey PRIMARY KEY (merchant_id, sku, location_id),
	CONSTRAINT stock_sku_length CHECK (char_length(sku) BETWEEN 1 AND 200),
	CONSTRAINT stock_location_id_positive CHECK (location_id > 0),
	CONSTRAINT stock_on_hand_in_range CHECK (on_hand BETWEEN -9007199254740992 AND 9007199254740992)
) WITH (fillfactor = 80);
CREATE INDEX stock_location ON backorder.stock (merchant_id, location_id, sku);
COMMENT ON TABLE backorder.stock IS
'Units on hand per SKU and location. An INSERT, UPDATE or DELETE fills the queue, or deallocates units that are no longer covered, in the same transaction. TRUNCATE is refused. Stock may exist before its item.';
COMMENT ON COLUMN backorder.stock.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.stock.sku IS 'The SKU.';
COMMENT ON COLUMN backorder.stock.location_id IS 'The location.';
COMMENT ON COLUMN backorder.stock.on_hand IS 'Units on hand. May be negative (sold elsewhere); then nothing is covered here.';

CREATE TABLE backorder.supply (
	merchant_id integer NOT NULL DEFAULT backorder.current_merchant(),
	supply_id   bigint NOT NULL DEFAULT backorder.next_id(),
	sku         text COLLATE "C" NOT NULL,
	location_id integer NOT NULL,
	quantity    bigint NOT NULL,
	received    bigint NOT NULL DEFAULT 0,
	expected_at timestamptz,
	reference   text,
	status      text NOT NULL DEFAULT 'open',
	CONSTRAINT supply_pkey PRIMARY KEY (merchant_id, supply_id),
	CONSTRAINT supply_sku_length CHECK (char_length(sku) BETWEEN 1 AND 200),
	CONSTRAINT supply_location_id_positive CHECK (location_id > 0),
	CONSTRAINT supply_quantity_in_range CHECK (quantity BETWEEN 1 AND 9007199254740992),
	CONSTRAINT supply_received_in_range CHECK (received BETWEEN 0 AND 9007199254740992),
	CONSTRAINT supply_expected_at_finite CHECK (isfinite(expected_at)),
	CONSTRAINT supply_status_known CHECK (status IN ('open', 'received', 'canceled'))
);
CREATE INDEX supply_open ON backorder.supply (merchant_id, sku, expected_at, supply_id) WHERE status = 'open';
COMMENT ON TABLE backorder.supply IS
'Units on order from suppliers: one row per SKU of a purchase order or transfer. Open supply is promised to the queue in the order of expected_at. Every change recalculates promises. receive_supply() books arrivals.';
COMMENT ON COLUMN backorder.supply.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.supply.supply_id IS 'The supply. From next_id(), unless the application sets it.';
COMMENT ON COLUMN backorder.supply.sku IS 'The SKU.';
COMMENT ON COLUMN backorder.supply.location_id IS 'Where it is expected to arrive.';
COMMENT ON COLUMN backorder.supply.quantity IS 'Units ordered.';
COMMENT ON COLUMN backorder.supply.received IS 'Units received so far. Only receive_supply() writes it.';
COMMENT ON COLUMN backorder.supply.expected_at IS 'When it is expected to arrive; null = unknown, and nothing is promised from it.';
COMMENT ON COLUMN backorder.supply.reference IS 'The application''s key, for example the purchase order number.';
COMMENT ON COLUMN backorder.supply.status IS 'open, received (set by receive_supply() only) or canceled.';

SELECT pg_catalog.pg_extension_config_dump('backorder.merchant', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.merchant_access', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.location', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.item', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.stock', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.supply', '');
