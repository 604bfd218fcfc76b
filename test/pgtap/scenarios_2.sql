-- How ERP and order-management systems expect such a system to behave, retold from their tests and manuals: letter and
-- number are those of the collection. "covered+backordered" is how a line stands. Where we differ on purpose the name
-- says "ours".
BEGIN;
SELECT no_plan();
\ir include/scenario.sql

-- ===== A. Shortage at order time =====

SELECT pg_temp.item('A1', '{0}'), pg_temp.item('A1 b', '{50}');
SELECT pg_temp.buy('A1 earlier', 'A1', 4);
SELECT is(pg_temp.buy_all('A1', '{A1,A1 b}', '{7,1}'), '0+7, 1+0', '2-A1 no stock: all 7 are short, the line beside it is not');
SELECT is(pg_temp.book('A1') || '; ' || pg_temp.free('A1'), '0, 0, 11; -11', '2-A1 on hand stays 0, 11 are promised beyond it');

SELECT pg_temp.item('A3', '{100}');
SELECT is(pg_temp.buy('A3', 'A3', 20) || '; ' || pg_temp.available('A3'), '20+0; 80', '2-A3 20 of 100: 80 are left to promise');

SELECT pg_temp.item('A5');
SELECT pg_temp.buy('A5', 'A5', 20), pg_temp.arrive('A5', 2), pg_temp.arrive('A5', 5), pg_temp.arrive('A5', 5);
SELECT is(pg_temp.stands('A5') || '; ' || pg_temp.parcels('A5'), '12+8; waiting 8, ready 12', '2-A5 2, 5 and 5 come for 20: 12 in one parcel, 8 short (lots are not ours)');

SELECT pg_temp.item('A7 ' || sku, ARRAY[units]) FROM (VALUES ('A', 4::bigint), ('B', 5), ('C', 7), ('D', 7)) AS t (sku, units);
SELECT is(pg_temp.buy_all('A7', '{A7 A,A7 B,A7 C,A7 D}', '{10,5,3,10}'), '4+6, 5+0, 3+0, 7+3', '2-A7 several lines, each has what there is');
SELECT is(pg_temp.parcels('A7'), 'ready 19, waiting 9', '2-A7 and the rest of all lines is one parcel');

SELECT pg_temp.item('A9', '{}', '{"tracked": false, "policy": "deny"}');
SELECT is(pg_temp.buy('A9', 'A9', 10) || '; ' || pg_temp.parcels('A9'), '10+0; ready 10', '2-A9 a service is never short');

SELECT pg_temp.item('A13', '{5}');
SELECT pg_temp.buy('A13', 'A13', 3);
SELECT is(pg_temp.available('A13'), 2::bigint, '2-A13 available = on hand less reserved');
SELECT pg_temp.count('A13', -7);
SELECT is(pg_temp.available('A13'), 0::bigint, '2-A13 never below 0');

SELECT pg_temp.item('A15', '{30}');
SELECT pg_temp.buy('A15', 'A15', 50);
SELECT is((SELECT status || ' ' || allocated FROM backorder.order_line WHERE merchant_id = 1 AND reference = 'A15'), 'backordered 30', '2-A15 partly reserved');
SELECT pg_temp.arrive('A15', 20);
SELECT is((SELECT status || ' ' || allocated FROM backorder.order_line WHERE merchant_id = 1 AND reference = 'A15'), 'allocated 50', '2-A15 reserved');
SELECT pg_temp.ship('A15');
SELECT is((SELECT status || ' ' || shipped FROM backorder.order_line WHERE merchant_id = 1 AND reference = 'A15'), 'shipped 50', '2-A15 delivered');

-- ===== B. Restock, shrinkage, correction =====

