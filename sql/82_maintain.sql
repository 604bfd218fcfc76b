-- What has to happen when time passes.

CREATE PROCEDURE backorder.maintain(merchant_id integer DEFAULT backorder.current_merchant())
	LANGUAGE plpgsql
AS $procedure$
DECLARE
	due text[];
	last text := '';
BEGIN
	PERFORM FROM backorder.expire_holds(merchant_id => maintain.merchant_id);
	COMMIT;
	LOOP
		SELECT array_agg(a.sku) INTO due
		FROM (
			SELECT t.sku
			FROM backorder.availability t
			WHERE t.merchant_id OPERATOR(pg_catalog.=) maintain.merchant_id
				AND t.sku OPERATOR(pg_catalog.>) last
				AND (t.promises_stale OR t.recalculate_at OPERATOR(pg_catalog.<=) backorder.clock_time()
					OR (t.subscribers_wait AND t.backordered OPERATOR(pg_catalog.=) 0
						AND EXISTS (SELECT FROM unnest(t.on_hand, t.allocated) AS u (on_hand, allocated)
							WHERE u.on_hand OPERATOR(pg_catalog.>) u.allocated)
						AND EXISTS (SELECT FROM backorder.subscription s
							LEFT JOIN backorder.merchant m ON m.merchant_id OPERATOR(pg_catalog.=) s.merchant_id
							WHERE s.merchant_id OPERATOR(pg_catalog.=) maintain.merchant_id
								AND s.sku OPERATOR(pg_catalog.=) t.sku
								AND s.status OPERATOR(pg_catalog.=) 'waiting'
								AND s.told_at OPERATOR(pg_catalog.<=) (backorder.clock_time()
									OPERATOR(pg_catalog.-) coalesce(m.back_in_stock_throttle, '1 day')))))
			ORDER BY t.sku
			LIMIT 100
		) AS a;
		EXIT WHEN due IS NULL;
		PERFORM FROM backorder.repromise(due, merchant_id => maintain.merchant_id);
		COMMIT;
		last := due[cardinality(due)];
	END LOOP;
	LOOP
		EXIT WHEN backorder.forget_keys(merchant_id => maintain.merchant_id) OPERATOR(pg_catalog.=) 0;
		COMMIT;
	END LOOP;
END $procedure$;
COMMENT ON PROCEDURE backorder.maintain(integer) IS
'Does what is due because time has passed: cancels held orders whose hold has expired,
recalculates promises that are stale or whose availability.recalculate_at has come, notifies
subscribers who waited for back_in_stock_throttle only, and forgets old idempotency keys. Call it
every minute or so, for example from pg_cron. It commits after each task and after every 100 SKUs,
and does not work inside a transaction block. A call that finds nothing due changes nothing.
Arguments: merchant_id = the merchant.
Returns nothing.
Errors: 42501 no access; 2D000 called inside a transaction block.
Level: app.';
