-- 10,000 SKUs: odd ones never run out, even ones have nothing. A reset empties the order book and keeps the catalogue.
INSERT INTO backorder.item (sku, policy, unit_price) SELECT 'SKU-' || n, 'allow', 1 + n % 100 FROM generate_series(1, 10000) AS n;
INSERT INTO backorder.stock (sku, location_id, on_hand)
SELECT 'SKU-' || n, 1, CASE WHEN n % 2 = 1 THEN 1000000000 ELSE 0 END FROM generate_series(1, 10000) AS n;
CREATE PROCEDURE floor.reset() LANGUAGE plpgsql AS $$
BEGIN
	TRUNCATE backorder.sales_order, backorder.shipment_group, backorder.order_line_part, backorder.notification,
		backorder.delivery, backorder.promise_change, backorder.stock_warning;
	UPDATE backorder.availability SET allocated = CASE WHEN cardinality(allocated) = 1 THEN '{0}'::bigint[] ELSE allocated END,
		backordered = 0;
END $$;