SELECT pg_temp.item('B1', '{5}');
SELECT is(pg_temp.buy('B1 first', 'B1', 10) || ', ' || pg_temp.buy('B1 second', 'B1', 10), '5+5, 0+10', '2-B1 stock 5 for 10 and 10');
SELECT pg_temp.count('B1', 16);
SELECT is(pg_temp.stands('B1 first') || ', ' || pg_temp.stands('B1 second'), '10+0, 6+4', '2-B1 stock 16: the older is served');
SELECT pg_temp.arrive('B1', -5);
SELECT is(pg_temp.stands('B1 first') || ', ' || pg_temp.stands('B1 second'), '10+0, 1+9', '2-B1 5 are scrapped: the newer loses');

SELECT pg_temp.item('B5');
SELECT pg_temp.buy('B5 first', 'B5', 60), pg_temp.buy('B5 second', 'B5', 40);
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('B5', 1, 50), ('B5', 2, 50);
SELECT is(pg_temp.stands('B5 first') || ', ' || pg_temp.stands('B5 second'), '60+0, 40+0', '2-B5 100 put away in two places: both are covered');
SELECT is(pg_temp.told('B5 first', 'backorder_filled') || ', ' || pg_temp.told('B5 second', 'backorder_filled'), '1, 1', '2-B5 in one pass: each hears once');

SELECT pg_temp.item('B7', '{10,20}');
SELECT pg_temp.buy('B7', 'B7', 15), pg_temp.buy('B7 b', 'B7', 8);
SELECT is(pg_temp.sources('B7') || '; ' || pg_temp.sources('B7 b'), '2: 15; 1: 8', '2-B7 one is served from each place');
SELECT pg_temp.arrive('B7', -10);
SELECT is(pg_temp.book('B7'), '20, 20, 3', '2-B7 10 are lost: promises move to the other place as far as it goes');
SELECT pg_temp.arrive('B7', 10, 2);
SELECT is(pg_temp.book('B7') || '; ' || pg_temp.available('B7'), '30, 23, 0; 7', '2-B7 10 are found: nothing is short, the rest is free');

SELECT pg_temp.item('B9');
SELECT pg_temp.buy('B9 earlier', 'B9', 3), pg_temp.buy('B9', 'B9', 5);
INSERT INTO backorder.supply (supply_id, sku, location_id, quantity, expected_at, reference) VALUES (900, 'B9', 1, 5, '2026-03-05', 'for B9');
SELECT backorder.receive_supply(900, 5);
SELECT is(pg_temp.stands('B9 earlier') || '; ' || pg_temp.stands('B9'), '3+0; 2+3', '2-B9 ours: a receipt belongs to the queue, not to one order');

SELECT pg_temp.item('B11', '{100}');
SELECT pg_temp.buy('B11', 'B11', 15);
SELECT is(pg_temp.available('B11'), 85::bigint, '2-B11 15 of 100 ordered: 85');
SELECT pg_temp.ship('B11');
SELECT is(pg_temp.book('B11') || '; ' || pg_temp.available('B11'), '85, 0, 0; 85', '2-B11 shipped: 85 still');
SELECT backorder.return_items(pg_temp.id('B11'), 1, 15, 1);
SELECT is(pg_temp.book('B11') || '; ' || pg_temp.available('B11'), '100, 0, 0; 100', '2-B11 ours: what comes back is free; the order does not ask for it again');

SELECT pg_temp.item('B13', '{10}');
SELECT pg_temp.buy('B13', 'B13', 5), pg_temp.count('B13', 0);
SELECT is(pg_temp.stands('B13'), '0+5', '2-B13 the receipt is undone: its allocation is gone');
SELECT pg_temp.count('B13', 10);
SELECT backorder.change_quantity(pg_temp.id('B13'), 1, 2);
SELECT is(pg_temp.stands('B13'), '2+0', '2-B13 5 lowered to 2: 2 are committed');

SELECT pg_temp.item('B15');
SELECT pg_temp.buy('B15 first', 'B15', 4), pg_temp.buy('B15 second', 'B15', 6);
SELECT is(pg_temp.book('B15'), '0, 0, 10', '2-B15 short by 4 and by 6: by 10');

-- ===== C. Priority =====

