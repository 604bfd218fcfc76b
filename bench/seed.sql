-- 10,000 SKUs: odd ones never run out, even ones have no stock. And 'HOT', the hot SKU: each
-- measurement sets its stock. psql -v slots=N: the slots of HOT, if the table item has that column.
INSERT INTO backorder.item (sku, policy, unit_price) SELECT 'SKU-' || n, 'allow', 1 + n % 100 FROM generate_series(1, 10000) AS n;
INSERT INTO backorder.item (sku, policy, unit_price) VALUES ('HOT', 'allow', 10);
SELECT format('UPDATE backorder.item SET slots = %s WHERE sku = ''HOT''', :'slots')
WHERE EXISTS (SELECT FROM information_schema.columns WHERE (table_schema, table_name, column_name) = ('backorder', 'item', 'slots'))
\gexec
INSERT INTO backorder.stock (sku, location_id, on_hand)
SELECT 'SKU-' || n, 1, CASE WHEN n % 2 = 1 THEN 1000000000 ELSE 0 END FROM generate_series(1, 10000) AS n;
SELECT backorder.grant_access('shop', 'app');
