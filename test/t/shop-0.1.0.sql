-- A shop as version 0.1.0 left it: seed.sql for merchants 1 and 2, played by that version, then pg_dump --data-only.
--
-- PostgreSQL database dump
--

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Data for Name: availability; Type: TABLE DATA; Schema: backorder; Owner: postgres
--

COPY backorder.availability (merchant_id, sku, locations, on_hand, allocated, backordered, relay) FROM stdin;
1	BOOK	{}	{}	{}	2	f
2	BOOK	{}	{}	{}	2	f
1	TEA	{1,2}	{10,3}	{10,3}	0	t
1	BOX	{1}	{1}	{1}	1	f
1	CUP	{1,3}	{2,5}	{1,0}	6	f
2	TEA	{1,2}	{10,3}	{10,3}	0	t
2	BOX	{1}	{1}	{1}	1	f
2	CUP	{1,3}	{2,5}	{1,0}	6	f
\.

--
-- Data for Name: delivery; Type: TABLE DATA; Schema: backorder; Owner: postgres
--

COPY backorder.delivery (merchant_id, notification_id, status, deliver_after, leased_until, attempts, last_error) FROM stdin;
1	9	pending	2026-11-24 22:15:45.593342+00	\N	0	\N
1	15	pending	2026-11-24 22:15:45.601698+00	\N	0	\N
1	17	pending	2026-11-24 22:15:45.601698+00	\N	0	\N
1	23	pending	2026-11-24 22:15:45.615808+00	\N	0	\N
1	25	pending	2026-11-24 22:15:45.615808+00	\N	0	\N
1	31	pending	2026-11-24 22:15:45.618588+00	\N	0	\N
1	28	withdrawn	2026-11-24 22:15:45.616564+00	\N	0	\N
1	37	pending	2026-11-24 22:15:45.62776+00	\N	0	\N
1	13	withdrawn	2026-11-24 22:15:45.601698+00	\N	0	\N
1	33	withdrawn	2026-11-24 22:15:45.62394+00	\N	0	\N
1	36	withdrawn	2026-11-24 22:15:45.62776+00	\N	0	\N
1	39	withdrawn	2026-11-24 22:15:45.631744+00	\N	0	\N
1	44	pending	2026-11-24 22:15:45.636672+00	\N	0	\N
1	46	pending	2026-11-24 22:15:45.636672+00	\N	0	\N
1	19	withdrawn	2026-11-24 22:15:45.608579+00	\N	0	\N
1	48	pending	2026-11-24 22:15:45.643662+00	\N	0	\N
1	41	withdrawn	2026-11-24 22:15:45.635521+00	\N	0	\N
2	57	pending	2026-11-24 22:15:45.700902+00	\N	0	\N
2	63	pending	2026-11-24 22:15:45.703023+00	\N	0	\N
2	65	pending	2026-11-24 22:15:45.703023+00	\N	0	\N
2	71	pending	2026-11-24 22:15:45.711631+00	\N	0	\N
2	73	pending	2026-11-24 22:15:45.711631+00	\N	0	\N
2	79	pending	2026-11-24 22:15:45.716768+00	\N	0	\N
2	76	withdrawn	2026-11-24 22:15:45.712319+00	\N	0	\N
2	85	pending	2026-11-24 22:15:45.728706+00	\N	0	\N
2	61	withdrawn	2026-11-24 22:15:45.703023+00	\N	0	\N
2	81	withdrawn	2026-11-24 22:15:45.724052+00	\N	0	\N
2	84	withdrawn	2026-11-24 22:15:45.728706+00	\N	0	\N
2	87	withdrawn	2026-11-24 22:15:45.735825+00	\N	0	\N
2	92	pending	2026-11-24 22:15:45.738529+00	\N	0	\N
2	94	pending	2026-11-24 22:15:45.738529+00	\N	0	\N
2	67	withdrawn	2026-11-24 22:15:45.707569+00	\N	0	\N
2	96	pending	2026-11-24 22:15:45.744583+00	\N	0	\N
2	89	withdrawn	2026-11-24 22:15:45.737433+00	\N	0	\N
\.

--
-- Data for Name: item; Type: TABLE DATA; Schema: backorder; Owner: postgres
--

COPY backorder.item (merchant_id, sku, name, tracked, policy, available_from, backorder_limit, safety_stock, lead_time, unit_price, weight) FROM stdin;
1	TEA	Green tea	t	allow	\N	\N	0	10 days	4.50	\N
1	CUP	Cup	t	allow	\N	1000000	1	\N	9.90	\N
1	BOX	Box	t	deny	\N	\N	0	\N	1.20	\N
1	WRAP	Wrapping	f	deny	\N	\N	0	\N	2.00	\N
1	BOOK	New book	t	preorder	2027-02-22 22:15:45.579591+00	\N	0	\N	20.00	\N
2	TEA	Green tea	t	allow	\N	\N	0	10 days	4.50	\N
2	CUP	Cup	t	allow	\N	1000000	1	\N	9.90	\N
2	BOX	Box	t	deny	\N	\N	0	\N	1.20	\N
2	WRAP	Wrapping	f	deny	\N	\N	0	\N	2.00	\N
2	BOOK	New book	t	preorder	2027-02-22 22:15:45.691222+00	\N	0	\N	20.00	\N
\.

--
-- Data for Name: location; Type: TABLE DATA; Schema: backorder; Owner: postgres
--

COPY backorder.location (merchant_id, location_id, name, rank, active) FROM stdin;
1	1	north	1	t
1	2	south	2	t
1	3	closed	3	f
2	1	north	1	t
2	2	south	2	t
2	3	closed	3	f
\.

--
-- Data for Name: merchant; Type: TABLE DATA; Schema: backorder; Owner: postgres
--

COPY backorder.merchant (merchant_id, name, ship_policy, handling_time, promise_tolerance) FROM stdin;
1	Shop 1	as_available	02:00:00	1 day
2	Shop 2	as_available	02:00:00	1 day
\.

--
-- Data for Name: merchant_access; Type: TABLE DATA; Schema: backorder; Owner: postgres
--

COPY backorder.merchant_access (merchant_id, role_name, level) FROM stdin;
1	shop_1	app
2	shop_2	app
\.

--
-- Data for Name: notification; Type: TABLE DATA; Schema: backorder; Owner: postgres
--

