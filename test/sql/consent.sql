-- Consent: the order records what the customer agreed to and saw.
\set ECHO none
\i test/sql/setup.psql

INSERT INTO backorder.item (merchant_id, sku, name, policy, lead_time, tracked, available_from)
SELECT m, i.* FROM (VALUES (1), (2)) AS m (m), (VALUES
	('TEA',  'Green tea', 'allow',    '10 days'::interval, true,  NULL::timestamptz),
	('MUG',  'Mug',       'allow',    NULL,                true,  NULL),
	('POT',  'Pot',       'deny',     NULL,                true,  NULL),
	('BOOK', 'New book',  'preorder', NULL,                true,  '2026-06-01 00:00+00'),
	('WRAP', 'Wrapping',  'deny',     NULL,                false, NULL)) AS i;
INSERT INTO backorder.stock (merchant_id, sku, location_id, on_hand)
SELECT m, s.* FROM (VALUES (1), (2)) AS m (m), (VALUES ('TEA', 1, 5), ('MUG', 1, 1), ('BOOK', 1, 9)) AS s;
INSERT INTO backorder.supply (merchant_id, sku, location_id, quantity, expected_at)
SELECT m, s.* FROM (VALUES (1), (2)) AS m (m), (VALUES ('MUG', 1, 4, '2026-03-05 12:00+00'::timestamptz)) AS s;

CREATE VIEW consent AS
SELECT merchant_id, reference, ship_policy, accept_backorder, accept_split, max_wait, promise_shown, unknown_shown
FROM backorder.order_overview;

-- === What is recorded ===

-- What the request says; null if it does not say. And what the customer saw: the promise of the
-- last unit, if units had to wait, or that a date was unknown.
SELECT count(*) FROM backorder.place_order('silent', '{TEA}', '{1}');
SELECT count(*) FROM backorder.place_order('waits', '{TEA,MUG}', '{1,2}', '{"accept_backorder": true, "accept_split": true, "max_wait": "P14D"}');
SELECT count(*) FROM backorder.place_order('unknown', '{MUG}', '{9}', '{"accept_backorder": true}');
SELECT count(*) FROM backorder.place_order('book', '{BOOK}', '{1}', '{"accept_split": false, "max_wait": "4 months"}');
SELECT count(*) FROM backorder.place_order('{"reference": "held", "lines": [{"sku": "TEA", "quantity": 1}], "accept_backorder": false, "max_wait": "PT0S", "hold": "PT1H"}');
SELECT count(*) FROM backorder.place_order('other', '{MUG}', '{1}', '{"accept_split": true}', 2);
SELECT * FROM consent ORDER BY merchant_id, reference;
-- What the customer saw never changes: not by a later date, and not by a higher quantity.
UPDATE backorder.supply SET expected_at = '2026-03-09 12:00+00' WHERE merchant_id = 1;
SELECT reference, promise_shown, unknown_shown FROM consent WHERE reference = 'waits';
UPDATE backorder.supply SET expected_at = '2026-03-05 12:00+00' WHERE merchant_id = 1;

-- The notification of the order has it, too; that of a held order when it is confirmed; and one
-- that covers an unsent one.
SELECT reference, payload -> 'consent' AS consent FROM event WHERE type = 'placed' AND reference IN ('silent', 'waits', 'unknown', 'book') ORDER BY reference;
SELECT count(*) FROM backorder.confirm_order(id('held'));
SELECT type, payload -> 'consent' AS consent FROM event WHERE reference = 'held';
SELECT count(*) FROM backorder.cancel_line(id('waits'), 1);
SELECT type, payload -> 'covers' AS covers, payload -> 'consent' -> 'max_wait' AS max_wait FROM event WHERE reference = 'waits' AND delivery = 'pending';

-- === Split delivery ===