SELECT pg_temp.item('C1', '{20}');
SELECT pg_temp.buy('C1 1', 'C1', 5), pg_temp.buy('C1 2', 'C1', 3), pg_temp.buy('C1 3', 'C1', 20), pg_temp.buy('C1 4', 'C1', 20), pg_temp.buy('C1 5', 'C1', 15);
SELECT is((SELECT string_agg(allocated::text, ', ' ORDER BY reference) FROM backorder.order_line WHERE merchant_id = 1 AND sku = 'C1'), '5, 3, 12, 0, 0',
	'2-C1 first ordered, first promised');
SELECT is((SELECT string_agg(units_ahead::text, ', ' ORDER BY position) FROM backorder.open_backorder WHERE merchant_id = 1 AND sku = 'C1'), '0, 8, 28',
	'2-C1 ours: ahead of one who waits are those who wait before');

SELECT pg_temp.item('C3');
SELECT pg_temp.buy('C3 1', 'C3', 5), pg_temp.buy('C3 2', 'C3', 3), pg_temp.buy('C3 3', 'C3', 20, '{"priority": 5}'), pg_temp.buy('C3 4', 'C3', 20, '{"priority": 5}'), pg_temp.buy('C3 5', 'C3', 15);
SELECT pg_temp.arrive('C3', 20);
SELECT is((SELECT string_agg(allocated::text, ', ' ORDER BY reference) FROM backorder.order_line WHERE merchant_id = 1 AND sku = 'C3'), '0, 0, 20, 0, 0',
	'2-C3 two are urgent: the older of them has all 20');

SELECT backorder.release_group(pg_temp.id('C1 1'), 1);
SELECT backorder.release_group(pg_temp.id('C1 2'), 1);
SELECT is((SELECT string_agg(allocated::text, ', ' ORDER BY reference) FROM backorder.order_line WHERE merchant_id = 1 AND sku = 'C1'), '5, 3, 12, 0, 0',
	'2-C7 a pick list changes nobody''s share');

SELECT pg_temp.item('C17');
SELECT pg_temp.buy('C17 low', 'C17', 1);
SET LOCAL backorder.clock = '2026-03-02 10:00+00';
SELECT pg_temp.buy('C17 ten', 'C17', 1, '{"priority": 9}');
SET LOCAL backorder.clock = '2026-03-02 11:00+00';
SELECT pg_temp.buy('C17 eleven', 'C17', 1, '{"priority": 9}'), pg_temp.arrive('C17', 1);
SELECT is(pg_temp.stands('C17 low') || ', ' || pg_temp.stands('C17 ten') || ', ' || pg_temp.stands('C17 eleven'), '0+1, 1+0, 0+1', '2-C17 priority first, then the earlier by the clock');
SET LOCAL backorder.clock = '2026-03-02 09:00+00';

-- ===== D. Delivery rules, splitting, grouping =====

SELECT pg_temp.item('D1', '{5}');
SELECT pg_temp.buy('D1', 'D1', 10, '{"ship_policy": "complete_order"}');
SELECT is(pg_temp.parcels('D1'), 'waiting 10', '2-D1 all together, 5 of 10: nothing is ready');
SELECT pg_temp.count('D1', 10);
SELECT is(pg_temp.parcels('D1'), 'ready 10', '2-D1 stock 10: all 10 are');

SELECT pg_temp.item('D3 1', '{5}'), pg_temp.item('D3 2', '{5}'), pg_temp.item('D3 3', '{0}');
SELECT pg_temp.buy_all('D3 A', '{D3 1,D3 2}', '{1,1}'), pg_temp.buy_all('D3 B', '{D3 1,D3 2,D3 3}', '{1,1,1}', '{"ship_policy": "complete_order"}');
SELECT is(pg_temp.parcels('D3 A') || '; ' || pg_temp.parcels('D3 B'), 'ready 2; waiting 3', '2-D3 B is all together and lacks a line: A is ready, nothing of B is');

