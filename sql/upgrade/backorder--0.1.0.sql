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
	merchant_id       integer NOT NULL DEFAULT backorder.current_merchant(),
	name              text,
	ship_policy       text NOT NULL DEFAULT 'as_available',
	handling_time     interval NOT NULL DEFAULT '0',
	promise_tolerance interval NOT NULL DEFAULT '1 day',
	CONSTRAINT merchant_pkey PRIMARY KEY (merchant_id),
	CONSTRAINT merchant_id_positive CHECK (merchant_id > 0),
	CONSTRAINT merchant_ship_policy_known
		CHECK (ship_policy IN ('as_available', 'backorders_together', 'complete_line', 'complete_order')),
	CONSTRAINT merchant_handling_time_in_range CHECK (handling_time BETWEEN '0' AND '100 years'),
	CONSTRAINT merchant_promise_tolerance_in_range CHECK (promise_tolerance BETWEEN '0' AND '100 years')
);
COMMENT ON TABLE backorder.merchant IS
'One row per merchant whose stock is kept here. Merchant 1 needs no row (it then has the defaults of this table), every other merchant does.';
COMMENT ON COLUMN backorder.merchant.merchant_id IS 'The merchant; first in every key of this schema.';
COMMENT ON COLUMN backorder.merchant.name IS 'Name for people.';
COMMENT ON COLUMN backorder.merchant.ship_policy IS 'How an order is split that names no policy of its own: as_available, backorders_together, complete_line or complete_order.';
COMMENT ON COLUMN backorder.merchant.handling_time IS 'From goods on the shelf to dispatch; added to every promise.';
COMMENT ON COLUMN backorder.merchant.promise_tolerance IS 'A promise that can be kept is moved earlier only when it is later than need be by more than this.';

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
	CONSTRAINT item_pkey PRIMARY KEY (merchant_id, sku),
	CONSTRAINT item_sku_length CHECK (char_length(sku) BETWEEN 1 AND 200),
	CONSTRAINT item_policy_known CHECK (policy IN ('deny', 'allow', 'preorder')),
	CONSTRAINT item_preorder_has_date CHECK (policy <> 'preorder' OR available_from IS NOT NULL),
	CONSTRAINT item_available_from_finite CHECK (isfinite(available_from)),
	CONSTRAINT item_backorder_limit_in_range CHECK (backorder_limit BETWEEN 0 AND 9007199254740992),
	CONSTRAINT item_safety_stock_in_range CHECK (safety_stock BETWEEN 0 AND 9007199254740992),
	CONSTRAINT item_lead_time_in_range CHECK (lead_time BETWEEN '0' AND '100 years'),
	CONSTRAINT item_unit_price_not_negative CHECK (unit_price >= 0 AND unit_price < 'Infinity'),
	CONSTRAINT item_weight_not_negative CHECK (weight >= 0 AND weight < 'Infinity')
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

CREATE TABLE backorder.availability (
	merchant_id integer NOT NULL,
	sku         text COLLATE "C" NOT NULL,
	locations   integer[] NOT NULL DEFAULT '{}',
	on_hand     bigint[] NOT NULL DEFAULT '{}',
	allocated   bigint[] NOT NULL DEFAULT '{}',
	backordered bigint NOT NULL DEFAULT 0,
	relay       boolean NOT NULL DEFAULT false,
	CONSTRAINT availability_pkey PRIMARY KEY (merchant_id, sku),
	CONSTRAINT availability_side_by_side CHECK (cardinality(locations) = cardinality(on_hand) AND cardinality(locations) = cardinality(allocated)),
	CONSTRAINT availability_backordered_not_negative CHECK (backordered >= 0)
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

CREATE TABLE backorder.sales_order (
	merchant_id  integer NOT NULL,
	order_id     bigint NOT NULL,
	reference    text COLLATE "C" NOT NULL,
	request_hash bytea NOT NULL,
	customer     text,
	status       text NOT NULL,
	ship_policy  text NOT NULL,
	priority     integer NOT NULL,
	placed_at    timestamptz NOT NULL,
	hold_until   timestamptz,
	units        bigint NOT NULL,
	revision     integer NOT NULL DEFAULT 1,
	groups_used  integer NOT NULL DEFAULT 0,
	CONSTRAINT sales_order_pkey PRIMARY KEY (merchant_id, order_id),
	CONSTRAINT sales_order_reference_key UNIQUE (merchant_id, reference),
	CONSTRAINT sales_order_status_known CHECK (status IN ('held', 'open', 'complete', 'canceled')),
	CONSTRAINT sales_order_ship_policy_known
		CHECK (ship_policy IN ('as_available', 'backorders_together', 'complete_line', 'complete_order')),
	CONSTRAINT sales_order_units_in_range CHECK (units BETWEEN 1 AND 9007199254740992)
) WITH (fillfactor = 80);
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
) WITH (fillfactor = 80);
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
) WITH (fillfactor = 80);
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
		'line_canceled', 'canceled', 'sku_negative', 'shelf_discrepancy'))
);
COMMENT ON TABLE backorder.notification IS
'What happened and whom to tell, exactly one row per event, written in the transaction that caused it and never changed. Its delivery stands in the table delivery.';
COMMENT ON COLUMN backorder.notification.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.notification.notification_id IS 'From next_id(), drawn under the order''s lock: ascending per order.';
COMMENT ON COLUMN backorder.notification.type IS 'placed, backorder_filled, promise_changed, shipped, line_canceled, canceled; for the merchant sku_negative and shelf_discrepancy.';
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
) WITH (fillfactor = 80);
CREATE INDEX delivery_pending ON backorder.delivery (merchant_id, deliver_after, notification_id) WHERE status IN ('pending', 'leased');
COMMENT ON TABLE backorder.delivery IS
'How far the sending of a notification is. A pending one is withdrawn when a later one of its order covers it; what was sent is never withdrawn.';
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
SELECT pg_catalog.pg_extension_config_dump('backorder.sales_order', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.shipment_group', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.order_line_part', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.notification', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.delivery', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.stock_movement', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.promise_change', '');
-- Checkout: what a customer is told before the order, the order itself, and the confirmation of a held one.