-- An order without consent to split delivery is delivered together, whatever the merchant's
-- default.
SELECT line_no, quantity, status, group_no, group_status, promised_at
FROM backorder.place_order('one', '{TEA,MUG}', '{1,1}', '{"accept_split": false}') ORDER BY line_no;
SELECT * FROM consent WHERE reference = 'one';
-- To ask for another ship policy at the same time is a contradiction.
CALL refused($$ SELECT backorder.place_order('two', '{TEA}', '{1}', '{"accept_split": false, "ship_policy": "as_available"}') $$);
CALL refused($$ SELECT backorder.preview_shipments('{TEA}', '{1}', '{"accept_split": false, "ship_policy": "complete_line"}') $$);
SELECT count(*) FROM backorder.place_order('two', '{TEA}', '{1}', '{"accept_split": false, "ship_policy": "complete_order"}');
-- A merchant may require consent. Then an absent key is no consent.
UPDATE backorder.merchant SET split_needs_consent = true WHERE merchant_id = 2;
SELECT line_no, group_no, group_status FROM backorder.place_order('silence', '{TEA,MUG}', '{1,1}', '{}', 2) ORDER BY line_no;
CALL refused($$ SELECT backorder.place_order('no', '{TEA}', '{1}', '{"ship_policy": "as_available"}', 2) $$);
SELECT line_no, group_no, group_status FROM backorder.place_order('yes', '{TEA,MUG}', '{1,1}', '{"accept_split": true}', 2) ORDER BY line_no;
SELECT reference, ship_policy, accept_split FROM consent WHERE reference IN ('silence', 'yes') ORDER BY reference;
-- A cart page that compares policies shows which of them need consent.
SELECT ship_policy, chosen, detail -> 'needs_consent' AS needs_consent
FROM backorder.preview_shipments('{TEA}', '{1}', '{"compare_policies": true}', 2);

-- === The longest wait ===

-- One error names all lines that would leave too late, with their dates, and those that cannot be
-- ordered at all.
CALL refused($$ SELECT backorder.place_order('late', '{TEA,MUG,MUG,POT}', '{9,1,9,1}', '{"max_wait": "P3D"}') $$);
CALL refused($$ SELECT backorder.place_order('late', '{TEA}', '{9}', '{"max_wait": "P9DT23H"}') $$);
SELECT sku, quantity, status, promised_at FROM backorder.place_order('just', '{TEA}', '{3}', '{"max_wait": "P10D"}') ORDER BY part_no;
-- In one delivery, a line is as late as its ship set, services and available units included.
CALL refused($$ SELECT backorder.place_order('late', '{BOOK,TEA,WRAP}', '{1,1,1}', '{"max_wait": "P30D", "accept_split": false}') $$);
-- A preview shows the same lines as out of stock, and the others as if these were absent.
SELECT line_no, sku, status, available, backordered, promised_at, detail
FROM backorder.preview_order('{BOOK,TEA,WRAP}', '{1,1,1}', '{"max_wait": "P30D"}') ORDER BY line_no;
SELECT group_no, status, units, ships_at, detail -> 'lines' AS lines
FROM backorder.preview_shipments('{BOOK,TEA,WRAP}', '{1,1,1}', '{"max_wait": "P30D"}');
SELECT ship_policy, status, units FROM backorder.preview_shipments('{BOOK,WRAP}', '{1,1}', '{"max_wait": "P30D", "compare_policies": true}');

-- === The options are part of the request ===

SELECT count(*) FROM backorder.place_order('waits', '{TEA,MUG}', '{1,2}', '{"accept_backorder": true, "accept_split": true, "max_wait": "14 days"}');
CALL refused($$ SELECT backorder.place_order('waits', '{TEA,MUG}', '{1,2}', '{"accept_split": true, "max_wait": "P15D"}') $$);
CALL refused($$ SELECT backorder.place_order('waits', '{TEA,MUG}', '{1,2}', '{"max_wait": "P14D"}') $$);
-- Without the new keys, the request and its hash are those of version 0.1.0.
SELECT reference, request_hash = sha256(convert_to('customer-;ship_policy-;hold-;priority0;accept1;sku3:' || sku || ';quantity' || units || ';price-;', 'UTF8')) AS same
FROM backorder.sales_order, (VALUES ('silent', 'TEA'), ('unknown', 'MUG')) AS t (reference_of, sku)
WHERE reference = reference_of ORDER BY reference;
-- Each version makes the same hash of the same request, so that an order placed before an update is found by its reference.
BEGIN;
SELECT count(*) AS parts FROM backorder.place_order('{"reference": "all-keys", "customer": "Zoë", "customer_group": "gold", "ship_policy": "complete_order",
	"priority": 3, "accept_backorder": true, "accept_split": false, "max_wait": "P1M2DT3H", "hold": "PT15M", "placed_at": "2026-03-01T12:00:00Z",
	"lines": [{"sku": "TEA", "quantity": 2, "unit_price": 4.50}, {"sku": "MUG", "quantity": 1}]}');
