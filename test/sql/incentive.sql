-- Incentives: what a customer is offered for waiting, within a budget, and how grants end.
\set ECHO none
\i test/sql/setup.psql

INSERT INTO backorder.item (merchant_id, sku, policy, tracked, unit_price, tags)
SELECT m, i.* FROM (VALUES (1), (2)) AS m (m), (VALUES
	('TEA', 'allow', true, 10.00, '{drink,slow}'::text[]), ('MUG', 'allow', true, 4.00, NULL),
	('SPOON', 'deny', true, 1.50, NULL), ('WRAP', 'deny', false, 2.00, NULL)) AS i;
INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand)
SELECT m, s.* FROM (VALUES (1), (2)) AS m (m), (VALUES ('TEA', 1, 5), ('MUG', 1, 100), ('SPOON', 1, 2)) AS s;
INSERT INTO backorder.supply (merchant_id, sku, location_id, quantity, expected_at)
SELECT m, 'TEA', 1, 1000, '2026-03-12 09:00+00' FROM (VALUES (1), (2)) AS m (m);

-- The grants of orders, by reference.
CREATE VIEW granted AS
SELECT g.merchant_id, o.reference, g.name, g.kind, g.step, g.value, g.line_no, g.status, g.cause
FROM backorder.order_incentive g JOIN backorder.sales_order o USING (merchant_id, order_id)
ORDER BY g.merchant_id, o.order_id, g.name, g.step;

-- An order that waits gets the best incentive by rank, and other orders get none. The other
-- merchant has none.
INSERT INTO backorder.incentive (incentive_id, name, kind, amount, rank) VALUES (1, 'Ten percent', 'percent_off', 10, 2);
INSERT INTO backorder.incentive (incentive_id, name, kind, value, rank) VALUES (2, 'Free shipping', 'free_shipping', 4.90, 3);
SELECT line_no, sku, status, detail -> 'incentives' AS incentives FROM backorder.preview_order('{MUG,TEA}'::text[], '{1,7}');
SELECT line_no, sku, status, unit_price, detail -> 'incentives' AS incentives FROM backorder.place_order('there', '{MUG,TEA}', '{1,4}') ORDER BY line_no, part_no;
SELECT line_no, sku, status, unit_price, detail -> 'incentives' AS incentives FROM backorder.place_order('waits', '{MUG,TEA}', '{1,7}') ORDER BY line_no, part_no;
SELECT sku, status, detail -> 'incentives' AS incentives FROM backorder.place_order('waits', '{MUG,TEA}', '{1,7}', merchant_id => 2) ORDER BY line_no, part_no;
TABLE granted;
SELECT type, payload -> 'incentives' AS incentives FROM event WHERE merchant_id = 1 AND reference = 'waits';
-- The same call again returns the same order with its grants.
SELECT count(*) AS parts, min(detail -> 'incentives' -> 0 ->> 'name') AS incentive FROM backorder.place_order('waits', '{MUG,TEA}', '{1,7}');

