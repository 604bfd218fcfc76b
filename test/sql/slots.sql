-- A flash sale: the inventory record of a hot SKU is spread over slots, so that as many customers
-- check out at once. No visible result changes.
\set ECHO none
\i test/sql/setup.psql

INSERT INTO backorder.item (merchant_id, sku, name, policy, backorder_limit)
SELECT m, 'SHOE', 'The shoe', 'allow', 10 FROM generate_series(1, 2) AS m;
INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand) VALUES (1, 'SHOE', 1, 9), (1, 'SHOE', 2, 4), (2, 'SHOE', 1, 7);

-- === Spreading an inventory record ===

UPDATE backorder.item SET slots = 3 WHERE merchant_id = 1 AND sku = 'SHOE';
-- The available units are distributed evenly, location by location.
SELECT slot_no, share, allocated, queue_share, backordered FROM backorder.availability_slot WHERE merchant_id = 1 ORDER BY slot_no;
-- The other merchant's inventory record of the same SKU is one row.
SELECT merchant_id, sku, slots FROM backorder.availability ORDER BY 1, 2;

-- === Selling ===

-- An order that one slot can serve takes its units from that slot, and the row of the SKU does not
-- change.
SELECT quantity, status FROM backorder.place_order('one', '{SHOE}', '{2}') ORDER BY part_no;
SELECT allocated, backordered FROM backorder.availability WHERE merchant_id = 1;
SELECT sum(allocated[1] + allocated[2]) AS counted, count(*) FILTER (WHERE allocated[1] + allocated[2] > 0) AS slots
FROM backorder.availability_slot WHERE merchant_id = 1;
-- The views add the slots, and a preview shows the sum.
SELECT sku, locations, on_hand, (SELECT sum(n) FROM unnest(allocated) AS n) AS allocated, slots FROM backorder.availability_total WHERE merchant_id = 1;
SELECT sku, sum(on_hand) AS on_hand, sum(allocated) AS allocated, min(available) AS available FROM backorder.stock_level WHERE merchant_id = 1 GROUP BY sku;
SELECT available, backordered FROM backorder.preview_order('{SHOE}', '{20}'::bigint[]);
-- An order that wants more takes the whole inventory record, and redistributes the rest.
SELECT sum(quantity) AS quantity, status FROM backorder.place_order('many', '{SHOE}', '{8}') GROUP BY status;
SELECT slot_no, share[1] + share[2] AS share, allocated, queue_share FROM backorder.availability_slot WHERE merchant_id = 1 ORDER BY slot_no;

-- === Sold out ===

-- The last three units are sold, and two wait. From now on the slots have shares of the queue,
-- which ends at the item's limit.
SELECT sum(quantity) AS quantity, status FROM backorder.place_order('last', '{SHOE}', '{5}') GROUP BY status ORDER BY status;
SELECT slot_no, share[1] + share[2] AS share, queue_share FROM backorder.availability_slot WHERE merchant_id = 1 ORDER BY slot_no;
SELECT quantity, status, promised_at FROM backorder.place_order('later', '{SHOE}', '{3}');
SELECT sum(queue_share) AS room, sum(backordered) AS counted FROM backorder.availability_slot WHERE merchant_id = 1;
CALL refused($$ SELECT * FROM backorder.place_order('too late', '{SHOE}', '{6}') $$);
-- Open supply reaches the first four units. A later order gets no date, whatever is before it, so
-- the slots keep their shares of the queue.
INSERT INTO backorder.supply (supply_id, sku, location_id, quantity, expected_at) VALUES (1, 'SHOE', 1, 4, '2026-03-10 09:00+00');
SELECT sum(queue_share) AS room FROM backorder.availability_slot WHERE merchant_id = 1;
SELECT reference, quantity, status, promised_at FROM part WHERE merchant_id = 1 AND status = 'backordered' ORDER BY queued_at, order_id;

-- === Arrival, and the end of the sale ===

