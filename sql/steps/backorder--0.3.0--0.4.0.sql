\echo Use "ALTER EXTENSION backorder UPDATE" to load this file. \quit

-- From 0.3.0 to 0.4.0: no rows are changed.

COMMENT ON COLUMN backorder.availability_slot.queue_share IS 'Units that may still join the queue by this slot; 0 unless the SKU is sold out. Over all slots no more than get the same date.';

COMMENT ON FUNCTION backorder.repair(text[], integer) IS
'Makes the availability of these SKUs anew from stock and open order line parts, brings the ledger to what is on hand, fills and re-lays promises, and returns a row for each thing mended (problem; detail: what it was and is). What the slots of a hot item may promise is dealt out anew without a row. For admin. What it does not mend, verify() goes on naming.';
