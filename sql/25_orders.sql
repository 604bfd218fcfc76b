-- The tables that the engine writes: availability, orders, parts, groups, notifications, history.
--
-- There are no foreign keys between these tables. A foreign key of an extension's table exists
-- before the rows are restored, and pg_dump does not tell pg_restore -j which table to restore
-- first: restores would fail. Only the engine writes these tables. It writes parents first, and
-- verify() names rows without a parent.
--
-- Most rows of the large tables belong to finished orders, but dead rows collect in the small
-- indexes over open ones. Therefore autovacuum starts at 2 % dead rows, not at 20 %.

CREATE TABLE backorder.availability (
	merchant_id           integer NOT NULL,
	sku                   text COLLATE "C" NOT NULL,
	locations             integer[] NOT NULL DEFAULT '{}',
	on_hand               bigint[] NOT NULL DEFAULT '{}',
	allocated             bigint[] NOT NULL DEFAULT '{}',
	backordered           bigint NOT NULL DEFAULT 0,
	promises_stale        boolean NOT NULL DEFAULT false,
	slots                 integer NOT NULL DEFAULT 0,
	back_in_stock_pending boolean NOT NULL DEFAULT false,
	slots_idle            boolean NOT NULL DEFAULT false,
	recalculate_at        timestamptz,
	subscribers_wait      boolean NOT NULL DEFAULT false,
	told_units            bigint NOT NULL DEFAULT 0,
	CONSTRAINT availability_pkey PRIMARY KEY (merchant_id, sku),
	CONSTRAINT availability_side_by_side CHECK (cardinality(locations) = cardinality(on_hand) AND cardinality(locations) = cardinality(allocated)),
	CONSTRAINT availability_backordered_not_negative CHECK (backordered >= 0),
	CONSTRAINT availability_slots_not_negative CHECK (slots >= 0),
	CONSTRAINT availability_told_units_not_negative CHECK (told_units >= 0)
) WITH (fillfactor = 50);
COMMENT ON TABLE backorder.availability IS
'The inventory record of one SKU: its units at all locations and the units that wait, in one row. This row is also the lock that serializes all work on the SKU. Written by the engine only.';
COMMENT ON COLUMN backorder.availability.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.availability.sku IS 'The SKU.';
COMMENT ON COLUMN backorder.availability.locations IS 'Locations that have location stock of the SKU. on_hand and allocated have one element for each, in the same order.';
COMMENT ON COLUMN backorder.availability.on_hand IS 'Units on hand per location, as in stock.';
COMMENT ON COLUMN backorder.availability.allocated IS 'Units per location that are allocated and have not shipped.';
COMMENT ON COLUMN backorder.availability.backordered IS 'Units that wait for stock.';
COMMENT ON COLUMN backorder.availability.promises_stale IS 'True while promise dates of the queue may be wrong. repromise() recalculates them and sets it to false.';
COMMENT ON COLUMN backorder.availability.slots IS 'Number of rows in availability_slot over which the record is spread; 0 = none. Their counts add to allocated and backordered, see availability_total.';
COMMENT ON COLUMN backorder.availability.back_in_stock_pending IS 'True while back_in_stock notifications of the SKU may be pending. Calls then compare them with the available units and withdraw the last ones if there are too few units.';
COMMENT ON COLUMN backorder.availability.slots_idle IS 'True while no slot has a share or a count. Then this row is the whole inventory record.';
COMMENT ON COLUMN backorder.availability.recalculate_at IS 'When time alone makes promises of the queue wrong: the first supply is overdue, or a promised date has come. maintain() recalculates them then; null = never.';
COMMENT ON COLUMN backorder.availability.subscribers_wait IS 'True while subscriptions of the SKU may be waiting. Calls then notify those whom the available units serve.';
COMMENT ON COLUMN backorder.availability.told_units IS 'Units of which subscribers were told by notifications that were sent, and that may still be there for them: never more than are available.';

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
'The slots of the inventory record of a hot SKU, one row each. A checkout that one slot can serve locks that row and not the row in availability. A transaction that holds the row in availability and all slots redistributes the shares. Written by the engine only.';
COMMENT ON COLUMN backorder.availability_slot.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.availability_slot.sku IS 'The SKU.';
COMMENT ON COLUMN backorder.availability_slot.slot_no IS 'Number of the slot, from 1.';
COMMENT ON COLUMN backorder.availability_slot.share IS 'Units that may still be allocated through this slot, per location in the order of availability.locations.';
COMMENT ON COLUMN backorder.availability_slot.allocated IS 'Units allocated through this slot that availability.allocated does not include yet, per location in the same order.';
COMMENT ON COLUMN backorder.availability_slot.queue_share IS 'Units that may still join the queue through this slot; 0 unless the SKU is sold out. All slots together have no more units than get the same date.';
COMMENT ON COLUMN backorder.availability_slot.backordered IS 'Units that joined the queue through this slot and that availability.backordered does not include yet.';

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
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
CREATE INDEX sales_order_placed ON backorder.sales_order (merchant_id, placed_at);
CREATE INDEX sales_order_customer ON backorder.sales_order (merchant_id, customer, placed_at) WHERE customer IS NOT NULL;
CREATE INDEX sales_order_hold ON backorder.sales_order (merchant_id, hold_until) WHERE status = 'held';
COMMENT ON TABLE backorder.sales_order IS
'One row per order. A transaction locks an order by changing its revision. Written by the engine only.';
COMMENT ON COLUMN backorder.sales_order.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.sales_order.order_id IS 'The order. From next_id().';
COMMENT ON COLUMN backorder.sales_order.reference IS 'The application''s key of the order. Unique per merchant, and never free again.';
COMMENT ON COLUMN backorder.sales_order.request_hash IS 'SHA-256 of the request in canonical form. The same reference with the same content is the same order.';
COMMENT ON COLUMN backorder.sales_order.customer IS 'The application''s name for the customer.';
COMMENT ON COLUMN backorder.sales_order.status IS 'held (not confirmed yet), open, complete (nothing left to ship) or canceled.';
COMMENT ON COLUMN backorder.sales_order.ship_policy IS 'as_available, backorders_together, complete_line or complete_order.';
COMMENT ON COLUMN backorder.sales_order.priority IS 'Higher is served first; the default is 0.';
COMMENT ON COLUMN backorder.sales_order.placed_at IS 'When the order was placed.';
COMMENT ON COLUMN backorder.sales_order.hold_until IS 'When a held order expires, or expired; null = never. extend_hold() moves it.';
COMMENT ON COLUMN backorder.sales_order.units IS 'Units of all parts, whatever their status. Grows only when a quantity is raised.';
COMMENT ON COLUMN backorder.sales_order.revision IS 'Counts the changes of the order, from 1.';
COMMENT ON COLUMN backorder.sales_order.groups_used IS 'Highest group number given so far. Numbers are not used again.';
COMMENT ON COLUMN backorder.sales_order.accept_backorder IS 'Whether the customer agreed that units may wait; null = the request did not say, and they may.';
COMMENT ON COLUMN backorder.sales_order.accept_split IS 'Whether the customer agreed to split delivery; null = the request did not say.';
COMMENT ON COLUMN backorder.sales_order.max_wait IS 'The longest wait for dispatch that the customer accepts; null = the request did not say.';
COMMENT ON COLUMN backorder.sales_order.promise_shown IS 'Dispatch date of the last unit, as the customer saw it at checkout; null = nothing had to wait, or a date was unknown. Never changed.';
COMMENT ON COLUMN backorder.sales_order.unknown_shown IS 'Whether the customer saw at checkout that a date was unknown; null = ordered before version 0.2.0.';
COMMENT ON COLUMN backorder.sales_order.customer_group IS 'The application''s name for the customer''s group, as the request gave it. Incentives may require it.';

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
'One row per shipment group: parts of an order that leave one location in one shipment, or parts of a ship set that wait. Written by the engine only.';
COMMENT ON COLUMN backorder.shipment_group.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.shipment_group.order_id IS 'The order.';
COMMENT ON COLUMN backorder.shipment_group.group_no IS 'Number within the order, from 1. Never used again.';
COMMENT ON COLUMN backorder.shipment_group.location_id IS 'The location that ships it; null while it waits.';
COMMENT ON COLUMN backorder.shipment_group.status IS 'waiting, ready, released (on a pick list, not changed any more), shipped, delivered or canceled.';
COMMENT ON COLUMN backorder.shipment_group.promised_at IS 'Dispatch date of the whole group; null = unknown.';
COMMENT ON COLUMN backorder.shipment_group.not_before IS 'Earliest time of dispatch (preorder); null = any time.';
COMMENT ON COLUMN backorder.shipment_group.tracking IS 'The carrier''s tracking number.';
COMMENT ON COLUMN backorder.shipment_group.released_at IS 'When it was put on a pick list, or dispatched without one.';
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
	deallocated       boolean NOT NULL DEFAULT false,
	CONSTRAINT order_line_part_pkey PRIMARY KEY (merchant_id, order_id, line_no, part_no),
	CONSTRAINT order_line_part_quantity_in_range CHECK (quantity BETWEEN 1 AND 9007199254740992),
	CONSTRAINT order_line_part_status_known CHECK (status IN ('allocated', 'backordered', 'shipped', 'canceled', 'returned')),
	CONSTRAINT order_line_part_waits_nowhere CHECK (status <> 'backordered' OR location_id IS NULL),
	CONSTRAINT order_line_part_basis_known CHECK (promise_basis IN ('shelf', 'supply', 'lead_time', 'preorder'))
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
CREATE INDEX order_line_part_open ON backorder.order_line_part
	(merchant_id, sku, status, priority DESC, queued_at, order_id, line_no, part_no)
	WHERE status IN ('allocated', 'backordered');
