-- How commerce platforms expect such a system to behave, retold from their tests: letter and number are those of the
-- collection. "covered+backordered" is how a line stands. Where we differ on purpose the name says "ours".
BEGIN;
SELECT no_plan();
\ir include/scenario.sql

-- ===== A. Restock fills the queue =====

SELECT pg_temp.item('A1');
SELECT pg_temp.buy('A1 first', 'A1', 1), pg_temp.buy('A1 second', 'A1', 1);
SELECT is(pg_temp.free('A1'), -2::numeric, '1-A1 two wait for one unit each');
SELECT pg_temp.arrive('A1', 1);
SELECT is(pg_temp.stands('A1 first') || ', ' || pg_temp.stands('A1 second'), '1+0, 0+1', '1-A1 one arrives: the older one has it');
SELECT is(pg_temp.free('A1'), -1::numeric, '1-A1 one is still missing');

SELECT pg_temp.item('A3');
SELECT pg_temp.buy('A3 first', 'A3', 1), pg_temp.buy('A3 second', 'A3', 1), pg_temp.arrive('A3', 3);
SELECT is(pg_temp.stands('A3 first') || ', ' || pg_temp.stands('A3 second'), '1+0, 1+0', '1-A3 three arrive for two: both are covered');
SELECT is(pg_temp.available('A3'), 1::bigint, '1-A3 the third is free');

SELECT pg_temp.item('A5', '{10}');
SELECT pg_temp.count('A5', -2);
SELECT is(pg_temp.book('A5'), '-2, 0, 0', '1-A5 set from 10 to -2: there is nothing to fill, and nobody waits');
SELECT is_empty($$ SELECT FROM backorder.notification WHERE merchant_id = 1 AND payload ->> 'sku' = 'A5' $$, '1-A5 and nobody is told');

SELECT pg_temp.item('A7');
SELECT pg_temp.buy('A7 L1', 'A7', 7), pg_temp.buy('A7 L2', 'A7', 4), pg_temp.arrive('A7', 5);
SELECT is(pg_temp.stands('A7 L1') || ', ' || pg_temp.stands('A7 L2'), '5+2, 0+4', '1-A7 5 arrive for 7 and 4: exactly 5 are covered, 7 is cut in two');

SELECT pg_temp.item('A9 A'), pg_temp.item('A9 B');
SELECT pg_temp.buy('A9', 'A9 B', 1), pg_temp.arrive('A9 A', 1);
SELECT is(pg_temp.stands('A9'), '0+1', '1-A9 another SKU arrives: B still waits');

SELECT pg_temp.item('A11', '{1}');
SELECT pg_temp.buy('A11', 'A11', 1);
SELECT pg_temp.arrive('A11', 5);
SELECT is(pg_temp.stands('A11') || '; ' || pg_temp.told('A11', 'backorder_filled'), '1+0; 0', '1-A11 what is covered stays as it is when stock arrives');

SELECT pg_temp.item('A13');
SELECT pg_temp.buy('A13 first', 'A13', 1), pg_temp.buy('A13 second', 'A13', 1);
SELECT backorder.cancel_order(pg_temp.id('A13 first'));
SELECT is(pg_temp.stands('A13 second') || '; ' || pg_temp.book('A13'), '0+1; 0, 0, 1', '1-A13 canceling what had no goods fills nobody');

SELECT pg_temp.item('A15', '{0}');
SELECT pg_temp.buy('A15', 'A15', 1);
SELECT is(pg_temp.free('A15'), -1::numeric, '1-A15 one waits, the signed count is -1');
SELECT pg_temp.arrive('A15', 1);
SELECT is(pg_temp.stands('A15') || '; ' || pg_temp.book('A15'), '1+0; 1, 1, 0', '1-A15 the count goes from -1 to 0: one unit came and one is covered');
SELECT pg_temp.item('A15 owed', '{-1}');
SELECT pg_temp.buy('A15 owed', 'A15 owed', 1), pg_temp.count('A15 owed', 0);
SELECT is(pg_temp.stands('A15 owed'), '0+1', '1-A15 a shelf at -1 that comes to 0 has nothing to give');

SELECT pg_temp.item('A17', '{4}');
SELECT pg_temp.buy('A17 first', 'A17', 6), pg_temp.buy('A17 second', 'A17', 3), pg_temp.buy('A17 third', 'A17', 3);
SELECT backorder.cancel_order(pg_temp.id('A17 first'));
SELECT is(pg_temp.stands('A17 first') || '; ' || pg_temp.stands('A17 second') || '; ' || pg_temp.stands('A17 third'), '0+0; 3+0; 1+2',
	'1-A17 a canceled order''s goods go to the next that live, none to its own waiting units');

SELECT pg_temp.item('A19', '{10}');
SELECT pg_temp.buy('A19 first', 'A19', 10), pg_temp.buy('A19 second', 'A19', 3);
SELECT backorder.count_stock('A19', 1, 7, 10);
SELECT is(pg_temp.stands('A19 first') || '; ' || pg_temp.stands('A19 second'), '7+3; 0+3', '1-A19 counted 7 of 10: three of the first are short');
SELECT pg_temp.arrive('A19', 3);
SELECT is(pg_temp.stands('A19 first') || '; ' || pg_temp.stands('A19 second'), '10+0; 0+3', '1-A19 three arrive: the first is made whole first');

-- ===== B. Allocation and sourcing over locations =====

