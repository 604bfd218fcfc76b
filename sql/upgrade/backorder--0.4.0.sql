\echo Use "CREATE EXTENSION backorder" to load this file. \quit
-- The schema, the source of ids, and the three small functions that everything else leans on.

CREATE SCHEMA backorder;
COMMENT ON SCHEMA backorder IS
'Backorders of a shop: what is short is marked, what is there ships, what is missing is promised and filled on arrival in a fair order.';

CREATE SEQUENCE backorder.id_sequence AS bigint MAXVALUE 8796093022207 CACHE 1;
COMMENT ON SEQUENCE backorder.id_sequence IS
'The low 43 bits of every id that next_id() gives out.';
SELECT pg_catalog.pg_extension_config_dump('backorder.id_sequence', '');

CREATE FUNCTION backorder.next_id() RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'backorder_next_id';
COMMENT ON FUNCTION backorder.next_id() IS
'A new id: the sequence''s value in the low 43 bits, the setting backorder.node_id in the 10 bits above. Below 2^53, so exact in JSON clients. Ends with 2200H when the sequence is used up.';

CREATE FUNCTION backorder.current_merchant() RETURNS integer
	LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'backorder_current_merchant';
COMMENT ON FUNCTION backorder.current_merchant() IS
'The setting backorder.merchant_id (default 1): the merchant meant where none is named. It is a default, not a right: rights come from merchant_access.';

CREATE FUNCTION backorder.clock_time() RETURNS timestamptz
	LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'backorder_clock_time';
COMMENT ON FUNCTION backorder.clock_time() IS
'The time by which the views reckon: the setting backorder.clock when it is set (tests and replays), else the start of the statement.';
-- What the application writes: merchants, locations, items, stock, supply.

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
	CONSTRAINT merchant_pkey PRIMARY KEY (merchant_id),
	CONSTRAINT merchant_id_positive CHECK (merchant_id > 0),
	CONSTRAINT merchant_ship_policy_known
		CHECK (ship_policy IN ('as_available', 'backorders_together', 'complete_line', 'complete_order')),
	CONSTRAINT merchant_handling_time_in_range CHECK (handling_time BETWEEN '0' AND '100 years'),
	CONSTRAINT merchant_promise_tolerance_in_range CHECK (promise_tolerance BETWEEN '0' AND '100 years'),
	CONSTRAINT merchant_back_in_stock_factor_in_range CHECK (back_in_stock_factor BETWEEN 0 AND 1000),
	CONSTRAINT merchant_back_in_stock_delay_in_range CHECK (back_in_stock_delay BETWEEN '0' AND '100 years'),
	CONSTRAINT merchant_back_in_stock_throttle_in_range CHECK (back_in_stock_throttle BETWEEN '0' AND '100 years'),
	CONSTRAINT merchant_warning_interval_in_range CHECK (warning_interval BETWEEN '0' AND '100 years')
);
COMMENT ON TABLE backorder.merchant IS
'One row per merchant whose stock is kept here. Merchant 1 needs no row (it then has the defaults of this table), every other merchant does.';
COMMENT ON COLUMN backorder.merchant.merchant_id IS 'The merchant; first in every key of this schema.';
COMMENT ON COLUMN backorder.merchant.name IS 'Name for people.';
COMMENT ON COLUMN backorder.merchant.ship_policy IS 'How an order is split that names no policy of its own: as_available, backorders_together, complete_line or complete_order.';
COMMENT ON COLUMN backorder.merchant.handling_time IS 'From goods on the shelf to dispatch; added to every promise.';
COMMENT ON COLUMN backorder.merchant.promise_tolerance IS 'A promise that can be kept is moved earlier only when it is later than need be by more than this.';
COMMENT ON COLUMN backorder.merchant.split_needs_consent IS 'Whether delivery in instalments needs the customer''s consent: an order that does not say accept_split is then delivered complete_order.';
COMMENT ON COLUMN backorder.merchant.back_in_stock_factor IS 'How many units of subscribers are told that a SKU is back, per unit that is available; 0 = nobody is told.';
COMMENT ON COLUMN backorder.merchant.back_in_stock_delay IS 'How long a back_in_stock notice waits before it may be sent: if the stock is gone again meanwhile, it is withdrawn.';
COMMENT ON COLUMN backorder.merchant.back_in_stock_throttle IS 'Who was told that a SKU is back is not told again of that SKU before this has passed.';
COMMENT ON COLUMN backorder.merchant.warning_interval IS 'The merchant is warned of a SKU at most once in this time, per kind of warning; 0 = every time.';

CREATE TABLE backorder.merchant_access (
	merchant_id integer NOT NULL,
	role_name   name NOT NULL,
	level       text NOT NULL,
	CONSTRAINT merchant_access_pkey PRIMARY KEY (merchant_id, role_name),
	CONSTRAINT merchant_access_level_known CHECK (level IN ('app', 'report', 'admin'))
);
COMMENT ON TABLE backorder.merchant_access IS
'Which role may work for which merchant. No row, no merchant. Written by grant_access() and revoke_access(). A role has the rows of every role whose rights it inherits.';
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
'A place that holds stock and ships. A location without a row is active, with its id as rank. Opening one (or deleting an inactive one) fills the queue from its shelves; closing one leaves what is allocated there and stops new allocation.';
COMMENT ON COLUMN backorder.location.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.location.location_id IS 'The location, above 0; chosen by the application.';
COMMENT ON COLUMN backorder.location.name IS 'Name for people.';
COMMENT ON COLUMN backorder.location.rank IS 'The lower, the more preferred as a source; the location''s id where null.';
COMMENT ON COLUMN backorder.location.active IS 'Whether new units may be allocated here.';

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
	CONSTRAINT item_preorder_has_date CHECK (policy <> 'preorder' OR available_from IS NOT NULL),
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
'What is sold, one row per SKU. Deleting an item, changing its key or tracked is refused (OB005) while it has open order line parts.';
COMMENT ON COLUMN backorder.item.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.item.sku IS 'Stock keeping unit: 1 to 200 characters, compared byte by byte.';
COMMENT ON COLUMN backorder.item.name IS 'Name as the customer reads it in notifications.';
COMMENT ON COLUMN backorder.item.tracked IS 'False for services: never short, in no availability, stock, movement or promise.';
COMMENT ON COLUMN backorder.item.policy IS 'When stock runs out: deny = not sold; allow = sold on backorder; preorder = sold ahead until available_from, denied after it.';
COMMENT ON COLUMN backorder.item.available_from IS 'Policy preorder: nothing ships before this time. Changing it moves open parts that are not on a pick list.';
COMMENT ON COLUMN backorder.item.backorder_limit IS 'Most units that may wait at once, over all locations; null = no limit.';
COMMENT ON COLUMN backorder.item.safety_stock IS 'Units never promised to new orders and never used to fill the queue.';
COMMENT ON COLUMN backorder.item.lead_time IS 'How long a replenishment not yet ordered takes; promises without supply rest on it; null = unknown.';
COMMENT ON COLUMN backorder.item.unit_price IS 'Price of one unit where the order names none.';
COMMENT ON COLUMN backorder.item.weight IS 'Weight of one unit, in the merchant''s unit.';
COMMENT ON COLUMN backorder.item.slots IS 'For a hot item (a flash sale): over so many rows the book is spread, so that as many checkouts work at once; null = one row, checkouts take turns.';
COMMENT ON COLUMN backorder.item.tags IS 'Words of the merchant''s own by which incentives know the item; null = none.';
COMMENT ON COLUMN backorder.item.low_stock IS 'The merchant is warned when the available units fall to this or below it; null = never.';

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
'What is on the shelf and has not been dispatched, per SKU and location. Any INSERT, UPDATE or DELETE fills the queue, or takes back what is no longer covered, in the same transaction. TRUNCATE is refused. Goods may come before the catalogue: there need be no item.';
COMMENT ON COLUMN backorder.stock.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.stock.sku IS 'The SKU.';
COMMENT ON COLUMN backorder.stock.location_id IS 'The location.';
COMMENT ON COLUMN backorder.stock.on_hand IS 'Units on hand; may be negative (sold elsewhere), then nothing is covered here.';

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
'What is on its way: one row per SKU of a purchase order or transfer. Open supply is promised to the queue in order of expected_at; any change re-lays the promises. What arrives is booked by receive_supply().';
COMMENT ON COLUMN backorder.supply.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.supply.supply_id IS 'The supply; given by next_id() unless the application names its own.';
COMMENT ON COLUMN backorder.supply.sku IS 'The SKU.';
COMMENT ON COLUMN backorder.supply.location_id IS 'Where it will arrive.';
COMMENT ON COLUMN backorder.supply.quantity IS 'Units ordered.';
COMMENT ON COLUMN backorder.supply.received IS 'Units received so far; written by receive_supply() alone.';
COMMENT ON COLUMN backorder.supply.expected_at IS 'When it should arrive; null = unknown, then nothing is promised from it.';
COMMENT ON COLUMN backorder.supply.reference IS 'The application''s key, for example the purchase order number.';
COMMENT ON COLUMN backorder.supply.status IS 'open, received (written by receive_supply() alone) or canceled.';