COMMENT ON TABLE backorder.order_line_part IS
'One row per part of an order line; a part has one status. Calls split parts and move units between them. The sum of units changes only when a quantity is raised. The view order_line has one row per line. Written by the engine only.';
COMMENT ON COLUMN backorder.order_line_part.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.order_line_part.order_id IS 'The order.';
COMMENT ON COLUMN backorder.order_line_part.line_no IS 'Line within the order, from 1, in the order of the request.';
COMMENT ON COLUMN backorder.order_line_part.part_no IS 'Part within the line, from 1.';
COMMENT ON COLUMN backorder.order_line_part.sku IS 'The SKU.';
COMMENT ON COLUMN backorder.order_line_part.quantity IS 'Units of this part.';
COMMENT ON COLUMN backorder.order_line_part.unit_price IS 'Price of one unit when it was ordered; null = no price.';
COMMENT ON COLUMN backorder.order_line_part.status IS 'allocated, backordered, shipped, canceled or returned.';
COMMENT ON COLUMN backorder.order_line_part.group_no IS 'The shipment group of the part.';
COMMENT ON COLUMN backorder.order_line_part.location_id IS 'The location where it is allocated or that shipped it; null while it waits.';
COMMENT ON COLUMN backorder.order_line_part.priority IS 'Priority of the order: the first key of the queue order.';
COMMENT ON COLUMN backorder.order_line_part.queued_at IS 'When the part joined the queue: the second key of the queue order. Kept when the part is deallocated.';
COMMENT ON COLUMN backorder.order_line_part.short_at_order IS 'Whether these units were short when they were ordered.';
COMMENT ON COLUMN backorder.order_line_part.first_promised_at IS 'First dispatch date that the customer was given; never overwritten. A revived order has new parts.';
COMMENT ON COLUMN backorder.order_line_part.promised_at IS 'Present dispatch date; null = unknown.';
COMMENT ON COLUMN backorder.order_line_part.promise_basis IS 'What promised_at rests on: shelf (stock on hand), supply, lead_time or preorder (the item''s available_from); null = unknown.';
COMMENT ON COLUMN backorder.order_line_part.deallocated IS 'Whether these units were allocated when they were ordered, lost their location later, and waited.';

