-- Checkout: the preview of an order, the order, and the confirmation of a held order.

CREATE FUNCTION backorder.preview_order(request jsonb, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	line_no integer, sku text, quantity bigint, status text, available bigint, backordered bigint,
	promised_at timestamptz, wait_days integer, detail jsonb)
	LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'backorder_preview_order';
COMMENT ON FUNCTION backorder.preview_order(jsonb, integer) IS
'Says what an immediate place_order(request) would do, line by line. Takes no locks and writes
nothing.
Arguments: request = as for place_order(), reference optional (if an order has it, the preview shows
  what that order has); merchant_id = the merchant.
Returns one row per line.
  status: in_stock, partial, backorder, preorder, out_of_stock (would be refused) or untracked (a
    service).
  available and backordered: units now and units later.
  promised_at: dispatch date of the whole line; null = unknown, or refused. wait_days: days until
    then.
  detail: parts and incentives (what the order would be granted), or reason and sqlstate of a
    refusal.
Errors: OB002 unknown SKU; OB004 reference used with other content; OB006 malformed request; 22004
  null argument; 42501 no access.
Level: report.';

CREATE FUNCTION backorder.preview_order(skus text[], quantities bigint[], options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	line_no integer, sku text, quantity bigint, status text, available bigint, backordered bigint,
	promised_at timestamptz, wait_days integer, detail jsonb)
	LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'backorder_preview_order_arrays';
COMMENT ON FUNCTION backorder.preview_order(text[], bigint[], jsonb, integer) IS
'preview_order(request) with arrays in place of lines.
Arguments: skus, quantities = one element per line, in units; options = as for
  place_order(reference, skus, quantities, options); merchant_id = the merchant.
Returns and errors: as preview_order(request).';

CREATE FUNCTION backorder.place_order(request jsonb, merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, line_no integer, part_no integer, sku text, quantity bigint, status text, group_no integer,
	group_status text, location_id integer, promised_at timestamptz, unit_price numeric, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_place_order';
COMMENT ON FUNCTION backorder.place_order(jsonb, integer) IS
'Places an order, all or nothing: allocates what is available, queues and promises the rest, grants
incentives for waiting.
Arguments: request = a JSON object with the keys below; merchant_id = the merchant.
  reference (text): the application''s key. The same reference with the same content returns the
    order that exists. An order that expire_holds() has canceled is revived: it is held again.
  lines (array): 1 to 10,000 objects of sku (text), quantity (units) and optionally unit_price
    (number).
  customer, customer_group (text): the application''s names, the second one for incentives.
  ship_policy: as_available, backorders_together, complete_line or complete_order.
  priority (integer): higher is served first; default 0.
  accept_backorder (boolean): whether units may wait; default true.
  accept_split (boolean): whether split delivery is accepted; false = only complete_order.
  max_wait (duration, such as P14D): a line that would leave later, or has no date, is refused.
  hold (ISO 8601 duration or time with zone): until then the order waits for confirm_order() and
    nothing ships.
  placed_at (time with zone): for imports.
Returns the parts of the order, one row each. Gifts are lines after those of the request. detail
  has incentives if the order has any.
Errors: OB001 out of stock or later than max_wait; OB002 unknown SKU; OB003 over the backorder
  limit (DETAIL lists all such lines as JSON); OB004 reference used with other content; OB006
  malformed request; 22004 null argument; 42501 no access.
Level: app.';

CREATE FUNCTION backorder.place_order(reference text, skus text[], quantities bigint[], options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, line_no integer, part_no integer, sku text, quantity bigint, status text, group_no integer,
	group_status text, location_id integer, promised_at timestamptz, unit_price numeric, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_place_order_arrays';
COMMENT ON FUNCTION backorder.place_order(text, text[], bigint[], jsonb, integer) IS
'place_order(request) with arrays in place of lines. This is the faster entry point to the same
code.
Arguments: reference = the application''s key; skus, quantities = one element per line, in units;
  options = an object with the other keys of a request, and unit_prices (array, one element per
  line); merchant_id = the merchant.
Returns and errors: as place_order(request).';

CREATE FUNCTION backorder.confirm_order(order_id bigint, options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, line_no integer, part_no integer, sku text, quantity bigint, status text, group_no integer,
	group_status text, location_id integer, promised_at timestamptz, unit_price numeric, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_confirm_order';
COMMENT ON FUNCTION backorder.confirm_order(bigint, jsonb, integer) IS
'Opens a held order: it ships from now on, and the customer is notified. An open order is returned
as it is. After the end of the hold, merchant.late_payment decides. If expire_holds() has canceled
the order, its units are allocated again, or join the end of the queue.
Arguments: order_id = the order; options = key; merchant_id = the merchant.
Returns the parts of the order as they are now, one row each.
Errors: OB001, OB002 and OB003 as place_order(), for an order that expire_holds() has canceled;
  OB004 the key was used for another call; OB005 the hold has ended and the merchant refuses late
  payment, or the order is complete or canceled; OB006 malformed argument; P0002 no such order;
  22004 null argument; 42501 no access.
Level: app.';

CREATE FUNCTION backorder.extend_hold(order_id bigint, hold text, options jsonb DEFAULT '{}', merchant_id integer DEFAULT backorder.current_merchant())
	RETURNS TABLE (
	order_id bigint, reference text, hold_until timestamptz, detail jsonb)
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'backorder_extend_hold';
COMMENT ON FUNCTION backorder.extend_hold(bigint, text, jsonb, integer) IS
'Makes a hold last at least until a time. A hold that lasts longer stays as it is, so a repeated
call changes nothing. A hold that has ended is extended too, as long as expire_holds() has not
canceled the order.
Arguments: order_id = the order; hold = as in place_order(): an ISO 8601 duration from now, or a
  time with zone; options = an empty object; merchant_id = the merchant.
Returns one row: order_id, reference, hold_until (when the hold ends now); detail is empty.
Errors: OB005 the order is not held; OB006 malformed argument, or a time that is past; P0002 no
  such order; 22004 null argument; 42501 no access.
Level: app.';