COPY backorder.notification (merchant_id, notification_id, type, audience, order_id, dedupe_key, payload, created_at) FROM stdin;
1	9	placed	customer	8	placed:8	{"type": "placed", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "allocated", "group_no": 1, "quantity": 4, "promised_at": "2026-11-25T00:15:45.593342+00:00"}], "line_no": 1, "unit_price": 4.50}, {"sku": "BOX", "name": "Box", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-25T00:15:45.593342+00:00"}], "line_no": 2, "unit_price": 1.20}], "moved": [], "covers": [], "filled": [], "reason": null, "version": 1, "waiting": [], "canceled": [], "customer": "c1", "order_id": 8, "reference": "web-1", "order_status": "open"}	2026-11-24 22:15:45.593342+00
1	13	placed	customer	10	placed:10	{"type": "placed", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "allocated", "group_no": 1, "quantity": 6, "promised_at": "2026-11-25T00:15:45.601698+00:00"}, {"status": "allocated", "group_no": 2, "quantity": 3, "promised_at": "2026-11-25T00:15:45.601698+00:00"}, {"status": "backordered", "group_no": 3, "quantity": 3, "promised_at": "2026-12-02T00:15:45.591237+00:00"}], "line_no": 1, "unit_price": 4.50}, {"sku": "CUP", "name": "Cup", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-25T00:15:45.601698+00:00"}, {"status": "backordered", "group_no": 3, "quantity": 2, "promised_at": "2026-12-04T00:15:45.591237+00:00"}], "line_no": 2, "unit_price": 9.90}], "moved": [], "covers": [], "filled": [], "reason": null, "version": 1, "waiting": [{"sku": "TEA", "line_no": 1, "quantity": 3, "leaves_at": "2026-12-02T00:15:45.591237+00:00", "promised_at": "2026-12-02T00:15:45.591237+00:00"}, {"sku": "CUP", "line_no": 2, "quantity": 2, "leaves_at": "2026-12-04T00:15:45.591237+00:00", "promised_at": "2026-12-04T00:15:45.591237+00:00"}], "canceled": [], "customer": "c2", "order_id": 10, "reference": "web-2", "order_status": "open"}	2026-11-24 22:15:45.601698+00
1	15	sku_negative	merchant	\N	sku_negative:CUP:14	{"sku": "CUP", "name": "Cup", "type": "sku_negative", "shelves": [{"on_hand": 2, "allocated": 1, "location_id": 1}, {"on_hand": 5, "allocated": 0, "location_id": 3}], "version": 1, "backordered": 2}	2026-11-24 22:15:45.601698+00
1	17	sku_negative	merchant	\N	sku_negative:TEA:16	{"sku": "TEA", "name": "Green tea", "type": "sku_negative", "shelves": [{"on_hand": 10, "allocated": 10, "location_id": 1}, {"on_hand": 3, "allocated": 3, "location_id": 2}], "version": 1, "backordered": 3}	2026-11-24 22:15:45.601698+00
1	19	placed	customer	18	placed:18	{"type": "placed", "lines": [{"sku": "CUP", "name": "Cup", "parts": [{"status": "backordered", "group_no": 1, "quantity": 5, "promised_at": null}], "line_no": 1, "unit_price": 9.90}, {"sku": "BOX", "name": "Box", "parts": [{"status": "allocated", "group_no": 1, "quantity": 2, "promised_at": null}], "line_no": 2, "unit_price": 1.20}], "moved": [], "covers": [], "filled": [], "reason": null, "version": 1, "waiting": [{"sku": "CUP", "line_no": 1, "quantity": 5, "leaves_at": null, "promised_at": null}], "canceled": [], "customer": null, "order_id": 18, "reference": "web-3", "order_status": "open"}	2026-11-24 22:15:45.608579+00
1	23	placed	customer	22	placed:22	{"type": "placed", "lines": [{"sku": "WRAP", "name": "Wrapping", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-25T00:15:45.615808+00:00"}], "line_no": 1, "unit_price": 2.00}, {"sku": "BOOK", "name": "New book", "parts": [{"status": "backordered", "group_no": 2, "quantity": 2, "promised_at": null}], "line_no": 2, "unit_price": 20.00}], "moved": [], "covers": [], "filled": [], "reason": null, "version": 1, "waiting": [{"sku": "BOOK", "line_no": 2, "quantity": 2, "leaves_at": null, "promised_at": null}], "canceled": [], "customer": null, "order_id": 22, "reference": "web-5", "order_status": "open"}	2026-11-24 22:15:45.615808+00
1	25	sku_negative	merchant	\N	sku_negative:BOOK:24	{"sku": "BOOK", "name": "New book", "type": "sku_negative", "shelves": [], "version": 1, "backordered": 2}	2026-11-24 22:15:45.615808+00
1	28	placed	customer	26	placed:26	{"type": "placed", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "backordered", "group_no": 1, "quantity": 2, "promised_at": "2026-12-02T00:15:45.591237+00:00"}], "line_no": 1, "unit_price": 4.50}], "moved": [], "covers": [], "filled": [], "reason": null, "version": 1, "waiting": [{"sku": "TEA", "line_no": 1, "quantity": 2, "leaves_at": "2026-12-02T00:15:45.591237+00:00", "promised_at": "2026-12-02T00:15:45.591237+00:00"}], "canceled": [], "customer": null, "order_id": 26, "reference": "web-6", "order_status": "open"}	2026-11-24 22:15:45.616564+00
1	31	shipped	customer	8	shipped:8:1	{"type": "shipped", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "shipped", "group_no": 1, "quantity": 4, "promised_at": "2026-11-25T00:15:45.593342+00:00"}], "line_no": 1, "unit_price": 4.50}, {"sku": "BOX", "name": "Box", "parts": [{"status": "shipped", "group_no": 1, "quantity": 1, "promised_at": "2026-11-25T00:15:45.593342+00:00"}], "line_no": 2, "unit_price": 1.20}], "shipped": [{"sku": "TEA", "name": "Green tea", "line_no": 1, "quantity": 4}, {"sku": "BOX", "name": "Box", "line_no": 2, "quantity": 1}], "version": 1, "waiting": [], "customer": "c1", "group_no": 1, "order_id": 8, "tracking": "T-1", "reference": "web-1", "shipped_at": "2026-11-24T22:15:45.618588+00:00", "location_id": 1, "order_status": "complete"}	2026-11-24 22:15:45.618588+00
1	33	backorder_filled	customer	26	backorder_filled:26:2	{"type": "backorder_filled", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "backordered", "group_no": 1, "quantity": 1, "promised_at": "2026-12-02T00:15:45.591237+00:00"}, {"status": "allocated", "group_no": 2, "quantity": 1, "promised_at": "2026-12-02T00:15:45.591237+00:00"}], "line_no": 1, "unit_price": 4.50}], "moved": [], "covers": ["placed"], "filled": [{"sku": "TEA", "line_no": 1, "group_no": 2, "quantity": 1}], "reason": null, "version": 1, "waiting": [{"sku": "TEA", "line_no": 1, "quantity": 1, "leaves_at": "2026-12-02T00:15:45.591237+00:00", "promised_at": "2026-12-02T00:15:45.591237+00:00"}], "canceled": [], "customer": null, "order_id": 26, "reference": "web-6", "order_status": "open"}	2026-11-24 22:15:45.62394+00
1	36	backorder_filled	customer	10	backorder_filled:10:2	{"type": "backorder_filled", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "allocated", "group_no": 1, "quantity": 6, "promised_at": "2026-11-25T00:15:45.601698+00:00"}, {"status": "allocated", "group_no": 2, "quantity": 3, "promised_at": "2026-11-25T00:15:45.601698+00:00"}, {"status": "backordered", "group_no": 3, "quantity": 2, "promised_at": "2026-12-02T00:15:45.591237+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-12-02T00:15:45.591237+00:00"}], "line_no": 1, "unit_price": 4.50}, {"sku": "CUP", "name": "Cup", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-25T00:15:45.601698+00:00"}, {"status": "backordered", "group_no": 3, "quantity": 2, "promised_at": "2026-12-04T00:15:45.591237+00:00"}], "line_no": 2, "unit_price": 9.90}], "moved": [], "covers": ["placed"], "filled": [{"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 1}], "reason": null, "version": 1, "waiting": [{"sku": "TEA", "line_no": 1, "quantity": 2, "leaves_at": "2026-12-02T00:15:45.591237+00:00", "promised_at": "2026-12-02T00:15:45.591237+00:00"}, {"sku": "CUP", "line_no": 2, "quantity": 2, "leaves_at": "2026-12-04T00:15:45.591237+00:00", "promised_at": "2026-12-04T00:15:45.591237+00:00"}], "canceled": [], "customer": "c2", "order_id": 10, "reference": "web-2", "order_status": "open"}	2026-11-24 22:15:45.62776+00
1	37	canceled	customer	26	canceled:26	{"type": "canceled", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "canceled", "group_no": 1, "quantity": 1, "promised_at": null}, {"status": "canceled", "group_no": 2, "quantity": 1, "promised_at": null}], "line_no": 1, "unit_price": 4.50}], "moved": [], "covers": ["placed", "backorder_filled"], "filled": [], "reason": "changed his mind", "version": 1, "waiting": [], "canceled": [{"sku": "TEA", "line_no": 1, "quantity": 1}, {"sku": "TEA", "line_no": 1, "quantity": 1}], "customer": null, "order_id": 26, "reference": "web-6", "order_status": "canceled"}	2026-11-24 22:15:45.62776+00
1	39	backorder_filled	customer	10	backorder_filled:10:3	{"type": "backorder_filled", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "allocated", "group_no": 1, "quantity": 6, "promised_at": "2026-11-25T00:15:45.601698+00:00"}, {"status": "allocated", "group_no": 2, "quantity": 3, "promised_at": "2026-11-25T00:15:45.601698+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 2, "promised_at": "2026-12-02T00:15:45.591237+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-12-02T00:15:45.591237+00:00"}], "line_no": 1, "unit_price": 4.50}, {"sku": "CUP", "name": "Cup", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-25T00:15:45.601698+00:00"}, {"status": "backordered", "group_no": 3, "quantity": 2, "promised_at": "2026-12-04T00:15:45.591237+00:00"}], "line_no": 2, "unit_price": 9.90}], "moved": [], "covers": ["placed", "backorder_filled"], "filled": [{"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 1}, {"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 2}], "reason": null, "version": 1, "waiting": [{"sku": "CUP", "line_no": 2, "quantity": 2, "leaves_at": "2026-12-04T00:15:45.591237+00:00", "promised_at": "2026-12-04T00:15:45.591237+00:00"}], "canceled": [], "customer": "c2", "order_id": 10, "reference": "web-2", "order_status": "open"}	2026-11-24 22:15:45.631744+00
1	41	line_canceled	customer	10	line_canceled:10:4	{"type": "line_canceled", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "allocated", "group_no": 1, "quantity": 6, "promised_at": "2026-11-25T00:15:45.601698+00:00"}, {"status": "allocated", "group_no": 2, "quantity": 3, "promised_at": "2026-11-25T00:15:45.601698+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 2, "promised_at": "2026-12-02T00:15:45.591237+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-12-02T00:15:45.591237+00:00"}], "line_no": 1, "unit_price": 4.50}, {"sku": "CUP", "name": "Cup", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-25T00:15:45.601698+00:00"}, {"status": "backordered", "group_no": 3, "quantity": 1, "promised_at": "2026-12-04T00:15:45.591237+00:00"}, {"status": "canceled", "group_no": 3, "quantity": 1, "promised_at": null}], "line_no": 2, "unit_price": 9.90}], "moved": [], "covers": ["placed", "backorder_filled", "backorder_filled"], "filled": [{"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 1}, {"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 2}], "reason": null, "version": 1, "waiting": [{"sku": "CUP", "line_no": 2, "quantity": 1, "leaves_at": "2026-12-04T00:15:45.591237+00:00", "promised_at": "2026-12-04T00:15:45.591237+00:00"}], "canceled": [{"sku": "CUP", "line_no": 2, "quantity": 1}], "customer": "c2", "order_id": 10, "reference": "web-2", "order_status": "open"}	2026-11-24 22:15:45.635521+00
1	44	promise_changed	customer	18	promise_changed:18:2	{"type": "promise_changed", "lines": [{"sku": "CUP", "name": "Cup", "parts": [{"status": "backordered", "group_no": 1, "quantity": 5, "promised_at": null}], "line_no": 1, "unit_price": 9.90}, {"sku": "BOX", "name": "Box", "parts": [{"status": "backordered", "group_no": 1, "quantity": 1, "promised_at": null}, {"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": null}], "line_no": 2, "unit_price": 1.20}], "moved": [{"to": null, "sku": "BOX", "from": "2026-11-25T00:15:45.608579+00:00", "line_no": 2, "quantity": 1}], "covers": ["placed"], "filled": [], "reason": null, "version": 1, "waiting": [{"sku": "CUP", "line_no": 1, "quantity": 5, "leaves_at": null, "promised_at": null}, {"sku": "BOX", "line_no": 2, "quantity": 1, "leaves_at": null, "promised_at": null}], "canceled": [], "customer": null, "order_id": 18, "reference": "web-3", "order_status": "open"}	2026-11-24 22:15:45.636672+00
1	46	sku_negative	merchant	\N	sku_negative:BOX:45	{"sku": "BOX", "name": "Box", "type": "sku_negative", "shelves": [{"on_hand": 1, "allocated": 1, "location_id": 1}], "version": 1, "backordered": 1}	2026-11-24 22:15:45.636672+00
1	48	promise_changed	customer	10	promise_changed:10:5	{"type": "promise_changed", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "allocated", "group_no": 1, "quantity": 6, "promised_at": "2026-11-25T00:15:45.601698+00:00"}, {"status": "allocated", "group_no": 2, "quantity": 3, "promised_at": "2026-11-25T00:15:45.601698+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 2, "promised_at": "2026-12-02T00:15:45.591237+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-12-02T00:15:45.591237+00:00"}], "line_no": 1, "unit_price": 4.50}, {"sku": "CUP", "name": "Cup", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-25T00:15:45.601698+00:00"}, {"status": "backordered", "group_no": 3, "quantity": 1, "promised_at": "2026-12-09T00:15:45.591237+00:00"}, {"status": "canceled", "group_no": 3, "quantity": 1, "promised_at": null}], "line_no": 2, "unit_price": 9.90}], "moved": [{"to": "2026-12-09T00:15:45.591237+00:00", "sku": "CUP", "from": "2026-12-04T00:15:45.591237+00:00", "line_no": 2, "quantity": 1}], "covers": ["placed", "backorder_filled", "backorder_filled", "line_canceled"], "filled": [{"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 1}, {"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 2}], "reason": null, "version": 1, "waiting": [{"sku": "CUP", "line_no": 2, "quantity": 1, "leaves_at": "2026-12-09T00:15:45.591237+00:00", "promised_at": "2026-12-09T00:15:45.591237+00:00"}], "canceled": [{"sku": "CUP", "line_no": 2, "quantity": 1}], "customer": "c2", "order_id": 10, "reference": "web-2", "order_status": "open"}	2026-11-24 22:15:45.643662+00
2	57	placed	customer	56	placed:56	{"type": "placed", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "allocated", "group_no": 1, "quantity": 4, "promised_at": "2026-11-25T00:15:45.700902+00:00"}], "line_no": 1, "unit_price": 4.50}, {"sku": "BOX", "name": "Box", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-25T00:15:45.700902+00:00"}], "line_no": 2, "unit_price": 1.20}], "moved": [], "covers": [], "filled": [], "reason": null, "version": 1, "waiting": [], "canceled": [], "customer": "c1", "order_id": 56, "reference": "web-1", "order_status": "open"}	2026-11-24 22:15:45.700902+00
2	61	placed	customer	58	placed:58	{"type": "placed", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "allocated", "group_no": 1, "quantity": 6, "promised_at": "2026-11-25T00:15:45.703023+00:00"}, {"status": "allocated", "group_no": 2, "quantity": 3, "promised_at": "2026-11-25T00:15:45.703023+00:00"}, {"status": "backordered", "group_no": 3, "quantity": 3, "promised_at": "2026-12-02T00:15:45.699288+00:00"}], "line_no": 1, "unit_price": 4.50}, {"sku": "CUP", "name": "Cup", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-25T00:15:45.703023+00:00"}, {"status": "backordered", "group_no": 3, "quantity": 2, "promised_at": "2026-12-04T00:15:45.699288+00:00"}], "line_no": 2, "unit_price": 9.90}], "moved": [], "covers": [], "filled": [], "reason": null, "version": 1, "waiting": [{"sku": "TEA", "line_no": 1, "quantity": 3, "leaves_at": "2026-12-02T00:15:45.699288+00:00", "promised_at": "2026-12-02T00:15:45.699288+00:00"}, {"sku": "CUP", "line_no": 2, "quantity": 2, "leaves_at": "2026-12-04T00:15:45.699288+00:00", "promised_at": "2026-12-04T00:15:45.699288+00:00"}], "canceled": [], "customer": "c2", "order_id": 58, "reference": "web-2", "order_status": "open"}	2026-11-24 22:15:45.703023+00
2	63	sku_negative	merchant	\N	sku_negative:CUP:62	{"sku": "CUP", "name": "Cup", "type": "sku_negative", "shelves": [{"on_hand": 2, "allocated": 1, "location_id": 1}, {"on_hand": 5, "allocated": 0, "location_id": 3}], "version": 1, "backordered": 2}	2026-11-24 22:15:45.703023+00
2	65	sku_negative	merchant	\N	sku_negative:TEA:64	{"sku": "TEA", "name": "Green tea", "type": "sku_negative", "shelves": [{"on_hand": 10, "allocated": 10, "location_id": 1}, {"on_hand": 3, "allocated": 3, "location_id": 2}], "version": 1, "backordered": 3}	2026-11-24 22:15:45.703023+00
2	67	placed	customer	66	placed:66	{"type": "placed", "lines": [{"sku": "CUP", "name": "Cup", "parts": [{"status": "backordered", "group_no": 1, "quantity": 5, "promised_at": null}], "line_no": 1, "unit_price": 9.90}, {"sku": "BOX", "name": "Box", "parts": [{"status": "allocated", "group_no": 1, "quantity": 2, "promised_at": null}], "line_no": 2, "unit_price": 1.20}], "moved": [], "covers": [], "filled": [], "reason": null, "version": 1, "waiting": [{"sku": "CUP", "line_no": 1, "quantity": 5, "leaves_at": null, "promised_at": null}], "canceled": [], "customer": null, "order_id": 66, "reference": "web-3", "order_status": "open"}	2026-11-24 22:15:45.707569+00
2	71	placed	customer	70	placed:70	{"type": "placed", "lines": [{"sku": "WRAP", "name": "Wrapping", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-25T00:15:45.711631+00:00"}], "line_no": 1, "unit_price": 2.00}, {"sku": "BOOK", "name": "New book", "parts": [{"status": "backordered", "group_no": 2, "quantity": 2, "promised_at": null}], "line_no": 2, "unit_price": 20.00}], "moved": [], "covers": [], "filled": [], "reason": null, "version": 1, "waiting": [{"sku": "BOOK", "line_no": 2, "quantity": 2, "leaves_at": null, "promised_at": null}], "canceled": [], "customer": null, "order_id": 70, "reference": "web-5", "order_status": "open"}	2026-11-24 22:15:45.711631+00
2	73	sku_negative	merchant	\N	sku_negative:BOOK:72	{"sku": "BOOK", "name": "New book", "type": "sku_negative", "shelves": [], "version": 1, "backordered": 2}	2026-11-24 22:15:45.711631+00
2	76	placed	customer	74	placed:74	{"type": "placed", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "backordered", "group_no": 1, "quantity": 2, "promised_at": "2026-12-02T00:15:45.699288+00:00"}], "line_no": 1, "unit_price": 4.50}], "moved": [], "covers": [], "filled": [], "reason": null, "version": 1, "waiting": [{"sku": "TEA", "line_no": 1, "quantity": 2, "leaves_at": "2026-12-02T00:15:45.699288+00:00", "promised_at": "2026-12-02T00:15:45.699288+00:00"}], "canceled": [], "customer": null, "order_id": 74, "reference": "web-6", "order_status": "open"}	2026-11-24 22:15:45.712319+00
2	79	shipped	customer	56	shipped:56:1	{"type": "shipped", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "shipped", "group_no": 1, "quantity": 4, "promised_at": "2026-11-25T00:15:45.700902+00:00"}], "line_no": 1, "unit_price": 4.50}, {"sku": "BOX", "name": "Box", "parts": [{"status": "shipped", "group_no": 1, "quantity": 1, "promised_at": "2026-11-25T00:15:45.700902+00:00"}], "line_no": 2, "unit_price": 1.20}], "shipped": [{"sku": "TEA", "name": "Green tea", "line_no": 1, "quantity": 4}, {"sku": "BOX", "name": "Box", "line_no": 2, "quantity": 1}], "version": 1, "waiting": [], "customer": "c1", "group_no": 1, "order_id": 56, "tracking": "T-1", "reference": "web-1", "shipped_at": "2026-11-24T22:15:45.716768+00:00", "location_id": 1, "order_status": "complete"}	2026-11-24 22:15:45.716768+00
2	81	backorder_filled	customer	74	backorder_filled:74:2	{"type": "backorder_filled", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "backordered", "group_no": 1, "quantity": 1, "promised_at": "2026-12-02T00:15:45.699288+00:00"}, {"status": "allocated", "group_no": 2, "quantity": 1, "promised_at": "2026-12-02T00:15:45.699288+00:00"}], "line_no": 1, "unit_price": 4.50}], "moved": [], "covers": ["placed"], "filled": [{"sku": "TEA", "line_no": 1, "group_no": 2, "quantity": 1}], "reason": null, "version": 1, "waiting": [{"sku": "TEA", "line_no": 1, "quantity": 1, "leaves_at": "2026-12-02T00:15:45.699288+00:00", "promised_at": "2026-12-02T00:15:45.699288+00:00"}], "canceled": [], "customer": null, "order_id": 74, "reference": "web-6", "order_status": "open"}	2026-11-24 22:15:45.724052+00
2	84	backorder_filled	customer	58	backorder_filled:58:2	{"type": "backorder_filled", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "allocated", "group_no": 1, "quantity": 6, "promised_at": "2026-11-25T00:15:45.703023+00:00"}, {"status": "allocated", "group_no": 2, "quantity": 3, "promised_at": "2026-11-25T00:15:45.703023+00:00"}, {"status": "backordered", "group_no": 3, "quantity": 2, "promised_at": "2026-12-02T00:15:45.699288+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-12-02T00:15:45.699288+00:00"}], "line_no": 1, "unit_price": 4.50}, {"sku": "CUP", "name": "Cup", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-25T00:15:45.703023+00:00"}, {"status": "backordered", "group_no": 3, "quantity": 2, "promised_at": "2026-12-04T00:15:45.699288+00:00"}], "line_no": 2, "unit_price": 9.90}], "moved": [], "covers": ["placed"], "filled": [{"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 1}], "reason": null, "version": 1, "waiting": [{"sku": "TEA", "line_no": 1, "quantity": 2, "leaves_at": "2026-12-02T00:15:45.699288+00:00", "promised_at": "2026-12-02T00:15:45.699288+00:00"}, {"sku": "CUP", "line_no": 2, "quantity": 2, "leaves_at": "2026-12-04T00:15:45.699288+00:00", "promised_at": "2026-12-04T00:15:45.699288+00:00"}], "canceled": [], "customer": "c2", "order_id": 58, "reference": "web-2", "order_status": "open"}	2026-11-24 22:15:45.728706+00
2	85	canceled	customer	74	canceled:74	{"type": "canceled", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "canceled", "group_no": 1, "quantity": 1, "promised_at": null}, {"status": "canceled", "group_no": 2, "quantity": 1, "promised_at": null}], "line_no": 1, "unit_price": 4.50}], "moved": [], "covers": ["placed", "backorder_filled"], "filled": [], "reason": "changed his mind", "version": 1, "waiting": [], "canceled": [{"sku": "TEA", "line_no": 1, "quantity": 1}, {"sku": "TEA", "line_no": 1, "quantity": 1}], "customer": null, "order_id": 74, "reference": "web-6", "order_status": "canceled"}	2026-11-24 22:15:45.728706+00
2	87	backorder_filled	customer	58	backorder_filled:58:3	{"type": "backorder_filled", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "allocated", "group_no": 1, "quantity": 6, "promised_at": "2026-11-25T00:15:45.703023+00:00"}, {"status": "allocated", "group_no": 2, "quantity": 3, "promised_at": "2026-11-25T00:15:45.703023+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 2, "promised_at": "2026-12-02T00:15:45.699288+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-12-02T00:15:45.699288+00:00"}], "line_no": 1, "unit_price": 4.50}, {"sku": "CUP", "name": "Cup", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-25T00:15:45.703023+00:00"}, {"status": "backordered", "group_no": 3, "quantity": 2, "promised_at": "2026-12-04T00:15:45.699288+00:00"}], "line_no": 2, "unit_price": 9.90}], "moved": [], "covers": ["placed", "backorder_filled"], "filled": [{"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 1}, {"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 2}], "reason": null, "version": 1, "waiting": [{"sku": "CUP", "line_no": 2, "quantity": 2, "leaves_at": "2026-12-04T00:15:45.699288+00:00", "promised_at": "2026-12-04T00:15:45.699288+00:00"}], "canceled": [], "customer": "c2", "order_id": 58, "reference": "web-2", "order_status": "open"}	2026-11-24 22:15:45.735825+00
2	89	line_canceled	customer	58	line_canceled:58:4	{"type": "line_canceled", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "allocated", "group_no": 1, "quantity": 6, "promised_at": "2026-11-25T00:15:45.703023+00:00"}, {"status": "allocated", "group_no": 2, "quantity": 3, "promised_at": "2026-11-25T00:15:45.703023+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 2, "promised_at": "2026-12-02T00:15:45.699288+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-12-02T00:15:45.699288+00:00"}], "line_no": 1, "unit_price": 4.50}, {"sku": "CUP", "name": "Cup", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-25T00:15:45.703023+00:00"}, {"status": "backordered", "group_no": 3, "quantity": 1, "promised_at": "2026-12-04T00:15:45.699288+00:00"}, {"status": "canceled", "group_no": 3, "quantity": 1, "promised_at": null}], "line_no": 2, "unit_price": 9.90}], "moved": [], "covers": ["placed", "backorder_filled", "backorder_filled"], "filled": [{"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 1}, {"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 2}], "reason": null, "version": 1, "waiting": [{"sku": "CUP", "line_no": 2, "quantity": 1, "leaves_at": "2026-12-04T00:15:45.699288+00:00", "promised_at": "2026-12-04T00:15:45.699288+00:00"}], "canceled": [{"sku": "CUP", "line_no": 2, "quantity": 1}], "customer": "c2", "order_id": 58, "reference": "web-2", "order_status": "open"}	2026-11-24 22:15:45.737433+00
2	92	promise_changed	customer	66	promise_changed:66:2	{"type": "promise_changed", "lines": [{"sku": "CUP", "name": "Cup", "parts": [{"status": "backordered", "group_no": 1, "quantity": 5, "promised_at": null}], "line_no": 1, "unit_price": 9.90}, {"sku": "BOX", "name": "Box", "parts": [{"status": "backordered", "group_no": 1, "quantity": 1, "promised_at": null}, {"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": null}], "line_no": 2, "unit_price": 1.20}], "moved": [{"to": null, "sku": "BOX", "from": "2026-11-25T00:15:45.707569+00:00", "line_no": 2, "quantity": 1}], "covers": ["placed"], "filled": [], "reason": null, "version": 1, "waiting": [{"sku": "CUP", "line_no": 1, "quantity": 5, "leaves_at": null, "promised_at": null}, {"sku": "BOX", "line_no": 2, "quantity": 1, "leaves_at": null, "promised_at": null}], "canceled": [], "customer": null, "order_id": 66, "reference": "web-3", "order_status": "open"}	2026-11-24 22:15:45.738529+00
2	94	sku_negative	merchant	\N	sku_negative:BOX:93	{"sku": "BOX", "name": "Box", "type": "sku_negative", "shelves": [{"on_hand": 1, "allocated": 1, "location_id": 1}], "version": 1, "backordered": 1}	2026-11-24 22:15:45.738529+00
2	96	promise_changed	customer	58	promise_changed:58:5	{"type": "promise_changed", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "allocated", "group_no": 1, "quantity": 6, "promised_at": "2026-11-25T00:15:45.703023+00:00"}, {"status": "allocated", "group_no": 2, "quantity": 3, "promised_at": "2026-11-25T00:15:45.703023+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 2, "promised_at": "2026-12-02T00:15:45.699288+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-12-02T00:15:45.699288+00:00"}], "line_no": 1, "unit_price": 4.50}, {"sku": "CUP", "name": "Cup", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-25T00:15:45.703023+00:00"}, {"status": "backordered", "group_no": 3, "quantity": 1, "promised_at": "2026-12-09T00:15:45.699288+00:00"}, {"status": "canceled", "group_no": 3, "quantity": 1, "promised_at": null}], "line_no": 2, "unit_price": 9.90}], "moved": [{"to": "2026-12-09T00:15:45.699288+00:00", "sku": "CUP", "from": "2026-12-04T00:15:45.699288+00:00", "line_no": 2, "quantity": 1}], "covers": ["placed", "backorder_filled", "backorder_filled", "line_canceled"], "filled": [{"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 1}, {"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 2}], "reason": null, "version": 1, "waiting": [{"sku": "CUP", "line_no": 2, "quantity": 1, "leaves_at": "2026-12-09T00:15:45.699288+00:00", "promised_at": "2026-12-09T00:15:45.699288+00:00"}], "canceled": [{"sku": "CUP", "line_no": 2, "quantity": 1}], "customer": "c2", "order_id": 58, "reference": "web-2", "order_status": "open"}	2026-11-24 22:15:45.744583+00
\.