CREATE TABLE backorder.expired_part (
	merchant_id integer NOT NULL,
	order_id    bigint NOT NULL,
	line_no     integer NOT NULL,
	part_no     integer NOT NULL,
	CONSTRAINT expired_part_pkey PRIMARY KEY (merchant_id, order_id, line_no, part_no)
);
COMMENT ON TABLE backorder.expired_part IS
'The parts that expire_holds() canceled, one row each: the units that their order asks for again when it is revived. An order that its customer cancels has no rows. Written by the engine only.';
COMMENT ON COLUMN backorder.expired_part.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.expired_part.order_id IS 'The order.';
COMMENT ON COLUMN backorder.expired_part.line_no IS 'The line.';
COMMENT ON COLUMN backorder.expired_part.part_no IS 'The part.';

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
	CONSTRAINT notification_audience_known CHECK (audience IN ('customer', 'merchant'))
);
-- Each payload is compressed at checkout and read once. lz4 is faster than the default; not every
-- server has it.
DO $do$ BEGIN
	EXECUTE 'ALTER TABLE backorder.notification ALTER COLUMN payload SET COMPRESSION lz4';
EXCEPTION WHEN feature_not_supported THEN
	NULL;
END $do$;
COMMENT ON TABLE backorder.notification IS
'One message to send: one row per event, written by the transaction that causes it and never changed. The table delivery says how far its sending is.';
COMMENT ON COLUMN backorder.notification.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.notification.notification_id IS 'From next_id(), under the lock of the order: ascending per order.';
COMMENT ON COLUMN backorder.notification.type IS 'What it tells; notification_types() lists the types.';
COMMENT ON COLUMN backorder.notification.audience IS 'customer or merchant.';
COMMENT ON COLUMN backorder.notification.order_id IS 'The order; null for an event of a SKU.';
COMMENT ON COLUMN backorder.notification.dedupe_key IS 'Identifies the event; unique per merchant.';
COMMENT ON COLUMN backorder.notification.payload IS 'All that the message needs, with a version number. The reference explains the keys.';
COMMENT ON COLUMN backorder.notification.created_at IS 'When the event happened.';