CREATE FUNCTION backorder.preview_order(request jsonb, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	line_no integer, sku text, quantity bigint, status text, available bigint, backordered bigint,
	promised_at timestamptz, wait_days integer, detail jsonb)
	LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'backorder_preview_order';
COMMENT ON FUNCTION backorder.preview_order(jsonb, integer) IS
'What an immediate place_order(request) would do, per line, without locks and without writing: status (in_stock, partial, backorder, preorder, out_of_stock, untracked), units now (available) and later (backordered), dispatch date of all of the line (promised_at; null = unknown), days until then, and in detail the parts, or the reason of a refusal. request as for place_order(); the reference may be left out. Errors: OB002 unknown SKU, OB006 malformed request, 42501 no access.';

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
'Places an order, all or nothing, and returns its parts. request is an object: reference (text, the application''s key), lines (array of {sku, quantity, unit_price}), and if wanted customer (text), ship_policy (as_available, backorders_together, complete_line, complete_order), priority (integer, higher first), accept_backorder (false refuses to wait), hold (ISO 8601 duration or time with zone: a held order ships nothing and tells nobody until confirm_order()), placed_at (time with zone, for imports). The same reference with the same content returns the order that it made. Errors: OB001 out of stock, OB002 unknown SKU, OB003 over the backorder limit (DETAIL: all such lines as JSON), OB004 reference used with other content, OB006 malformed request, 42501 no access.';

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
'Cancels what of a line has not shipped. Returns the order''s parts as they are now, a row per part. Errors as of cancel_order(), and P0002 no such line.';