SELECT pg_temp.item('D5 1', '{15}'), pg_temp.item('D5 2', '{10}'), pg_temp.item('D5 3'), pg_temp.item('D5 4');
SELECT is(pg_temp.buy_all('D5', '{D5 1,D5 2,D5 3,D5 4}', '{20,10,20,10}') || '; ' || pg_temp.parcels('D5'), '15+5, 10+0, 0+20, 0+10; ready 25, waiting 35',
	'2-D5 the remainders of several lines are one parcel');

SELECT pg_temp.item('D9');
SELECT pg_temp.buy_all('D9', '{D9,D9}', '{10,11}', '{"ship_policy": "complete_line"}');
SELECT is(pg_temp.stands('D9') || '; ' || pg_temp.parcels('D9'), '0+10, 0+11; waiting 10, waiting 11', '2-D9 two lines of one SKU, each ships complete: none of it there');
SELECT pg_temp.count('D9', 5);
SELECT is(pg_temp.stands('D9') || '; ' || pg_temp.parcels('D9'), '5+5, 0+11; waiting 10, waiting 11', '2-D9 stock 5: half of the first line, not ready');
SELECT pg_temp.count('D9', 15);
SELECT is(pg_temp.stands('D9') || '; ' || pg_temp.parcels('D9'), '10+0, 5+6; ready 10, waiting 11', '2-D9 stock 15: the first is');
SELECT pg_temp.count('D9', 100);
SELECT is(pg_temp.stands('D9') || '; ' || pg_temp.parcels('D9'), '10+0, 11+0; ready 21', '2-D9 stock 100: both are, in one parcel');

SELECT pg_temp.item('D17', '{2}');
SELECT pg_temp.buy('D17 blocked', 'D17', 1, '{"hold": "P1D"}'), pg_temp.buy('D17 free', 'D17', 1);
SELECT throws_ok($$ SELECT backorder.ship_group(pg_temp.id('D17 blocked'), 1) $$, 'OB005', NULL, '2-D17 a blocked order does not ship');
SELECT pg_temp.ship('D17 free');
SELECT is(pg_temp.parcels('D17 free'), 'shipped 1', '2-D17 and keeps no other from it; ours: parcels are of one order');

SELECT pg_temp.item('D21', '{10}');
SELECT pg_temp.buy('D21 first', 'D21', 12, '{"ship_policy": "complete_order"}');
SELECT is(pg_temp.buy('D21 second', 'D21', 8), '0+8', '2-D21 ours: strictly first come, the 10 are kept for the order of 12');
SELECT is(pg_temp.stands('D21 first'), '10+2', '2-D21 which has them');

-- ===== E. Integrity, closing =====

SELECT pg_temp.item('E3', '{1}');
SELECT pg_temp.buy('E3', 'E3', 2), pg_temp.ship('E3');
SELECT backorder.cancel_order(pg_temp.id('E3'));
SELECT is((SELECT format('%s: %s shipped, %s canceled, %s waiting', o.status, o.shipped, o.canceled, o.backordered) FROM backorder.order_overview o WHERE o.merchant_id = 1 AND o.reference = 'E3'),
	'complete: 1 shipped, 1 canceled, 0 waiting', '2-E3 one of two shipped, then closed: one is lost, nothing is reserved');

SELECT pg_temp.item('E13', '{2}');
SELECT is(pg_temp.buy('E13', 'E13', 6), '2+4', '2-E13 6 of 2: 4 short');
SELECT backorder.change_quantity(pg_temp.id('E13'), 1, 8);
SELECT is(pg_temp.stands('E13'), '2+6', '2-E13 raised to 8: 6 short');
SELECT backorder.change_quantity(pg_temp.id('E13'), 1, 3);
SELECT is(pg_temp.stands('E13'), '2+1', '2-E13 lowered to 3: 1 short');

SELECT pg_temp.item('E15', '{10}');
SELECT pg_temp.buy('E15', 'E15', 2);
SELECT backorder.change_quantity(pg_temp.id('E15'), 1, 5);
SELECT is(pg_temp.book('E15'), '10, 5, 0', '2-E15 2 and then 3 more for the same line: 5');

-- ===== F. Promise dates =====