--
-- Data for Name: order_line_part; Type: TABLE DATA; Schema: backorder; Owner: postgres
--

COPY backorder.order_line_part (merchant_id, order_id, line_no, part_no, sku, quantity, unit_price, status, group_no, location_id, priority, queued_at, short_at_order, first_promised_at, promised_at, promise_basis) FROM stdin;
1	10	1	1	TEA	6	4.50	allocated	1	1	0	2026-11-24 22:15:45.601698+00	f	2026-11-25 00:15:45.601698+00	2026-11-25 00:15:45.601698+00	shelf
1	10	1	2	TEA	3	4.50	allocated	2	2	0	2026-11-24 22:15:45.601698+00	f	2026-11-25 00:15:45.601698+00	2026-11-25 00:15:45.601698+00	shelf
1	10	2	1	CUP	1	9.90	allocated	1	1	0	2026-11-24 22:15:45.601698+00	f	2026-11-25 00:15:45.601698+00	2026-11-25 00:15:45.601698+00	shelf
1	18	1	1	CUP	5	9.90	backordered	1	\N	0	2026-11-24 22:15:45.608579+00	t	\N	\N	\N
1	22	1	1	WRAP	1	2.00	allocated	1	1	0	2026-11-24 22:15:45.615808+00	f	2026-11-25 00:15:45.615808+00	2026-11-25 00:15:45.615808+00	shelf
1	22	2	1	BOOK	2	20.00	backordered	2	\N	0	2026-11-24 22:15:45.615808+00	t	\N	\N	\N
1	8	2	1	BOX	1	1.20	shipped	1	1	0	2026-11-24 22:15:45.593342+00	f	2026-11-25 00:15:45.593342+00	2026-11-25 00:15:45.593342+00	shelf
1	8	1	1	TEA	3	4.50	shipped	1	1	0	2026-11-24 22:15:45.593342+00	f	2026-11-25 00:15:45.593342+00	2026-11-25 00:15:45.593342+00	shelf
1	8	1	2	TEA	1	4.50	returned	1	1	0	2026-11-24 22:15:45.593342+00	f	2026-11-25 00:15:45.593342+00	2026-11-25 00:15:45.593342+00	shelf
2	74	1	1	TEA	1	4.50	canceled	1	\N	5	2026-11-24 22:15:45.712319+00	t	2026-12-02 00:15:45.699288+00	\N	\N
1	26	1	1	TEA	1	4.50	canceled	1	\N	5	2026-11-24 22:15:45.616564+00	t	2026-12-02 00:15:45.591237+00	\N	\N
1	26	1	2	TEA	1	4.50	canceled	2	\N	5	2026-11-24 22:15:45.616564+00	t	2026-12-02 00:15:45.591237+00	\N	\N
1	10	1	4	TEA	1	4.50	allocated	1	1	0	2026-11-24 22:15:45.601698+00	t	2026-12-02 00:15:45.591237+00	2026-12-02 00:15:45.591237+00	shelf
1	10	1	3	TEA	2	4.50	allocated	1	1	0	2026-11-24 22:15:45.601698+00	t	2026-12-02 00:15:45.591237+00	2026-12-02 00:15:45.591237+00	shelf
1	20	1	1	TEA	1	4.50	allocated	1	1	0	2026-11-24 22:15:45.609604+00	t	2026-12-02 00:15:45.591237+00	2026-12-02 00:15:45.591237+00	shelf
2	58	1	3	TEA	2	4.50	allocated	1	1	0	2026-11-24 22:15:45.703023+00	t	2026-12-02 00:15:45.699288+00	2026-12-02 00:15:45.699288+00	shelf
1	10	2	3	CUP	1	9.90	canceled	3	\N	0	2026-11-24 22:15:45.601698+00	t	2026-12-04 00:15:45.591237+00	\N	\N
1	18	2	1	BOX	1	1.20	backordered	1	\N	0	2026-11-24 22:15:45.608579+00	f	2026-11-25 00:15:45.608579+00	\N	\N
1	18	2	2	BOX	1	1.20	allocated	1	1	0	2026-11-24 22:15:45.608579+00	f	2026-11-25 00:15:45.608579+00	2026-11-25 00:15:45.608579+00	shelf
1	10	2	2	CUP	1	9.90	backordered	3	\N	0	2026-11-24 22:15:45.601698+00	t	2026-12-04 00:15:45.591237+00	2026-12-09 00:15:45.591237+00	supply
2	58	1	1	TEA	6	4.50	allocated	1	1	0	2026-11-24 22:15:45.703023+00	f	2026-11-25 00:15:45.703023+00	2026-11-25 00:15:45.703023+00	shelf
2	58	1	2	TEA	3	4.50	allocated	2	2	0	2026-11-24 22:15:45.703023+00	f	2026-11-25 00:15:45.703023+00	2026-11-25 00:15:45.703023+00	shelf
2	58	2	1	CUP	1	9.90	allocated	1	1	0	2026-11-24 22:15:45.703023+00	f	2026-11-25 00:15:45.703023+00	2026-11-25 00:15:45.703023+00	shelf
2	66	1	1	CUP	5	9.90	backordered	1	\N	0	2026-11-24 22:15:45.707569+00	t	\N	\N	\N
2	70	1	1	WRAP	1	2.00	allocated	1	1	0	2026-11-24 22:15:45.711631+00	f	2026-11-25 00:15:45.711631+00	2026-11-25 00:15:45.711631+00	shelf
2	70	2	1	BOOK	2	20.00	backordered	2	\N	0	2026-11-24 22:15:45.711631+00	t	\N	\N	\N
2	56	2	1	BOX	1	1.20	shipped	1	1	0	2026-11-24 22:15:45.700902+00	f	2026-11-25 00:15:45.700902+00	2026-11-25 00:15:45.700902+00	shelf
2	56	1	1	TEA	3	4.50	shipped	1	1	0	2026-11-24 22:15:45.700902+00	f	2026-11-25 00:15:45.700902+00	2026-11-25 00:15:45.700902+00	shelf
2	68	1	1	TEA	1	4.50	allocated	1	1	0	2026-11-24 22:15:45.708926+00	t	2026-12-02 00:15:45.699288+00	2026-12-02 00:15:45.699288+00	shelf
2	66	2	1	BOX	1	1.20	backordered	1	\N	0	2026-11-24 22:15:45.707569+00	f	2026-11-25 00:15:45.707569+00	\N	\N
2	58	2	2	CUP	1	9.90	backordered	3	\N	0	2026-11-24 22:15:45.703023+00	t	2026-12-04 00:15:45.699288+00	2026-12-09 00:15:45.699288+00	supply
2	56	1	2	TEA	1	4.50	returned	1	1	0	2026-11-24 22:15:45.700902+00	f	2026-11-25 00:15:45.700902+00	2026-11-25 00:15:45.700902+00	shelf
2	74	1	2	TEA	1	4.50	canceled	2	\N	5	2026-11-24 22:15:45.712319+00	t	2026-12-02 00:15:45.699288+00	\N	\N
2	58	1	4	TEA	1	4.50	allocated	1	1	0	2026-11-24 22:15:45.703023+00	t	2026-12-02 00:15:45.699288+00	2026-12-02 00:15:45.699288+00	shelf
2	58	2	3	CUP	1	9.90	canceled	3	\N	0	2026-11-24 22:15:45.703023+00	t	2026-12-04 00:15:45.699288+00	\N	\N
2	66	2	2	BOX	1	1.20	allocated	1	1	0	2026-11-24 22:15:45.707569+00	f	2026-11-25 00:15:45.707569+00	2026-11-25 00:15:45.707569+00	shelf
\.