SELECT change, on_hand, allocated, available, backordered FROM backorder.receive_supply(1, 4);
SELECT reference, part_no, quantity, status FROM part WHERE merchant_id = 1 AND reference IN ('last', 'later') ORDER BY queued_at, order_id, part_no;
UPDATE backorder.item SET slots = NULL WHERE merchant_id = 1 AND sku = 'SHOE';
SELECT count(*) AS slots FROM backorder.availability_slot;
SELECT allocated, backordered, slots FROM backorder.availability WHERE merchant_id = 1;

-- === Warnings and notifications ===

-- Slots have no share of the last unit above the threshold: a call that takes it holds the whole
-- inventory record, and warns the merchant.
UPDATE backorder.item SET slots = 2, low_stock = 3 WHERE merchant_id = 2 AND sku = 'SHOE';
SELECT slot_no, share FROM backorder.availability_slot WHERE merchant_id = 2 ORDER BY slot_no;
SELECT quantity, status FROM backorder.place_order('one', '{SHOE}', '{2}', merchant_id => 2);
SELECT quantity, status FROM backorder.place_order('two', '{SHOE}', '{2}', merchant_id => 2);
SELECT type, payload -> 'available' AS available FROM event WHERE merchant_id = 2 AND audience = 'merchant' ORDER BY notification_id;
-- They have none either while back_in_stock notifications may have to be withdrawn.
SELECT quantity, status FROM backorder.place_order('three', '{SHOE}', '{3}', merchant_id => 2);
SELECT status FROM backorder.subscribe('SHOE', 'dora@example.org', 1, 'Dora', merchant_id => 2);
UPDATE backorder.stock SET on_hand = on_hand + 20 WHERE merchant_id = 2 AND sku = 'SHOE';
SELECT slot_no, share FROM backorder.availability_slot WHERE merchant_id = 2 ORDER BY slot_no;
SELECT status, count(*) FROM backorder.place_order('four', '{SHOE}', '{20}', merchant_id => 2) GROUP BY status;
SELECT type, delivery FROM event WHERE merchant_id = 2 AND type = 'back_in_stock';

-- === Refused, and damage ===

CALL refused($$ UPDATE backorder.item SET slots = 1 $$);
CALL refused($$ UPDATE backorder.item SET slots = 1000 $$);
-- verify() sees damage: a slot with more units than there are, and a missing slot.
BEGIN;
UPDATE backorder.availability_slot SET share = '{5}' WHERE merchant_id = 2 AND slot_no = 1;
DELETE FROM backorder.availability_slot WHERE merchant_id = 2 AND slot_no = 2;
SELECT * FROM backorder.verify(2) ORDER BY problem;
SELECT * FROM backorder.repair('{SHOE}', merchant_id => 2);
SELECT * FROM backorder.verify(2);
ROLLBACK;
-- It also sees the mark of idle slots on a record with a slot that counts waiting units, even
-- without location stock.
BEGIN;
INSERT INTO backorder.item (merchant_id, sku, policy, slots) VALUES (2, 'LACE', 'allow', 2);
SELECT quantity, status FROM backorder.place_order('five', '{LACE}', '{1}', merchant_id => 2);
SELECT quantity, status FROM backorder.place_order('six', '{LACE}', '{2}', merchant_id => 2);
UPDATE backorder.availability_slot SET queue_share = 0 WHERE merchant_id = 2 AND sku = 'LACE';
UPDATE backorder.availability SET slots_idle = true WHERE merchant_id = 2 AND sku = 'LACE';
SELECT * FROM backorder.verify(2) ORDER BY problem;
SELECT * FROM backorder.repair('{LACE}', merchant_id => 2);
SELECT * FROM backorder.verify(2);
SELECT backordered, slots_idle FROM backorder.availability WHERE merchant_id = 2 AND sku = 'LACE';
ROLLBACK;

-- === Open supply ===

