-- History: copies of all rows of complete orders, with new ids and references.
CREATE TABLE public.lived AS SELECT order_id FROM backorder.sales_order WHERE merchant_id = 1 AND status = 'complete';
CREATE TABLE public.told AS SELECT notification_id FROM backorder.notification JOIN public.lived USING (order_id);
ANALYZE public.lived, public.told;

-- Copies the rows of of_table whose id is in the table ids. further is added to their ids.
CREATE PROCEDURE public.copy_rows(of_table regclass, ids regclass, id text, further bigint) LANGUAGE plpgsql AS $$
DECLARE
	names text;
	copies text;
BEGIN
	SELECT string_agg(format('%I', attname), ', ' ORDER BY attnum),
		string_agg(CASE
			WHEN attname IN ('order_id', 'notification_id', 'change_id') THEN format('t.%I + %s', attname, further)
			WHEN attname = 'reference' THEN format('t.reference || ''-%s''', further)
			WHEN attname = 'dedupe_key' THEN format('concat_ws('':'', t.type, t.order_id + %s, nullif(split_part(t.dedupe_key, '':'', 3), ''''))', further)
			ELSE format('t.%I', attname) END, ', ' ORDER BY attnum)
	INTO names, copies
	FROM pg_attribute WHERE attrelid = of_table AND attnum > 0 AND NOT attisdropped;
	EXECUTE format('INSERT INTO %s (%s) SELECT %s FROM %s t JOIN %s i ON t.%I = i.%I WHERE t.merchant_id = 1',
		of_table, names, copies, of_table, ids, id, id);
END $$;

-- Copies all rows of the orders in the table lived. further is added to their ids.
CREATE PROCEDURE public.copy_history(further bigint) LANGUAGE plpgsql AS $$
BEGIN
	CALL public.copy_rows('backorder.sales_order', 'public.lived', 'order_id', further);
	CALL public.copy_rows('backorder.shipment_group', 'public.lived', 'order_id', further);
	CALL public.copy_rows('backorder.order_line_part', 'public.lived', 'order_id', further);
	CALL public.copy_rows('backorder.promise_change', 'public.lived', 'order_id', further);
	CALL public.copy_rows('backorder.notification', 'public.lived', 'order_id', further);
	CALL public.copy_rows('backorder.delivery', 'public.told', 'notification_id', further);
	INSERT INTO backorder.stock_movement
	SELECT 1, movement_id + further, sku, location_id, kind, quantity, cause, actor, moved_at
	FROM backorder.stock_movement WHERE merchant_id = 1 AND movement_id < 1000000000 AND kind = 'shipped';
	INSERT INTO backorder.stock_movement
	SELECT 1, further + 500000000 + row_number() OVER (), sku, location_id, 'received', -sum(quantity), 'history', current_user, now()
	FROM backorder.stock_movement WHERE merchant_id = 1 AND movement_id < 1000000000 AND kind = 'shipped'
	GROUP BY sku, location_id;
END $$;