-- Conditions: a tag or SKU of the waiting units, the length of the wait, the value of the order and
-- of the waiting units, the customer group, and the period.
UPDATE backorder.incentive SET active = false;
INSERT INTO backorder.incentive (incentive_id, name, kind, value, rank, tag) VALUES (10, 'for a tag', 'free_shipping', 1, 1, 'slow');
INSERT INTO backorder.incentive (incentive_id, name, kind, value, rank, skus) VALUES (11, 'for a SKU', 'free_shipping', 1, 2, '{MUG,NONE}');
INSERT INTO backorder.incentive (incentive_id, name, kind, value, rank, min_wait) VALUES (12, 'for a long wait', 'free_shipping', 1, 3, '10 days');
INSERT INTO backorder.incentive (incentive_id, name, kind, value, rank, min_order_value) VALUES (13, 'for a large order', 'free_shipping', 1, 4, 100);
INSERT INTO backorder.incentive (incentive_id, name, kind, value, rank, min_backordered_value) VALUES (14, 'for much that waits', 'free_shipping', 1, 5, 50);
INSERT INTO backorder.incentive (incentive_id, name, kind, value, rank, customer_group) VALUES (15, 'for a group', 'free_shipping', 1, 6, 'club');
INSERT INTO backorder.incentive (incentive_id, name, kind, value, rank, valid) VALUES (16, 'for March', 'free_shipping', 1, 7, '[2026-03-01,2026-04-01)');
CREATE FUNCTION offer(skus text[], quantities bigint[], options jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(max(i ->> 'name'), 'nothing') FROM backorder.preview_order(skus, quantities, options) LEFT JOIN jsonb_array_elements(detail -> 'incentives') i ON true
$$;
SELECT offer('{TEA}', '{1}') AS tag, offer('{MUG}', '{200}') AS sku;
UPDATE backorder.incentive SET active = false WHERE incentive_id IN (10, 11);
-- Tea arrives in ten days. The date of mugs is unknown, which is longer than any wait.
SELECT offer('{TEA}', '{1}') AS ten_days, offer('{MUG}', '{200}') AS unknown;
UPDATE backorder.incentive SET active = false WHERE incentive_id = 12;
SELECT offer('{TEA}', '{10}') AS enough, offer('{TEA,MUG}', '{5,13}') AS with_more, offer('{TEA}', '{5}') AS waiting, offer('{TEA}', '{4}') AS less;
SELECT offer('{TEA}', '{4}', '{"customer_group": "club"}') AS member, offer('{TEA}', '{4}', '{"customer_group": "guild"}') AS other, offer('{TEA}', '{5}', '{"unit_prices": [0.1]}') AS cheap;
SET backorder.clock = '2026-04-01 09:00+00';
SELECT offer('{TEA}', '{4}') AS in_april;
SET backorder.clock = '2026-03-02 09:00+00';

-- Constraints refuse malformed incentives.
CREATE PROCEDURE refused_row(columns text, row_values text) LANGUAGE plpgsql AS $$
DECLARE
	violated text;
BEGIN
	EXECUTE format('INSERT INTO backorder.incentive (%s) VALUES (%s)', columns, row_values);
	RAISE INFO 'not refused';
EXCEPTION WHEN check_violation THEN
	GET STACKED DIAGNOSTICS violated = CONSTRAINT_NAME;
	RAISE INFO '%', violated;
END
$$;
CALL refused_row('kind', $$'cash'$$);
CALL refused_row('kind', $$'percent_off'$$);
CALL refused_row('kind, amount', $$'percent_off', 101$$);
CALL refused_row('kind, amount', $$'amount_off', 'NaN'$$);
CALL refused_row('kind, amount, value', $$'amount_off', 1, 1$$);
CALL refused_row('kind', $$'gift'$$);
CALL refused_row('kind, gift_sku, gift_quantity, slip_days, max_steps', $$'gift', 'SPOON', 1, 7, 1$$);
CALL refused_row('kind, slip_days', $$'free_shipping', 7$$);
CALL refused_row('kind, skus', $$'free_shipping', ARRAY['TEA', NULL]$$);
CALL refused_row('kind, max_grants', $$'free_shipping', -1$$);
CALL refused($$ SELECT * FROM backorder.place_order('bad', '{TEA}', '{1}', '{"customer_group": 7}') $$);

-- A budget: so many grants, and so much value. An order that it does not cover gets the next best
-- incentive.
DELETE FROM backorder.incentive;
INSERT INTO backorder.incentive (incentive_id, name, kind, amount, rank, max_grants) VALUES (20, 'Three get a fifth', 'percent_off', 20, 1, 3);
INSERT INTO backorder.incentive (incentive_id, name, kind, amount, rank, max_value) VALUES (21, 'Five less', 'amount_off', 5, 2, 12);
INSERT INTO backorder.incentive (incentive_id, name, kind, rank) VALUES (22, 'Free shipping', 'free_shipping', 3);
SELECT slot_no, grants_left, value_left FROM backorder.incentive_budget WHERE incentive_id = 20 ORDER BY slot_no;
SELECT n, (SELECT max(detail -> 'incentives' -> 0 ->> 'name') FROM backorder.place_order('budget-' || n, '{TEA}', '{1}')) AS incentive FROM generate_series(1, 6) n;
SELECT name, orders, grants, withdrawn, value, grants_left, value_left FROM backorder.incentive_cost WHERE merchant_id = 1 AND incentive_id BETWEEN 20 AND 29 ORDER BY incentive_id;
-- A cancellation returns its grant to the budget, and the next order gets it.
SELECT status, detail -> 'incentives' -> 0 ->> 'status' AS incentive FROM backorder.cancel_order(id('budget-2'));
SELECT type, payload -> 'incentives' -> 0 ->> 'status' AS incentive FROM event WHERE merchant_id = 1 AND reference = 'budget-2' ORDER BY notification_id;
SELECT detail -> 'incentives' -> 0 ->> 'name' AS incentive FROM backorder.place_order('budget-7', '{TEA}', '{1}');
-- The merchant lowers the budget below what is used: no grant is withdrawn, and nothing is left
-- until enough grants are withdrawn. Then the merchant raises it.
UPDATE backorder.incentive SET max_grants = 1 WHERE incentive_id = 20;
SELECT status FROM backorder.cancel_order(id('budget-1'));
SELECT grants, withdrawn, grants_left FROM backorder.incentive_cost WHERE merchant_id = 1 AND incentive_id = 20;
SELECT * FROM backorder.verify();
UPDATE backorder.incentive SET max_grants = 100 WHERE incentive_id = 20;
SELECT count(*) AS shares, sum(grants_left) AS grants_left, min(grants_left) AS least FROM backorder.incentive_budget WHERE incentive_id = 20;
UPDATE backorder.incentive SET max_grants = NULL WHERE incentive_id = 20;
SELECT detail -> 'incentives' -> 0 ->> 'name' AS incentive FROM backorder.place_order('budget-8', '{TEA}', '{1}');
SELECT grants, grants_left FROM backorder.incentive_cost WHERE merchant_id = 1 AND incentive_id = 20;
SELECT * FROM backorder.verify();
DELETE FROM backorder.incentive WHERE incentive_id = 20;
SELECT status FROM backorder.cancel_order(id('budget-8'));
SELECT active, grants, withdrawn FROM backorder.incentive_cost WHERE merchant_id = 1 AND incentive_id = 20;
-- Money off is never more than the value of the order.
SELECT detail -> 'incentives' -> 0 ->> 'name' AS incentive, detail -> 'incentives' -> 0 ->> 'value' AS value FROM backorder.place_order('cheap', '{TEA}', '{1}', '{"unit_prices": [0.75]}');
SELECT detail -> 'incentives' -> 0 ->> 'name' AS incentive FROM backorder.place_order('free', '{TEA}', '{1}', '{"unit_prices": [0]}');

-- Incentives that combine are granted together, others alone.
DELETE FROM backorder.incentive;
INSERT INTO backorder.incentive (incentive_id, name, kind, amount, rank, combines)
VALUES (30, 'half', 'percent_off', 50, 1, true), (31, 'alone', 'percent_off', 10, 2, false), (32, 'seven', 'amount_off', 7, 3, true), (33, 'one more', 'amount_off', 1, 4, true);
SELECT detail -> 'incentives' AS incentives FROM backorder.place_order('both', '{TEA}', '{1}');
UPDATE backorder.incentive SET rank = 0 WHERE incentive_id = 31;
SELECT detail -> 'incentives' AS incentives FROM backorder.place_order('alone', '{TEA}', '{1}');

-- A gift is a line at price 0. It ships with the first group of the order that ships, and never
-- waits.
DELETE FROM backorder.incentive;
INSERT INTO backorder.incentive (incentive_id, name, kind, gift_sku, gift_quantity, rank) VALUES (40, 'A spoon', 'gift', 'SPOON', 1, 1);
INSERT INTO backorder.incentive (incentive_id, name, kind, value, rank) VALUES (41, 'Free shipping', 'free_shipping', 4.90, 2);
SELECT offer('{TEA}', '{1}') AS preview;
SELECT line_no, sku, quantity, status, group_no, group_status, unit_price, promised_at FROM backorder.place_order('gift-1', '{TEA}', '{1}') ORDER BY line_no;
SELECT line_no, sku, quantity, status, group_no, group_status, unit_price FROM backorder.place_order('gift-2', '{TEA,MUG}', '{1,1}') ORDER BY line_no;
SELECT line_no, sku, detail -> 'incentives' -> 0 ->> 'name' AS incentive FROM backorder.place_order('gift-3', '{TEA,MUG}', '{1,1}') ORDER BY line_no;
SELECT reference, name, kind, value, line_no FROM granted WHERE reference LIKE 'gift-%';
CALL refused($$ SELECT * FROM backorder.change_quantity(id('gift-1'), 2, 2) $$);
-- When no waiting units are left of the order, the gift goes to the next order.
SELECT line_no, sku, status FROM backorder.cancel_line(id('gift-1'), 1) ORDER BY line_no;
SELECT reference, name, status, cause FROM granted WHERE reference = 'gift-1';
SELECT line_no, sku, status FROM backorder.place_order('gift-4', '{TEA,MUG}', '{2,1}') ORDER BY line_no;
-- The same happens when the quantity of that line becomes 0. Another line that waits keeps the
-- gift.
SELECT line_no, sku, status FROM backorder.change_quantity(id('gift-4'), 1, 1) WHERE line_no = 3;
SELECT line_no, sku, status FROM backorder.change_quantity(id('gift-4'), 1, 0) WHERE line_no = 3;
-- Once something has shipped, the gift stays.
SELECT status, units FROM backorder.ship_group(id('gift-2'), 1);
SELECT line_no, sku, status FROM backorder.cancel_line(id('gift-2'), 1) ORDER BY line_no;
-- A customer who does not want the gift cancels its line. The grant returns to the budget, and the
-- order still waits.
SELECT line_no, sku, status FROM backorder.place_order('gift-5', '{TEA}', '{1}') ORDER BY line_no;
SELECT line_no, sku, status FROM backorder.cancel_line(id('gift-5'), 2) ORDER BY line_no;
SELECT reference, name, status FROM granted WHERE reference IN ('gift-2', 'gift-4', 'gift-5');
-- A complete order ships with its gift when everything is covered. An order line may have the same
-- SKU as the gift.
SELECT line_no, sku, status, group_no FROM backorder.place_order('gift-6', '{TEA,MUG}', '{1,1}', '{"ship_policy": "complete_order"}') ORDER BY line_no;
SELECT line_no, sku, status, detail -> 'incentives' -> 0 ->> 'name' AS incentive FROM backorder.place_order('gift-7', '{TEA,MUG}', '{1,1}', '{"ship_policy": "complete_line"}') ORDER BY line_no;
UPDATE backorder.stock SET on_hand = 2 WHERE merchant_id = 1 AND sku = 'SPOON';
SELECT line_no, sku, status, detail -> 'incentives' -> 0 ->> 'name' AS incentive FROM backorder.place_order('gift-8', '{SPOON,TEA}', '{1,1}') ORDER BY line_no;
-- A service as a gift never runs out.
INSERT INTO backorder.incentive (incentive_id, name, kind, gift_sku, gift_quantity, rank) VALUES (42, 'Wrapped', 'gift', 'WRAP', 1, 0);
SELECT line_no, sku, status, group_no, group_status, unit_price FROM backorder.place_order('gift-9', '{TEA}', '{1}') ORDER BY line_no;
SELECT line_no, sku, status FROM backorder.cancel_line(id('gift-9'), 1) ORDER BY line_no;
-- Tea arrives: the waiting units leave, and the gifts with them.
SELECT * FROM backorder.verify();
UPDATE backorder.stock SET on_hand = 500 WHERE merchant_id = 1 AND sku = 'TEA';
SELECT reference, line_no, sku, quantity, status, group_no, group_status FROM part WHERE merchant_id = 1 AND reference IN ('gift-6', 'gift-8') ORDER BY reference, line_no, part_no;
SELECT * FROM backorder.verify();

-- A held order keeps its grants until it expires.
DELETE FROM backorder.incentive;
INSERT INTO backorder.incentive (incentive_id, name, kind, amount, max_grants) VALUES (50, 'The only one', 'amount_off', 3, 1);
SELECT sku, status, detail -> 'incentives' -> 0 ->> 'name' AS incentive FROM backorder.place_order('held', '{MUG}', '{500}', '{"hold": "PT15M"}') ORDER BY part_no;
SELECT offer('{MUG}', '{1}') AS nothing_left;
SET backorder.clock = '2026-03-02 09:30+00';
SELECT reference FROM backorder.expire_holds();
SELECT reference, name, status FROM granted WHERE reference = 'held';
SELECT sku, status, detail -> 'incentives' -> 0 ->> 'name' AS incentive FROM backorder.place_order('held-2', '{MUG}', '{600}', '{"hold": "PT15M"}') ORDER BY part_no;
SELECT detail ->> 'order_status' AS order_status FROM backorder.confirm_order(id('held-2')) LIMIT 1;
SELECT type, payload -> 'incentives' -> 0 ->> 'name' AS incentive FROM event WHERE merchant_id = 1 AND reference = 'held-2';

-- An incentive that grows with delay: one step for each week that the promise is later than the
-- first one, three steps at most, each once.
INSERT INTO backorder.item (sku, policy, unit_price) VALUES ('POT', 'allow', 20);
INSERT INTO backorder.supply (supply_id, sku, location_id, quantity, expected_at) VALUES (60, 'POT', 1, 100, '2026-03-10 09:00+00');
INSERT INTO backorder.incentive (incentive_id, name, kind, amount, slip_days, max_steps, max_grants) VALUES (60, 'Sorry', 'amount_off', 9, 7, 3, 4);
SELECT sku, promised_at, detail -> 'incentives' AS incentives FROM backorder.place_order('late-1', '{POT}', '{1}');
SELECT sku, promised_at, detail -> 'incentives' AS incentives FROM backorder.place_order('late-2', '{POT}', '{5}');
UPDATE backorder.supply SET expected_at = '2026-03-16 09:00+00' WHERE supply_id = 60;
SELECT count(*) AS grants FROM granted WHERE reference LIKE 'late-%';
UPDATE backorder.supply SET expected_at = '2026-03-17 09:00+00' WHERE supply_id = 60;
SELECT reference, name, step, value, cause FROM granted WHERE reference LIKE 'late-%';
SELECT type, payload -> 'incentives' AS incentives FROM event WHERE reference = 'late-1' ORDER BY notification_id;
UPDATE backorder.supply SET expected_at = '2026-03-12 09:00+00' WHERE supply_id = 60;
UPDATE backorder.supply SET expected_at = '2026-03-18 09:00+00' WHERE supply_id = 60;
SELECT count(*) AS grants FROM granted WHERE reference LIKE 'late-%';
-- Two steps at once. The second order finds the budget used up, and the first order gets only what
-- is left.
UPDATE backorder.supply SET expected_at = '2026-05-30 09:00+00' WHERE supply_id = 60;
SELECT reference, name, step, value, cause FROM granted WHERE reference LIKE 'late-%';
UPDATE backorder.incentive SET max_grants = 10 WHERE incentive_id = 60;
UPDATE backorder.supply SET expected_at = '2026-06-30 09:00+00' WHERE supply_id = 60;
SELECT reference, step, value FROM granted WHERE reference LIKE 'late-%';
SELECT status, detail -> 'incentives' -> 0 ->> 'status' AS first FROM backorder.cancel_line(id('late-2'), 1);
SELECT name, grants, withdrawn, value, grants_left FROM backorder.incentive_cost WHERE merchant_id = 1 AND incentive_id = 60;

-- Deallocated units wait as well. An order that keeps such units keeps its gift, also if a
-- cancellation frees units for them.
DELETE FROM backorder.incentive;
INSERT INTO backorder.item (sku, policy, unit_price) VALUES ('JAR', 'allow', 3), ('PIN', 'deny', 1);
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('JAR', 1, 2), ('PIN', 1, 5);
INSERT INTO backorder.incentive (incentive_id, name, kind, gift_sku, gift_quantity) VALUES (70, 'A pin', 'gift', 'PIN', 2);
SELECT line_no, sku, quantity, status FROM backorder.place_order('taken', '{JAR,JAR}', '{1,3}', '{"ship_policy": "complete_order"}') ORDER BY line_no, part_no;
UPDATE backorder.stock SET on_hand = 1 WHERE sku = 'JAR';
SELECT line_no, sku, quantity, status FROM backorder.change_quantity(id('taken'), 2, 1) ORDER BY line_no, part_no;
SELECT line_no, sku, quantity, status FROM backorder.cancel_line(id('taken'), 1) WHERE status <> 'canceled' ORDER BY line_no, part_no;
SELECT line_no, sku, quantity, status FROM backorder.cancel_line(id('taken'), 2) WHERE status <> 'canceled';
SELECT reference, name, status FROM granted WHERE reference = 'taken';
-- A gift whose stock is removed waits, and nothing waits for it.
SELECT line_no, sku, quantity, status FROM backorder.place_order('shelf', '{JAR,MUG}', '{5,1}') ORDER BY line_no, part_no;
UPDATE backorder.stock SET on_hand = 0 WHERE sku = 'PIN';
UPDATE backorder.stock SET on_hand = 9 WHERE sku = 'JAR';
SELECT line_no, sku, quantity, status, group_no, group_status FROM part WHERE reference = 'shelf' ORDER BY line_no, part_no;
UPDATE backorder.stock SET on_hand = 2 WHERE sku = 'PIN';
SELECT line_no, sku, quantity, status, group_status FROM part WHERE reference = 'shelf' AND sku = 'PIN';
-- A gift on a pick list stays allocated. It ships.
UPDATE backorder.stock SET on_hand = 4 WHERE sku = 'PIN';
SELECT count(*) AS parts FROM backorder.place_order('list', '{MUG,TEA}', '{1,1}');
SELECT group_no, units FROM backorder.release_group(id('list'), 1);
SELECT line_no, sku, quantity, status FROM backorder.cancel_line(id('list'), 1) WHERE status <> 'canceled' ORDER BY line_no, part_no;
SELECT group_no, units FROM backorder.ship_group(id('list'), 1);
SELECT reference, name, status FROM granted WHERE reference = 'list';
SELECT * FROM backorder.verify();

-- A gift of a SKU that the order also has as a line through one slot is granted from the whole
-- inventory record, as the preview says.
DELETE FROM backorder.incentive;
INSERT INTO backorder.item (sku, policy, unit_price, slots) VALUES ('CUP', 'deny', 2, 4);
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('CUP', 1, 20);
INSERT INTO backorder.incentive (incentive_id, name, kind, gift_sku, gift_quantity) VALUES (80, 'Four cups', 'gift', 'CUP', 4);
SELECT offer('{MUG,CUP}', '{1,3}') AS preview;
SELECT line_no, sku, quantity, status FROM backorder.place_order('slots', '{MUG,CUP}', '{1,3}') ORDER BY line_no;
SELECT slot_no, share FROM backorder.availability_slot WHERE sku = 'CUP' ORDER BY slot_no;

-- A gift leaves with what leaves first: today, or on the first date, of a preorder or of waiting
-- units.
DELETE FROM backorder.incentive;
INSERT INTO backorder.item (sku, policy, available_from, unit_price) VALUES ('BOOK', 'preorder', '2026-06-01 09:00+00', 20);
INSERT INTO backorder.item (sku, policy, unit_price) VALUES ('BOWL', 'allow', 6);
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('BOOK', 1, 10), ('BOWL', 1, 10);
INSERT INTO backorder.incentive (incentive_id, name, kind, gift_sku, gift_quantity) VALUES (81, 'A cup', 'gift', 'CUP', 1);
SELECT line_no, sku, status, group_no, promised_at FROM backorder.place_order('today', '{BOOK,BOWL,MUG}', '{1,1,1}') ORDER BY line_no;
SELECT group_no, units FROM backorder.ship_group(id('today'), 2);
SELECT line_no, sku, status, group_no, promised_at FROM backorder.place_order('unknown', '{MUG,BOOK}', '{1,1}', '{"ship_policy": "complete_line"}') ORDER BY line_no;
INSERT INTO backorder.supply (sku, location_id, quantity, expected_at) VALUES ('MUG', 1, 2000, '2026-04-01 09:00+00');
SELECT line_no, sku, status, group_no, promised_at FROM backorder.place_order('april', '{BOOK,MUG}', '{1,1}', '{"ship_policy": "complete_line"}') ORDER BY line_no;
SELECT * FROM backorder.verify();

-- A SKU that is not in the catalogue, or no longer, is no gift, and leaves no trace in the
-- inventory record.
DELETE FROM backorder.incentive;
INSERT INTO backorder.incentive (incentive_id, name, kind, gift_sku, gift_quantity) VALUES (82, 'Nothing', 'gift', 'NOTHING', 1);
SELECT offer('{MUG}', '{1}') AS preview;
SELECT line_no, sku, status FROM backorder.place_order('nothing', '{MUG}', '{1}');
SELECT count(*) AS books FROM backorder.availability WHERE sku = 'NOTHING';

-- The results of orders with and without incentives.
SELECT incentive_id, name, orders, canceled, filled, waiting, waited_days, canceled_percent FROM backorder.incentive_effect WHERE merchant_id = 1 ORDER BY incentive_id;
SELECT incentive_id, orders FROM backorder.incentive_effect WHERE merchant_id = 2;
SELECT count(*) AS of_the_other FROM backorder.order_incentive WHERE merchant_id = 2;

-- verify() finds nothing for either merchant.
SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
