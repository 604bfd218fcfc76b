-- repair(): rebuilds damaged inventory records.

CREATE FUNCTION backorder.repair(skus text[], options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	sku text, problem text, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_repair';
COMMENT ON FUNCTION backorder.repair(text[], jsonb, integer) IS
'Rebuilds the inventory records of these SKUs from stock and open order line parts, corrects the
ledger to what is on hand, then fills the queue and recalculates promises. Lowers and withdraws
incentives that orders of these SKUs do not earn. Redistributes the slots of hot SKUs without
returning a row for it. What it does not repair, verify() still names.
Arguments: skus = 1 to 100,000 SKUs; options = none; merchant_id = the merchant.
Returns one row per repair: sku, problem, and detail with was and is.
Errors: OB006 malformed argument; 22004 null argument; 42501 no access.
Level: admin.';