SELECT pg_temp.item('F7', '{5}', '{"policy": "deny"}');
SELECT is((SELECT string_agg(p.status, ', ' ORDER BY n) FROM unnest('{3,1,2,6}'::bigint[]) WITH ORDINALITY AS u (units, n)
	CROSS JOIN LATERAL backorder.preview_order(ARRAY['F7'], ARRAY[u.units]) p), 'in_stock, in_stock, in_stock, out_of_stock',
	'2-F7 quotes of a stock of 5: 6 is warned of; ours: quotes reserve nothing, so none warns of another');

UPDATE backorder.merchant SET handling_time = '3 days' WHERE merchant_id = 1;
SELECT pg_temp.item('F9');
INSERT INTO backorder.supply (sku, location_id, quantity, expected_at) VALUES ('F9', 1, 5, '2026-07-09 12:00+00');
SELECT pg_temp.buy('F9', 'F9', 1);
SELECT is(pg_temp.dates('F9'), '07-12', '2-F9 arrival and handling time: the day it leaves');
UPDATE backorder.merchant SET handling_time = '0', promise_tolerance = '7 days' WHERE merchant_id = 1;

SELECT pg_temp.item('F11');
INSERT INTO backorder.supply (supply_id, sku, location_id, quantity, expected_at) VALUES (911, 'F11', 1, 5, '2026-05-10 12:00+00');
SELECT pg_temp.buy('F11', 'F11', 5);
INSERT INTO backorder.supply (supply_id, sku, location_id, quantity, expected_at) VALUES (912, 'F11', 1, 5, '2026-05-05 12:00+00');
SELECT is(pg_temp.dates('F11'), '05-10', '2-F11 it could be five days earlier: within the tolerance the date stays');
DELETE FROM backorder.supply WHERE merchant_id = 1 AND supply_id = 912;
UPDATE backorder.supply SET expected_at = '2026-05-12 12:00+00' WHERE merchant_id = 1 AND supply_id = 911;
SELECT is(pg_temp.dates('F11'), '05-12', '2-F11 it cannot be kept: a new date');
UPDATE backorder.merchant SET promise_tolerance = '1 day' WHERE merchant_id = 1;

SELECT pg_temp.item('F13', '{10}');
SET LOCAL backorder.clock = '2026-01-01 09:00+00';
INSERT INTO backorder.supply (sku, location_id, quantity, expected_at) VALUES ('F13', 1, 10, '2026-01-10 12:00+00'), ('F13', 1, 10, '2026-01-20 12:00+00');
SELECT is((SELECT string_agg(coalesce(to_char(p.promised_at, 'MM-DD'), 'none'), ', ' ORDER BY n) FROM unnest('{20,25,31}'::bigint[]) WITH ORDINALITY AS u (units, n)
	CROSS JOIN LATERAL backorder.preview_order(ARRAY['F13'], ARRAY[u.units]) p), '01-10, 01-20, none', '2-F13 10 there, 10 and 10 to come: dates for 20, 25 and 31');

SELECT pg_temp.item('F15');
INSERT INTO backorder.supply (sku, location_id, quantity, expected_at) VALUES ('F15', 1, 10, '2026-01-01 08:00+00');
SET LOCAL backorder.clock = '2026-01-04 09:00+00';
SELECT pg_temp.buy('F15', 'F15', 1);
SELECT is(pg_temp.dates('F15'), 'unknown', '2-F15 overdue supply promises nothing');
SET LOCAL backorder.clock = '2026-03-02 09:00+00';

SELECT pg_temp.item('F17');
INSERT INTO backorder.supply (supply_id, sku, location_id, quantity, expected_at) VALUES (917, 'F17', 1, 5, '2026-08-27 12:00+00');
SELECT pg_temp.buy('F17', 'F17', 1);
UPDATE backorder.supply SET expected_at = '2026-09-03 12:00+00' WHERE merchant_id = 1 AND supply_id = 917;
UPDATE backorder.supply SET expected_at = NULL WHERE merchant_id = 1 AND supply_id = 917;
SELECT is((SELECT string_agg(coalesce(to_char(new_promised_at, 'MM-DD'), 'unknown'), ', ' ORDER BY change_id) FROM backorder.promise_change
	WHERE merchant_id = 1 AND order_id = pg_temp.id('F17')), '08-27, 09-03, unknown', '2-F17 the history has three entries');
