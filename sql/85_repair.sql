-- Repair: what a damaged book shows is mended.

CREATE FUNCTION backorder.repair(skus text[], merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	sku text, problem text, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_repair';
COMMENT ON FUNCTION backorder.repair(text[], integer) IS
'Makes the availability of these SKUs anew from stock and open order line parts, brings the ledger to what is on hand, fills and re-lays promises, and returns a row for each thing mended (problem; detail: what it was and is). What the slots of a hot item may promise is dealt out anew without a row. For admin. What it does not mend, verify() goes on naming.';