--
-- Data for Name: promise_change; Type: TABLE DATA; Schema: backorder; Owner: postgres
--

COPY backorder.promise_change (merchant_id, change_id, order_id, line_no, part_no, old_promised_at, new_promised_at, cause, changed_at) FROM stdin;
1	11	10	1	3	\N	2026-12-02 00:15:45.591237+00	placed	2026-11-24 22:15:45.601698+00
1	12	10	2	2	\N	2026-12-04 00:15:45.591237+00	placed	2026-11-24 22:15:45.601698+00
1	21	20	1	1	\N	2026-12-02 00:15:45.591237+00	placed	2026-11-24 22:15:45.609604+00
1	27	26	1	1	\N	2026-12-02 00:15:45.591237+00	placed	2026-11-24 22:15:45.616564+00
1	34	26	1	1	2026-12-02 00:15:45.591237+00	\N	quantity	2026-11-24 22:15:45.62776+00
1	35	26	1	2	2026-12-02 00:15:45.591237+00	\N	quantity	2026-11-24 22:15:45.62776+00
1	40	10	2	3	2026-12-04 00:15:45.591237+00	\N	quantity	2026-11-24 22:15:45.635521+00
1	42	18	2	1	2026-11-25 00:15:45.608579+00	\N	stock	2026-11-24 22:15:45.636672+00
1	47	10	2	2	2026-12-04 00:15:45.591237+00	2026-12-09 00:15:45.591237+00	supply	2026-11-24 22:15:45.643662+00
2	59	58	1	3	\N	2026-12-02 00:15:45.699288+00	placed	2026-11-24 22:15:45.703023+00
2	60	58	2	2	\N	2026-12-04 00:15:45.699288+00	placed	2026-11-24 22:15:45.703023+00
2	69	68	1	1	\N	2026-12-02 00:15:45.699288+00	placed	2026-11-24 22:15:45.708926+00
2	75	74	1	1	\N	2026-12-02 00:15:45.699288+00	placed	2026-11-24 22:15:45.712319+00
2	82	74	1	1	2026-12-02 00:15:45.699288+00	\N	quantity	2026-11-24 22:15:45.728706+00
2	83	74	1	2	2026-12-02 00:15:45.699288+00	\N	quantity	2026-11-24 22:15:45.728706+00
2	88	58	2	3	2026-12-04 00:15:45.699288+00	\N	quantity	2026-11-24 22:15:45.737433+00
2	90	66	2	1	2026-11-25 00:15:45.707569+00	\N	stock	2026-11-24 22:15:45.738529+00
2	95	58	2	2	2026-12-04 00:15:45.699288+00	2026-12-09 00:15:45.699288+00	supply	2026-11-24 22:15:45.744583+00
\.