SELECT count(*) AS parts FROM backorder.place_order('refuses', '{WRAP}', '{1}', '{"accept_backorder": false, "accept_split": true, "priority": -1, "unit_prices": [0]}');
SELECT reference, request_hash = sha256(convert_to(form, 'UTF8')) AS same
FROM backorder.sales_order JOIN (VALUES
	('all-keys', 'customer4:Zoë;customer_group4:gold;ship_policy14:complete_order;hold5:PT15M;priority3;accept1;split0;wait1,2,10800000000;'
		|| 'sku3:TEA;quantity2;price3:4.5;sku3:MUG;quantity1;price-;'),
	('refuses', 'customer-;ship_policy-;hold-;priority-1;accept0;split1;sku4:WRAP;quantity1;price1:0;')
) AS t (reference, form) USING (reference) ORDER BY reference;
ROLLBACK;
CALL refused($$ SELECT backorder.place_order('bad', '{TEA}', '{1}', '{"max_wait": "-1 day"}') $$);
CALL refused($$ SELECT backorder.place_order('bad', '{TEA}', '{1}', '{"max_wait": "P101Y"}') $$);
CALL refused($$ SELECT backorder.place_order('bad', '{TEA}', '{1}', '{"max_wait": 14}') $$);
CALL refused($$ SELECT backorder.place_order('bad', '{TEA}', '{1}', '{"max_wait": "soon"}') $$);
CALL refused($$ SELECT backorder.place_order('bad', '{TEA}', '{1}', '{"accept_split": "no"}') $$);
CALL refused($$ SELECT backorder.place_order('bad', '{TEA}', '{1}', '{"accept": true}') $$);

-- === A higher quantity keeps to the consent ===

INSERT INTO backorder.stock (sku, location_id, on_hand) VALUES ('POT', 1, 9);
UPDATE backorder.item SET policy = 'allow' WHERE sku = 'POT' AND merchant_id = 1;
SELECT count(*) FROM backorder.place_order('pots', '{POT}', '{1}', '{"accept_backorder": false}');
SELECT count(*) FROM backorder.place_order('tea', '{POT,TEA}', '{1,1}', '{"max_wait": "P20D", "accept_split": false}');
SELECT count(*) FROM backorder.place_order('any', '{POT}', '{1}', '{}');
-- A customer who refused to wait gets the available units. One with a max_wait gets what arrives in
-- time. Others get what they ask for.
CALL refused($$ SELECT backorder.change_quantity(id('pots'), 1, 8) $$);
SELECT part_no, quantity, status FROM backorder.change_quantity(id('pots'), 1, 7) ORDER BY part_no;
CALL refused($$ SELECT backorder.change_quantity(id('tea'), 1, 3) $$);
SELECT part_no, quantity, status, promised_at FROM backorder.change_quantity(id('tea'), 2, 3) ORDER BY line_no, part_no;
SELECT part_no, quantity, status FROM backorder.change_quantity(id('any'), 1, 3) ORDER BY part_no;
SELECT reference, line_no, part_no, quantity, status, group_no FROM part WHERE reference IN ('pots', 'tea', 'any') ORDER BY reference, line_no, part_no;

SELECT 1 AS merchant, * FROM backorder.verify(1) UNION ALL SELECT 2, * FROM backorder.verify(2);