CREATE FUNCTION backorder.change_quantity(order_id bigint, line_no integer, quantity bigint, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, line_no integer, part_no integer, sku text, quantity bigint, status text, group_no integer,
	group_status text, location_id integer, promised_at timestamptz, unit_price numeric, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_change_quantity';
COMMENT ON FUNCTION backorder.change_quantity(bigint, integer, bigint, integer) IS
'Sets a line''s units not canceled, shipped ones included. Down: cancels waiting units first, then allocated ones, each from the end of the queue order. Up: new units under the rules of checkout, at the end of the queue, at the line''s price. Returns the order''s parts as they are now, a row per part. Errors: OB005 below what is shipped or on a pick list, or the order is not open; OB001, OB003 as of place_order(); P0002 no such line.';

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
	SELECT CASE WHEN g.status = 'waiting' AND o.ship_policy <> 'as_available' THEN g.promised_at ELSE p.promised_at END
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
FROM backorder.availability a
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
	max(g.shipped_at) AS last_shipped_at
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
	count(DISTINCT p.line_no) FILTER (WHERE p.status <> 'canceled') AS lines,
	coalesce(sum(p.quantity) FILTER (WHERE p.status <> 'canceled'), 0)::bigint AS units,
	coalesce(sum(p.quantity) FILTER (WHERE p.status = 'backordered'), 0)::bigint AS backordered,
	sum(p.quantity * p.unit_price) FILTER (WHERE p.status <> 'canceled') AS value,
	sum(p.quantity * i.weight) FILTER (WHERE p.status <> 'canceled') AS weight,
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
JOIN backorder.order_line_part p ON p.merchant_id = g.merchant_id AND p.order_id = g.order_id
	AND p.group_no = g.group_no
LEFT JOIN backorder.item i ON i.merchant_id = p.merchant_id AND i.sku = p.sku
LEFT JOIN backorder.location l ON l.merchant_id = g.merchant_id AND l.location_id = g.location_id
GROUP BY g.merchant_id, g.order_id, g.group_no, o.merchant_id, o.order_id, l.merchant_id, l.location_id;
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
'A row for each breach of an invariant (1 to 7, see doc/architecture.md): which one, where, and what is wrong. A sound database returns none. Reads one snapshot and locks nothing; needs level report.';
-- Repair: what a damaged book shows is mended.

CREATE FUNCTION backorder.repair(skus text[], merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	sku text, problem text, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_repair';
COMMENT ON FUNCTION backorder.repair(text[], integer) IS
'Makes the availability of these SKUs anew from stock and open order line parts, brings the ledger to what is on hand, fills and re-lays promises, and returns a row for each thing mended (problem; detail: what it was and is). For admin. What it does not mend, verify() goes on naming.';
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
'Lays the rights in this schema of PUBLIC and of every role in merchant_access anew, as access_rules() says. The install script and every update script end with it; call it after a dump was restored into a newer version. For superusers and the schema''s owner.';

-- Row security. Each subselect runs once per query, and its array is an index condition: a role with one merchant
-- need not name it to be served by an index that starts with merchant_id.
DO $do$
DECLARE
	my_roles CONSTANT text := $q$role_name IN (SELECT rolname FROM pg_catalog.pg_roles WHERE pg_catalog.pg_has_role(oid, 'USAGE'))$q$;
	my_merchants CONSTANT text := 'merchant_id = ANY (ARRAY(SELECT merchant_id FROM backorder.merchant_access WHERE ' || my_roles || '))';
	writable text;
	t record;
BEGIN
	FOR t IN
		SELECT relname, relname = 'merchant_access' AS is_access
		FROM pg_class
		WHERE relnamespace = 'backorder'::regnamespace AND relkind IN ('r', 'p')
	LOOP
		EXECUTE format('ALTER TABLE backorder.%I ENABLE ROW LEVEL SECURITY', t.relname);
		EXECUTE format('CREATE POLICY %I ON backorder.%I FOR SELECT USING (%s)',
			t.relname || '_read', t.relname, CASE WHEN t.is_access THEN my_roles ELSE my_merchants END);
		EXECUTE format('COMMENT ON POLICY %I ON backorder.%I IS %L',
			t.relname || '_read', t.relname,
			CASE WHEN t.is_access THEN 'Rows of the roles whose rights one has.' ELSE 'Rows of merchants for which one has any level.' END);
	END LOOP;

	FOR t IN
		SELECT c.relname,
			CASE r.level WHEN 'app' THEN $q$'app', 'admin'$q$ ELSE $q$'admin'$q$ END AS levels
		FROM backorder.access_rules() r
		JOIN pg_class c ON c.oid = r.object::regclass
		WHERE r.kind = 'TABLE' AND r.privileges LIKE '%INSERT%'
	LOOP
		writable := format('merchant_id = ANY (ARRAY(SELECT merchant_id FROM backorder.merchant_access WHERE level IN (%s) AND %s))', t.levels, my_roles);
		EXECUTE format('CREATE POLICY %I ON backorder.%I FOR INSERT WITH CHECK (%s)', t.relname || '_insert', t.relname, writable);
		EXECUTE format('CREATE POLICY %I ON backorder.%I FOR UPDATE USING (%s)', t.relname || '_update', t.relname, writable);
		EXECUTE format('CREATE POLICY %I ON backorder.%I FOR DELETE USING (%s)', t.relname || '_delete', t.relname, writable);
		EXECUTE format('COMMENT ON POLICY %I ON backorder.%I IS %L', t.relname || '_insert', t.relname, 'New rows for merchants for which one has level ' || t.levels || '.');
		EXECUTE format('COMMENT ON POLICY %I ON backorder.%I IS %L', t.relname || '_update', t.relname, 'Rows of merchants for which one has level ' || t.levels || ', before and after.');
		EXECUTE format('COMMENT ON POLICY %I ON backorder.%I IS %L', t.relname || '_delete', t.relname, 'Rows of merchants for which one has level ' || t.levels || '.');
	END LOOP;
END;
$do$;

SELECT backorder.regrant();
