-- Grants are judged again whenever their order changes: never worth more than what is left, only
-- while their conditions hold, and for nobody who does not wait.
\set ECHO none
\i test/sql/setup.psql

INSERT INTO backorder.item (sku, policy, tracked, unit_price, tags) VALUES
	('TEA', 'allow', true, 10.00, '{slow}'), ('MUG', 'allow', true, 4.00, NULL), ('POT', 'allow', true, 20.00, NULL),
	('SPOON', 'deny', true, 1.50, NULL), ('WRAP', 'deny', false, 2.00, NULL);
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('MUG', 1, 1000), ('SPOON', 1, 9);
INSERT INTO backorder.supply (supply_id, sku, location_id, quantity, expected_at) VALUES
	(1, 'TEA', 1, 1000, '2026-03-12 09:00+00'), (2, 'POT', 1, 1000, '2026-04-20 09:00+00');

CREATE VIEW granted AS
SELECT o.reference, g.name, g.step, g.value, g.lowered_from AS "from", g.spent, g.status, g.forfeited, g.cause
FROM backorder.order_incentive g JOIN backorder.sales_order o USING (merchant_id, order_id)
ORDER BY o.order_id, g.granted_at, g.step, g.name;
CREATE VIEW budget AS
SELECT name, grants, withdrawn, value, grants_left, value_left FROM backorder.incentive_cost ORDER BY name;
-- Places an order, and returns the groups that can be shipped.
CREATE FUNCTION place(reference text, skus text[], quantities bigint[], options jsonb DEFAULT '{}') RETURNS void LANGUAGE sql
AS $$ SELECT backorder.place_order(reference, skus, quantities, options) $$;
CREATE FUNCTION ship(reference text) RETURNS bigint LANGUAGE sql AS $$
	SELECT count(s) FROM backorder.shipment_board b, backorder.ship_group(b.order_id, b.group_no) s
	WHERE b.order_id = id(reference) AND b.shippable
$$;
-- The last notification of an order, and what it says of incentives.
CREATE FUNCTION told(wanted text) RETURNS TABLE (type text, incentive jsonb) LANGUAGE sql AS $$
	SELECT e.type, e.payload #> '{incentives,0}' FROM event e WHERE e.reference = wanted ORDER BY e.notification_id DESC LIMIT 1
$$;

-- Ten percent is ten percent of what is left. What it falls by goes back to the budget, and the
-- customer is told.
INSERT INTO backorder.incentive (incentive_id, name, kind, amount, max_value) VALUES (1, 'Ten percent', 'percent_off', 10, 100);
SELECT place('less', '{TEA,MUG}', '{8,5}');
SELECT line_no, sku, quantity, status FROM backorder.change_quantity(id('less'), 1, 3) WHERE status <> 'canceled';
SELECT * FROM granted WHERE reference = 'less';
SELECT * FROM told('less');
TABLE budget;
-- The same call again changes nothing. A line that grows again does not raise the grant.
SELECT count(*) FROM backorder.change_quantity(id('less'), 1, 3);
SELECT count(*) FROM backorder.change_quantity(id('less'), 1, 8);
SELECT name, value, status FROM granted WHERE reference = 'less';
-- Canceling a line that never waited lowers it, too.
SELECT count(*) FROM backorder.cancel_line(id('less'), 2);
SELECT count(*) FROM backorder.change_quantity(id('less'), 1, 2);
SELECT name, value, status FROM granted WHERE reference = 'less';
SELECT * FROM backorder.verify();

-- The rest has shipped, then the line that waits is canceled: nobody has waited for anything.
SELECT place('rest', '{TEA,MUG}', '{1,5}');
SELECT ship('rest');
SELECT count(*) FROM backorder.cancel_line(id('rest'), 1);
SELECT * FROM granted WHERE reference = 'rest';
SELECT * FROM told('rest');
SELECT place('rest2', '{TEA,MUG}', '{1,5}');
SELECT ship('rest2');
SELECT count(*) FROM backorder.change_quantity(id('rest2'), 1, 0);
SELECT place('rest3', '{TEA,MUG}', '{1,5}');
SELECT ship('rest3');
SELECT count(*) FROM backorder.cancel_order(id('rest3'));
SELECT name, value, status, cause FROM granted WHERE reference IN ('rest2', 'rest3');
TABLE budget;
SELECT * FROM backorder.verify();