SELECT pg_temp.item('B1 A', '{100,100}'), pg_temp.item('B1 B', '{100,100}');
SELECT is(pg_temp.buy_all('B1', '{B1 A,B1 B}', '{30,5}'), '30+0, 5+0', '1-B1 enough at the first location: nothing waits');
SELECT is(pg_temp.sources('B1'), '1: 35', '1-B1 and all of it comes from there');

SELECT pg_temp.item('B3 A', '{10,2}'), pg_temp.item('B3 B', '{10,0}');
SELECT is(pg_temp.buy_all('B3', '{B3 A,B3 B}', '{15,5}'), '12+3, 5+0', '1-B3 what both have is taken, the rest waits');
SELECT is(pg_temp.sources('B3', 'B3 A') || '; ' || pg_temp.sources('B3', 'B3 B'), '1: 10, 2: 2; 1: 5', '1-B3 default gives 10 and 5, the other 2');

SELECT pg_temp.item(format('B5 %s %s', a, b), ARRAY[a, b], '{"policy": "deny"}')
FROM (VALUES (0, 0), (1, 1), (5, 0), (0, 5), (2, 3), (2, 5), (5, 2), (5, 5)) AS t (a, b);
SELECT pg_temp.refuses(sku, sku, 5, 'OB001', '1-B5 want 5 of ' || sku || ': refused')
FROM (VALUES ('B5 0 0'), ('B5 1 1')) AS t (sku);
SELECT is(pg_temp.buy(sku, sku, 5), '5+0', '1-B5 want 5 of ' || sku || ': exactly 5')
FROM (VALUES ('B5 5 0'), ('B5 0 5'), ('B5 2 3'), ('B5 2 5'), ('B5 5 2'), ('B5 5 5')) AS t (sku);

SELECT pg_temp.item('B7', '{2,2,2}', '{"policy": "deny"}');
SELECT is(pg_temp.buy('B7', 'B7', 5) || '; ' || pg_temp.parcels('B7'), '5+0; ready 2, ready 2, ready 1', '1-B7 2, 2 and 2 for 5: three parcels');

SELECT pg_temp.item('B9 10', '{10}'), pg_temp.item('B9 10b', '{10}'), pg_temp.item('B9 0', '{0}');
SELECT is(pg_temp.buy('B9a', 'B9 10', 5) || ', ' || pg_temp.buy('B9b', 'B9 10b', 20) || ', ' || pg_temp.buy('B9c', 'B9 0', 20), '5+0, 10+10, 0+20',
	'1-B9 5 of 10, 20 of 10, 20 of 0');

SELECT pg_temp.item('B11');
SELECT is(pg_temp.buy('B11', 'B11', 20), '0+20', '1-B11 ours: no shelf at all is no reason not to wait, the item''s policy decides');

SELECT pg_temp.item('B13', '{5,5}');
SELECT is(pg_temp.buy('B13', 'B13', 8) || '; ' || pg_temp.sources('B13'), '8+0; 1: 5, 2: 3', '1-B13 8 of 5 and 5: both give');

SELECT pg_temp.item('B15 A', '{10,0}'), pg_temp.item('B15 B', '{1,10}');
SELECT is(pg_temp.buy_all('B15', '{B15 A,B15 B}', '{2,4}'), '2+0, 4+0', '1-B15 A from one place, B needs another: 6 covered');

SELECT pg_temp.item('B17', '{0,0}', '{"policy": "deny"}');
SELECT pg_temp.refuses('B17', 'B17', 1, 'OB001', '1-B17 nothing anywhere and not on backorder: refused');

INSERT INTO backorder.location (location_id, active) VALUES (8, false);
SELECT pg_temp.item('B19'), pg_temp.arrive('B19', 5, 8), pg_temp.arrive('B19', 5, 9);
SELECT is(pg_temp.buy('B19', 'B19', 3) || '; ' || pg_temp.sources('B19'), '3+0; 9: 3', '1-B19 a location that is not active gives nothing');

SELECT pg_temp.item('B21', '{2,5}');
SELECT is(pg_temp.buy('B21', 'B21', 5) || '; ' || pg_temp.sources('B21'), '5+0; 2: 5', '1-B21 ours: who has all of it gives all of it, one parcel in place of two');

SELECT pg_temp.item('B23', '{0,5}');
SELECT is(pg_temp.buy('B23', 'B23', 5) || '; ' || pg_temp.sources('B23'), '5+0; 2: 5', '1-B23 nothing waits at the first while the second has it');

SELECT pg_temp.item('B25', '{4,3}');
SELECT is(pg_temp.buy('B25', 'B25', 5) || '; ' || pg_temp.sources('B25'), '5+0; 1: 4, 2: 1', '1-B25 4 and 3 for 5: the fuller gives first');

SELECT pg_temp.item('B27', '{4,3}', '{"policy": "deny"}');
SELECT pg_temp.buy('B27 earlier', 'B27', 2);
SELECT pg_temp.refuses('B27', 'B27', 6, 'OB001', '1-B27 5 are left for 6: refused, nothing written');

SELECT pg_temp.item('B29', '{3,2}');
SELECT pg_temp.buy('B29 held', 'B29', 1, '{"hold": "PT10M"}');
SELECT is(pg_temp.sources('B29 held') || '; ' || pg_temp.buy('B29', 'B29', 3) || '; ' || pg_temp.sources('B29'), '1: 1; 3+0; 1: 2, 2: 1',
	'1-B29 what others hold is not there: 2 from the first by rank, 1 from the second');