SELECT is((SELECT to_char(first_promised_at, 'MM-DD') FROM backorder.order_line_part WHERE merchant_id = 1 AND order_id = pg_temp.id('F17')), '08-27', '2-F17 the first promise survives');

-- ===== G. Notices =====

SELECT pg_temp.item('G11 ' || n) FROM generate_series(1, 3) AS n;
INSERT INTO backorder.supply (sku, location_id, quantity, expected_at, reference)
SELECT 'G11 ' || n, 1, 5, '2026-03-10 12:00+00', 'G11' FROM generate_series(1, 3) AS n;
SELECT pg_temp.buy_all('G11', '{G11 1,G11 2,G11 3}', '{1,1,1}');
UPDATE backorder.supply SET expected_at = '2026-03-20 12:00+00' WHERE merchant_id = 1 AND reference = 'G11';
SELECT is(pg_temp.told('G11', 'promise_changed'), 1::bigint, '2-G11 three lines slip at once: one notice');
SELECT is((SELECT jsonb_array_length(payload -> 'moved') FROM backorder.notification WHERE merchant_id = 1 AND order_id = pg_temp.id('G11') AND type = 'promise_changed'), 3, '2-G11 with three lines');
UPDATE backorder.supply SET expected_at = '2026-03-20 12:00+00' WHERE merchant_id = 1 AND reference = 'G11';
SELECT count(*) FROM backorder.repromise('{G11 1,G11 2,G11 3}');
SELECT is(pg_temp.told('G11', 'promise_changed'), 1::bigint, '2-G11 and no second one without a new change');

SELECT pg_temp.item('G15', '{3}');
SELECT pg_temp.buy('G15', 'G15', 5, '{"ship_policy": "complete_order"}'), pg_temp.ship('G15');
SELECT is(pg_temp.parcels('G15'), 'waiting 5', '2-G15 a customer who did not agree to parts: complete_order ships none (consent itself is the application''s)');

-- ===== J. Driven by time =====

SELECT pg_temp.item('J1', '{0}');
SELECT pg_temp.buy('J1 ' || n, 'J1', 2) FROM generate_series(1, 4) AS n;
SELECT pg_temp.arrive('J1', 5);
SELECT is((SELECT string_agg(allocated::text, ', ' ORDER BY reference) FROM backorder.order_line WHERE merchant_id = 1 AND sku = 'J1'), '2, 2, 1, 0', '2-J1 5 for four requests of 2');

SELECT pg_temp.item('J3', '{5}');
SELECT throws_ok($$ SELECT pg_temp.buy('J3 past', 'J3', 1, '{"hold": "2026-03-01T09:00:00Z"}') $$, 'OB006', NULL, '2-J3 a hold must end later than now');
SELECT pg_temp.buy('J3', 'J3', 1, '{"hold": "P1D"}');
SET LOCAL backorder.clock = '2026-03-03 09:00+00';
SELECT backorder.expire_holds();
SELECT is((SELECT status FROM backorder.order_overview WHERE merchant_id = 1 AND reference = 'J3'), 'canceled', '2-J3 ours: a hold that nobody confirms ends in cancellation, not in shipment');

SELECT pg_temp.item('J5', '{1}');
SELECT pg_temp.buy('J5 held', 'J5', 1, '{"hold": "PT10M"}'), pg_temp.buy('J5', 'J5', 1);
SET LOCAL backorder.clock = '2026-03-03 09:10+00';
SELECT backorder.expire_holds();
SELECT is(pg_temp.stands('J5'), '1+0', '2-J5 what an expired hold had goes to the queue');
SET LOCAL backorder.clock = '2026-03-02 09:00+00';

SELECT pg_temp.all_is_well();
SELECT * FROM finish();
ROLLBACK;
