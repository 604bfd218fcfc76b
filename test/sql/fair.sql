-- Fair: what a location loses is given up by the last of the whole queue, at whatever location.
\set ECHO none
\i test/sql/setup.psql

INSERT INTO backorder.item (merchant_id, sku, policy) SELECT m, sku, 'allow'
FROM (VALUES (1), (2)) AS m (m), (VALUES ('TEA'), ('MUG'), ('PEN'), ('HAT'), ('BAG'), ('CAP')) AS s (sku);
INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand)
SELECT m, s.* FROM (VALUES (1), (2)) AS m (m), (VALUES ('TEA', 1, 1), ('TEA', 2, 1)) AS s;
-- The open parts, in queue order.
CREATE VIEW holder AS
SELECT reference, line_no AS line, part_no AS part, sku, quantity, status, location_id AS location, group_no, group_status
FROM part WHERE merchant_id = 1 AND status <> 'canceled'
ORDER BY priority DESC, queued_at, order_id, line_no, part_no;

-- One unit at each of two locations: 'old' has the first, 'new' the second.
SELECT location_id FROM backorder.place_order('old', '{TEA}', '{1}');
SELECT location_id FROM backorder.place_order('new', '{TEA}', '{1}');
SELECT location_id FROM backorder.place_order('old', '{TEA}', '{1}', merchant_id => 2);
-- Location 1 loses its unit. 'old' keeps goods: those of location 2. 'new' waits.
SELECT sku, location_id, on_hand, allocated, backordered FROM backorder.set_stock('{TEA}', '{1}', '{0}');
SELECT * FROM holder WHERE sku = 'TEA';
SELECT sku, locations, on_hand, allocated, backordered FROM backorder.availability WHERE merchant_id = 1 AND sku = 'TEA';
-- The parcel of 'old' comes from elsewhere, which is no news. 'new' has a new date, which is.
SELECT reference, type, delivery FROM event WHERE merchant_id = 1 AND audience = 'customer' ORDER BY notification_id;
-- The other merchant has lost nothing.
SELECT reference, sku, status, location_id FROM part WHERE merchant_id = 2;
-- The unit comes back: the last one has it again.
SELECT count(*) FROM backorder.set_stock('{TEA}', '{1}', '{1}');
SELECT * FROM holder WHERE sku = 'TEA';

-- The end of the whole queue gives way, by priority first, in as many pieces as it takes.
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('MUG', 1, 4);
SELECT quantity, location_id FROM backorder.place_order('first', '{MUG}', '{4}');
UPDATE backorder.location SET rank = 1 WHERE merchant_id = 1;
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('MUG', 2, 3), ('MUG', 3, 3);
SELECT quantity, location_id FROM backorder.place_order('later', '{MUG}', '{3}');
SELECT quantity, location_id FROM backorder.place_order('urgent', '{MUG}', '{1}', '{"priority": 1}');
SELECT quantity, location_id FROM backorder.place_order('last', '{MUG}', '{2}');
-- 'last' gives both units, then 'later' one. 'urgent' is before all of them.
SELECT sku, location_id, on_hand, allocated, backordered FROM backorder.count_stock('MUG', 1, 1, 4);
SELECT * FROM holder WHERE sku = 'MUG';
SELECT reference, type FROM event WHERE merchant_id = 1 AND reference IN ('first', 'later', 'urgent', 'last') AND type <> 'placed' ORDER BY 1;

-- Units on a pick list are not exchanged, nor units at a closed location, which serve nobody else.
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('PEN', 1, 1), ('PEN', 2, 1), ('PEN', 3, 1), ('PEN', 4, 1);
SELECT location_id FROM unnest('{pen-1,pen-2,pen-3,pen-4}'::text[]) AS r, backorder.place_order(r, '{PEN}', '{1}');
INSERT INTO backorder.location (location_id, active) VALUES (4, false);
SELECT status FROM backorder.release_group(id('pen-3'), 1);
DELETE FROM backorder.stock WHERE sku = 'PEN' AND location_id = 1;
SELECT * FROM holder WHERE sku = 'PEN';
-- A part that lost its unit while others could not be exchanged waits on, once they could: it gets the next unit that comes.
SELECT status FROM backorder.unrelease_group(id('pen-3'), 1);
UPDATE backorder.location SET active = true WHERE merchant_id = 1 AND location_id = 4;
SELECT * FROM holder WHERE sku = 'PEN';

-- A free unit at another location comes first: then nobody waits.
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('HAT', 1, 1), ('HAT', 2, 2);
SELECT location_id FROM unnest('{hat-1,hat-2}'::text[]) AS r, backorder.place_order(r, '{HAT}', '{1}');
DELETE FROM backorder.stock WHERE sku = 'HAT' AND location_id = 1;
SELECT * FROM holder WHERE sku = 'HAT';

-- Orders that ship complete are exchanged, too: 'pair' leaves in two parcels, as at checkout, and 'whole' waits with all it has.
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('BAG', 1, 2), ('CAP', 1, 1), ('BAG', 2, 2), ('CAP', 2, 1);
SELECT sku, quantity, location_id FROM backorder.place_order('pair', '{BAG,CAP}', '{2,1}', '{"ship_policy": "complete_order"}');
SELECT sku, quantity, location_id FROM backorder.place_order('whole', '{BAG,CAP}', '{2,1}', '{"ship_policy": "complete_order"}');
SELECT sku, location_id, backordered FROM backorder.set_stock('{BAG}', '{1}', '{1}');
SELECT * FROM holder WHERE sku IN ('BAG', 'CAP');
SELECT reference, type FROM event WHERE merchant_id = 1 AND reference IN ('pair', 'whole') AND type <> 'placed';

-- Two locations lose units in one statement: 'a' and 'b' are before 'c', and 'd' is last.
INSERT INTO backorder.item (sku, policy) VALUES ('JAR', 'allow');
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('JAR', 1, 1), ('JAR', 2, 2), ('JAR', 3, 1);
SELECT quantity, location_id FROM backorder.place_order('a', '{JAR}', '{1}');
SELECT quantity, location_id FROM backorder.place_order('b', '{JAR}', '{1}');
SELECT quantity, location_id FROM backorder.place_order('c', '{JAR}', '{1}');
SELECT quantity, location_id FROM backorder.place_order('d', '{JAR}', '{1}');
SELECT sku, location_id, backordered FROM backorder.set_stock('{JAR,JAR}', '{1,2}', '{0,1}');
SELECT * FROM holder WHERE sku = 'JAR';

-- verify() finds nothing for either merchant.
SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
