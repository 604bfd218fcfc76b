-- Does verify() see damage? Data are damaged directly, past triggers and engine; verify() must name what is wrong.
BEGIN;
SELECT no_plan();

SET LOCAL backorder.clock = '2026-03-02 09:00+00';
INSERT INTO backorder.merchant (merchant_id) VALUES (2);

-- The same story for both merchants: whatever is done to the first, the second stays sound.
INSERT INTO backorder.location (merchant_id, location_id, name)
SELECT m, l.* FROM generate_series(1, 2) AS m, (VALUES (1, 'north'), (2, 'south'), (3, 'closed')) AS l;
UPDATE backorder.location SET active = false WHERE location_id = 3;
INSERT INTO backorder.item (merchant_id, sku, policy, tracked, lead_time, safety_stock)
SELECT m, i.* FROM generate_series(1, 2) AS m, (VALUES
	('TEA', 'allow', true, NULL::interval, 0),
	('MUG', 'allow', true, NULL, 0),
	('POT', 'allow', true, '10 days', 0),
	('CUP', 'allow', true, NULL, 2),
	('WRAP', 'deny', false, NULL, 0),
	('MAT', 'deny', true, NULL, 0)) AS i;
INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand)
SELECT m, s.* FROM generate_series(1, 2) AS m,
	(VALUES ('TEA', 1, 20), ('TEA', 3, 5), ('MUG', 1, 2), ('MUG', 2, 3), ('CUP', 1, 2)) AS s;
INSERT INTO backorder.supply (merchant_id, sku, location_id, quantity, expected_at)
SELECT m, s.* FROM generate_series(1, 2) AS m,
	(VALUES ('MUG', 1, 2, '2026-03-10 00:00+00'::timestamptz),
		('MUG', 3, 90, '2026-03-09 00:00+00'), ('MUG', 1, 90, NULL)) AS s;

CREATE FUNCTION pg_temp.story(m integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	id bigint;
	g integer;
BEGIN
	PERFORM backorder.place_order('ready', '{TEA,TEA}', '{2,1}', '{}', m);
	PERFORM backorder.place_order('short', '{MUG}', '{7}', '{}', m);
	PERFORM backorder.place_order('late', '{MUG}', '{3}', '{}', m);
	PERFORM backorder.place_order('whole', '{TEA,POT,WRAP}', '{1,1,1}', '{"ship_policy": "complete_order"}', m);
	PERFORM backorder.place_order('held', '{TEA,MUG}', '{1,1}', '{"hold": "P1D"}', m);
	PERFORM backorder.place_order('filled', '{CUP}', '{1}', '{}', m);
	UPDATE backorder.stock SET on_hand = 3 WHERE merchant_id = m AND sku = 'CUP';
	SELECT DISTINCT order_id, group_no INTO id, g FROM backorder.place_order('picked', '{TEA}', '{1}', '{}', m);
	PERFORM backorder.release_group(id, g, merchant_id => m);
	SELECT DISTINCT order_id, group_no INTO id, g FROM backorder.place_order('sent', '{TEA}', '{3}', '{}', m);
	PERFORM backorder.ship_group(id, g, '{}', m);
	PERFORM backorder.return_items(id, 1, 1, 2, true, merchant_id => m);
	SELECT DISTINCT order_id, group_no INTO id, g FROM backorder.place_order('arrived', '{TEA}', '{1}', '{}', m);
	PERFORM backorder.ship_group(id, g, '{}', m);
	PERFORM backorder.deliver_group(id, g, '{}', m);
	SELECT DISTINCT order_id INTO id FROM backorder.place_order('gone', '{TEA}', '{1}', '{}', m);
	PERFORM backorder.cancel_order(id, 'changed my mind', merchant_id => m);
	SELECT DISTINCT order_id INTO id FROM backorder.place_order('never', '{TEA}', '{1}', '{"hold": "P1D"}', m);
	PERFORM backorder.cancel_order(id, 'held, never confirmed', merchant_id => m);
	PERFORM backorder.subscribe('MAT', 'told', 1, merchant_id => m);
	PERFORM backorder.subscribe('MAT', 'waits', 9, merchant_id => m);
	INSERT INTO backorder.stock VALUES (m, 'MAT', 1, 1);

	INSERT INTO backorder.item (merchant_id, sku, policy) VALUES (m, 'PEN', 'deny'), (m, 'JAR', 'allow');
	INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand) VALUES (m, 'PEN', 1, 5);
	INSERT INTO backorder.incentive (merchant_id, incentive_id, kind, gift_sku, gift_quantity, value, max_grants, max_value, skus)
	VALUES (m, 1, 'gift', 'PEN', 1, 2, 5, 9, '{JAR}');
	PERFORM backorder.place_order('thanked', '{JAR}', '{1}', '{}', m);

	INSERT INTO backorder.item (merchant_id, sku, policy, slots) VALUES (m, 'BOOT', 'allow', 2), (m, 'CLOG', 'allow', 2);
	INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand) VALUES (m, 'CLOG', 1, 5);
	INSERT INTO backorder.supply (merchant_id, sku, location_id, quantity, expected_at)
	VALUES (m, 'BOOT', 1, 6, '2026-03-10 00:00+00'), (m, 'BOOT', 1, 90, '2026-03-20 00:00+00');
	PERFORM backorder.place_order('boots', '{BOOT}', '{2}', '{}', m);
	PERFORM backorder.place_order('clogs', '{CLOG}', '{1}', '{}', m);
	SELECT DISTINCT order_id INTO id FROM backorder.place_order('not thanked', '{JAR}', '{1}', '{}', m);
	PERFORM backorder.cancel_order(id, 'changed my mind', merchant_id => m);