-- Units that were filled have waited. Units that come back lower the grant; if all come back,
-- nothing is left of it. The customer is told of what changed last.
SELECT place('back', '{TEA,MUG}', '{2,5}');
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('TEA', 1, 8);
SELECT name, value, status FROM granted WHERE reference = 'back';
SELECT ship('back');
SELECT count(*) FROM backorder.return_items(id('back'), 2, 5, 1);
SELECT * FROM granted WHERE reference = 'back';
SELECT * FROM told('back');
SELECT count(*) FROM backorder.return_items(id('back'), 1, 2, 1, false);
SELECT name, value, status, cause FROM granted WHERE reference = 'back';
SELECT * FROM told('back');
SELECT type, delivery FROM event WHERE reference = 'back' AND type = 'incentives_changed' ORDER BY notification_id;
SELECT * FROM backorder.verify();
UPDATE backorder.stock SET on_hand = 0 WHERE sku = 'TEA';

-- Money off is never more than the customer still pays, over all grants of the order.
DELETE FROM backorder.incentive;
INSERT INTO backorder.incentive (incentive_id, name, kind, amount, rank, combines, max_grants)
VALUES (10, 'Fifteen', 'amount_off', 15, 1, true, 10), (11, 'Five', 'amount_off', 5, 2, true, 10);
SELECT place('money', '{TEA}', '{4}');
SELECT count(*) FROM backorder.change_quantity(id('money'), 1, 2);
SELECT name, value, status FROM granted WHERE reference = 'money';
SELECT count(*) FROM backorder.change_quantity(id('money'), 1, 1);
SELECT name, value, "from", status FROM granted WHERE reference = 'money';
TABLE budget;
SELECT * FROM backorder.verify();

-- Conditions: each is that of the time of the grant, whatever the merchant changes later.
DELETE FROM backorder.incentive;
INSERT INTO backorder.incentive (incentive_id, name, kind, value, min_order_value, rank) VALUES (20, 'from 50', 'free_shipping', 5, 50, 1);
SELECT place('order-1', '{TEA,MUG}', '{3,5}'), place('order-2', '{TEA,MUG}', '{3,5}');
UPDATE backorder.incentive SET min_order_value = 1000, active = false;
SELECT count(*) FROM backorder.change_quantity(id('order-1'), 2, 6);
SELECT count(*) FROM backorder.change_quantity(id('order-2'), 2, 4);
SELECT reference, name, status FROM granted WHERE reference LIKE 'order-%';
INSERT INTO backorder.incentive (incentive_id, name, kind, value, min_backordered_value, rank) VALUES (21, 'from 30 that wait', 'free_shipping', 5, 30, 1);
SELECT place('wait-1', '{TEA,MUG}', '{4,9}'), place('wait-2', '{TEA,MUG}', '{4,9}');
UPDATE backorder.incentive SET active = false;
SELECT count(*) FROM backorder.change_quantity(id('wait-1'), 1, 3);
SELECT count(*) FROM backorder.change_quantity(id('wait-2'), 1, 2);
SELECT reference, name, status FROM granted WHERE reference LIKE 'wait-%';
INSERT INTO backorder.incentive (incentive_id, name, kind, value, tag, rank) VALUES (22, 'for a tag', 'free_shipping', 5, 'slow', 1);
SELECT place('tag-1', '{TEA,POT}', '{1,1}'), place('tag-2', '{TEA,POT}', '{1,1}');
UPDATE backorder.incentive SET active = false;
UPDATE backorder.item SET tags = NULL WHERE sku = 'TEA';
SELECT count(*) FROM backorder.cancel_line(id('tag-1'), 2);
SELECT count(*) FROM backorder.cancel_line(id('tag-2'), 1);
SELECT reference, name, status FROM granted WHERE reference LIKE 'tag-%';
INSERT INTO backorder.incentive (incentive_id, name, kind, value, min_wait, rank) VALUES (23, 'for a month', 'free_shipping', 5, '30 days', 1);
SELECT place('month-1', '{TEA,POT}', '{1,1}'), place('month-2', '{TEA,POT}', '{1,1}');
UPDATE backorder.incentive SET active = false;
SELECT count(*) FROM backorder.cancel_line(id('month-1'), 1);
SELECT count(*) FROM backorder.cancel_line(id('month-2'), 2);
-- A wait that becomes shorter takes nothing away: the customer agreed to the longer one.
UPDATE backorder.supply SET expected_at = '2026-03-05 09:00+00' WHERE supply_id = 2;
SELECT reference, name, status FROM granted WHERE reference LIKE 'month-%';
UPDATE backorder.supply SET expected_at = '2026-04-20 09:00+00' WHERE supply_id = 2;
SELECT * FROM backorder.verify();