SELECT pg_temp.item('B31', '{55,30}', '{"policy": "deny"}');
SELECT is(pg_temp.short_lines('{B31}', '{150}'), '1: 85', '1-B31 15 of 5.5 and 3 (in tenths): not to be had, 8.5 are');

SELECT pg_temp.item('B33 A', '{5,0}', '{"policy": "deny"}'), pg_temp.item('B33 B', '{}', '{"policy": "deny"}');
SELECT is(pg_temp.short_lines('{B33 A,B33 B}', '{5,3}'), '2: 0', '1-B33 A is there, B is not: the whole is refused and B is named');
SELECT pg_temp.refuses_all('B33', '{B33 A,B33 B}', '{5,3}', 'OB001', '1-B33 and A is left alone');

SELECT pg_temp.item('B37', '{10,15}');
SELECT is(pg_temp.buy('B37', 'B37', 13) || '; ' || pg_temp.sources('B37'), '13+0; 2: 13', '1-B37 ours: 13 in all and from one place, never 10 + 13');

-- ===== C. Backorder policy, limit, safety stock =====

SELECT pg_temp.item('C1', '{5}', '{"policy": "deny"}');
SELECT pg_temp.buy('C1', 'C1', 4), pg_temp.count('C1', 2);
SELECT is(pg_temp.stands('C1') || '; ' || pg_temp.available('C1'), '2+2; 0', '1-C1 ours: a shelf is what it is: the count is taken, what is not there waits');
SELECT pg_temp.refuses('C1 more', 'C1', 1, 'OB001', '1-C1 and no more is sold');

SELECT pg_temp.item('C3 0', '{0}', '{"policy": "preorder", "available_from": "2026-04-01", "backorder_limit": 5}');
SELECT pg_temp.item('C3 2', '{2}', '{"policy": "preorder", "available_from": "2026-04-01", "backorder_limit": 5}');
SELECT pg_temp.refuses('C3 no', 'C3 0', 6, 'OB003', '1-C3 preorder, limit 5, nothing there: not 6');
SELECT is(pg_temp.buy('C3 yes', 'C3 0', 5), '0+5', '1-C3 but 5');
SELECT pg_temp.refuses('C3 no', 'C3 2', 8, 'OB003', '1-C3 with 2 there: not 8');
SELECT is(pg_temp.buy('C3 yes 2', 'C3 2', 7), '2+5', '1-C3 but 7');

SELECT pg_temp.item('C5', '{0}', '{"backorder_limit": 3}');
SELECT pg_temp.refuses('C5 no', 'C5', 4, 'OB003', '1-C5 limit 3: not 4');
SELECT is(pg_temp.buy('C5', 'C5', 3), '0+3', '1-C5 but 3');

SELECT pg_temp.item('C7', '{2}', '{"policy": "preorder", "available_from": "2026-04-01"}');
SELECT is(pg_temp.buy('C7', 'C7', 5), '2+3', '1-C7 preorder: what is missing waits');
SELECT pg_temp.item('C7 over', '{2}', '{"policy": "preorder", "available_from": "2026-03-01"}');
SELECT is(pg_temp.short_lines('{C7 over}', '{5}'), '1: 2', '1-C7 ours: once the date is past, 5 of 2 are refused and not cut to 2');

SELECT pg_temp.item('C9', '{0}', '{"policy": "preorder", "available_from": "2026-05-01", "backorder_limit": 5}');
SELECT pg_temp.refuses('C9 no', 'C9', 6, 'OB003', '1-C9 two months ahead: not more than the limit');
SELECT is(pg_temp.buy('C9', 'C9', 5), '0+5', '1-C9 but up to it');

SELECT pg_temp.item('C11', '{85}', '{"backorder_limit": 45}');
SELECT pg_temp.refuses('C11 no', 'C11', 140, 'OB003', '1-C11 8.5 there, limit 4.5 (in tenths): not 14');
SELECT is(pg_temp.buy('C11', 'C11', 130), '85+45', '1-C11 but 13');

SELECT pg_temp.item('C13', '{850}', '{"backorder_limit": 100}');
SELECT pg_temp.buy('C13 earlier', 'C13', 933);
SELECT pg_temp.refuses('C13 no', 'C13', 18, 'OB003', '1-C13 8.5 there, limit 1, promised 9.33 (in hundredths): not 0.18');
SELECT is(pg_temp.buy('C13', 'C13', 17), '0+17', '1-C13 but 0.17');

SELECT pg_temp.item('C15', '{85}', '{"policy": "deny", "safety_stock": 50}');
SELECT pg_temp.refuses('C15 no', 'C15', 40, 'OB001', '1-C15 8.5 there, safety 5 (in tenths): not 4');
SELECT is(pg_temp.buy('C15', 'C15', 30), '30+0', '1-C15 but 3');

SELECT pg_temp.item('C17', '{55}');
SELECT is((SELECT backordered FROM backorder.preview_order(ARRAY['C17'], ARRAY[100::bigint])), 45::bigint, '1-C17 10 of 5.5 (in tenths): 4.5 would wait');
SELECT is((SELECT backordered FROM backorder.preview_order(ARRAY['C17'], ARRAY[10::bigint])), 0::bigint, '1-C17 1 of 5.5: nothing would');

SELECT pg_temp.item('C19', '{3}', '{"policy": "deny"}');
SELECT is(pg_temp.short_lines('{C19}', '{5}'), '1: 3', '1-C19 5 of 3: the error says that 3 are available');
SELECT is(pg_temp.book('C19'), '3, 0, 0', '1-C19 and on hand and promised are unchanged');

