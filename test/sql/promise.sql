-- Promise: the date of a part, and how it changes.
\set ECHO none
\i test/sql/setup.psql

INSERT INTO backorder.item (merchant_id, sku, policy, lead_time)
SELECT m, i.* FROM (VALUES (1), (2)) AS m (m), (VALUES
	('TEA', 'allow', NULL::interval), ('MUG', 'allow', '10 days')) AS i;
INSERT INTO backorder.supply (merchant_id, supply_id, sku, location_id, quantity, expected_at)
SELECT m, s.* FROM (VALUES (1), (2)) AS m (m), (VALUES
	(101, 'TEA', 1, 5, '2026-03-10 12:00+00'::timestamptz), (102, 'TEA', 1, 5, '2026-03-20 12:00+00')) AS s;

-- The promises in queue order. stale marks a SKU whose dates may be wrong.
CREATE VIEW promise AS
SELECT q.merchant_id, q.sku, q.position, q.reference, q.units_ahead, q.quantity, q.first_promised_at::date AS first,
	q.promised_at::date AS now, q.promise_basis AS basis, a.promises_stale AS stale
FROM backorder.open_backorder q JOIN backorder.availability a USING (merchant_id, sku);

-- A place in the queue is a place in the supply: a part is promised for the date on which all of it
-- is there.
SELECT quantity, promised_at FROM backorder.place_order('first', '{TEA}', '{3}');
SELECT quantity, promised_at FROM backorder.place_order('second', '{TEA}', '{2}');
SELECT quantity, promised_at FROM backorder.place_order('third', '{TEA}', '{2}');
SELECT reference, position, units_ahead, quantity, first, now, basis, stale FROM promise WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY position;

-- An order that overtakes others is promised by its place. The overtaken orders are not read, so
-- that a checkout costs the same with any queue. Their promises are stale until they are
-- recalculated.
SELECT quantity, promised_at FROM backorder.place_order('urgent', '{TEA}', '{4}', '{"priority": 1}');
SELECT reference, position, units_ahead, quantity, first, now, basis, stale FROM promise WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY position;
-- repromise() recalculates them, returns the changes, and clears the mark. The first promise stays.
SELECT o.reference, p.line_no, p.part_no, p.old_promised_at, p.new_promised_at, p.detail
FROM backorder.repromise('{TEA,MUG}') AS p JOIN backorder.sales_order o ON o.merchant_id = 1 AND o.order_id = p.order_id
ORDER BY o.reference;
SELECT reference, position, units_ahead, quantity, first, now, basis, stale FROM promise WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY position;
-- A second call finds nothing to do.
SELECT count(*) AS changes FROM backorder.repromise('{TEA}');
-- An import with an earlier date overtakes others as well.
SELECT quantity, promised_at FROM backorder.place_order('import', '{TEA}', '{1}', '{"placed_at": "2026-02-01T00:00:00Z"}');
SELECT reference, position, quantity, now, stale FROM promise WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY position;
SELECT count(*) AS changes FROM backorder.repromise('{TEA}');

-- A raised quantity is a new part at the end of the queue.
SET backorder.clock = '2026-03-02 10:00+00';
SELECT line_no, part_no, quantity, status, promised_at FROM backorder.change_quantity(id('first'), 1, 4) ORDER BY part_no;
SELECT reference, position, quantity, now, stale FROM promise WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY position;

-- A shortage that grows without a recalculation makes promises stale, too: stock below zero takes
-- units from the supply.
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('TEA', 2, -1);
SELECT reference, position, quantity, now, stale FROM promise WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY position;
SELECT o.reference, p.old_promised_at, p.new_promised_at FROM backorder.repromise('{TEA}') AS p JOIN backorder.sales_order o ON o.merchant_id = 1 AND o.order_id = p.order_id ORDER BY p.order_id;
UPDATE backorder.stock SET on_hand = 0 WHERE merchant_id = 1 AND sku = 'TEA';
-- A higher safety stock also takes units from the supply, and its promises are recalculated at
-- once.
UPDATE backorder.item SET safety_stock = 2 WHERE merchant_id = 1 AND sku = 'TEA';
SELECT reference, position, quantity, now, stale FROM promise WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY position;
UPDATE backorder.item SET safety_stock = 0 WHERE merchant_id = 1 AND sku = 'TEA';
SELECT reference, position, quantity, now, stale FROM promise WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY position;

-- A part that leaves the queue makes room. The dates of others can be kept, and stay until they are
-- recalculated.
SELECT status FROM backorder.cancel_order(id('urgent'));
SELECT reference, position, quantity, now, stale FROM promise WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY position;
SELECT count(*) AS changes FROM backorder.repromise('{TEA}');
SELECT reference, position, quantity, first, now, stale FROM promise WHERE merchant_id = 1 AND sku = 'TEA' ORDER BY position;

-- The lead time counts from the day of each order ...
SELECT promised_at FROM backorder.place_order('mug-1', '{MUG}', '{1}');
SET backorder.clock = '2026-03-04 09:00+00';
SELECT promised_at FROM backorder.place_order('mug-2', '{MUG}', '{1}');
SELECT count(*) AS changes FROM backorder.repromise('{MUG}');
SELECT reference, first, now, basis FROM promise WHERE merchant_id = 1 AND sku = 'MUG' ORDER BY position;
-- ... until it changes: then all customers are notified of the new date.
UPDATE backorder.item SET lead_time = '20 days' WHERE merchant_id = 1 AND sku = 'MUG';
SELECT reference, first, now, basis FROM promise WHERE merchant_id = 1 AND sku = 'MUG' ORDER BY position;
-- A date that becomes unknown is reported, too.
UPDATE backorder.item SET lead_time = NULL WHERE merchant_id = 1 AND sku = 'MUG';
SELECT reference, first, now, basis FROM promise WHERE merchant_id = 1 AND sku = 'MUG' ORDER BY position;
UPDATE backorder.item SET lead_time = '5 days' WHERE merchant_id = 1 AND sku = 'MUG';
SELECT reference, first, now, basis FROM promise WHERE merchant_id = 1 AND sku = 'MUG' ORDER BY position;
-- The next recalculation moves a date that has passed.
SET backorder.clock = '2026-03-12 09:00+00';
SELECT p.old_promised_at, p.new_promised_at FROM backorder.repromise('{MUG}') AS p;