--
-- Data for Name: sales_order; Type: TABLE DATA; Schema: backorder; Owner: postgres
--

COPY backorder.sales_order (merchant_id, order_id, reference, request_hash, customer, status, ship_policy, priority, placed_at, hold_until, units, revision, groups_used) FROM stdin;
1	22	web-5	\\x376fc27cf3af75a8c11569f8ad4703728ef04c2b44a08a364e415792f6046b50	\N	open	as_available	0	2026-11-24 22:15:45.615808+00	\N	3	1	2
1	8	web-1	\\x7739230da7b9c03b0fed1379ba36c8a60369bc7deeec816ba1fb6bfabc38c2c8	c1	complete	as_available	0	2026-11-24 22:15:45.593342+00	\N	5	3	1
1	26	web-6	\\x4242317404dfdd8f19f5f12e719db50d7bd3f7a5838c568ef3481483cc2f85a2	\N	canceled	as_available	5	2026-11-24 22:15:45.616564+00	\N	2	3	2
1	20	web-4	\\xdcf13a20603530020ffe9676975e0759aae459dcecfcf8ac57a3554fcd9f2c96	c4	held	as_available	0	2026-11-24 22:15:45.609604+00	2026-11-25 22:15:45.609604+00	1	2	1
1	18	web-3	\\xd2dbe2067b937d0d824fb08f6fd4e9adb9bc9a30683e78ef9e3c92ca93600d6c	\N	open	complete_order	0	2026-11-24 22:15:45.608579+00	\N	7	2	1
1	10	web-2	\\xcc3435366d8db149aa1270364af7602fd764cf13e90b855ef81b64eb6caf17ea	c2	open	as_available	0	2026-11-24 22:15:45.601698+00	\N	15	5	3
2	70	web-5	\\x376fc27cf3af75a8c11569f8ad4703728ef04c2b44a08a364e415792f6046b50	\N	open	as_available	0	2026-11-24 22:15:45.711631+00	\N	3	1	2
2	56	web-1	\\x7739230da7b9c03b0fed1379ba36c8a60369bc7deeec816ba1fb6bfabc38c2c8	c1	complete	as_available	0	2026-11-24 22:15:45.700902+00	\N	5	3	1
2	74	web-6	\\x4242317404dfdd8f19f5f12e719db50d7bd3f7a5838c568ef3481483cc2f85a2	\N	canceled	as_available	5	2026-11-24 22:15:45.712319+00	\N	2	3	2
2	68	web-4	\\xdcf13a20603530020ffe9676975e0759aae459dcecfcf8ac57a3554fcd9f2c96	c4	held	as_available	0	2026-11-24 22:15:45.708926+00	2026-11-25 22:15:45.708926+00	1	2	1
2	66	web-3	\\xd2dbe2067b937d0d824fb08f6fd4e9adb9bc9a30683e78ef9e3c92ca93600d6c	\N	open	complete_order	0	2026-11-24 22:15:45.707569+00	\N	7	2	1
2	58	web-2	\\xcc3435366d8db149aa1270364af7602fd764cf13e90b855ef81b64eb6caf17ea	c2	open	as_available	0	2026-11-24 22:15:45.703023+00	\N	15	5	3
\.