END;
$$;
SELECT pg_temp.story(1), pg_temp.story(2);

CREATE FUNCTION pg_temp.id(reference text) RETURNS bigint LANGUAGE sql AS $$
	SELECT o.order_id FROM backorder.sales_order o WHERE o.merchant_id = 1 AND o.reference = id.reference
$$;

-- An event vanishes, with its delivery.
CREATE FUNCTION pg_temp.forget(reference text, type text) RETURNS void LANGUAGE sql AS $$
	DELETE FROM backorder.delivery d USING backorder.notification n
	WHERE d.merchant_id = 1 AND d.notification_id = n.notification_id
		AND n.merchant_id = 1 AND n.order_id = pg_temp.id(forget.reference) AND n.type = forget.type;
	DELETE FROM backorder.notification n
	WHERE n.merchant_id = 1 AND n.order_id = pg_temp.id(forget.reference) AND n.type = forget.type;
$$;

-- What verify() says, with references in place of numbers: "invariant: place", sorted.
CREATE FUNCTION pg_temp.breaches(merchant_id integer) RETURNS text[] LANGUAGE sql AS $$
	SELECT coalesce(array_agg(b.said ORDER BY b.said COLLATE "C"), '{}')
	FROM (
		SELECT format('%s: %s', v.invariant, replace(replace(v.place,
			format('order %s', o.order_id), format('order %s', o.reference)),
			format('notification %s', n.notification_id), coalesce(n.type, 'notification '))) AS said
		FROM backorder.verify(breaches.merchant_id) v
		LEFT JOIN backorder.sales_order o ON o.merchant_id = breaches.merchant_id
			AND o.order_id = substring(v.place FROM 'order (\d+)')::bigint
		LEFT JOIN backorder.notification n ON n.merchant_id = breaches.merchant_id
			AND n.notification_id = substring(v.place FROM 'notification (\d+)')::bigint) AS b
$$;