SELECT pg_temp.item('C21', '{3}', '{"backorder_limit": 5}');
SELECT is(pg_temp.buy('C21', 'C21', 8), '3+5', '1-C21 8 of 3 with limit 5');

SELECT pg_temp.item('C23', '{5}', '{"backorder_limit": 20}');
SELECT is(pg_temp.buy('C23', 'C23', 25) || '; ' || pg_temp.free('C23'), '5+20; -20', '1-C23 25 of 5 with limit 20');
SELECT pg_temp.refuses('C23 more', 'C23', 1, 'OB003', '1-C23 one more is refused');
SELECT is(pg_temp.available('C23'), 0::bigint, '1-C23 none is available');

SELECT pg_temp.item('C25', '{5}', '{"backorder_limit": 20}');
SELECT pg_temp.count('C25', -21);
SELECT is(pg_temp.book('C25'), '-21, 0, 0', '1-C25 ours: the limit binds sales, not counts');

SELECT pg_temp.item('C27', '{10}', '{"policy": "deny"}');
SELECT pg_temp.buy('C27', 'C27', 1, '{"hold": "PT1H"}'), pg_temp.count('C27', 0);
SELECT throws_ok($$ SELECT backorder.change_quantity(pg_temp.id('C27'), 1, 2) $$, 'OB001', NULL, '1-C27 the shelf went to 0: the line cannot be raised');
SELECT is(pg_temp.stands('C27'), '0+1', '1-C27 ours: it stays, and waits');

SELECT pg_temp.item('C29', '{5}', '{"policy": "deny"}');
SELECT pg_temp.buy('C29', 'C29', 4), pg_temp.count('C29', 2);
SELECT is(pg_temp.stands('C29') || '; ' || pg_temp.book('C29'), '2+2; 2, 2, 2', '1-C29 ours: counted 2 with 4 promised: two of them wait');
SELECT backorder.cancel_order(pg_temp.id('C29'));
SELECT is(pg_temp.book('C29'), '2, 0, 0', '1-C29 canceled: the two are free');

SELECT pg_temp.item('C31', '{10}');
SELECT is(pg_temp.buy('C31a', 'C31', 6) || ', ' || pg_temp.buy('C31b', 'C31', 6) || ', ' || pg_temp.buy('C31c', 'C31', 20), '6+0, 4+2, 0+20',
	'1-C31 10 for 6, 6 and 20: 0, 2 and 20 are backordered');

-- ===== D. Holds =====

SELECT pg_temp.item('D1', '{10}', '{"policy": "deny"}');
SELECT is(pg_temp.buy('D1', 'D1', 3, '{"hold": "PT10M"}') || '; ' || pg_temp.available('D1'), '3+0; 7', '1-D1 a held order holds its 3');
SELECT pg_temp.buy('D1', 'D1', 3, '{"hold": "PT10M"}');
SELECT is(pg_temp.available('D1'), 7::bigint, '1-D3 asked twice, it holds them once');

SELECT pg_temp.item('D5', '{5}', '{"policy": "deny"}');
SELECT pg_temp.buy('D5 other', 'D5', 4, '{"hold": "PT10M"}');
SELECT pg_temp.refuses('D5', 'D5', 3, 'OB001', '1-D5 another holds 4 of 5: not 3');

SELECT pg_temp.item('D7', '{}', '{"tracked": false}');
SELECT pg_temp.buy('D7', 'D7', 3, '{"hold": "PT10M"}');
SELECT is(pg_temp.stands('D7') || '; ' || coalesce(pg_temp.book('D7'), 'no book'), '3+0; no book', '1-D7 a service is had, and nothing is held for it');

SELECT pg_temp.item('D9', '{10}', '{"policy": "deny"}');
SELECT pg_temp.buy('D9', 'D9', 4, '{"hold": "PT10M"}');
SET LOCAL backorder.clock = '2026-03-02 09:09+00';
SELECT is_empty($$ SELECT * FROM backorder.expire_holds() WHERE reference = 'D9' $$, '1-D23 a hold of 10 minutes is alive after 9');
SET LOCAL backorder.clock = '2026-03-02 09:11+00';
SELECT is(pg_temp.available('D9'), 6::bigint, '1-D9 ours: what has expired is free when it is swept');
SELECT results_eq($$ SELECT reference FROM backorder.expire_holds() ORDER BY 1 $$, $$ VALUES ('B29 held'), ('D1'), ('D5 other'), ('D7'), ('D9') $$,
	'1-D19 the sweep takes what has expired, and nothing else');
SELECT is(pg_temp.available('D9'), 10::bigint, '1-D9 then all 10 are there');
SET LOCAL backorder.clock = '2026-03-02 09:00+00';

SELECT pg_temp.item('D13', '{3,2}', '{"policy": "deny"}');
SELECT is(pg_temp.buy('D13', 'D13', 5, '{"hold": "PT10M"}') || '; ' || pg_temp.sources('D13'), '5+0; 1: 3, 2: 2', '1-D13 a hold reaches over locations');

SELECT pg_temp.item('D15', '{3,3}', '{"policy": "deny"}');
SELECT pg_temp.buy('D15 earlier', 'D15', 3);
SELECT pg_temp.refuses('D15', 'D15', 4, 'OB001', '1-D15 3 of 6 are promised: 4 cannot be held', '{"hold": "PT10M"}');