--
-- Data for Name: shipment_group; Type: TABLE DATA; Schema: backorder; Owner: postgres
--

COPY backorder.shipment_group (merchant_id, order_id, group_no, location_id, status, promised_at, not_before, tracking, released_at, shipped_at, delivered_at) FROM stdin;
1	10	2	2	ready	2026-11-25 00:15:45.601698+00	\N	\N	\N	\N	\N
1	18	1	\N	waiting	\N	\N	\N	\N	\N	\N
1	22	1	1	ready	2026-11-25 00:15:45.615808+00	\N	\N	\N	\N	\N
1	22	2	\N	waiting	\N	2027-02-22 22:15:45.579591+00	\N	\N	\N	\N
1	8	1	1	shipped	2026-11-25 00:15:45.593342+00	\N	T-1	2026-11-24 22:15:45.618588+00	2026-11-24 22:15:45.618588+00	\N
1	10	1	1	ready	2026-12-02 00:15:45.591237+00	\N	\N	\N	\N	\N
1	26	1	\N	canceled	2026-12-02 00:15:45.591237+00	\N	\N	\N	\N	\N
1	26	2	1	canceled	2026-12-02 00:15:45.591237+00	\N	\N	\N	\N	\N
1	20	1	1	ready	2026-12-02 00:15:45.591237+00	\N	\N	\N	\N	\N
1	10	3	\N	waiting	2026-12-09 00:15:45.591237+00	\N	\N	\N	\N	\N
2	58	2	2	ready	2026-11-25 00:15:45.703023+00	\N	\N	\N	\N	\N
2	66	1	\N	waiting	\N	\N	\N	\N	\N	\N
2	70	1	1	ready	2026-11-25 00:15:45.711631+00	\N	\N	\N	\N	\N
2	70	2	\N	waiting	\N	2027-02-22 22:15:45.691222+00	\N	\N	\N	\N
2	56	1	1	shipped	2026-11-25 00:15:45.700902+00	\N	T-1	2026-11-24 22:15:45.716768+00	2026-11-24 22:15:45.716768+00	\N
2	58	1	1	ready	2026-12-02 00:15:45.699288+00	\N	\N	\N	\N	\N
2	74	1	\N	canceled	2026-12-02 00:15:45.699288+00	\N	\N	\N	\N	\N
2	74	2	1	canceled	2026-12-02 00:15:45.699288+00	\N	\N	\N	\N	\N
2	68	1	1	ready	2026-12-02 00:15:45.699288+00	\N	\N	\N	\N	\N
2	58	3	\N	waiting	2026-12-09 00:15:45.699288+00	\N	\N	\N	\N	\N
\.