INSERT INTO backorder.item (merchant_id, sku, policy, slots) VALUES (2, 'BOOT', 'allow', 2);
INSERT INTO backorder.supply (merchant_id, supply_id, sku, location_id, quantity, expected_at)
VALUES (2, 21, 'BOOT', 1, 5, '2026-03-10 09:00+00'), (2, 22, 'BOOT', 1, 6, '2026-03-20 09:00+00');
SELECT quantity, promised_at FROM backorder.place_order('first', '{BOOT}', '{1}', merchant_id => 2);
-- The shares of the queue end with the date: the four units that the first supply has left.
SELECT slot_no, queue_share, backordered FROM backorder.availability_slot WHERE (merchant_id, sku) = (2, 'BOOT') ORDER BY slot_no;
SELECT quantity, promised_at FROM backorder.place_order('second', '{BOOT}', '{2}', merchant_id => 2);
SELECT quantity, promised_at FROM backorder.place_order('third', '{BOOT}', '{2}', merchant_id => 2);
SELECT backordered FROM backorder.availability WHERE (merchant_id, sku) = (2, 'BOOT');
SELECT slot_no, queue_share, backordered FROM backorder.availability_slot WHERE (merchant_id, sku) = (2, 'BOOT') ORDER BY slot_no;
-- The next order gets the next date, and so do all orders in the new shares.
SELECT promised_at FROM backorder.preview_order('{BOOT}', '{1}'::bigint[], merchant_id => 2);
SELECT quantity, promised_at FROM backorder.place_order('fourth', '{BOOT}', '{1}', merchant_id => 2);
SELECT slot_no, queue_share, backordered FROM backorder.availability_slot WHERE (merchant_id, sku) = (2, 'BOOT') ORDER BY slot_no;
SELECT quantity, promised_at FROM backorder.place_order('fifth', '{BOOT}', '{1}', merchant_id => 2);
-- An order that overtakes others takes supply from them, and therefore the whole inventory record.
-- Their promises are recalculated.
SELECT quantity, promised_at FROM backorder.place_order('urgent', '{BOOT}', '{1}', '{"priority": 1}', 2);
SELECT backordered, promises_stale FROM backorder.availability WHERE (merchant_id, sku) = (2, 'BOOT');
SELECT p.reference, r.new_promised_at FROM backorder.repromise('{BOOT}', merchant_id => 2) r JOIN part p ON p.merchant_id = 2 AND p.order_id = r.order_id ORDER BY p.queued_at, p.order_id;
SELECT quantity, promised_at FROM backorder.place_order('sixth', '{BOOT}', '{1}', merchant_id => 2);
SELECT sum(backordered) AS counted FROM backorder.availability_slot WHERE (merchant_id, sku) = (2, 'BOOT');
-- The safety stock comes before all waiting units, with slots as without.
INSERT INTO backorder.item (merchant_id, sku, policy, slots, safety_stock) VALUES (2, 'SOLE', 'allow', 2, 5);
INSERT INTO backorder.supply (merchant_id, supply_id, sku, location_id, quantity, expected_at)
VALUES (2, 23, 'SOLE', 1, 10, '2026-03-10 09:00+00'), (2, 24, 'SOLE', 1, 100, '2026-03-20 09:00+00');
SELECT quantity, promised_at FROM backorder.place_order('five soles', '{SOLE}', '{5}', merchant_id => 2);
SELECT quantity, promised_at FROM backorder.place_order('a sole', '{SOLE}', '{1}', merchant_id => 2);
-- If the clock has gone back, a new order still joins behind those that wait, through a slot or
-- with the whole inventory record. In the queue of a SKU without slots it stands at its time.
INSERT INTO backorder.item (merchant_id, sku, policy, slots) VALUES (2, 'HEEL', 'allow', 2), (2, 'TOE', 'allow', NULL);
INSERT INTO backorder.supply (merchant_id, supply_id, sku, location_id, quantity, expected_at)
VALUES (2, 25, 'HEEL', 1, 2, '2026-03-10 09:00+00'), (2, 26, 'HEEL', 1, 100, '2026-03-20 09:00+00'),
	(2, 27, 'TOE', 1, 1, '2026-03-10 09:00+00'), (2, 28, 'TOE', 1, 100, '2026-03-20 09:00+00');