-- The breaches of merchant 1 after some damage, which is then undone; "merchant 2" is among them if it has any.
CREATE FUNCTION pg_temp.after(damage text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	said text[];
BEGIN
	BEGIN
		SET LOCAL session_replication_role = replica;
		EXECUTE damage;
		said := pg_temp.breaches(1);
		IF pg_temp.breaches(2) <> '{}' THEN
			said := said || 'merchant 2'::text;
		END IF;
		RAISE EXCEPTION 'undo' USING ERRCODE = 'P0099';
	EXCEPTION WHEN SQLSTATE 'P0099' THEN
		RETURN said;
	END;
END;
$$;

CREATE FUNCTION pg_temp.problem_after(damage text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	said text;
BEGIN
	BEGIN
		SET LOCAL session_replication_role = replica;
		EXECUTE damage;
		SELECT string_agg(problem, '; ' ORDER BY problem COLLATE "C") INTO said FROM backorder.verify(1);
		RAISE EXCEPTION 'undo' USING ERRCODE = 'P0099';
	EXCEPTION WHEN SQLSTATE 'P0099' THEN
		RETURN said;
	END;
END;
$$;

-- ===== a sound database =====

SELECT is_empty('SELECT * FROM backorder.verify(1)', 'a sound database has no breach');
SELECT is_empty('SELECT * FROM backorder.verify(2)', 'nor has that of the other merchant');
SELECT is(pg_temp.after('SELECT 1'), '{}', 'no damage, no breach');

-- ===== 1: orders, groups, parts =====

SELECT is(pg_temp.after($$ UPDATE backorder.sales_order SET units = 4 WHERE order_id = pg_temp.id('ready') $$),
	'{"1: order ready"}', '1: units that the parts do not have');
SELECT is(pg_temp.problem_after($$ UPDATE backorder.sales_order SET units = 4 WHERE order_id = pg_temp.id('ready') $$),
	'units is 4, its parts have 3', '1: in numbers');
SELECT is(pg_temp.after($$ DELETE FROM backorder.order_line_part WHERE order_id = pg_temp.id('gone') $$),
	'{"1: order gone","1: order gone, group 1"}', '1: an order and a group without parts');
SELECT is(pg_temp.after($$ UPDATE backorder.order_line_part SET order_id = 1 WHERE order_id = pg_temp.id('never');
	UPDATE backorder.shipment_group SET order_id = 1 WHERE order_id = pg_temp.id('never');
	DELETE FROM backorder.sales_order WHERE order_id = pg_temp.id('never') $$),
	'{"1: order 1"}', '1: parts of no order');
SELECT is(pg_temp.after($$ ALTER TABLE backorder.order_line_part DROP CONSTRAINT order_line_part_quantity_in_range;
	UPDATE backorder.order_line_part SET quantity = -1 WHERE order_id = pg_temp.id('gone') $$),
	'{"1: order gone","1: order gone, line 1, part 1"}', '1: a part without units');
SELECT is(pg_temp.after($$ UPDATE backorder.sales_order SET groups_used = 0 WHERE order_id = pg_temp.id('ready') $$),
	'{"1: order ready"}', '1: a group number never given out');
SELECT is(pg_temp.after($$ UPDATE backorder.sales_order SET status = 'complete' WHERE order_id = pg_temp.id('ready') $$),
	'{"1: order ready"}', '1: a complete order of which something is open');
SELECT is(pg_temp.after($$ UPDATE backorder.sales_order SET status = 'open' WHERE order_id = pg_temp.id('sent') $$),
	'{"1: order sent"}', '1: an open order of which nothing is open');
SELECT is(pg_temp.after($$ UPDATE backorder.sales_order SET status = 'canceled' WHERE order_id = pg_temp.id('sent') $$),
	'{"1: order sent","6: order sent"}', '1, 6: a canceled order of which something was shipped');
SELECT is(pg_temp.after($$ UPDATE backorder.shipment_group SET status = 'released' WHERE order_id = pg_temp.id('held') AND status = 'ready' $$),
	'{"1: order held, group 1"}', '1: a held order on a pick list');
SELECT is(pg_temp.after($$ INSERT INTO backorder.expired_part VALUES (1, pg_temp.id('held'), 1, 1), (1, pg_temp.id('never'), 1, 1), (1, pg_temp.id('never'), 9, 1) $$),
	'{"1: order held, line 1, part 1","1: order never, line 9, part 1"}', '1: an order that is expired and held, and an expired part that does not exist');
SELECT is(pg_temp.after($$ INSERT INTO backorder.shipment_group (merchant_id, order_id, group_no, location_id, status)
	VALUES (1, pg_temp.id('ready'), 9, 1, 'ready') $$),
	'{"1: order ready, group 9"}', '1: a group without parts');
SELECT is(pg_temp.after($$ UPDATE backorder.order_line_part SET group_no = 9 WHERE order_id = pg_temp.id('gone') $$),
	'{"1: order gone","1: order gone, group 1","1: order gone, line 1, part 1"}', '1: a part of a group that does not exist');
SELECT is(pg_temp.after($$ UPDATE backorder.shipment_group SET status = 'waiting', location_id = NULL WHERE order_id = pg_temp.id('ready') $$),
	'{"1: order ready, group 1"}', '1: a group that waits for nothing');
SELECT is(pg_temp.after($$ UPDATE backorder.shipment_group SET location_id = 2 WHERE order_id = pg_temp.id('ready') $$),
	'{"1: order ready, line 1, part 1","1: order ready, line 2, part 1"}', '1: a group elsewhere than its parts');
SELECT is(pg_temp.after($$ UPDATE backorder.shipment_group SET location_id = 2 WHERE order_id = pg_temp.id('arrived') $$),
	'{"1: order arrived, line 1, part 1"}', '1: a delivered group elsewhere than its parts');
SELECT is(pg_temp.after($$ UPDATE backorder.shipment_group SET status = 'canceled' WHERE order_id = pg_temp.id('picked') $$),
	'{"1: order picked, line 1, part 1"}', '1: a canceled group with an allocated part');
SELECT is(pg_temp.after($$ UPDATE backorder.shipment_group SET status = 'shipped' WHERE order_id = pg_temp.id('picked') $$),
	'{"1: order picked, line 1, part 1","6: order picked, group 1"}', '1, 6: a shipped group with an allocated part');
SELECT is(pg_temp.after($$ UPDATE backorder.shipment_group SET status = 'ready' WHERE order_id = pg_temp.id('sent') $$),
	'{"1: order sent, line 1, part 1","1: order sent, line 1, part 2","6: order sent, shipped"}',
	'1, 6: a ready group with shipped and returned parts');
SELECT is(pg_temp.after($$ UPDATE backorder.shipment_group SET status = 'ready', location_id = 1
	WHERE order_id = pg_temp.id('late') $$),
	'{"1: order late, line 1, part 1"}', '1: a ready group with a part that waits');
SELECT is(pg_temp.after($$ UPDATE backorder.order_line_part SET location_id = NULL WHERE order_id = pg_temp.id('whole') AND sku = 'TEA' $$),
	'{"1: order whole, line 1, part 1","2: SKU TEA, location 1"}', '1, 2: goods allocated nowhere');
SELECT is(pg_temp.after($$ UPDATE backorder.item SET tracked = false WHERE merchant_id = 1 AND sku = 'POT' $$),
	'{"1: order whole, line 2, part 1"}', '1: a service that waits');

-- ===== 2: the book =====

SELECT is(pg_temp.after($$ UPDATE backorder.availability SET on_hand[1] = on_hand[1] + 1 WHERE merchant_id = 1 AND sku = 'TEA' $$),
	'{"2: SKU TEA, location 1"}', '2: on hand in the book, not on the shelf');
SELECT is(pg_temp.problem_after($$ UPDATE backorder.availability SET on_hand[1] = 90 WHERE merchant_id = 1 AND sku = 'TEA' $$),
	'availability has 90 on hand, stock has 16', '2: in numbers');
SELECT is(pg_temp.after($$ DELETE FROM backorder.stock WHERE merchant_id = 1 AND sku = 'TEA' AND location_id = 3 $$),
	'{"2: SKU TEA, location 3","7: SKU TEA, location 3"}', '2, 7: a shelf in the book that is not there');
SELECT is(pg_temp.after($$ INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('NEW', 1, 7) $$),
	'{"2: SKU NEW, location 1","7: SKU NEW, location 1"}', '2, 7: a shelf that no book knows');
SELECT is(pg_temp.after($$ UPDATE backorder.availability SET locations = locations || 1, on_hand = on_hand || 0::bigint, allocated = allocated || 0::bigint
	WHERE merchant_id = 1 AND sku = 'TEA' $$),
	'{"2: SKU TEA, location 1"}', '2: a location twice in the book');
SELECT is(pg_temp.after($$ UPDATE backorder.availability SET allocated[1] = allocated[1] + 1 WHERE merchant_id = 1 AND sku = 'TEA' $$),
	'{"2: SKU TEA, location 1"}', '2: allocated in the book, to nobody');
SELECT is(pg_temp.after($$ UPDATE backorder.availability SET backordered = backordered + 1 WHERE merchant_id = 1 AND sku = 'MUG' $$),
	'{"2: SKU MUG"}', '2: backordered in the book, by nobody');
SELECT is(pg_temp.after($$ DELETE FROM backorder.availability WHERE merchant_id = 1 AND sku = 'POT' $$),
	'{"2: SKU POT"}', '2: a SKU without a book');

SELECT is(pg_temp.after($$ UPDATE backorder.availability_slot SET queue_share = 1 WHERE merchant_id = 1 AND sku = 'CLOG' AND slot_no = 1 $$),
	'{"2: SKU CLOG"}', '2: a slot by which one may queue for what is there');
SELECT is(pg_temp.after($$ UPDATE backorder.item SET policy = 'deny' WHERE merchant_id = 1 AND sku = 'BOOT' $$),
	'{"2: SKU BOOT"}', '2: a slot by which one may queue for what is not sold so');

-- ===== 3: covered =====

SELECT is(pg_temp.after($$ UPDATE backorder.stock SET on_hand = 1 WHERE merchant_id = 1 AND sku = 'MUG' AND location_id = 1;
	UPDATE backorder.availability SET on_hand[array_position(locations, 1)] = 1, promises_stale = true WHERE merchant_id = 1 AND sku = 'MUG';
	INSERT INTO backorder.stock_movement VALUES (1, 0, 'MUG', 1, 'adjusted', -1, 'test', 'test', now()) $$),
	'{"3: SKU MUG, location 1"}', '3: allocated, but not on the shelf');
SELECT is(pg_temp.problem_after($$ UPDATE backorder.stock SET on_hand = -3 WHERE merchant_id = 1 AND sku = 'MUG' AND location_id = 2;
	UPDATE backorder.availability SET on_hand[array_position(locations, 2)] = -3, promises_stale = true WHERE merchant_id = 1 AND sku = 'MUG';
	INSERT INTO backorder.stock_movement VALUES (1, 0, 'MUG', 2, 'adjusted', -6, 'test', 'test', now()) $$),
	'allocated 3, on pick lists 0, on hand -3', '3: a shelf below zero covers nothing');
SELECT is(pg_temp.after($$ UPDATE backorder.shipment_group SET status = 'released' WHERE order_id = pg_temp.id('short') AND status = 'ready';
	UPDATE backorder.stock SET on_hand = 1 WHERE merchant_id = 1 AND sku = 'MUG' AND location_id = 1;
	UPDATE backorder.availability SET on_hand[array_position(locations, 1)] = 1, promises_stale = true WHERE merchant_id = 1 AND sku = 'MUG';
	INSERT INTO backorder.stock_movement VALUES (1, 0, 'MUG', 1, 'adjusted', -1, 'test', 'test', now()) $$),
	'{}', '3: goods on a pick list may be missing');

-- ===== 4: no idle stock =====

SELECT is(pg_temp.after($$ UPDATE backorder.stock SET on_hand = on_hand + 1 WHERE merchant_id = 1 AND sku = 'MUG' AND location_id = 2;
	UPDATE backorder.availability SET on_hand[array_position(locations, 2)] = 4 WHERE merchant_id = 1 AND sku = 'MUG';
	INSERT INTO backorder.stock_movement VALUES (1, 0, 'MUG', 2, 'adjusted', 1, 'test', 'test', now()) $$),
	'{"4: SKU MUG"}', '4: a free unit while some wait');
SELECT is(pg_temp.after($$ UPDATE backorder.location SET active = false WHERE merchant_id = 1 AND location_id = 2;
	UPDATE backorder.stock SET on_hand = on_hand + 1 WHERE merchant_id = 1 AND sku = 'MUG' AND location_id = 2;
	UPDATE backorder.availability SET on_hand[array_position(locations, 2)] = 4 WHERE merchant_id = 1 AND sku = 'MUG';
	INSERT INTO backorder.stock_movement VALUES (1, 0, 'MUG', 2, 'adjusted', 1, 'test', 'test', now()) $$),
	'{}', '4: at a closed location it is not free');
SELECT is(pg_temp.after($$ UPDATE backorder.item SET safety_stock = 1 WHERE merchant_id = 1 AND sku = 'MUG';
	UPDATE backorder.stock SET on_hand = on_hand + 1 WHERE merchant_id = 1 AND sku = 'MUG' AND location_id = 2;
	UPDATE backorder.availability SET on_hand[array_position(locations, 2)] = 4 WHERE merchant_id = 1 AND sku = 'MUG';
	INSERT INTO backorder.stock_movement VALUES (1, 0, 'MUG', 2, 'adjusted', 1, 'test', 'test', now()) $$),
	'{}', '4: nor is safety stock');

-- ===== 5: promises =====

SELECT is(pg_temp.after($$ UPDATE backorder.supply SET expected_at = '2026-03-11' WHERE merchant_id = 1 AND sku = 'MUG' AND expected_at = '2026-03-10 00:00+00' $$),
	'{"5: order short, line 1, part 3"}', '5: supply that comes after the promise');
SELECT is(pg_temp.after($$ UPDATE backorder.availability SET promises_stale = true WHERE merchant_id = 1 AND sku = 'MUG';
	UPDATE backorder.supply SET expected_at = '2026-03-11' WHERE merchant_id = 1 AND sku = 'MUG' AND expected_at = '2026-03-10 00:00+00' $$),
	'{}', '5: dates that are to be re-laid are not judged');
SELECT is(pg_temp.after($$ UPDATE backorder.supply SET expected_at = '2026-03-09' WHERE merchant_id = 1 AND sku = 'MUG' AND expected_at = '2026-03-10 00:00+00' $$),
	'{}', '5: supply that comes before the promise is none');
SELECT is(pg_temp.after($$ DELETE FROM backorder.supply WHERE merchant_id = 1 AND sku = 'MUG' AND expected_at = '2026-03-10 00:00+00' $$),
	'{"5: order short, line 1, part 3"}', '5: a promise on no supply at all');
SELECT is(pg_temp.after($$ UPDATE backorder.location SET active = false WHERE merchant_id = 1 AND location_id = 1 $$),
	'{"2: SKU CLOG","5: order boots, line 1, part 1","5: order short, line 1, part 3"}', '5: a promise on supply for a closed location');
SELECT is(pg_temp.after($$ UPDATE backorder.availability SET recalculate_at = NULL WHERE merchant_id = 1 AND sku = 'MUG' $$),
	'{"5: order short, line 1, part 3"}', '5: a promise that nobody recalculates when its supply is overdue');
SELECT is(pg_temp.after($$ UPDATE backorder.order_line_part SET promise_basis = 'lead_time' WHERE merchant_id = 1 AND order_id = pg_temp.id('short') AND part_no = 3;
	UPDATE backorder.availability SET recalculate_at = '2030-01-01' WHERE merchant_id = 1 AND sku = 'MUG' $$),
	'{"5: order short, line 1, part 3"}', '5: a promise that passes before it is recalculated');
SELECT is(pg_temp.after($$ SET LOCAL backorder.clock = '2026-03-11 00:00+00' $$),
	'{}', '5: promises that are due to be recalculated are not judged');
SELECT is(pg_temp.after($$ UPDATE backorder.item SET safety_stock = 2 WHERE merchant_id = 1 AND sku = 'MUG';
	UPDATE backorder.supply SET expected_at = '2026-03-20' WHERE merchant_id = 1 AND sku = 'MUG' AND expected_at = '2026-03-10 00:00+00' $$),
	'{"5: order short, line 1, part 3"}', '5: safety stock is filled up first');
SELECT is(pg_temp.after($$ UPDATE backorder.item SET lead_time = NULL WHERE merchant_id = 1 AND sku = 'POT' $$),
	'{"5: order whole, line 2, part 1"}', '5: a promise on a lead time that is none');
SELECT is(pg_temp.after($$ UPDATE backorder.order_line_part SET priority = 1 WHERE order_id = pg_temp.id('late');
	UPDATE backorder.sales_order SET priority = 1 WHERE order_id = pg_temp.id('late') $$),
	'{"5: order short, line 1, part 3"}', '5: somebody went ahead, and the supply does not suffice any more');

SELECT is(pg_temp.problem_after($$ UPDATE backorder.availability_slot SET queue_share = queue_share + 1 WHERE merchant_id = 1 AND sku = 'BOOT' AND slot_no = 1 $$),
	'slots may queue 5, but the supply that comes next has 4 left', '5: slots by which more may queue than get the same date');
SELECT is(pg_temp.after($$ UPDATE backorder.supply SET expected_at = '2026-03-30' WHERE merchant_id = 1 AND sku = 'BOOT' AND quantity = 6 $$),
	'{"5: order boots, line 1, part 1"}', '5: promised from a supply that comes after another');

-- ===== 6: what customers are told =====

SELECT is(pg_temp.after($$ SELECT pg_temp.forget('ready', 'placed') $$),
	'{"6: order ready"}', '6: an order that nobody was told of');
SELECT is(pg_temp.after($$ UPDATE backorder.notification SET type = 'placed' WHERE order_id = pg_temp.id('filled') AND type = 'backorder_filled' $$),
	'{"6: order filled","6: order filled, placed"}', '6: an order told of twice, under another name');
SELECT is(pg_temp.after($$ SELECT pg_temp.forget('gone', 'canceled') $$),
	'{"6: order gone","6: order gone, placed"}', '6: a canceled order of which the customer does not know');
SELECT is(pg_temp.after($$ UPDATE backorder.sales_order SET status = 'held' WHERE order_id = pg_temp.id('ready') $$),
	'{"6: order ready"}', '6: a held order that was told of');
SELECT is(pg_temp.after($$ UPDATE backorder.notification SET order_id = 1 WHERE order_id = pg_temp.id('ready') $$),
	'{"6: order 1","6: order 1, placed","6: order ready"}', '6: an event of no order');
SELECT is(pg_temp.after($$ SELECT pg_temp.forget('sent', 'shipped') $$),
	'{"6: order sent, group 1"}', '6: a shipment that nobody was told of');
SELECT is(pg_temp.after($$ UPDATE backorder.notification SET dedupe_key = dedupe_key || '0' WHERE order_id = pg_temp.id('sent') AND type = 'shipped' $$),
	'{"6: order sent, group 1","6: order sent, shipped"}', '6: told of a shipment that is none');
SELECT is(pg_temp.after($$ UPDATE backorder.notification SET dedupe_key = 'sent' WHERE order_id = pg_temp.id('sent') AND type = 'shipped' $$),
	'{"6: order sent, group 1","6: order sent, shipped"}', '6: told of a shipment by a wrong name');
SELECT is(pg_temp.after($$ UPDATE backorder.notification SET order_id = NULL WHERE order_id = pg_temp.id('sent') AND type = 'shipped' $$),
	'{"6: order sent, group 1","6: shipped","6: shipped"}', '6: told of a shipment of no order');
SELECT is(pg_temp.after($$ UPDATE backorder.notification SET type = 'placed' WHERE order_id = pg_temp.id('sent') AND type = 'shipped' $$),
	'{"6: order sent","6: order sent, placed"}', '6: told of a shipment as if it were something else');
SELECT is(pg_temp.after($$ UPDATE backorder.notification SET dedupe_key = 'backorder_filled' WHERE order_id = pg_temp.id('filled') AND type = 'backorder_filled' $$),
	'{"6: order filled, backorder_filled"}', '6: an event by a wrong name');
SELECT is(pg_temp.after($$ UPDATE backorder.notification SET dedupe_key = dedupe_key || 'x' WHERE order_id = pg_temp.id('filled') AND type = 'backorder_filled' $$),
	'{"6: order filled, backorder_filled"}', '6: an event by a number that is none');
SELECT is(pg_temp.problem_after($$ UPDATE backorder.notification SET type = 'refunded' WHERE order_id = pg_temp.id('sent') AND type = 'shipped' $$),
	'there is no notification type refunded', '6: an event of an unknown type');
SELECT is(pg_temp.problem_after($$ UPDATE backorder.notification SET audience = 'merchant' WHERE order_id = pg_temp.id('sent') AND type = 'shipped' $$),
	'the shipped notification is for the merchant', '6: an event for the wrong audience');
SELECT is(pg_temp.after($$ UPDATE backorder.notification SET type = 'low_stock', audience = 'merchant' WHERE order_id = pg_temp.id('sent') AND type = 'shipped' $$),
	'{"6: order sent, low_stock"}', '6: told of a shipment, but not the customer');
SELECT is(pg_temp.after($$ UPDATE backorder.order_line_part SET promised_at = promised_at + interval '1 day' WHERE order_id = pg_temp.id('short') AND status = 'backordered' $$),
	'{"6: order short, line 1","6: order short, line 1"}', '6: a date the customer does not know, and one that holds no more');
SELECT is(pg_temp.problem_after($$ UPDATE backorder.order_line_part SET promised_at = NULL WHERE order_id = pg_temp.id('short') AND status = 'backordered' $$),
	'units that wait until 2026-03-10 00:00:00+00: 0, the last notification states: 2; units that wait until an unknown date: 2, the last notification states: 0',
	'6: in numbers');
SELECT is(pg_temp.after($$ UPDATE backorder.notification SET payload = payload - 'waiting' WHERE order_id = pg_temp.id('late') $$),
	'{"6: order late, line 1"}', '6: an event that does not say what waits');
SELECT is(pg_temp.after($$ DELETE FROM backorder.delivery d USING backorder.notification n
	WHERE n.merchant_id = 1 AND n.order_id = pg_temp.id('ready') AND d.merchant_id = 1 AND d.notification_id = n.notification_id $$),
	'{"6: placed"}', '6: an event that nobody is to send');
SELECT is(pg_temp.after($$ INSERT INTO backorder.delivery (merchant_id, notification_id, deliver_after) VALUES (1, 1, now()) $$),
	'{"6: notification 1"}', '6: something to be sent that is no event');
SELECT is(pg_temp.after($$ UPDATE backorder.delivery d SET status = 'withdrawn' FROM backorder.notification n
	WHERE n.merchant_id = 1 AND n.order_id = pg_temp.id('ready') AND d.merchant_id = 1 AND d.notification_id = n.notification_id $$),
	'{"6: order ready, placed"}', '6: an event withdrawn for nothing');
SELECT is(pg_temp.after($$ UPDATE backorder.delivery d SET status = 'withdrawn' FROM backorder.notification n
	WHERE n.merchant_id = 1 AND n.order_id = pg_temp.id('late') AND d.merchant_id = 1 AND d.notification_id = n.notification_id $$),
	'{"6: order late, line 1","6: order late, placed"}', '6: and with it what the customer was to know');

-- ===== 7: the ledger =====

SELECT is(pg_temp.after($$ UPDATE backorder.stock_movement SET quantity = quantity - 1 WHERE merchant_id = 1 AND sku = 'TEA' AND kind = 'returned' $$),
	'{"7: SKU TEA, location 2"}', '7: a movement that the shelf does not show');
SELECT is(pg_temp.problem_after($$ DELETE FROM backorder.stock_movement WHERE merchant_id = 1 AND sku = 'TEA' AND kind = 'returned' $$),
	'the movements sum up to 0, stock has 1', '7: in numbers');
SELECT is(pg_temp.after($$ INSERT INTO backorder.stock_movement VALUES (1, 0, 'NEW', 9, 'received', 5, 'test', 'test', now()) $$),
	'{"7: SKU NEW, location 9"}', '7: a movement to a shelf that is not there');

-- ===== 8: subscribers and warnings =====

SELECT is(pg_temp.problem_after($$ DELETE FROM backorder.delivery d USING backorder.notification n
	WHERE n.merchant_id = 1 AND n.type = 'back_in_stock' AND d.merchant_id = 1 AND d.notification_id = n.notification_id;
	DELETE FROM backorder.notification WHERE merchant_id = 1 AND type = 'back_in_stock' $$),
	'the subscription is told, but has no notification', '8: told, but not so');
SELECT ok((SELECT bool_and(said LIKE '8: SKU MAT, subscription %') FROM unnest(pg_temp.after($$
	UPDATE backorder.subscription SET told_at = told_at - interval '1 day' WHERE merchant_id = 1 AND contact = 'told' $$)) AS said),
	'8: told at another time, of one subscription');
SELECT is(pg_temp.problem_after($$ UPDATE backorder.delivery d SET status = 'withdrawn' FROM backorder.notification n
	WHERE n.merchant_id = 1 AND n.type = 'back_in_stock' AND d.merchant_id = 1 AND d.notification_id = n.notification_id $$),
	'the subscription is told, but its notification is withdrawn', '8: told by a notice that was withdrawn');
SELECT matches(pg_temp.problem_after($$ UPDATE backorder.subscription SET status = 'waiting', back_in_stock_pending = false WHERE merchant_id = 1 AND contact = 'told' $$),
	'^the notification of the waiting .* not marked back_in_stock_pending; the subscription waits, but has a notification$', '8: one who waits and is told all the same');
SELECT is(pg_temp.problem_after($$ UPDATE backorder.subscription SET status = 'waiting', back_in_stock_pending = false, notification_id = NULL WHERE merchant_id = 1 AND contact = 'told' $$),
	'the back_in_stock notification is pending, but belongs to no subscription', '8: a notice of which nobody knows');
SELECT matches(pg_temp.problem_after($$ UPDATE backorder.subscription SET back_in_stock_pending = false WHERE merchant_id = 1 AND contact = 'told' $$),
	'^the notification of the told subscription is pending, but not marked back_in_stock_pending$', '8: a notice that nobody would withdraw');
SELECT matches(pg_temp.problem_after($$ UPDATE backorder.availability SET back_in_stock_pending = false WHERE merchant_id = 1 AND sku = 'MAT' $$),
	'^availability is not marked back_in_stock_pending, but subscription \d+ is$', '8: nor would any call look at it');
SELECT matches(pg_temp.problem_after($$ UPDATE backorder.availability SET subscribers_wait = false WHERE merchant_id = 1 AND sku = 'MAT' $$),
	'^availability is not marked subscribers_wait, but subscription \d+ waits$', '8: somebody waits, and no call would look');
SELECT is(pg_temp.problem_after($$ UPDATE backorder.subscription SET quantity = 1 WHERE merchant_id = 1 AND contact = 'waits';
	UPDATE backorder.subscription SET status = 'ended', back_in_stock_pending = false, notification_id = NULL, told_at = NULL WHERE merchant_id = 1 AND contact = 'told';
	UPDATE backorder.delivery d SET status = 'dead' FROM backorder.notification n
	WHERE n.merchant_id = 1 AND n.type = 'back_in_stock' AND d.merchant_id = 1 AND d.notification_id = n.notification_id $$),
	'the subscription waits for 1 units, but there are 1 of which nobody was told', '8: somebody waits for what is there');
SELECT matches(pg_temp.problem_after($$ UPDATE backorder.notification SET payload = payload || '{"contact": "waits"}' WHERE merchant_id = 1 AND type = 'back_in_stock' $$),
	'is not for this subscription; the back_in_stock notification is pending, but belongs to no subscription$', '8: a notice for somebody else');
SELECT is(pg_temp.after($$ UPDATE backorder.delivery d SET status = 'sent' FROM backorder.notification n
	WHERE n.merchant_id = 1 AND n.type = 'back_in_stock' AND d.merchant_id = 1 AND d.notification_id = n.notification_id $$),
	'{}', '8: a notice that was sent may be marked still');
SELECT is(pg_temp.after($$ UPDATE backorder.stock_warning SET told_at = told_at - interval '1 hour' WHERE merchant_id = 1 AND sku = 'MUG' AND kind = 'sku_negative' $$),
	'{"8: SKU MUG"}', '8: a warning that was not given');
SELECT matches(pg_temp.problem_after($$ UPDATE backorder.notification SET dedupe_key = 'back' WHERE merchant_id = 1 AND type = 'back_in_stock' $$),
	'^the back_in_stock notification has the key back$', '6: a notice for a subscriber by a wrong name');

-- ===== 9: consent =====

SELECT is(pg_temp.after($$ UPDATE backorder.sales_order SET accept_backorder = false WHERE merchant_id = 1 AND reference = 'late' $$),
	'{"9: order late, line 1, part 1"}', '9: a customer who refused to wait, and waits');
SELECT is(pg_temp.after($$ UPDATE backorder.sales_order SET accept_split = true, unknown_shown = NULL WHERE merchant_id = 1 AND reference = 'ready' $$),
	'{"9: order ready"}', '9: a customer who agreed to who knows what');
SELECT throws_ok($$ UPDATE backorder.sales_order SET accept_split = false WHERE merchant_id = 1 AND reference = 'ready' $$,
	'23514', NULL, 'instalments without consent cannot be written at all');
SELECT throws_ok($$ UPDATE backorder.sales_order SET promise_shown = now(), unknown_shown = true WHERE merchant_id = 1 AND reference = 'ready' $$,
	'23514', NULL, 'nor a date beside an unknown one');
SELECT throws_ok($$ UPDATE backorder.sales_order SET max_wait = '-1 day' WHERE merchant_id = 1 AND reference = 'ready' $$,
	'23514', NULL, 'nor a wait below nothing');
-- ===== 10: incentives =====

SELECT is(pg_temp.after($$ UPDATE backorder.incentive_budget SET grants_used = grants_used + 1 WHERE merchant_id = 1 AND slot_no = 1 $$),
	'{"10: incentive 1","10: incentive 1"}', '10: a grant that no order has');
SELECT is(pg_temp.problem_after($$ UPDATE backorder.incentive_budget SET grants_used = grants_used + 1 WHERE merchant_id = 1 AND slot_no = 1 $$),
	'of 5 grants 2 are used and 4 left; used are 2 grants of 2, orders have 1 of 2', '10: in numbers');
SELECT is(pg_temp.after($$ UPDATE backorder.incentive_budget SET grants_left = grants_left + 1 WHERE merchant_id = 1 AND slot_no = 1 $$),
	'{"10: incentive 1"}', '10: a grant too many');
SELECT is(pg_temp.problem_after($$ UPDATE backorder.incentive SET max_value = 8 WHERE merchant_id = 1 $$),
	'of a value of 8 2 is used and 7.00 left', '10: a value that the shares do not know');
SELECT is(pg_temp.after($$ ALTER TABLE backorder.incentive_budget DROP CONSTRAINT incentive_budget_grants_left_not_negative;
	UPDATE backorder.incentive_budget SET grants_left = grants_left + CASE slot_no WHEN 7 THEN -1 WHEN 8 THEN 1 ELSE 0 END WHERE merchant_id = 1 $$),
	'{"10: incentive 1"}', '10: a share below nothing, made up for by another');
SELECT is(pg_temp.problem_after($$ DELETE FROM backorder.incentive_budget WHERE merchant_id = 1 $$),
	'there is a budget, but it has no shares', '10: a budget without shares');
SELECT is(pg_temp.after($$ UPDATE backorder.order_incentive SET status = 'withdrawn', withdrawn_at = now() WHERE order_id = pg_temp.id('thanked') $$),
	'{"10: incentive 1","10: order thanked, incentive 1"}', '10: withdrawn, but the gift is there and the budget is used');
SELECT is(pg_temp.problem_after($$ UPDATE backorder.order_incentive SET line_no = 3 WHERE order_id = pg_temp.id('thanked') $$),
	'the gift is line 3, which does not exist', '10: a gift that is not there');
SELECT is(pg_temp.problem_after($$ UPDATE backorder.order_line_part SET unit_price = 1 WHERE order_id = pg_temp.id('thanked') AND sku = 'PEN' $$),
	'the gift is line 2, which has a price', '10: a gift that is sold');
SELECT is(pg_temp.after($$ UPDATE backorder.order_incentive SET status = 'granted', withdrawn_at = NULL, budgeted = false WHERE order_id = pg_temp.id('not thanked') $$),
	'{"10: order not thanked, incentive 1","10: order not thanked, incentive 1"}', '10: granted, but canceled');
SELECT is(pg_temp.problem_after($$ INSERT INTO backorder.order_incentive VALUES (1, 1, 1, 0, NULL, 'free_shipping', 0, NULL, 'granted', now(), NULL, 'placed', false) $$),
	'there is no such order', '10: granted to no order');

-- ===== and nothing of all this is left =====

SELECT is_empty('SELECT * FROM backorder.verify(1)', 'undone, there is no breach');

SELECT * FROM finish();
ROLLBACK;