SELECT pg_temp.item('D17', '{10}');
SELECT pg_temp.buy('D17', 'D17', 4, '{"hold": "PT10M"}');
SELECT throws_ok($$ SELECT pg_temp.buy('D17', 'D17', 5, '{"hold": "PT10M"}') $$, 'OB004', NULL, '1-D17 ours: a reference is one request; another content is refused');
SELECT backorder.change_quantity(pg_temp.id('D17'), 1, 5);
SELECT is(pg_temp.available('D17'), 5::bigint, '1-D17 ours: a hold is changed with change_quantity()');

-- ===== E. Promise, ship, ledger =====

SELECT pg_temp.item('E1', '{10}');
SELECT pg_temp.buy('E1', 'E1', 3);
SELECT is(pg_temp.book('E1') || '; ' || pg_temp.available('E1'), '10, 3, 0; 7', '1-E1 a promise leaves on hand alone');

SELECT pg_temp.item('E3', '{10}');
SELECT pg_temp.buy('E3', 'E3', 2);
SELECT backorder.cancel_order(pg_temp.id('E3'));
SELECT backorder.cancel_order(pg_temp.id('E3'));
SELECT is(pg_temp.book('E3'), '10, 0, 0', '1-E3 canceled twice: what is promised never goes below 0');

SELECT pg_temp.item('E5', '{10}');
SELECT pg_temp.buy('E5', 'E5', 3), pg_temp.arrive('E5', -2);
SELECT is(pg_temp.book('E5') || '; ' || pg_temp.available('E5'), '8, 3, 0; 5', '1-E5 two leave by another way: the promises stand');

SELECT pg_temp.item('E7', '{10}');
SELECT pg_temp.count('E7', 10), pg_temp.arrive('E7', 0);
SELECT is(pg_temp.ledger('E7'), '10', '1-E7 what changes nothing is not in the ledger');
SELECT throws_ok($$ INSERT INTO backorder.stock_movement VALUES (1, 1, 'E7', 1, 'lost', 1, 'test', 'test', '2026-03-02') $$, '23514', NULL, '1-E7 an unknown kind is refused');

SELECT pg_temp.item('E9', '{10}');
SELECT pg_temp.arrive('E9', -11);
SELECT is(pg_temp.book('E9') || '; ' || pg_temp.available('E9'), '-1, 0, 0; 0', '1-E9 ours: a shelf may go below 0 (sold elsewhere), then it gives nothing');

SELECT pg_temp.item('E11', '{3}');
SELECT pg_temp.buy('E11', 'E11', 3);
SELECT backorder.release_group(pg_temp.id('E11'), 1);
SELECT pg_temp.count('E11', 0);
SELECT throws_ok($$ SELECT backorder.ship_group(pg_temp.id('E11'), 1) $$, 'OB005', NULL, '1-E11 what the shelf does not cover is not shipped');
SELECT is(pg_temp.stands('E11') || '; ' || pg_temp.parcels('E11'), '3+0; released 3', '1-E11 and nothing changes');
SELECT backorder.unrelease_group(pg_temp.id('E11'), 1);
SELECT is(pg_temp.stands('E11'), '0+3', '1-E11 taken off the pick list it waits');

SELECT pg_temp.item('E17', '{5}');
SELECT pg_temp.buy('E17', 'E17', 3);
SELECT backorder.change_quantity(pg_temp.id('E17'), 1, 2);
SELECT is(pg_temp.book('E17'), '5, 2, 0', '1-E17 3 promised, 1 canceled');
SELECT pg_temp.ship('E17');
SELECT is(pg_temp.book('E17') || '; ' || pg_temp.ledger('E17'), '3, 0, 0; 5, -2', '1-E17 2 shipped; ours: the ledger is of goods, +5 and -2');

SELECT pg_temp.item('E19', '{3}', '{"backorder_limit": 5}');
SELECT is(pg_temp.buy('E19', 'E19', 8) || '; ' || pg_temp.parcels('E19'), '3+5; ready 3, waiting 5', '1-E19 8 of 3: only 3 can be shipped');
SELECT throws_ok($$ SELECT backorder.ship_group(pg_temp.id('E19'), 2) $$, 'OB005', NULL, '1-E19 the rest cannot');
SELECT pg_temp.ship('E19');
SELECT is(pg_temp.book('E19'), '0, 0, 5', '1-E19 3 shipped');
SELECT pg_temp.count('E19', 10), pg_temp.ship('E19');
SELECT is(pg_temp.book('E19'), '5, 0, 0', '1-E19 10 come, 5 of them are shipped');

SELECT pg_temp.item('E21', '{3}');
SELECT is(pg_temp.buy_all('E21', '{E21,E21}', '{1,1}') || '; ' || pg_temp.book('E21'), '1+0, 1+0; 3, 2, 0', '1-E21 two lines of one SKU');
SELECT pg_temp.ship('E21');
SELECT is(pg_temp.book('E21'), '1, 0, 0', '1-E21 both shipped');

SELECT pg_temp.item('E23', '{100}');
SELECT pg_temp.buy('E23', 'E23', 50), pg_temp.buy('E23 b', 'E23', 30), pg_temp.ship('E23');
SELECT is(pg_temp.book('E23'), '50, 30, 0', '1-E23 100 there, 80 promised, 50 shipped');