-- What is spent cannot be taken back: free shipping when something has shipped, a gift when it has
-- shipped. The order has forfeited it, and says so.
DELETE FROM backorder.incentive;
INSERT INTO backorder.incentive (incentive_id, name, kind, value, rank, combines, max_grants) VALUES (30, 'Free shipping', 'free_shipping', 5, 1, true, 10);
INSERT INTO backorder.incentive (incentive_id, name, kind, gift_sku, gift_quantity, rank, combines, max_grants) VALUES (31, 'A spoon', 'gift', 'SPOON', 1, 2, true, 10);
SELECT place('spent', '{TEA,MUG}', '{1,1}');
SELECT ship('spent');
SELECT name, value, spent, status, forfeited FROM granted WHERE reference = 'spent';
SELECT line_no, status, detail -> 'incentives' -> 1 AS incentive FROM backorder.cancel_line(id('spent'), 1);
SELECT name, value, spent, status, forfeited FROM granted WHERE reference = 'spent';
-- A gift that the customer sends back is none.
SELECT count(*) FROM backorder.return_items(id('spent'), 3, 1, 1);
SELECT name, status, forfeited, cause FROM granted WHERE reference = 'spent';
TABLE budget;
-- A gift that has not shipped goes to others, when the order is not worth enough any more.
UPDATE backorder.incentive SET min_order_value = 40;
SELECT place('gift', '{TEA,MUG}', '{2,5}');
SELECT line_no, sku, quantity, status FROM backorder.change_quantity(id('gift'), 2, 4) ORDER BY line_no, part_no;
SELECT name, status FROM granted WHERE reference = 'gift';
-- On a pick list it stays.
SELECT place('list', '{TEA,MUG,POT}', '{2,5,1}');
SELECT group_no FROM backorder.release_group(id('list'), 1);
SELECT count(*) FROM backorder.cancel_line(id('list'), 1);
SELECT count(*) FROM backorder.cancel_line(id('list'), 3);
SELECT name, status, spent, forfeited FROM granted WHERE reference = 'list';
SELECT ship('list');
SELECT name, status, spent, forfeited FROM granted WHERE reference = 'list';
SELECT * FROM backorder.verify();