CREATE FUNCTION backorder.notification_types()
	RETURNS TABLE (type text, audience text, about text, once boolean, replaceable boolean, description text)
	LANGUAGE c STABLE PARALLEL SAFE ROWS 20 AS 'MODULE_PATHNAME', 'backorder_notification_types';
COMMENT ON FUNCTION backorder.notification_types() IS
'Lists the types of notifications.
Returns one row per type: type, audience (customer or merchant), about (what it is about: order,
  group, subscription or sku), once (an order has at most one), replaceable (the next notification
  about the order replaces it while it is pending), description (when it is written).
Errors: none.';

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
'How far the sending of a notification is. A pending notification is withdrawn when a later one of its order covers it, or when the goods that it announces are gone again. A sent one is never withdrawn.';
COMMENT ON COLUMN backorder.delivery.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.delivery.notification_id IS 'The notification.';
COMMENT ON COLUMN backorder.delivery.status IS 'pending, leased (a worker has it), sent, withdrawn or dead (given up).';
COMMENT ON COLUMN backorder.delivery.deliver_after IS 'Earliest time to send it.';
COMMENT ON COLUMN backorder.delivery.leased_until IS 'When the lease of the worker ends.';
COMMENT ON COLUMN backorder.delivery.attempts IS 'Number of attempts to send it.';
COMMENT ON COLUMN backorder.delivery.last_error IS 'Error of the last attempt that failed.';

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
'Append-only ledger of every change of on_hand. Its sum per SKU and location is on_hand.';
COMMENT ON COLUMN backorder.stock_movement.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.stock_movement.movement_id IS 'From next_id().';
COMMENT ON COLUMN backorder.stock_movement.sku IS 'The SKU.';
COMMENT ON COLUMN backorder.stock_movement.location_id IS 'The location.';
COMMENT ON COLUMN backorder.stock_movement.kind IS 'received, shipped, returned, adjusted, counted or transferred.';
COMMENT ON COLUMN backorder.stock_movement.quantity IS 'Units, signed: positive = more on hand.';
COMMENT ON COLUMN backorder.stock_movement.cause IS 'Cause of the movement, for example "order 17, group 2".';
COMMENT ON COLUMN backorder.stock_movement.actor IS 'The role that made the change.';
COMMENT ON COLUMN backorder.stock_movement.moved_at IS 'When it happened.';

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
'Append-only history of the promises of parts that wait: the first date and every later one.';
COMMENT ON COLUMN backorder.promise_change.merchant_id IS 'The merchant.';
COMMENT ON COLUMN backorder.promise_change.change_id IS 'From next_id(): ascending per order.';
COMMENT ON COLUMN backorder.promise_change.order_id IS 'The order.';
COMMENT ON COLUMN backorder.promise_change.line_no IS 'The line.';
COMMENT ON COLUMN backorder.promise_change.part_no IS 'The part.';
COMMENT ON COLUMN backorder.promise_change.old_promised_at IS 'The date before; null = none or unknown.';
COMMENT ON COLUMN backorder.promise_change.new_promised_at IS 'The new date; null = unknown.';
COMMENT ON COLUMN backorder.promise_change.cause IS 'What moved the date: placed, revived, quantity, stock, supply, catalogue or repromise.';
COMMENT ON COLUMN backorder.promise_change.changed_at IS 'When it changed.';

SELECT pg_catalog.pg_extension_config_dump('backorder.availability', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.availability_slot', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.sales_order', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.shipment_group', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.order_line_part', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.expired_part', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.notification', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.delivery', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.stock_movement', '');
SELECT pg_catalog.pg_extension_config_dump('backorder.promise_change', '');