SELECT pg_temp.item('E25', '{20}');
SELECT pg_temp.buy('E25', 'E25', 50, '{"ship_policy": "complete_order"}'), pg_temp.buy('E25 b', 'E25', 30);
SELECT throws_ok($$ SELECT backorder.ship_group(pg_temp.id('E25'), 1) $$, 'OB005', NULL, '1-E25 50 of 20 are not shipped');
SELECT is(pg_temp.book('E25'), '20, 20, 60', '1-E25 and nothing changes');

SELECT pg_temp.item('E27', '{100}', '{"policy": "deny"}');
SELECT pg_temp.buy('E27', 'E27', 80);
SELECT backorder.change_quantity(pg_temp.id('E27'), 1, 99);
SELECT is(pg_temp.stands('E27'), '99+0', '1-E27 80 raised by 19 of 100');
SELECT backorder.change_quantity(pg_temp.id('E27'), 1, 100);
SELECT throws_ok($$ SELECT backorder.change_quantity(pg_temp.id('E27'), 1, 101) $$, 'OB001', NULL, '1-E27 not beyond 100');
SELECT is(pg_temp.stands('E27'), '100+0', '1-E27 by 20 in all');

SELECT pg_temp.item('E29 A', '{-99}', '{"policy": "deny"}'), pg_temp.item('E29 B', '{0}', '{"policy": "deny"}');
SELECT is(pg_temp.short_lines('{E29 A,E29 B}', '{3,2}'), '1: 0, 2: 0', '1-E29 -99 and 0 there: each line is named');

SELECT pg_temp.item('E31', '{85}');
SELECT pg_temp.buy('E31', 'E31', 50);
SELECT backorder.change_quantity(pg_temp.id('E31'), 1, 35);
SELECT is(pg_temp.available('E31'), 50::bigint, '1-E31 8.5 less 5 and 1.5 back (in tenths): 5');
SELECT backorder.cancel_order(pg_temp.id('E31'));
SELECT is(pg_temp.available('E31'), 85::bigint, '1-E31 and 3.5 back: 8.5');

SELECT pg_temp.item('E35', '{10}');
SELECT pg_temp.buy('E35', 'E35', 3);
SELECT backorder.change_quantity(pg_temp.id('E35'), 1, 7);
SELECT is(pg_temp.book('E35'), '10, 7, 0', '1-E35 3 raised to 7: 7 are reserved');
SELECT backorder.change_quantity(pg_temp.id('E35'), 1, 2);
SELECT is(pg_temp.book('E35'), '10, 2, 0', '1-E35 lowered to 2: 2 are');

SELECT pg_temp.item('E37', '{4,4}');
SELECT pg_temp.buy('E37', 'E37', 2);
SELECT is(pg_temp.available('E37'), 6::bigint, '1-E37 4 and 4 there, 2 reserved: 6');

-- ===== F. Line edits =====

SELECT pg_temp.item('F1', '{1}');
SELECT pg_temp.buy('F1', 'F1', 1);
SELECT backorder.change_quantity(pg_temp.id('F1'), 1, 3);
SELECT is(pg_temp.stands('F1') || '; ' || pg_temp.free('F1'), '1+2; -2', '1-F1 a line raised from 1 to 3');

SELECT pg_temp.item('F3', '{5}');
SELECT pg_temp.buy('F3', 'F3', 3);
SELECT backorder.change_quantity(pg_temp.id('F3'), 1, 2);
SELECT is(pg_temp.stands('F3') || '; ' || pg_temp.free('F3'), '2+0; 3', '1-F3 lowered from 3 to 2: one is free; ours: no goods moved, so none in the ledger');

SELECT pg_temp.item('F5', '{1}');
SELECT pg_temp.buy('F5', 'F5', 2), pg_temp.ship('F5');
SELECT backorder.change_quantity(pg_temp.id('F5'), 1, 1);
SELECT is(pg_temp.parcels('F5'), 'shipped 1, canceled 0', '1-F5 one shipped, one not, lowered to 1: the shipped one stays');
SELECT throws_ok($$ SELECT backorder.change_quantity(pg_temp.id('F5'), 1, 0) $$, 'OB005', NULL, '1-F5 ours: what is shipped is not changed, but returned');

SELECT pg_temp.item('F7', '{5}');
SELECT count(*) FROM backorder.preview_order(ARRAY['F7'], ARRAY[9::bigint]);
SELECT is(pg_temp.book('F7'), '5, 0, 0', '1-F7 what is only asked moves nothing');

SELECT pg_temp.item('F13', '{4}');
SELECT pg_temp.buy('F13', 'F13', 10);
SELECT backorder.change_quantity(pg_temp.id('F13'), 1, 3);
SELECT is(pg_temp.stands('F13'), '3+0', '1-F13 7 taken from 4+6: what waits goes first');

SELECT pg_temp.item('F15', '{4}');
SELECT pg_temp.buy('F15', 'F15', 10);
SELECT backorder.change_quantity(pg_temp.id('F15'), 1, 6);
SELECT is(pg_temp.stands('F15'), '4+2', '1-F15 4 taken from 4+6: only what waits');

SELECT throws_like($$ SELECT backorder.change_quantity(pg_temp.id('F15'), 1, -1) $$, '%', '1-F23 a negative quantity is refused');
SELECT backorder.cancel_order(pg_temp.id('F15'));
SELECT throws_ok($$ SELECT backorder.ship_group(pg_temp.id('F15'), 1) $$, 'OB005', NULL, '1-F23 an order with nothing left ships nothing');