SELECT quantity, promised_at FROM backorder.place_order('two heels', '{HEEL}', '{2}', merchant_id => 2);
SELECT quantity, promised_at FROM backorder.place_order('a heel', '{HEEL}', '{1}', merchant_id => 2);
SELECT set_config('backorder.clock', (current_setting('backorder.clock')::timestamptz - interval '1 second')::text, false) IS NOT NULL AS back;
SELECT quantity, promised_at FROM backorder.place_order('another heel', '{HEEL}', '{1}', merchant_id => 2);
SELECT quantity, promised_at FROM backorder.place_order('many heels', '{HEEL}', '{90}', merchant_id => 2);
SELECT sku, promised_at FROM backorder.preview_order('{HEEL,TOE}', '{1,1}'::bigint[], '{"max_wait": "P20D"}', 2);
SELECT sku, promised_at FROM backorder.place_order('heel and toe', '{HEEL,TOE}', '{1,1}', '{"max_wait": "P20D"}', 2);
SELECT sku, promised_at FROM backorder.place_order('a toe', '{TOE}', '{1}', merchant_id => 2);
SELECT set_config('backorder.clock', (current_setting('backorder.clock')::timestamptz + interval '1 second')::text, false) IS NOT NULL AS forth;
SELECT sku, reference FROM part WHERE merchant_id = 2 AND sku IN ('HEEL', 'TOE') ORDER BY sku, queued_at, order_id;
SELECT sku, promises_stale FROM backorder.availability WHERE merchant_id = 2 AND sku IN ('HEEL', 'TOE') ORDER BY sku;
SELECT * FROM backorder.verify(2);
-- The same holds for an order that raises a quantity: it takes no supply from others.
SELECT set_config('backorder.clock', (current_setting('backorder.clock')::timestamptz - interval '1 second')::text, false) IS NOT NULL AS back;
SELECT part_no, quantity, promised_at FROM backorder.change_quantity(id('two heels', 2), 1, 3, merchant_id => 2) ORDER BY part_no;
SELECT reference, quantity FROM part WHERE merchant_id = 2 AND sku = 'HEEL' ORDER BY queued_at, order_id;
SELECT promises_stale FROM backorder.availability WHERE merchant_id = 2 AND sku = 'HEEL';
-- It also joins behind those of its own priority if an order with a lower priority waits.
SELECT quantity FROM backorder.place_order('low heel', '{HEEL}', '{1}', '{"priority": -1}', 2);
SELECT quantity, promised_at FROM backorder.place_order('last heel', '{HEEL}', '{1}', merchant_id => 2);
SELECT set_config('backorder.clock', (current_setting('backorder.clock')::timestamptz + interval '1 second')::text, false) IS NOT NULL AS forth;
SELECT reference FROM part WHERE merchant_id = 2 AND sku = 'HEEL' ORDER BY priority DESC, queued_at, order_id;
SELECT promises_stale FROM backorder.availability WHERE merchant_id = 2 AND sku = 'HEEL';
-- Behind an order with a lower priority than the default, no slot can add an order.
SELECT quantity, promised_at FROM backorder.place_order('patient', '{BOOT}', '{1}', '{"priority": -1}', 2);
SELECT sum(queue_share) AS room, sum(backordered) AS counted FROM backorder.availability_slot WHERE (merchant_id, sku) = (2, 'BOOT');
SELECT quantity, promised_at FROM backorder.place_order('seventh', '{BOOT}', '{1}', merchant_id => 2);
SELECT * FROM backorder.verify(2);

-- verify() finds nothing for either merchant.
SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