-- The application notes what it has paid out. That much stays.
DELETE FROM backorder.incentive;
INSERT INTO backorder.incentive (incentive_id, name, kind, amount, max_grants, max_value) VALUES (40, 'Half', 'percent_off', 50, 10, 100);
SELECT place('paid', '{TEA}', '{4}');
SELECT value, spent, status, detail FROM backorder.spend_grant(id('paid'), 40, spent => 8);
SELECT value, spent FROM backorder.spend_grant(id('paid'), 40, spent => 8);
SELECT value, spent FROM backorder.spend_grant(id('paid'), 40, spent => 3);
SELECT count(*) FROM backorder.change_quantity(id('paid'), 1, 2);
SELECT value, spent, status, forfeited FROM granted WHERE reference = 'paid';
SELECT count(*) FROM backorder.change_quantity(id('paid'), 1, 1);
SELECT value, spent, status, forfeited FROM granted WHERE reference = 'paid';
SELECT * FROM told('paid');
SELECT count(*) FROM backorder.cancel_order(id('paid'));
SELECT value, spent, status, forfeited FROM granted WHERE reference = 'paid';
TABLE budget;
SELECT place('all', '{TEA}', '{4}');
SELECT value, spent FROM backorder.spend_grant(id('all'), 40);
CALL refused($$ SELECT * FROM backorder.spend_grant(id('list'), 31) $$);
CALL refused($$ SELECT * FROM backorder.spend_grant(id('all'), 40, spent => 21) $$);
CALL refused($$ SELECT * FROM backorder.spend_grant(id('all'), 40, spent => -1) $$);
CALL refused($$ SELECT * FROM backorder.spend_grant(id('all'), 40, spent => 'NaN') $$);
CALL refused($$ SELECT * FROM backorder.spend_grant(id('all'), 40, 1) $$);
CALL refused($$ SELECT * FROM backorder.spend_grant(id('all'), 41) $$);
CALL refused($$ SELECT * FROM backorder.spend_grant(id('all'), NULL) $$);
CALL refused($$ SELECT * FROM backorder.spend_grant(id('all'), 40, options => '{"spent": 1}') $$);
CALL refused($$ SELECT * FROM backorder.spend_grant(id('all'), 40, merchant_id => 2) $$);
CALL refused($$ SELECT * FROM backorder.spend_grant(id('rest'), 1) $$);
SELECT place('hold', '{TEA}', '{4}', '{"hold": "PT15M"}');
CALL refused($$ SELECT * FROM backorder.spend_grant(id('hold'), 40) $$);
SELECT * FROM backorder.verify();

-- The policy of the merchant: keep, lower or withdraw.
CALL refused($$ UPDATE backorder.incentive SET on_change = 'forget' $$);
UPDATE backorder.incentive SET on_change = 'keep';
SELECT place('keep', '{TEA,MUG}', '{4,5}'), place('keep-2', '{TEA,MUG}', '{4,5}');
UPDATE backorder.incentive SET on_change = 'withdraw';
SELECT place('withdraw', '{TEA,MUG}', '{2,5}');
SELECT count(*) FROM backorder.change_quantity(id('keep'), 2, 4);
SELECT count(*) FROM backorder.change_quantity(id('withdraw'), 2, 4);
SELECT reference, value, "from", status FROM granted WHERE reference IN ('keep', 'withdraw');
SELECT count(*) FROM backorder.cancel_line(id('keep'), 1);
SELECT count(*) FROM backorder.cancel_order(id('keep-2'));
SELECT reference, value, "from", status FROM granted WHERE reference IN ('keep', 'keep-2', 'withdraw');
SELECT * FROM backorder.verify();

-- Steps of a slip stay while the line that slipped is there, or was delivered late. Canceled after
-- the slip, it earns nothing, unless the policy is to keep.
DELETE FROM backorder.incentive;
INSERT INTO backorder.item (sku, policy, unit_price) VALUES ('JAR', 'allow', 20.00), ('CUP', 'allow', 2.00);
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('CUP', 1, 100);
INSERT INTO backorder.supply (supply_id, sku, location_id, quantity, expected_at) VALUES (3, 'JAR', 1, 1000, '2026-03-10 09:00+00');
INSERT INTO backorder.incentive (incentive_id, name, kind, amount, slip_days, max_steps, skus, max_grants, rank) VALUES (50, 'Sorry', 'amount_off', 3, 7, 3, '{JAR}', 20, 1);
SELECT place('slip-' || n, '{JAR,CUP}', '{1,5}') FROM generate_series(1, 3) n;
UPDATE backorder.supply SET expected_at = '2026-03-24 09:00+00' WHERE supply_id = 3;
UPDATE backorder.delivery SET status = 'sent';
SELECT reference, step, value FROM granted WHERE reference LIKE 'slip-%';
UPDATE backorder.supply SET expected_at = '2026-03-10 09:00+00' WHERE supply_id = 3;
SELECT count(*) FROM backorder.cancel_line(id('slip-1'), 1);
SELECT count(*) FROM backorder.cancel_line(id('slip-2'), 2);
SELECT reference, step, value, status FROM granted WHERE reference LIKE 'slip-%';
INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('JAR', 1, 3);
SELECT ship('slip-3');
SELECT count(*) FROM backorder.return_items(id('slip-3'), 1, 1, 1, false);
SELECT reference, step, value, status FROM granted WHERE reference = 'slip-3';
SELECT count(*) FROM backorder.return_items(id('slip-3'), 2, 4, 1, false);
SELECT reference, step, value, status, cause FROM granted WHERE reference = 'slip-3';
SELECT name, grants, withdrawn, grants_left FROM budget WHERE name = 'Sorry';
SELECT * FROM backorder.verify();