SELECT pg_temp.item('F25 2', '{2}', '{"policy": "deny"}'), pg_temp.item('F25 1', '{1}', '{"policy": "deny"}'), pg_temp.item('F25 0', '{0}', '{"policy": "deny"}');
SELECT is(pg_temp.buy_all('F25', '{F25 2,F25 2}', '{1,1}'), '1+0, 1+0', '1-F25 1 and 1 of 2');
SELECT pg_temp.refuses_all('F25 b', '{F25 1,F25 1}', '{1,1}', 'OB001', '1-F25 1 and 1 of 1 are refused');
SELECT pg_temp.refuses_all('F25 c', '{F25 0,F25 0}', '{1,1}', 'OB001', '1-F25 1 and 1 of 0 too');

SELECT pg_temp.item('F27', '{10,0}'), pg_temp.item('F27 b', '{10,0}'), pg_temp.item('F27 c', '{1,0}');
SELECT backorder.transfer_stock('F27', 1, 2, 5);
SELECT is((SELECT string_agg(on_hand::text, ', ' ORDER BY location_id) FROM backorder.stock WHERE merchant_id = 1 AND sku = 'F27'), '5, 5', '1-F27 5 of 10 moved');
SELECT is(pg_temp.ledger('F27'), '10, -5, 5', '1-F27 with two rows in the ledger');
SELECT pg_temp.buy('F27 b', 'F27 b', 3);
SELECT backorder.transfer_stock('F27 b', 1, 2, 5);
SELECT is(pg_temp.sources('F27 b'), '1: 3', '1-F27 a promise at the source stays there');
SELECT throws_ok($$ SELECT backorder.transfer_stock('F27 c', 1, 2, 5) $$, 'OB005', NULL, '1-F27 5 of 1 are not moved');
SELECT throws_like($$ SELECT backorder.transfer_stock('F27 c', 1, 2, 0) $$, '%', '1-F27 nor is nothing');
SELECT is(pg_temp.book('F27 c'), '1, 0, 0', '1-F27 and the one stays');

-- ===== G. Cancel, return =====

SELECT pg_temp.item('G1', '{2}');
SELECT pg_temp.buy('G1', 'G1', 5);
SELECT backorder.cancel_order(pg_temp.id('G1'));
SELECT is(pg_temp.book('G1'), '2, 0, 0', '1-G1 canceled: what was covered and what waited are withdrawn alike, on hand is as it was');

SELECT pg_temp.item('G5', '{5}');
SELECT pg_temp.buy('G5', 'G5', 3);
SELECT is(pg_temp.book('G5'), '5, 3, 0', '1-G5 3 of 5 promised');
SELECT pg_temp.ship('G5');
SELECT is(pg_temp.book('G5'), '2, 0, 0', '1-G5 and gone');

SELECT pg_temp.item('G7', '{5}'), pg_temp.item('G7 s', '{}', '{"tracked": false}');
SELECT pg_temp.buy_all('G7', '{G7,G7 s}', '{3,1}'), pg_temp.ship('G7');
SELECT backorder.return_items(pg_temp.id('G7'), 1, 1, 1);
SELECT is(pg_temp.book('G7'), '3, 0, 0', '1-G7 one comes back: one more on the shelf');
SELECT backorder.return_items(pg_temp.id('G7'), 1, 1, 2);
SELECT is((SELECT string_agg(location_id || ': ' || on_hand, ', ' ORDER BY location_id) FROM backorder.stock WHERE merchant_id = 1 AND sku = 'G7'),
	'1: 3, 2: 1', '1-G7 to another location: there; 1-G9 where it had no shelf it has one now');
SELECT backorder.return_items(pg_temp.id('G7'), 2, 1, 1);
SELECT ok(pg_temp.book('G7 s') IS NULL, '1-G7 a service comes back to no shelf');
SELECT backorder.return_items(pg_temp.id('G7'), 1, 1, 1);
SELECT throws_ok($$ SELECT backorder.return_items(pg_temp.id('G7'), 1, 1, 1) $$, 'OB005', NULL, '1-G11 a unit is returned once');

SELECT pg_temp.item('G17', '{100}');
SELECT pg_temp.buy('G17', 'G17', 3), pg_temp.ship('G17');
SELECT throws_ok($$ SELECT backorder.return_items(pg_temp.id('G17'), 1, 5, 1) $$, 'OB005', NULL, '1-G17 ours: 5 cannot come back when 3 were shipped');
SELECT is(pg_temp.available('G17'), 97::bigint, '1-G17 ours: 97 are there');

SELECT pg_temp.item('G19', '{100}');
SELECT pg_temp.buy('G19', 'G19', 10);
SELECT backorder.change_quantity(pg_temp.id('G19'), 1, 7);
SELECT is(pg_temp.available('G19'), 93::bigint, '1-G19 10 of 100, 3 of them canceled: 93');

-- ===== H. Preorder =====

SELECT pg_temp.item('H1', '{}', '{"policy": "preorder", "available_from": "2026-04-01", "backorder_limit": 100}');
SELECT is(pg_temp.buy('H1', 'H1', 50), '0+50', '1-H1 50 under a threshold of 100');
SELECT pg_temp.refuses('H1 no', 'H1', 51, 'OB003', '1-H1 what is left of it and one more is refused');