-- A preorder is promised for no earlier day than its own. If that is postponed, its promises are,
-- too.
INSERT INTO backorder.item (sku, policy, available_from, lead_time) VALUES ('BOOK', 'preorder', '2026-06-01 00:00+00', '3 days');
SELECT promised_at FROM backorder.place_order('book', '{BOOK}', '{1}');
UPDATE backorder.item SET available_from = '2026-06-15 00:00+00' WHERE merchant_id = 1 AND sku = 'BOOK';
SELECT reference, first, now, basis FROM promise WHERE merchant_id = 1 AND sku = 'BOOK';

-- A covered part is promised from stock on hand, and keeps the date that the customer was given.
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('MUG', 1, 2);
SELECT reference, status, first_promised_at::date AS first, promised_at::date AS now, promise_basis AS basis
FROM part WHERE merchant_id = 1 AND sku = 'MUG' ORDER BY queued_at;
-- A part has its own date, although it leaves with its ship set: the cup does not wait for canceled
-- goods.
INSERT INTO backorder.item (sku, policy) VALUES ('CUP', 'allow');
SELECT sku, promised_at FROM backorder.place_order('set', '{CUP,BOOK}', '{1,1}', '{"ship_policy": "complete_order"}') ORDER BY line_no;
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('CUP', 1, 1);
SELECT sku, status, group_status, promised_at FROM part WHERE merchant_id = 1 AND reference = 'set' ORDER BY line_no;
SELECT sku, status, group_status, promised_at FROM backorder.cancel_line(id('set'), 2) ORDER BY line_no;

-- A preorder behind all supply is promised for its day. When the queue before it becomes shorter,
-- supply reaches it later than that day, and the promises of the SKU are marked as stale.
INSERT INTO backorder.item (sku, policy, available_from) VALUES ('MAP', 'preorder', '2026-09-04 09:00+00');
INSERT INTO backorder.supply (sku, location_id, quantity, expected_at) VALUES ('MAP', 1, 5, '2026-09-08 09:00+00');
SELECT promised_at FROM backorder.place_order('map-1', '{MAP}', '{5}');
SELECT promised_at FROM backorder.place_order('map-2', '{MAP}', '{1}');
SELECT count(*) FROM backorder.change_quantity(id('map-1'), 1, 4);
SELECT promises_stale FROM backorder.availability WHERE merchant_id = 1 AND sku = 'MAP';
SELECT old_promised_at, new_promised_at FROM backorder.repromise('{MAP}');

-- Every date that was ever given is kept, with the cause of the move.
SELECT o.reference, c.line_no, c.part_no, c.old_promised_at::date AS old, c.new_promised_at::date AS new, c.cause, c.changed_at
FROM backorder.promise_change c JOIN backorder.sales_order o USING (merchant_id, order_id)
WHERE c.merchant_id = 1 AND o.reference IN ('second', 'urgent', 'mug-1', 'book') ORDER BY c.change_id;

-- The other merchant, with the same supplies, has no promises yet.
SELECT promised_at FROM backorder.place_order('first', '{TEA,TEA}', '{1,1}', merchant_id => 2) ORDER BY line_no;
SELECT promised_at FROM backorder.place_order('second', '{TEA}', '{3}', merchant_id => 2);
-- At the same time, the order number decides, then the line: this overtakes others, too.
SELECT line_no, part_no, quantity, promised_at FROM backorder.change_quantity(id('first', 2), 1, 2, merchant_id => 2) ORDER BY line_no, part_no;
SELECT reference, position, quantity, now, stale FROM promise WHERE merchant_id = 2 ORDER BY position;
SELECT p.quantity, r.old_promised_at, r.new_promised_at FROM backorder.repromise('{TEA}', merchant_id => 2) AS r JOIN backorder.order_line_part p USING (order_id, line_no, part_no);
-- The promises of a long queue are recalculated in portions of orders, and all changes are
-- returned. (No trigger sees the supply move.)
INSERT INTO backorder.item (merchant_id, sku, policy) VALUES (2, 'RICE', 'allow');
INSERT INTO backorder.supply (merchant_id, sku, location_id, quantity, expected_at) VALUES (2, 'RICE', 1, 1100, '2026-04-10 09:00+00');
SELECT count(*) AS parts FROM generate_series(1, 1100) AS c, LATERAL backorder.place_order('rice ' || c, '{RICE}', '{1}', merchant_id => 2);
SET session_replication_role = replica;
UPDATE backorder.supply SET expected_at = '2026-04-20 09:00+00' WHERE merchant_id = 2 AND sku = 'RICE';
RESET session_replication_role;
SELECT old_promised_at, new_promised_at, count(*) AS parts, count(DISTINCT order_id) AS orders FROM backorder.repromise('{RICE}', merchant_id => 2) GROUP BY 1, 2;

-- verify() finds nothing for either merchant.
SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