-- A slip that is put right before anybody was told of it earns nothing: nobody has waited. A later
-- slip earns the steps again. What was told stays.
DELETE FROM backorder.incentive WHERE incentive_id <> 50;
UPDATE backorder.delivery SET status = 'sent';
INSERT INTO backorder.item (sku, policy, unit_price) VALUES ('URN', 'allow', 20.00);
INSERT INTO backorder.supply (supply_id, sku, location_id, quantity, expected_at) VALUES (4, 'URN', 1, 1000, '2026-03-10 09:00+00');
UPDATE backorder.incentive SET skus = '{URN,JAR}';
SELECT place('typo', '{URN,CUP}', '{1,1}');
UPDATE backorder.delivery SET status = 'sent';
UPDATE backorder.supply SET expected_at = '2026-09-10 09:00+00' WHERE supply_id = 4;
SELECT step, status FROM granted WHERE reference = 'typo';
SELECT * FROM told('typo');
UPDATE backorder.supply SET expected_at = '2026-03-18 09:00+00' WHERE supply_id = 4;
SELECT step, status FROM granted WHERE reference = 'typo';
UPDATE backorder.supply SET expected_at = '2026-03-10 09:00+00' WHERE supply_id = 4;
SELECT step, status FROM granted WHERE reference = 'typo';
SELECT type, delivery FROM event WHERE reference = 'typo' ORDER BY notification_id;
SELECT name, grants, grants_left FROM budget WHERE name = 'Sorry';
UPDATE backorder.supply SET expected_at = '2026-03-18 09:00+00' WHERE supply_id = 4;
UPDATE backorder.delivery SET status = 'sent';
UPDATE backorder.supply SET expected_at = '2026-03-10 09:00+00' WHERE supply_id = 4;
SELECT step, status FROM granted WHERE reference = 'typo';
SELECT * FROM told('typo');
SELECT * FROM backorder.verify();

-- Units that lose their location have waited too, and keep what they earned when they are filled.
UPDATE backorder.stock SET on_hand = 20 WHERE sku = 'JAR';
SELECT place('lost', '{JAR}', '{2}');
UPDATE backorder.stock SET on_hand = 0 WHERE sku = 'JAR';
UPDATE backorder.delivery SET status = 'sent';
SELECT step, status FROM granted WHERE reference = 'lost';
UPDATE backorder.stock SET on_hand = 20 WHERE sku = 'JAR';
SELECT count(*) FROM backorder.change_quantity(id('lost'), 1, 1);
SELECT status FROM part WHERE reference = 'lost';
SELECT step, status FROM granted WHERE reference = 'lost';
SELECT count(*) FROM backorder.cancel_line(id('lost'), 1);
SELECT step, status FROM granted WHERE reference = 'lost';

-- verify() finds what an order does not earn, and repair() mends it.
DELETE FROM backorder.incentive;
INSERT INTO backorder.incentive (incentive_id, name, kind, amount, max_value) VALUES (60, 'Ten percent', 'percent_off', 10, 100);
SELECT place('wrong', '{TEA,MUG}', '{2,5}');
UPDATE backorder.order_incentive SET value = value + 1 WHERE order_id = id('wrong');
UPDATE backorder.incentive_budget SET value_used = value_used + 1, value_left = value_left - 1 WHERE slot_no = (SELECT min(slot_no) FROM backorder.incentive_budget WHERE value_used > 0);
SELECT problem FROM backorder.verify();
SELECT replace(problem, id('wrong')::text, 'N') AS problem, detail FROM backorder.repair('{TEA}');
SELECT * FROM backorder.verify();
SELECT value, status FROM granted WHERE reference = 'wrong';
SELECT * FROM backorder.repair('{TEA}');