SELECT pg_temp.item('H3', '{}', '{"policy": "preorder", "available_from": "2026-04-01", "backorder_limit": 7}');
SELECT pg_temp.buy('H3', 'H3', 3);
SELECT pg_temp.refuses('H3 no', 'H3', 5, 'OB003', '1-H3 threshold 7, 3 taken: not 5');

SELECT pg_temp.item('H5', '{}', '{"policy": "preorder", "available_from": "2026-04-01"}');
SELECT pg_temp.buy('H5', 'H5', 3);
UPDATE backorder.item SET policy = 'allow', available_from = NULL WHERE merchant_id = 1 AND sku = 'H5';
SELECT pg_temp.arrive('H5', 10);
SELECT is(pg_temp.book('H5'), '10, 3, 0', '1-H5 the preorder ends, goods come: what was ordered ahead is covered');

-- ===== I. Idempotency, and what of concurrency shows in one session =====

SELECT pg_temp.item('I1', '{10}');
SELECT pg_temp.arrive('I1', 5), pg_temp.arrive('I1', 5);
SELECT is(pg_temp.book('I1'), '20, 0, 0', '1-I1 10 and twice 5');

SELECT pg_temp.item('I3', '{10}');
SELECT pg_temp.buy('I3', 'I3', 3);
SELECT backorder.ship_group(pg_temp.id('I3'), 1);
SELECT backorder.ship_group(pg_temp.id('I3'), 1);
SELECT is(pg_temp.book('I3') || '; ' || pg_temp.told('I3', 'shipped'), '7, 0, 0; 1', '1-I3 shipped twice, it leaves once');

SELECT pg_temp.item('I5', '{10}');
SAVEPOINT i5;
SELECT pg_temp.buy('I5', 'I5', 4);
ROLLBACK TO i5;
SELECT is(pg_temp.book('I5') || '; ' || coalesce(pg_temp.id('I5')::text, 'no order'), '10, 0, 0; no order', '1-I5 the order is not saved after all: the promise is gone too');

SELECT pg_temp.item('I11');
SELECT pg_temp.buy('I11 ' || to_char(n, '000'), 'I11', 1) FROM generate_series(1, 100) AS n;
SELECT pg_temp.arrive('I11', 10) FROM generate_series(1, 5);
SELECT is((SELECT count(*) || ': ' || min(reference) || ' to ' || max(reference) FROM backorder.order_line WHERE merchant_id = 1 AND sku = 'I11' AND allocated = 1),
	'50: I11  001 to I11  050', '1-I11 100 wait, 5 times 10 come: exactly the first 50 are covered');
SELECT is(pg_temp.book('I11'), '50, 50, 50', '1-I11 50 there, 50 covered');

-- ===== J. Notices =====

SELECT pg_temp.item('J1', '{10}');
SELECT pg_temp.buy('J1', 'J1', 10);
SELECT is_empty($$ SELECT FROM backorder.notification WHERE merchant_id = 1 AND type = 'sku_negative' AND payload ->> 'sku' = 'J1' $$,
	'1-J1 ours: sold to the last unit is no event');
SELECT pg_temp.buy('J1 b', 'J1', 1), pg_temp.buy('J1 c', 'J1', 1);
SELECT is((SELECT count(*) FROM backorder.notification WHERE merchant_id = 1 AND type = 'sku_negative' AND payload ->> 'sku' = 'J1'), 1::bigint,
	'1-J1 ours: the first unit beyond is, once');

SELECT pg_temp.item('J3', '{5,5}');
SELECT pg_temp.buy('J3', 'J3', 7);
SELECT is_empty($$ SELECT FROM backorder.notification WHERE merchant_id = 1 AND payload ->> 'sku' = 'J3' $$, '1-J3 one location is empty, the other is not: no event');

SELECT pg_temp.item('J11', '{7}', '{"policy": "deny"}'), pg_temp.item('J11 b', '{0}', '{"policy": "deny"}');
SELECT is(pg_temp.short_lines('{J11,J11 b}', '{8,1}'), '1: 7, 2: 0', '1-J11 8 of 7: each short line is named');
SELECT is(pg_temp.buy('J11', 'J11', 7), '7+0', '1-J11 7 of 7');

SELECT pg_temp.item('J13', '{5}');
SELECT pg_temp.buy('J13', 'J13', 10);
SELECT is((SELECT payload -> 'waiting' -> 0 ->> 'quantity' FROM backorder.notification WHERE merchant_id = 1 AND order_id = pg_temp.id('J13') AND type = 'placed'), '5',
	'1-J13 10 of 5: the notice says that 5 wait');
SELECT is((SELECT payload ->> 'backordered' FROM backorder.notification WHERE merchant_id = 1 AND type = 'sku_negative' AND payload ->> 'sku' = 'J13'), '5',
	'1-J13 to the merchant too');

SELECT pg_temp.item('J15');
SELECT pg_temp.buy('J15 ' || n, 'J15', 1) FROM generate_series(1, 10) AS n;
SELECT pg_temp.arrive('J15', 5);
SELECT is((SELECT count(*) FROM backorder.notification n WHERE n.merchant_id = 1 AND n.type = 'backorder_filled'
	AND n.order_id IN (SELECT order_id FROM backorder.order_line WHERE merchant_id = 1 AND sku = 'J15')), 5::bigint, '1-J15 10 wait, 5 come: 5 are told');
SELECT is(pg_temp.available('J15') || '; ' || pg_temp.free('J15'), '0; -5', '1-J15 and nothing is for sale');

SELECT pg_temp.all_is_well();
SELECT * FROM finish();
ROLLBACK;