SELECT pg_catalog.pg_extension_config_dump('backorder.merchant', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.merchant_access', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.location', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.item', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.stock', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.supply', '');
-- What the engine writes: availability, orders, parts, groups, notifications, history.
--
-- There are no foreign keys between these tables. A foreign key of an extension's table is there before its rows are
-- restored, and pg_dump does not tell pg_restore -j which table must come first: restores would fail. Only the engine
-- writes here, it writes parents first, and verify() names what refers to nothing.
--
-- Most rows of the large tables are over and done with: a table is vacuumed once 2 % of its rows are dead, not 20 %, since
-- what is dead lies in the indexes over what is open.

CREATE TABLE backorder.availability (
	merchant_id integer NOT NULL,
	sku         text COLLATE "C" NOT NULL,
	locations   integer[] NOT NULL DEFAULT '{}',
	on_hand     bigint[] NOT NULL DEFAULT '{}',
	allocated   bigint[] NOT NULL DEFAULT '{}',
	backordered bigint NOT NULL DEFAULT 0,
	relay       boolean NOT NULL DEFAULT false,
	slots       integer NOT NULL DEFAULT 0,
	retractable boolean NOT NULL DEFAULT false,
	slots_idle  boolean NOT NULL DEFAULT false,
	CONSTRAINT availability_pkey PRIMARY KEY (merchant_id, sku),
	CONSTRAINT availability_side_by_side CHECK (cardinality(locations) = cardinality(on_hand) AND cardinality(locations) = cardinality(allocated)),
	CONSTRAINT availability_backordered_not_negative CHECK (backordered >= 0),
	CONSTRAINT availability_slots_not_negative CHECK (slots >= 0)
) WITH (fillfactor = 50);
COMMENT ON TABLE backorder.availability IS
'The engine''s book of one SKU: all its quantities at all locations in one row, which is also the lock that orders all work on the SKU. Written by the engine only.';
COMMENT ON COLUMN backorder.availability.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.availability.sku IS 'The SKU.';
COMMENT ON COLUMN backorder.availability.locations IS 'The locations that have a shelf for it; on_hand and allocated stand side by side with it.';
COMMENT ON COLUMN backorder.availability.on_hand IS 'Units on hand per location, as in stock.';
COMMENT ON COLUMN backorder.availability.allocated IS 'Units per location that belong to allocated parts, not yet shipped.';
COMMENT ON COLUMN backorder.availability.backordered IS 'Units that wait.';
COMMENT ON COLUMN backorder.availability.relay IS 'True while promise dates of the queue may be wrong; repromise() re-lays them and clears it.';
COMMENT ON COLUMN backorder.availability.slots IS 'Rows of availability_slot over which the book is spread: what they count is to be added to allocated and backordered, see availability_total. 0 = none.';
COMMENT ON COLUMN backorder.availability.retractable IS 'True while notices that the SKU is back may be pending: they are held against what is available, and the last ones withdrawn.';
COMMENT ON COLUMN backorder.availability.slots_idle IS 'True while no slot has a share or has counted anything: then this row is the whole book.';

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
COMMENT ON COLUMN backorder.availability_slot.queue_share IS 'Units that may still join the queue by this slot; 0 unless the SKU is sold out. Over all slots no more than get the same date.';
COMMENT ON COLUMN backorder.availability_slot.backordered IS 'Units that joined the queue by this slot and that availability.backordered does not count yet.';

CREATE TABLE backorder.sales_order (
	merchant_id      integer NOT NULL,
	order_id         bigint NOT NULL,
	reference        text COLLATE "C" NOT NULL,
	request_hash     bytea NOT NULL,
	customer         text,
	status           text NOT NULL,
	ship_policy      text NOT NULL,
	priority         integer NOT NULL,
	placed_at        timestamptz NOT NULL,
	hold_until       timestamptz,
	units            bigint NOT NULL,
	revision         integer NOT NULL DEFAULT 1,
	groups_used      integer NOT NULL DEFAULT 0,
	accept_backorder boolean,
	accept_split     boolean,
	max_wait         interval,
	promise_shown    timestamptz,
	unknown_shown    boolean,
	customer_group   text,
	CONSTRAINT sales_order_pkey PRIMARY KEY (merchant_id, order_id),
	CONSTRAINT sales_order_reference_key UNIQUE (merchant_id, reference),
	CONSTRAINT sales_order_status_known CHECK (status IN ('held', 'open', 'complete', 'canceled')),
	CONSTRAINT sales_order_ship_policy_known
		CHECK (ship_policy IN ('as_available', 'backorders_together', 'complete_line', 'complete_order')),
	CONSTRAINT sales_order_units_in_range CHECK (units BETWEEN 1 AND 9007199254740992),
	CONSTRAINT sales_order_max_wait_in_range CHECK (max_wait BETWEEN '0' AND '100 years'),
	CONSTRAINT sales_order_split_agreed CHECK (accept_split IS NOT FALSE OR ship_policy = 'complete_order'),
	CONSTRAINT sales_order_date_or_unknown CHECK (promise_shown IS NULL OR unknown_shown IS FALSE)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
CREATE INDEX sales_order_placed ON backorder.sales_order (merchant_id, placed_at);
CREATE INDEX sales_order_customer ON backorder.sales_order (merchant_id, customer, placed_at) WHERE customer IS NOT NULL;
CREATE INDEX sales_order_hold ON backorder.sales_order (merchant_id, hold_until) WHERE status = 'held';
COMMENT ON TABLE backorder.sales_order IS
'One row per order. Written by the engine only; locking it means changing revision.';
COMMENT ON COLUMN backorder.sales_order.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.sales_order.order_id IS 'The order, from next_id().';
COMMENT ON COLUMN backorder.sales_order.reference IS 'The application''s key: unique per merchant, never free again.';
COMMENT ON COLUMN backorder.sales_order.request_hash IS 'SHA-256 of what was asked, in canonical form: the same reference with the same content is the same order.';
COMMENT ON COLUMN backorder.sales_order.customer IS 'The application''s name for the customer.';
COMMENT ON COLUMN backorder.sales_order.status IS 'held (not confirmed yet), open, complete (nothing left to ship) or canceled.';
COMMENT ON COLUMN backorder.sales_order.ship_policy IS 'as_available, backorders_together, complete_line or complete_order.';
COMMENT ON COLUMN backorder.sales_order.priority IS 'Higher is served first; 0 is usual.';
COMMENT ON COLUMN backorder.sales_order.placed_at IS 'When the order was placed.';
COMMENT ON COLUMN backorder.sales_order.hold_until IS 'When a held order expires; null = never.';
COMMENT ON COLUMN backorder.sales_order.units IS 'Units of all parts, whatever their status; grows only when a quantity is raised.';
COMMENT ON COLUMN backorder.sales_order.revision IS 'Counts the changes of the order.';
COMMENT ON COLUMN backorder.sales_order.groups_used IS 'Highest group number ever given out; numbers are not used twice.';
COMMENT ON COLUMN backorder.sales_order.accept_backorder IS 'Whether the customer agreed that some of it may wait; null = the request did not say (then it may).';
COMMENT ON COLUMN backorder.sales_order.accept_split IS 'Whether the customer agreed to delivery in instalments; null = the request did not say.';
COMMENT ON COLUMN backorder.sales_order.max_wait IS 'How long the customer was willing to wait for dispatch; null = the request did not say.';
COMMENT ON COLUMN backorder.sales_order.promise_shown IS 'When the last of it was to be dispatched, as shown to the customer when he ordered; null = nothing had to wait, or a date was unknown. Never changed.';
COMMENT ON COLUMN backorder.sales_order.unknown_shown IS 'Whether the customer was shown, when he ordered, that a date was unknown; null = ordered before version 0.2.0.';
COMMENT ON COLUMN backorder.sales_order.customer_group IS 'The application''s name for the group of customers, as the request named it; incentives may ask for it.';

CREATE TABLE backorder.shipment_group (
	merchant_id  integer NOT NULL,
	order_id     bigint NOT NULL,
	group_no     integer NOT NULL,
	location_id  integer,
	status       text NOT NULL,
	promised_at  timestamptz,
	not_before   timestamptz,
	tracking     text,
	released_at  timestamptz,
	shipped_at   timestamptz,
	delivered_at timestamptz,
	CONSTRAINT shipment_group_pkey PRIMARY KEY (merchant_id, order_id, group_no),
	CONSTRAINT shipment_group_status_known CHECK (status IN ('waiting', 'ready', 'released', 'shipped', 'delivered', 'canceled')),
	CONSTRAINT shipment_group_waits_nowhere CHECK (status <> 'waiting' OR location_id IS NULL),
	CONSTRAINT shipment_group_ships_from_somewhere CHECK (location_id IS NOT NULL OR status IN ('waiting', 'canceled'))
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
CREATE INDEX shipment_group_open ON backorder.shipment_group (merchant_id, location_id, status) WHERE status IN ('ready', 'released');
COMMENT ON TABLE backorder.shipment_group IS
'Parts of one order that ship together from one location. Written by the engine only.';
COMMENT ON COLUMN backorder.shipment_group.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.shipment_group.order_id IS 'The order.';
COMMENT ON COLUMN backorder.shipment_group.group_no IS 'Number within the order, from 1, never used twice.';
COMMENT ON COLUMN backorder.shipment_group.location_id IS 'Where it ships from; null while it waits.';
COMMENT ON COLUMN backorder.shipment_group.status IS 'waiting, ready, released (on a pick list, frozen), shipped, delivered or canceled.';
COMMENT ON COLUMN backorder.shipment_group.promised_at IS 'When all of it should be dispatched; null = unknown.';
COMMENT ON COLUMN backorder.shipment_group.not_before IS 'Not to be dispatched before this time (preorder).';
COMMENT ON COLUMN backorder.shipment_group.tracking IS 'The carrier''s tracking number.';
COMMENT ON COLUMN backorder.shipment_group.released_at IS 'When it went on a pick list.';
COMMENT ON COLUMN backorder.shipment_group.shipped_at IS 'When it was dispatched.';
COMMENT ON COLUMN backorder.shipment_group.delivered_at IS 'When it reached the customer.';

CREATE TABLE backorder.order_line_part (
	merchant_id       integer NOT NULL,
	order_id          bigint NOT NULL,
	line_no           integer NOT NULL,
	part_no           integer NOT NULL,
	sku               text COLLATE "C" NOT NULL,
	quantity          bigint NOT NULL,
	unit_price        numeric,
	status            text NOT NULL,
	group_no          integer NOT NULL,
	location_id       integer,
	priority          integer NOT NULL,
	queued_at         timestamptz NOT NULL,
	short_at_order    boolean NOT NULL,
	first_promised_at timestamptz,
	promised_at       timestamptz,
	promise_basis     text,
	CONSTRAINT order_line_part_pkey PRIMARY KEY (merchant_id, order_id, line_no, part_no),
	CONSTRAINT order_line_part_quantity_in_range CHECK (quantity BETWEEN 1 AND 9007199254740992),
	CONSTRAINT order_line_part_status_known CHECK (status IN ('allocated', 'backordered', 'shipped', 'canceled', 'returned')),
	CONSTRAINT order_line_part_waits_nowhere CHECK (status <> 'backordered' OR location_id IS NULL),
	CONSTRAINT order_line_part_basis_known CHECK (promise_basis IN ('shelf', 'supply', 'lead_time'))
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
CREATE INDEX order_line_part_open ON backorder.order_line_part
	(merchant_id, sku, status, priority DESC, queued_at, order_id, line_no, part_no)
	WHERE status IN ('allocated', 'backordered');
COMMENT ON TABLE backorder.order_line_part IS
'One row per part of an order line; a part has one status. Units move between parts, they are never created. Written by the engine only; order_line is the view at line grain.';
COMMENT ON COLUMN backorder.order_line_part.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.order_line_part.order_id IS 'The order.';
COMMENT ON COLUMN backorder.order_line_part.line_no IS 'Line within the order, from 1, in the order of the request.';
COMMENT ON COLUMN backorder.order_line_part.part_no IS 'Part within the line, from 1.';
COMMENT ON COLUMN backorder.order_line_part.sku IS 'The SKU.';
COMMENT ON COLUMN backorder.order_line_part.quantity IS 'Units of this part.';
COMMENT ON COLUMN backorder.order_line_part.unit_price IS 'Price of one unit when it was ordered; null = none was known.';
COMMENT ON COLUMN backorder.order_line_part.status IS 'allocated, backordered, shipped, canceled or returned.';
COMMENT ON COLUMN backorder.order_line_part.group_no IS 'The shipment group it belongs to.';
COMMENT ON COLUMN backorder.order_line_part.location_id IS 'Where it is allocated or was shipped from; null while it waits.';
COMMENT ON COLUMN backorder.order_line_part.priority IS 'The order''s priority: first key of the queue.';
COMMENT ON COLUMN backorder.order_line_part.queued_at IS 'Its place in the queue; kept when it is taken back.';
COMMENT ON COLUMN backorder.order_line_part.short_at_order IS 'Whether these units were short when they were ordered.';
COMMENT ON COLUMN backorder.order_line_part.first_promised_at IS 'The first dispatch date the customer was given; never overwritten.';
COMMENT ON COLUMN backorder.order_line_part.promised_at IS 'The dispatch date the customer has now; null = unknown.';
COMMENT ON COLUMN backorder.order_line_part.promise_basis IS 'What promised_at rests on: shelf, supply or lead_time; null = unknown.';

CREATE TABLE backorder.notification (
	merchant_id     integer NOT NULL,
	notification_id bigint NOT NULL,
	type            text NOT NULL,
	audience        text NOT NULL,
	order_id        bigint,
	dedupe_key      text COLLATE "C" NOT NULL,
	payload         jsonb NOT NULL,
	created_at      timestamptz NOT NULL,
	CONSTRAINT notification_pkey PRIMARY KEY (merchant_id, notification_id),
	CONSTRAINT notification_dedupe_key UNIQUE NULLS NOT DISTINCT (merchant_id, order_id, dedupe_key),
	CONSTRAINT notification_audience_known CHECK (audience IN ('customer', 'merchant')),
	CONSTRAINT notification_type_known CHECK (type IN ('placed', 'backorder_filled', 'promise_changed', 'shipped',
		'line_canceled', 'canceled', 'back_in_stock', 'sku_negative', 'sku_recovered', 'low_stock', 'shelf_discrepancy'))
);
-- compressed at checkout, read once: where the server has a faster method than its default
DO $do$ BEGIN
	EXECUTE 'ALTER TABLE backorder.notification ALTER COLUMN payload SET COMPRESSION lz4';
EXCEPTION WHEN feature_not_supported THEN
	NULL;
END $do$;
COMMENT ON TABLE backorder.notification IS
'What happened and whom to tell, exactly one row per event, written in the transaction that caused it and never changed. Its delivery stands in the table delivery.';
COMMENT ON COLUMN backorder.notification.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.notification.notification_id IS 'From next_id(), drawn under the order''s lock: ascending per order.';
COMMENT ON COLUMN backorder.notification.type IS 'placed, backorder_filled, promise_changed, shipped, line_canceled, canceled, back_in_stock; for the merchant sku_negative, sku_recovered, low_stock and shelf_discrepancy.';
COMMENT ON COLUMN backorder.notification.audience IS 'customer or merchant.';
COMMENT ON COLUMN backorder.notification.order_id IS 'The order; null for events of a SKU.';
COMMENT ON COLUMN backorder.notification.dedupe_key IS 'Names the event; unique per merchant.';
COMMENT ON COLUMN backorder.notification.payload IS 'All that the message needs, with a version number; see the reference.';
COMMENT ON COLUMN backorder.notification.created_at IS 'When it happened.';

CREATE TABLE backorder.delivery (
	merchant_id     integer NOT NULL,
	notification_id bigint NOT NULL,
	status          text NOT NULL DEFAULT 'pending',
	deliver_after   timestamptz NOT NULL,
	leased_until    timestamptz,
	attempts        integer NOT NULL DEFAULT 0,
	last_error      text,
	CONSTRAINT delivery_pkey PRIMARY KEY (merchant_id, notification_id),
	CONSTRAINT delivery_status_known CHECK (status IN ('pending', 'leased', 'sent', 'withdrawn', 'dead')),
	CONSTRAINT delivery_attempts_not_negative CHECK (attempts >= 0)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
CREATE INDEX delivery_pending ON backorder.delivery (merchant_id, deliver_after, notification_id) WHERE status IN ('pending', 'leased');
COMMENT ON TABLE backorder.delivery IS
'How far the sending of a notification is. A pending one is withdrawn when a later one of its order covers it, or when the goods of which it tells are gone again; what was sent is never withdrawn.';
COMMENT ON COLUMN backorder.delivery.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.delivery.notification_id IS 'The notification.';
COMMENT ON COLUMN backorder.delivery.status IS 'pending, leased (a worker has it), sent, withdrawn or dead (given up).';
COMMENT ON COLUMN backorder.delivery.deliver_after IS 'Not to be sent before this time.';
COMMENT ON COLUMN backorder.delivery.leased_until IS 'When a worker''s claim on it ends.';
COMMENT ON COLUMN backorder.delivery.attempts IS 'How often sending was tried.';
COMMENT ON COLUMN backorder.delivery.last_error IS 'What the last failed attempt said.';

CREATE TABLE backorder.stock_movement (
	merchant_id integer NOT NULL,
	movement_id bigint NOT NULL,
	sku         text COLLATE "C" NOT NULL,
	location_id integer NOT NULL,
	kind        text NOT NULL,
	quantity    bigint NOT NULL,
	cause       text NOT NULL,
	actor       name NOT NULL,
	moved_at    timestamptz NOT NULL,
	CONSTRAINT stock_movement_pkey PRIMARY KEY (merchant_id, movement_id),
	CONSTRAINT stock_movement_kind_known CHECK (kind IN ('received', 'shipped', 'returned', 'adjusted', 'counted', 'transferred'))
);
CREATE INDEX stock_movement_sku ON backorder.stock_movement (merchant_id, sku, movement_id);
COMMENT ON TABLE backorder.stock_movement IS
'Append-only ledger of every change of on_hand; its sum per SKU and location is on_hand.';
COMMENT ON COLUMN backorder.stock_movement.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.stock_movement.movement_id IS 'From next_id().';
COMMENT ON COLUMN backorder.stock_movement.sku IS 'The SKU.';
COMMENT ON COLUMN backorder.stock_movement.location_id IS 'The location.';
COMMENT ON COLUMN backorder.stock_movement.kind IS 'received, shipped, returned, adjusted, counted or transferred.';
COMMENT ON COLUMN backorder.stock_movement.quantity IS 'Units, signed: more is positive.';
COMMENT ON COLUMN backorder.stock_movement.cause IS 'What brought it about, for example "order 17, group 2".';
COMMENT ON COLUMN backorder.stock_movement.actor IS 'The role that did it.';
COMMENT ON COLUMN backorder.stock_movement.moved_at IS 'When.';

CREATE TABLE backorder.promise_change (
	merchant_id     integer NOT NULL,
	change_id       bigint NOT NULL,
	order_id        bigint NOT NULL,
	line_no         integer NOT NULL,
	part_no         integer NOT NULL,
	old_promised_at timestamptz,
	new_promised_at timestamptz,
	cause           text NOT NULL,
	changed_at      timestamptz NOT NULL,
	CONSTRAINT promise_change_pkey PRIMARY KEY (merchant_id, change_id)
);
CREATE INDEX promise_change_order ON backorder.promise_change (merchant_id, order_id, change_id);
COMMENT ON TABLE backorder.promise_change IS
'Append-only history of the promise dates of parts that wait: the first date, and every later one.';
COMMENT ON COLUMN backorder.promise_change.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.promise_change.change_id IS 'From next_id(): ascending per order.';
COMMENT ON COLUMN backorder.promise_change.order_id IS 'The order.';
COMMENT ON COLUMN backorder.promise_change.line_no IS 'The line.';
COMMENT ON COLUMN backorder.promise_change.part_no IS 'The part.';
COMMENT ON COLUMN backorder.promise_change.old_promised_at IS 'The date before; null = none or unknown.';
COMMENT ON COLUMN backorder.promise_change.new_promised_at IS 'The date from now on; null = unknown.';
COMMENT ON COLUMN backorder.promise_change.cause IS 'What moved it: placed, quantity, stock, supply, catalogue or repromise.';
COMMENT ON COLUMN backorder.promise_change.changed_at IS 'When.';

SELECT pg_catalog.pg_extension_config_dump('backorder.availability', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.availability_slot', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.sales_order', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.shipment_group', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.order_line_part', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.notification', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.delivery', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.stock_movement', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.promise_change', '');
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
-- incentive_truncated stands beside the like of it, where the function is.

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
-- Restock: the triggers on stock, and the doors that change many shelves at once.

CREATE FUNCTION backorder.remember_stock() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'backorder_remember_stock';
COMMENT ON FUNCTION backorder.remember_stock() IS
'Row trigger on stock: remembers which rows a statement touched, so that an upsert locks them all at once.';

CREATE FUNCTION backorder.stock_changed() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'backorder_stock_changed';
COMMENT ON FUNCTION backorder.stock_changed() IS
'Statement trigger on stock: takes over what is on the shelves, takes back what is no longer covered, fills the queue, and tells customers, once per statement and merchant.';

CREATE FUNCTION backorder.refuse_truncate() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'backorder_refuse_truncate';
COMMENT ON FUNCTION backorder.refuse_truncate() IS
'Refuses TRUNCATE of a table that the engine watches.';

CREATE TRIGGER stock_remembered AFTER INSERT OR UPDATE OR DELETE ON backorder.stock
	FOR EACH ROW EXECUTE FUNCTION backorder.remember_stock('stock');
CREATE TRIGGER stock_inserted AFTER INSERT ON backorder.stock
	REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.stock_changed('stock');
CREATE TRIGGER stock_updated AFTER UPDATE ON backorder.stock
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.stock_changed('stock');
CREATE TRIGGER stock_deleted AFTER DELETE ON backorder.stock
	REFERENCING OLD TABLE AS old_rows
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.stock_changed('stock');
CREATE TRIGGER stock_truncated BEFORE TRUNCATE ON backorder.stock
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.refuse_truncate('stock');

CREATE FUNCTION backorder.set_stock(skus text[], locations integer[], quantities bigint[], merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	sku text, location_id integer, change bigint, on_hand bigint, allocated bigint, available bigint,
	backordered bigint, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_set_stock';
COMMENT ON FUNCTION backorder.set_stock(text[], integer[], bigint[], integer) IS
'Sets what is on hand at these SKUs and locations (arrays side by side, up to 100000), in one fill, free of deadlocks with any other statement. Returns a row per shelf that was named: change, and on hand, allocated, available (per SKU, all locations) and backordered (per SKU) afterwards. Errors: OB006 arrays that do not match, 22003 out of range.';

CREATE FUNCTION backorder.count_stock(sku text, location_id integer, counted bigint, expected bigint, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	sku text, location_id integer, change bigint, on_hand bigint, allocated bigint, available bigint,
	backordered bigint, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_count_stock';
COMMENT ON FUNCTION backorder.count_stock(text, integer, bigint, bigint, integer) IS
'Books a stock count: sets on hand to counted if it is still what the counter saw (expected). Returns a row per shelf that was named: change, and on hand, allocated, available (per SKU, all locations) and backordered (per SKU) afterwards. Errors: OB005 the shelf changed meanwhile.';

CREATE FUNCTION backorder.transfer_stock(sku text, from_location integer, to_location integer, quantity bigint, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	sku text, location_id integer, change bigint, on_hand bigint, allocated bigint, available bigint,
	backordered bigint, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_transfer_stock';
COMMENT ON FUNCTION backorder.transfer_stock(text, integer, integer, bigint, integer) IS
'Moves free units from one location to another. Returns a row per shelf that was named: change, and on hand, allocated, available (per SKU, all locations) and backordered (per SKU) afterwards. Errors: OB005 fewer are free there.';
-- Supply and catalogue: what is on its way, and what the rules are. Changes re-lay promises, or fill.

CREATE FUNCTION backorder.supply_changed() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'backorder_supply_changed';
COMMENT ON FUNCTION backorder.supply_changed() IS
'Statement trigger on supply: re-lays the promises of the SKUs whose open supply changed.';

CREATE TRIGGER supply_inserted AFTER INSERT ON backorder.supply
	REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.supply_changed('supply');
CREATE TRIGGER supply_updated AFTER UPDATE ON backorder.supply
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.supply_changed('supply');
CREATE TRIGGER supply_deleted AFTER DELETE ON backorder.supply
	REFERENCING OLD TABLE AS old_rows
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.supply_changed('supply');
CREATE TRIGGER supply_truncated BEFORE TRUNCATE ON backorder.supply
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.refuse_truncate('supply');

CREATE FUNCTION backorder.item_changed() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'backorder_item_changed';
COMMENT ON FUNCTION backorder.item_changed() IS
'Statement trigger on item: fills after a lower safety stock, re-lays after another lead time or date; refuses to delete, rename or untrack an item with open order line parts (OB005).';

CREATE TRIGGER item_inserted AFTER INSERT ON backorder.item
	REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.item_changed('item');
CREATE TRIGGER item_updated AFTER UPDATE ON backorder.item
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.item_changed('item');
CREATE TRIGGER item_deleted AFTER DELETE ON backorder.item
	REFERENCING OLD TABLE AS old_rows
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.item_changed('item');
CREATE TRIGGER item_truncated BEFORE TRUNCATE ON backorder.item
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.refuse_truncate('item');

CREATE FUNCTION backorder.location_changed() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'backorder_location_changed';
COMMENT ON FUNCTION backorder.location_changed() IS
'Statement trigger on location: fills from a location that was opened, re-lays the promises that rested on one that was closed.';

CREATE TRIGGER location_inserted AFTER INSERT ON backorder.location
	REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.location_changed('location');
CREATE TRIGGER location_updated AFTER UPDATE ON backorder.location
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.location_changed('location');
CREATE TRIGGER location_deleted AFTER DELETE ON backorder.location
	REFERENCING OLD TABLE AS old_rows
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.location_changed('location');
CREATE TRIGGER location_truncated BEFORE TRUNCATE ON backorder.location
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.refuse_truncate('location');
CREATE TRIGGER incentive_truncated BEFORE TRUNCATE ON backorder.incentive
	FOR EACH STATEMENT EXECUTE FUNCTION backorder.refuse_truncate('incentive');

CREATE FUNCTION backorder.receive_supply(supply_id bigint, quantity bigint, options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	sku text, location_id integer, change bigint, on_hand bigint, allocated bigint, available bigint,
	backordered bigint, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_receive_supply';
COMMENT ON FUNCTION backorder.receive_supply(bigint, bigint, jsonb, integer) IS
'Books the arrival of units of a supply: on hand rises at its location, the queue is filled. The supply is received once all of it, or more, has come. options: location_id (where it arrived instead), close (true: no more of it will come). Returns a row per shelf that was named: change, and on hand, allocated, available (per SKU, all locations) and backordered (per SKU) afterwards. Errors: OB005 the supply is not open; OB006 unknown option; P0002 no such supply.';

CREATE FUNCTION backorder.repromise(skus text[], merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, line_no integer, part_no integer, sku text, old_promised_at timestamptz,
	new_promised_at timestamptz, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_repromise';
COMMENT ON FUNCTION backorder.repromise(text[], integer) IS
'Lays open supply under the queues of these SKUs again, clears availability.relay, and returns the parts whose date changed.';
-- Dispatch: groups go on a pick list, leave, and arrive.

CREATE FUNCTION backorder.release_group(order_id bigint, group_no integer, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, group_no integer, status text, location_id integer, units bigint, promised_at timestamptz,
	not_before timestamptz, tracking text, released_at timestamptz, shipped_at timestamptz,
	delivered_at timestamptz, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_release_group';
COMMENT ON FUNCTION backorder.release_group(bigint, integer, integer) IS
'Puts a ready group on a pick list: from now on nothing is added to it or taken from it. Returns the group. A released group is returned as it is. Errors: OB005 not ready, or its order is not open; P0002 no such group.';

CREATE FUNCTION backorder.unrelease_group(order_id bigint, group_no integer, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, group_no integer, status text, location_id integer, units bigint, promised_at timestamptz,
	not_before timestamptz, tracking text, released_at timestamptz, shipped_at timestamptz,
	delivered_at timestamptz, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_unrelease_group';
COMMENT ON FUNCTION backorder.unrelease_group(bigint, integer, integer) IS
'Takes a released group off the pick list; what its shelf does not cover any more is taken back then. Returns the group. If nothing of it stays ready the group returned is the one that waits now. Errors: OB005 not released; P0002 no such group.';

CREATE FUNCTION backorder.ship_group(order_id bigint, group_no integer, options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, group_no integer, status text, location_id integer, units bigint, promised_at timestamptz,
	not_before timestamptz, tracking text, released_at timestamptz, shipped_at timestamptz,
	delivered_at timestamptz, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_ship_group';
COMMENT ON FUNCTION backorder.ship_group(bigint, integer, jsonb, integer) IS
'Dispatches a ready or released group: its units leave stock, the customer is told. options: tracking (text). Returns the group. A group that is shipped already is returned as it is. Errors: OB005 not ready, not before its preorder date, or less on hand than the group holds; OB006 unknown option; P0002 no such group.';

CREATE FUNCTION backorder.deliver_group(order_id bigint, group_no integer, options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, group_no integer, status text, location_id integer, units bigint, promised_at timestamptz,
	not_before timestamptz, tracking text, released_at timestamptz, shipped_at timestamptz,
	delivered_at timestamptz, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_deliver_group';
COMMENT ON FUNCTION backorder.deliver_group(bigint, integer, jsonb, integer) IS
'Notes that a shipped group has arrived. options: delivered_at (time with zone). Returns the group. Errors: OB005 not shipped; OB006 unknown option; P0002 no such group.';
-- Undo: cancel, change, return, expire. Whatever comes free goes to the queue in the same transaction.

CREATE FUNCTION backorder.cancel_order(order_id bigint, reason text DEFAULT NULL, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, line_no integer, part_no integer, sku text, quantity bigint, status text, group_no integer,
	group_status text, location_id integer, promised_at timestamptz, unit_price numeric, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_cancel_order';
COMMENT ON FUNCTION backorder.cancel_order(bigint, text, integer) IS
'Cancels all that has not shipped; with a shipped group the order is complete then, else canceled. Returns the order''s parts as they are now, a row per part. An order that is canceled already is returned as it is. Errors: OB005 parts are on a pick list (DETAIL names them), or all is shipped; P0002 no such order.';

CREATE FUNCTION backorder.cancel_line(order_id bigint, line_no integer, reason text DEFAULT NULL, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, line_no integer, part_no integer, sku text, quantity bigint, status text, group_no integer,
	group_status text, location_id integer, promised_at timestamptz, unit_price numeric, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_cancel_line';
COMMENT ON FUNCTION backorder.cancel_line(bigint, integer, text, integer) IS
'Cancels what of a line has not shipped; incentives are withdrawn if nothing that waits or waited is left of the order and none of it has shipped. Returns the order''s parts as they are now, a row per part. Errors as of cancel_order(), and P0002 no such line.';

CREATE FUNCTION backorder.change_quantity(order_id bigint, line_no integer, quantity bigint, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, line_no integer, part_no integer, sku text, quantity bigint, status text, group_no integer,
	group_status text, location_id integer, promised_at timestamptz, unit_price numeric, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_change_quantity';
COMMENT ON FUNCTION backorder.change_quantity(bigint, integer, bigint, integer) IS
'Sets a line''s units not canceled, shipped ones included. Down: cancels waiting units first, then allocated ones, each from the end of the queue order. Up: new units under the rules of checkout and of the order''s accept_backorder and max_wait, at the end of the queue, at the line''s price. Returns the order''s parts as they are now, a row per part. Errors: OB005 below what is shipped or on a pick list, or the order is not open, or more of a gift; OB001, OB003 as of place_order(); P0002 no such line.';

CREATE FUNCTION backorder.return_items(order_id bigint, line_no integer, quantity bigint, location_id integer, restock boolean DEFAULT true, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, line_no integer, part_no integer, sku text, quantity bigint, status text, group_no integer,
	group_status text, location_id integer, promised_at timestamptz, unit_price numeric, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_return_items';
COMMENT ON FUNCTION backorder.return_items(bigint, integer, bigint, integer, boolean, integer) IS
'Takes shipped units of a line back; with restock they go on the shelf of the location, and to the queue. Returns the order''s parts as they are now, a row per part. Errors: OB005 fewer are shipped; P0002 no such line.';

CREATE FUNCTION backorder.expire_holds(as_of timestamptz DEFAULT NULL, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, reference text, hold_until timestamptz, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_expire_holds';
COMMENT ON FUNCTION backorder.expire_holds(timestamptz, integer) IS
'Cancels held orders whose hold ended at or before as_of (default: now), silently, and gives what they held to the queue. Returns the orders canceled. To be called every minute or so, for example by pg_cron.';
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
-- Reading: what happens now, flat, for reporting tools. Every view has merchant_id, none can be written through.

CREATE VIEW backorder.order_line WITH (security_invoker = true) AS
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
COMMENT ON VIEW backorder.order_line IS
'One row per line of an order. Quick by merchant_id and order_id, reference or placed_at.';
COMMENT ON COLUMN backorder.order_line.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.order_line.order_id IS 'The order.';
COMMENT ON COLUMN backorder.order_line.line_no IS 'Line within the order, from 1.';
COMMENT ON COLUMN backorder.order_line.sku IS 'The SKU.';
COMMENT ON COLUMN backorder.order_line.quantity IS 'Units ordered: the sum of the five columns that follow, canceled ones included.';
COMMENT ON COLUMN backorder.order_line.allocated IS 'Units that lie ready for this line and are not shipped.';
COMMENT ON COLUMN backorder.order_line.backordered IS 'Units that wait for goods.';
COMMENT ON COLUMN backorder.order_line.shipped IS 'Units shipped and not returned.';
COMMENT ON COLUMN backorder.order_line.canceled IS 'Units canceled.';
COMMENT ON COLUMN backorder.order_line.returned IS 'Units shipped and returned.';
COMMENT ON COLUMN backorder.order_line.status IS 'The status of the units that are least far, the first of: backordered, allocated, shipped, returned, canceled.';
COMMENT ON COLUMN backorder.order_line.promised_at IS 'When the last of its open units should be dispatched; null = unknown, or nothing is open.';
COMMENT ON COLUMN backorder.order_line.unit_price IS 'Price of one unit when it was ordered; null = none was known.';
COMMENT ON COLUMN backorder.order_line.value IS 'Price of the units neither canceled nor returned; null = no price was known, or there are none.';
COMMENT ON COLUMN backorder.order_line.short_at_order IS 'Units that were short when they were ordered, whatever became of them.';
COMMENT ON COLUMN backorder.order_line.reference IS 'The application''s key of the order.';
COMMENT ON COLUMN backorder.order_line.customer IS 'The application''s name for the customer.';
COMMENT ON COLUMN backorder.order_line.placed_at IS 'When the order was placed.';

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

CREATE VIEW backorder.stock_level WITH (security_invoker = true) AS
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
COMMENT ON VIEW backorder.stock_level IS
'One row per SKU and location that has something on its shelf; a SKU with nothing on any shelf has one row without a location, one that was never stocked nor ordered has none. on_hand and allocated are of the location; available, backordered, incoming, next_arrival and safety_stock are of the SKU over all locations and stand on each of its rows: do not add those up. Quick by merchant_id and sku.';
COMMENT ON COLUMN backorder.stock_level.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.stock_level.sku IS 'The SKU.';
COMMENT ON COLUMN backorder.stock_level.item_name IS 'The item''s name; null = none, or not in the catalogue yet.';
COMMENT ON COLUMN backorder.stock_level.location_id IS 'The location; null = nothing on any shelf.';
COMMENT ON COLUMN backorder.stock_level.location_name IS 'The location''s name.';
COMMENT ON COLUMN backorder.stock_level.location_active IS 'Whether new units may be allocated at this location.';
COMMENT ON COLUMN backorder.stock_level.on_hand IS 'Units on hand at this location; may be negative.';
COMMENT ON COLUMN backorder.stock_level.allocated IS 'Units at this location that belong to orders and are not shipped.';
COMMENT ON COLUMN backorder.stock_level.available IS 'Of the SKU: units that the next checkout may allocate, over all active locations, safety stock apart; 0 while anyone waits.';
COMMENT ON COLUMN backorder.stock_level.backordered IS 'Of the SKU: units that wait for goods.';
COMMENT ON COLUMN backorder.stock_level.incoming IS 'Of the SKU: units of open supply still to come, at any location and any time.';
COMMENT ON COLUMN backorder.stock_level.next_arrival IS 'Of the SKU: when the first open supply is expected, which may be overdue; null = no date is known.';
COMMENT ON COLUMN backorder.stock_level.safety_stock IS 'Of the SKU: units never promised to new orders and never used to fill the queue.';

CREATE VIEW backorder.open_backorder WITH (security_invoker = true) AS
SELECT
	q.merchant_id,
	q.sku,
	q.position,
	q.units_ahead,
	q.quantity,
	q.order_id,
	q.line_no,
	q.part_no,
	o.reference,
	o.customer,
	o.status AS order_status,
	q.priority,
	q.queued_at,
	round(extract(epoch FROM backorder.clock_time() - q.queued_at) / 86400, 2) AS age_days,
	q.promised_at,
	q.first_promised_at,
	q.promise_basis,
	q.unit_price,
	q.quantity * q.unit_price AS value,
	i.name AS item_name
FROM (
	SELECT
		p.*,
		row_number() OVER queue AS position,
		(sum(p.quantity) OVER queue - p.quantity)::bigint AS units_ahead
	FROM backorder.order_line_part p
	WHERE p.status = 'backordered'
	WINDOW queue AS (
		PARTITION BY p.merchant_id, p.sku
		ORDER BY p.priority DESC, p.queued_at, p.order_id, p.line_no, p.part_no
		ROWS UNBOUNDED PRECEDING
	)
) AS q
JOIN backorder.sales_order o ON o.merchant_id = q.merchant_id AND o.order_id = q.order_id
LEFT JOIN backorder.item i ON i.merchant_id = q.merchant_id AND i.sku = q.sku;
COMMENT ON VIEW backorder.open_backorder IS
'One row per part of an order line that waits, with its place in the queue of its SKU. Quick by merchant_id and sku; without the SKU all that waits for the merchant is numbered first.';
COMMENT ON COLUMN backorder.open_backorder.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.open_backorder.sku IS 'The SKU that is waited for.';
COMMENT ON COLUMN backorder.open_backorder.position IS 'Place in the queue of the SKU, from 1; the first is served first.';
COMMENT ON COLUMN backorder.open_backorder.units_ahead IS 'Units of the SKU that are served before this part.';
COMMENT ON COLUMN backorder.open_backorder.quantity IS 'Units of this part.';
COMMENT ON COLUMN backorder.open_backorder.order_id IS 'The order.';
COMMENT ON COLUMN backorder.open_backorder.line_no IS 'Line within the order.';
COMMENT ON COLUMN backorder.open_backorder.part_no IS 'Part within the line.';
COMMENT ON COLUMN backorder.open_backorder.reference IS 'The application''s key of the order.';
COMMENT ON COLUMN backorder.open_backorder.customer IS 'The application''s name for the customer.';
COMMENT ON COLUMN backorder.open_backorder.order_status IS 'held (not confirmed yet) or open.';
COMMENT ON COLUMN backorder.open_backorder.priority IS 'Higher is served first; 0 is usual.';
COMMENT ON COLUMN backorder.open_backorder.queued_at IS 'Since when it has its place in the queue.';
COMMENT ON COLUMN backorder.open_backorder.age_days IS 'Days since queued_at, by clock_time().';
COMMENT ON COLUMN backorder.open_backorder.promised_at IS 'The dispatch date the customer has now; null = unknown.';
COMMENT ON COLUMN backorder.open_backorder.first_promised_at IS 'The first dispatch date the customer was given; null = none.';
COMMENT ON COLUMN backorder.open_backorder.promise_basis IS 'What promised_at rests on: supply or lead_time; null = unknown.';
COMMENT ON COLUMN backorder.open_backorder.unit_price IS 'Price of one unit when it was ordered; null = none was known.';
COMMENT ON COLUMN backorder.open_backorder.value IS 'Price of this part: quantity times unit_price.';
COMMENT ON COLUMN backorder.open_backorder.item_name IS 'The item''s name.';

CREATE VIEW backorder.order_overview WITH (security_invoker = true) AS
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
COMMENT ON VIEW backorder.order_overview IS
'One row per order. Quick by merchant_id and order_id, reference or placed_at.';
COMMENT ON COLUMN backorder.order_overview.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.order_overview.order_id IS 'The order.';
COMMENT ON COLUMN backorder.order_overview.reference IS 'The application''s key of the order.';
COMMENT ON COLUMN backorder.order_overview.customer IS 'The application''s name for the customer.';
COMMENT ON COLUMN backorder.order_overview.status IS 'held (not confirmed yet), open, complete (nothing left to ship) or canceled.';
COMMENT ON COLUMN backorder.order_overview.ship_policy IS 'as_available, backorders_together, complete_line or complete_order.';
COMMENT ON COLUMN backorder.order_overview.priority IS 'Higher is served first; 0 is usual.';
COMMENT ON COLUMN backorder.order_overview.placed_at IS 'When the order was placed.';
COMMENT ON COLUMN backorder.order_overview.hold_until IS 'When a held order expires; null = never.';
COMMENT ON COLUMN backorder.order_overview.lines IS 'Lines of the order, canceled ones included.';
COMMENT ON COLUMN backorder.order_overview.units IS 'Units ordered: the sum of the five columns that follow, canceled ones included.';
COMMENT ON COLUMN backorder.order_overview.allocated IS 'Units that lie ready for this order and are not shipped.';
COMMENT ON COLUMN backorder.order_overview.backordered IS 'Units that wait for goods.';
COMMENT ON COLUMN backorder.order_overview.shipped IS 'Units shipped and not returned.';
COMMENT ON COLUMN backorder.order_overview.canceled IS 'Units canceled.';
COMMENT ON COLUMN backorder.order_overview.returned IS 'Units shipped and returned.';
COMMENT ON COLUMN backorder.order_overview.value IS 'Price of the units neither canceled nor returned; units without a price count nothing.';
COMMENT ON COLUMN backorder.order_overview.backordered_value IS 'Price of the units that wait; null = none wait, or no price was known.';
COMMENT ON COLUMN backorder.order_overview.promised_at IS 'When the last of its open units should be dispatched; null = unknown, or nothing is open.';
COMMENT ON COLUMN backorder.order_overview.shipments IS 'Shipment groups that are not canceled.';
COMMENT ON COLUMN backorder.order_overview.shipments_shipped IS 'Shipment groups that are shipped or delivered.';
COMMENT ON COLUMN backorder.order_overview.last_shipped_at IS 'When something was last dispatched; null = nothing yet.';
COMMENT ON COLUMN backorder.order_overview.accept_backorder IS 'Whether the customer agreed that some of it may wait; null = the request did not say (then it may).';
COMMENT ON COLUMN backorder.order_overview.accept_split IS 'Whether the customer agreed to delivery in instalments; null = the request did not say.';
COMMENT ON COLUMN backorder.order_overview.max_wait IS 'How long the customer was willing to wait for dispatch; null = the request did not say.';
COMMENT ON COLUMN backorder.order_overview.promise_shown IS 'When the last of it was to be dispatched, as shown to the customer when he ordered; null = nothing had to wait, or a date was unknown.';
COMMENT ON COLUMN backorder.order_overview.unknown_shown IS 'Whether the customer was shown, when he ordered, that a date was unknown; null = ordered before version 0.2.0.';

CREATE VIEW backorder.shipment_board WITH (security_invoker = true) AS
SELECT
	g.merchant_id,
	g.order_id,
	g.group_no,
	g.location_id,
	l.name AS location_name,
	g.status,
	g.status IN ('ready', 'released') AND o.status = 'open'
		AND coalesce(g.not_before <= backorder.clock_time(), true) AS shippable,
	c.lines,
	c.units,
	c.backordered,
	c.value,
	c.weight,
	o.reference,
	o.customer,
	o.status AS order_status,
	o.priority,
	o.placed_at,
	g.promised_at,
	g.not_before,
	g.released_at,
	g.shipped_at,
	g.delivered_at,
	g.tracking
FROM backorder.shipment_group g
JOIN backorder.sales_order o ON o.merchant_id = g.merchant_id AND o.order_id = g.order_id
-- the content of each group that is shown, not of all that might be: the first fifty are quick
CROSS JOIN LATERAL (
	SELECT
		count(DISTINCT p.line_no) FILTER (WHERE p.status <> 'canceled') AS lines,
		coalesce(sum(p.quantity) FILTER (WHERE p.status <> 'canceled'), 0)::bigint AS units,
		coalesce(sum(p.quantity) FILTER (WHERE p.status = 'backordered'), 0)::bigint AS backordered,
		sum(p.quantity * p.unit_price) FILTER (WHERE p.status <> 'canceled') AS value,
		sum(p.quantity * i.weight) FILTER (WHERE p.status <> 'canceled') AS weight
	FROM backorder.order_line_part p
	LEFT JOIN backorder.item i ON i.merchant_id = p.merchant_id AND i.sku = p.sku
	WHERE p.merchant_id = g.merchant_id AND p.order_id = g.order_id AND p.group_no = g.group_no
) AS c
LEFT JOIN backorder.location l ON l.merchant_id = g.merchant_id AND l.location_id = g.location_id;
COMMENT ON VIEW backorder.shipment_board IS
'One row per shipment group: parts of one order that ship together from one location. Quick by merchant_id and order_id; for what is ready or released also by merchant_id, location_id and status.';
COMMENT ON COLUMN backorder.shipment_board.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.shipment_board.order_id IS 'The order.';
COMMENT ON COLUMN backorder.shipment_board.group_no IS 'Number of the group within the order.';
COMMENT ON COLUMN backorder.shipment_board.location_id IS 'Where it ships from; null while it waits.';
COMMENT ON COLUMN backorder.shipment_board.location_name IS 'The location''s name.';
COMMENT ON COLUMN backorder.shipment_board.status IS 'waiting, ready, released (on a pick list), shipped, delivered or canceled.';
COMMENT ON COLUMN backorder.shipment_board.shippable IS 'Whether ship_group() may dispatch it now: ready or released, its order open, not_before past.';
COMMENT ON COLUMN backorder.shipment_board.lines IS 'Order lines in it, canceled ones apart.';
COMMENT ON COLUMN backorder.shipment_board.units IS 'Units in it, canceled ones apart.';
COMMENT ON COLUMN backorder.shipment_board.backordered IS 'Units of it that wait for goods.';
COMMENT ON COLUMN backorder.shipment_board.value IS 'Price of the units in it, canceled ones apart; units without a price count nothing.';
COMMENT ON COLUMN backorder.shipment_board.weight IS 'Weight of the units in it, canceled ones apart, in the merchant''s unit; items without a weight count nothing.';
COMMENT ON COLUMN backorder.shipment_board.reference IS 'The application''s key of the order.';
COMMENT ON COLUMN backorder.shipment_board.customer IS 'The application''s name for the customer.';
COMMENT ON COLUMN backorder.shipment_board.order_status IS 'Status of the order: a held one ships nothing.';
COMMENT ON COLUMN backorder.shipment_board.priority IS 'Priority of the order; higher is served first.';
COMMENT ON COLUMN backorder.shipment_board.placed_at IS 'When the order was placed.';
COMMENT ON COLUMN backorder.shipment_board.promised_at IS 'When all of it should be dispatched; null = unknown.';
COMMENT ON COLUMN backorder.shipment_board.not_before IS 'Not to be dispatched before this time (preorder).';
COMMENT ON COLUMN backorder.shipment_board.released_at IS 'When it went on a pick list.';
COMMENT ON COLUMN backorder.shipment_board.shipped_at IS 'When it was dispatched.';
COMMENT ON COLUMN backorder.shipment_board.delivered_at IS 'When it reached the customer.';
COMMENT ON COLUMN backorder.shipment_board.tracking IS 'The carrier''s tracking number.';
-- Proof: what the tables say must hold together.

CREATE FUNCTION backorder.verify(merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (invariant integer, place text, problem text)
	LANGUAGE c STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'backorder_verify';
COMMENT ON FUNCTION backorder.verify(integer) IS
'A row for each breach of an invariant (1 to 8, see doc/architecture.md): which one, where, and what is wrong. A sound database returns none. Reads one snapshot and locks nothing; needs level report.';
-- Repair: what a damaged book shows is mended.

CREATE FUNCTION backorder.repair(skus text[], merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	sku text, problem text, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_repair';
COMMENT ON FUNCTION backorder.repair(text[], integer) IS
'Makes the availability of these SKUs anew from stock and open order line parts, brings the ledger to what is on hand, fills and re-lays promises, and returns a row for each thing mended (problem; detail: what it was and is). What the slots of a hot item may promise is dealt out anew without a row. For admin. What it does not mend, verify() goes on naming.';
-- Who may do what. The last part: it goes over what the parts before it have made.

-- A role's rights in the schema follow from its rows in merchant_access by this function and nothing else. It goes
-- over the catalog, so a new table or function has its level without being named. Public are only the setting and
-- the clock, which tell nothing that is anyone's and stand in views and column defaults.
CREATE FUNCTION backorder.access_rules()
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
COMMENT ON FUNCTION backorder.access_rules() IS
'The rights in this schema and the lowest level (public, report, app, admin) that has them. Every level reads all tables, under row security; what only reads may be called by report, what writes by app. What is not listed is the owner''s alone.';

CREATE FUNCTION backorder.grant_access(
	role_name name, level text, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'backorder_grant_access';
COMMENT ON FUNCTION backorder.grant_access(name, text, integer) IS
'Gives a role a level (report, app or admin) for a merchant, in place of the one it had, and the rights in this schema that go with it. For superusers and the schema''s owner.';

CREATE FUNCTION backorder.revoke_access(
	role_name name, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'backorder_revoke_access';
COMMENT ON FUNCTION backorder.revoke_access(name, integer) IS
'Takes a role''s level for a merchant away, and those rights in this schema that no other merchant gives it. For superusers and the schema''s owner.';

CREATE FUNCTION backorder.regrant() RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'backorder_regrant';
COMMENT ON FUNCTION backorder.regrant() IS
'Puts tables of this schema under row security that are not yet, and lays the rights of PUBLIC and of every role in merchant_access anew, as access_rules() says. The install script and every update script end with it; call it after a dump was restored into a newer version. For superusers and the schema''s owner.';

SELECT backorder.regrant();