--
-- Data for Name: stock; Type: TABLE DATA; Schema: backorder; Owner: postgres
--

COPY backorder.stock (merchant_id, sku, location_id, on_hand) FROM stdin;
1	TEA	2	3
1	CUP	1	2
1	CUP	3	5
1	TEA	1	10
1	BOX	1	1
2	TEA	2	3
2	CUP	1	2
2	CUP	3	5
2	TEA	1	10
2	BOX	1	1
\.

--
-- Data for Name: stock_movement; Type: TABLE DATA; Schema: backorder; Owner: postgres
--

COPY backorder.stock_movement (merchant_id, movement_id, sku, location_id, kind, quantity, cause, actor, moved_at) FROM stdin;
1	1	TEA	1	adjusted	10	stock changed	postgres	2026-11-24 22:15:45.585404+00
1	2	TEA	2	adjusted	3	stock changed	postgres	2026-11-24 22:15:45.585404+00
1	3	CUP	1	adjusted	2	stock changed	postgres	2026-11-24 22:15:45.585404+00
1	4	BOX	1	adjusted	6	stock changed	postgres	2026-11-24 22:15:45.585404+00
1	5	CUP	3	adjusted	5	stock changed	postgres	2026-11-24 22:15:45.585404+00
1	29	TEA	1	shipped	-4	order 8, group 1	postgres	2026-11-24 22:15:45.618588+00
1	30	BOX	1	shipped	-1	order 8, group 1	postgres	2026-11-24 22:15:45.618588+00
1	32	TEA	1	returned	1	order 8, line 1	postgres	2026-11-24 22:15:45.62394+00
1	38	TEA	1	received	3	supply 6	postgres	2026-11-24 22:15:45.631744+00
1	43	BOX	1	counted	-4	count_stock	postgres	2026-11-24 22:15:45.636672+00
2	49	TEA	1	adjusted	10	stock changed	postgres	2026-11-24 22:15:45.693318+00
2	50	TEA	2	adjusted	3	stock changed	postgres	2026-11-24 22:15:45.693318+00
2	51	CUP	1	adjusted	2	stock changed	postgres	2026-11-24 22:15:45.693318+00
2	52	BOX	1	adjusted	6	stock changed	postgres	2026-11-24 22:15:45.693318+00
2	53	CUP	3	adjusted	5	stock changed	postgres	2026-11-24 22:15:45.693318+00
2	77	TEA	1	shipped	-4	order 56, group 1	postgres	2026-11-24 22:15:45.716768+00
2	78	BOX	1	shipped	-1	order 56, group 1	postgres	2026-11-24 22:15:45.716768+00
2	80	TEA	1	returned	1	order 56, line 1	postgres	2026-11-24 22:15:45.724052+00
2	86	TEA	1	received	3	supply 54	postgres	2026-11-24 22:15:45.735825+00
2	91	BOX	1	counted	-4	count_stock	postgres	2026-11-24 22:15:45.738529+00
\.

--
-- Data for Name: supply; Type: TABLE DATA; Schema: backorder; Owner: postgres
--

COPY backorder.supply (merchant_id, supply_id, sku, location_id, quantity, received, expected_at, reference, status) FROM stdin;
1	6	TEA	1	20	3	2026-12-01 22:15:45.591237+00	PO-1	open
1	7	CUP	1	5	0	2026-12-08 22:15:45.591237+00	PO-2	open
2	54	TEA	1	20	3	2026-12-01 22:15:45.699288+00	PO-1	open
2	55	CUP	1	5	0	2026-12-08 22:15:45.699288+00	PO-2	open
\.

--
-- Name: id_sequence; Type: SEQUENCE SET; Schema: backorder; Owner: postgres
--

SELECT pg_catalog.setval('backorder.id_sequence', 96, true);

--
-- PostgreSQL database dump complete
--

