-- A shop as version 0.4.0 left it: seed.sql for merchants 1 and 2, played by that version, then pg_dump --data-only.
--
-- PostgreSQL database dump
--


-- Dumped from database version 15.20 (Debian 15.20-0+deb12u1)
-- Dumped by pg_dump version 15.20 (Debian 15.20-0+deb12u1)

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

COPY backorder.availability (merchant_id, sku, locations, on_hand, allocated, backordered, relay, slots, retractable, slots_idle) FROM stdin;
1	MAT	{1}	{2}	{1}	0	f	0	t	f
1	BOX	{1}	{9}	{3}	0	f	3	f	f
1	TEA	{1,2}	{10,3}	{10,3}	101	t	0	f	f
1	CUP	{1,3}	{2,5}	{1,0}	8	f	0	f	f
1	BOOK	{}	{}	{}	2	f	0	f	f
2	BOX	{1}	{9}	{3}	0	f	3	f	f
2	TEA	{1,2}	{10,3}	{10,3}	101	t	0	f	f
2	CUP	{1,3}	{2,5}	{1,0}	8	f	0	f	f
2	BOOK	{}	{}	{}	2	f	0	f	f
2	MAT	{1}	{2}	{1}	0	f	0	t	f
\.


--
-- Data for Name: availability_slot; Type: TABLE DATA; Schema: backorder; Owner: postgres
--

COPY backorder.availability_slot (merchant_id, sku, slot_no, share, allocated, queue_share, backordered) FROM stdin;
1	BOX	1	{2}	{0}	0	0
1	BOX	2	{2}	{0}	0	0
1	BOX	3	{2}	{0}	0	0
2	BOX	1	{2}	{0}	0	0
2	BOX	2	{2}	{0}	0	0
2	BOX	3	{2}	{0}	0	0
\.


--
-- Data for Name: delivery; Type: TABLE DATA; Schema: backorder; Owner: postgres
--

COPY backorder.delivery (merchant_id, notification_id, status, deliver_after, leased_until, attempts, last_error) FROM stdin;
1	9	pending	2026-11-27 11:21:08.422147+00	\N	0	\N
1	14	pending	2026-11-27 11:21:08.42716+00	\N	0	\N
1	16	pending	2026-11-27 11:21:08.42716+00	\N	0	\N
1	23	pending	2026-11-27 11:21:08.430237+00	\N	0	\N
1	24	pending	2026-11-27 11:21:08.430237+00	\N	0	\N
1	31	pending	2026-11-27 11:21:08.431444+00	\N	0	\N
1	32	pending	2026-11-27 11:21:08.433899+00	\N	0	\N
1	28	withdrawn	2026-11-27 11:21:08.430651+00	\N	0	\N
1	40	pending	2026-11-27 11:21:08.438771+00	\N	0	\N
1	13	withdrawn	2026-11-27 11:21:08.42716+00	\N	0	\N
1	35	withdrawn	2026-11-27 11:21:08.437404+00	\N	0	\N
1	39	withdrawn	2026-11-27 11:21:08.438771+00	\N	0	\N
1	41	withdrawn	2026-11-27 11:21:08.440196+00	\N	0	\N
1	19	withdrawn	2026-11-27 11:21:08.42871+00	\N	0	\N
1	48	pending	2026-11-27 11:21:08.442937+00	\N	0	\N
1	44	withdrawn	2026-11-27 11:21:08.441766+00	\N	0	\N
1	54	pending	2026-11-27 11:26:08.446801+00	\N	0	\N
1	58	pending	2026-11-27 11:21:08.447675+00	\N	0	\N
1	59	pending	2026-11-27 11:21:08.447675+00	\N	0	\N
1	65	pending	2026-11-27 11:21:08.45527+00	\N	0	\N
1	46	withdrawn	2026-11-27 11:21:08.442937+00	\N	0	\N
1	67	pending	2026-11-27 11:21:08.45527+00	\N	0	\N
1	70	pending	2026-11-27 11:21:08.458911+00	\N	0	\N
1	73	pending	2026-11-27 11:21:08.460374+00	\N	0	\N
1	78	pending	2026-11-27 11:21:08.462246+00	\N	0	\N
1	76	withdrawn	2026-11-27 11:21:08.461404+00	\N	0	\N
1	80	pending	2026-11-27 11:21:08.463344+00	\N	0	\N
1	51	withdrawn	2026-11-27 11:21:08.444688+00	\N	0	\N
2	89	pending	2026-11-27 11:21:08.629584+00	\N	0	\N
2	94	pending	2026-11-27 11:21:08.633828+00	\N	0	\N
2	96	pending	2026-11-27 11:21:08.633828+00	\N	0	\N
2	103	pending	2026-11-27 11:21:08.637382+00	\N	0	\N
2	104	pending	2026-11-27 11:21:08.637382+00	\N	0	\N
2	111	pending	2026-11-27 11:21:08.63874+00	\N	0	\N
2	112	pending	2026-11-27 11:21:08.641287+00	\N	0	\N
2	108	withdrawn	2026-11-27 11:21:08.637916+00	\N	0	\N
2	120	pending	2026-11-27 11:21:08.64581+00	\N	0	\N
2	93	withdrawn	2026-11-27 11:21:08.633828+00	\N	0	\N
2	115	withdrawn	2026-11-27 11:21:08.644017+00	\N	0	\N
2	119	withdrawn	2026-11-27 11:21:08.64581+00	\N	0	\N
2	121	withdrawn	2026-11-27 11:21:08.647463+00	\N	0	\N
2	99	withdrawn	2026-11-27 11:21:08.63495+00	\N	0	\N
2	128	pending	2026-11-27 11:21:08.650113+00	\N	0	\N
2	124	withdrawn	2026-11-27 11:21:08.649176+00	\N	0	\N
2	134	pending	2026-11-27 11:26:08.653908+00	\N	0	\N
2	138	pending	2026-11-27 11:21:08.654661+00	\N	0	\N
2	139	pending	2026-11-27 11:21:08.654661+00	\N	0	\N
2	145	pending	2026-11-27 11:21:08.662127+00	\N	0	\N
2	126	withdrawn	2026-11-27 11:21:08.650113+00	\N	0	\N
2	147	pending	2026-11-27 11:21:08.662127+00	\N	0	\N
2	150	pending	2026-11-27 11:21:08.66591+00	\N	0	\N
2	153	pending	2026-11-27 11:21:08.667271+00	\N	0	\N
2	158	pending	2026-11-27 11:21:08.669196+00	\N	0	\N
2	156	withdrawn	2026-11-27 11:21:08.668346+00	\N	0	\N
2	160	pending	2026-11-27 11:21:08.670256+00	\N	0	\N
2	131	withdrawn	2026-11-27 11:21:08.651941+00	\N	0	\N
\.


--
-- Data for Name: incentive; Type: TABLE DATA; Schema: backorder; Owner: postgres
--

COPY backorder.incentive (merchant_id, incentive_id, name, kind, amount, gift_sku, gift_quantity, value, skus, tag, min_wait, min_order_value, min_backordered_value, customer_group, valid, max_grants, max_value, rank, combines, active, slip_days, max_steps) FROM stdin;
1	61	A box for waiting	gift	\N	BOX	1	\N	{CUP}	\N	\N	\N	\N	\N	\N	\N	\N	0	f	t	\N	\N
1	62	Five percent	percent_off	5	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	10	100	1	f	t	\N	\N
1	63	Sorry	amount_off	1	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	f	t	7	3
2	141	A box for waiting	gift	\N	BOX	1	\N	{CUP}	\N	\N	\N	\N	\N	\N	\N	\N	0	f	t	\N	\N
2	142	Five percent	percent_off	5	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	10	100	1	f	t	\N	\N
2	143	Sorry	amount_off	1	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	f	t	7	3
\.


--
-- Data for Name: incentive_budget; Type: TABLE DATA; Schema: backorder; Owner: postgres
--

COPY backorder.incentive_budget (merchant_id, incentive_id, slot_no, grants_left, value_left, grants_used, value_used) FROM stdin;
1	62	2	0	0.00	0	0
1	62	3	0	0.00	0	0
1	62	4	0	0.00	0	0
1	62	5	0	0.00	0	0
1	62	6	0	0.00	0	0
1	62	7	0	0.00	0	0
1	62	8	0	0.00	0	0
1	62	1	9	77.50	1	22.50
2	142	2	0	0.00	0	0
2	142	3	0	0.00	0	0
2	142	4	0	0.00	0	0
2	142	5	0	0.00	0	0
2	142	6	0	0.00	0	0
2	142	7	0	0.00	0	0
2	142	8	0	0.00	0	0
2	142	1	9	77.50	1	22.50
\.


--
-- Data for Name: item; Type: TABLE DATA; Schema: backorder; Owner: postgres
--

COPY backorder.item (merchant_id, sku, name, tracked, policy, available_from, backorder_limit, safety_stock, lead_time, unit_price, weight, slots, tags, low_stock) FROM stdin;
1	TEA	Green tea	t	allow	\N	\N	0	10 days	4.50	\N	\N	\N	\N
1	CUP	Cup	t	allow	\N	1000000	1	\N	9.90	\N	\N	\N	\N
1	BOX	Box	t	deny	\N	\N	0	\N	1.20	\N	3	\N	\N
1	WRAP	Wrapping	f	deny	\N	\N	0	\N	2.00	\N	\N	\N	\N
1	BOOK	New book	t	preorder	2027-02-25 11:21:08.4108+00	\N	0	\N	20.00	\N	\N	\N	\N
1	MAT	Tea mat	t	deny	\N	\N	0	\N	\N	\N	\N	\N	1
2	TEA	Green tea	t	allow	\N	\N	0	10 days	4.50	\N	\N	\N	\N
2	CUP	Cup	t	allow	\N	1000000	1	\N	9.90	\N	\N	\N	\N
2	BOX	Box	t	deny	\N	\N	0	\N	1.20	\N	3	\N	\N
2	WRAP	Wrapping	f	deny	\N	\N	0	\N	2.00	\N	\N	\N	\N
2	BOOK	New book	t	preorder	2027-02-25 11:21:08.619371+00	\N	0	\N	20.00	\N	\N	\N	\N
2	MAT	Tea mat	t	deny	\N	\N	0	\N	\N	\N	\N	\N	1
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

COPY backorder.merchant (merchant_id, name, ship_policy, handling_time, promise_tolerance, split_needs_consent, back_in_stock_factor, back_in_stock_delay, back_in_stock_throttle, warning_interval) FROM stdin;
1	Shop 1	as_available	02:00:00	1 day	f	1	00:05:00	1 day	1 day
2	Shop 2	as_available	02:00:00	1 day	f	1	00:05:00	1 day	1 day
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
1	9	placed	customer	8	placed:8	{"type": "placed", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "allocated", "group_no": 1, "quantity": 4, "promised_at": "2026-11-27T13:21:08.422147+00:00"}], "line_no": 1, "unit_price": 4.50}, {"sku": "BOX", "name": "Box", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-27T13:21:08.422147+00:00"}], "line_no": 2, "unit_price": 1.20}], "moved": [], "covers": [], "filled": [], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": null, "unknown_shown": false, "accept_backorder": null}, "version": 1, "waiting": [], "canceled": [], "customer": "c1", "order_id": 8, "reference": "web-1", "order_status": "open"}	2026-11-27 11:21:08.422147+00
1	13	placed	customer	10	placed:10	{"type": "placed", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "allocated", "group_no": 1, "quantity": 6, "promised_at": "2026-11-27T13:21:08.42716+00:00"}, {"status": "allocated", "group_no": 2, "quantity": 3, "promised_at": "2026-11-27T13:21:08.42716+00:00"}, {"status": "backordered", "group_no": 3, "quantity": 3, "promised_at": "2026-12-04T13:21:08.420804+00:00"}], "line_no": 1, "unit_price": 4.50}, {"sku": "CUP", "name": "Cup", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-27T13:21:08.42716+00:00"}, {"status": "backordered", "group_no": 3, "quantity": 2, "promised_at": "2026-12-06T13:21:08.420804+00:00"}], "line_no": 2, "unit_price": 9.90}], "moved": [], "covers": [], "filled": [], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": "2026-12-06T13:21:08.420804+00:00", "unknown_shown": false, "accept_backorder": null}, "version": 1, "waiting": [{"sku": "TEA", "line_no": 1, "quantity": 3, "leaves_at": "2026-12-04T13:21:08.420804+00:00", "promised_at": "2026-12-04T13:21:08.420804+00:00"}, {"sku": "CUP", "line_no": 2, "quantity": 2, "leaves_at": "2026-12-06T13:21:08.420804+00:00", "promised_at": "2026-12-06T13:21:08.420804+00:00"}], "canceled": [], "customer": "c2", "order_id": 10, "reference": "web-2", "order_status": "open"}	2026-11-27 11:21:08.42716+00
1	14	sku_negative	merchant	\N	sku_negative:CUP:15	{"sku": "CUP", "name": "Cup", "type": "sku_negative", "shelves": [{"on_hand": 2, "allocated": 1, "location_id": 1}, {"on_hand": 5, "allocated": 0, "location_id": 3}], "version": 1, "backordered": 2}	2026-11-27 11:21:08.42716+00
1	16	sku_negative	merchant	\N	sku_negative:TEA:17	{"sku": "TEA", "name": "Green tea", "type": "sku_negative", "shelves": [{"on_hand": 10, "allocated": 10, "location_id": 1}, {"on_hand": 3, "allocated": 3, "location_id": 2}], "version": 1, "backordered": 3}	2026-11-27 11:21:08.42716+00
1	19	placed	customer	18	placed:18	{"type": "placed", "lines": [{"sku": "CUP", "name": "Cup", "parts": [{"status": "backordered", "group_no": 1, "quantity": 5, "promised_at": null}], "line_no": 1, "unit_price": 9.90}, {"sku": "BOX", "name": "Box", "parts": [{"status": "allocated", "group_no": 1, "quantity": 2, "promised_at": null}], "line_no": 2, "unit_price": 1.20}], "moved": [], "covers": [], "filled": [], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": null, "unknown_shown": true, "accept_backorder": null}, "version": 1, "waiting": [{"sku": "CUP", "line_no": 1, "quantity": 5, "leaves_at": null, "promised_at": null}], "canceled": [], "customer": null, "order_id": 18, "reference": "web-3", "order_status": "open"}	2026-11-27 11:21:08.42871+00
1	23	placed	customer	22	placed:22	{"type": "placed", "lines": [{"sku": "WRAP", "name": "Wrapping", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-27T13:21:08.430237+00:00"}], "line_no": 1, "unit_price": 2.00}, {"sku": "BOOK", "name": "New book", "parts": [{"status": "backordered", "group_no": 2, "quantity": 2, "promised_at": null}], "line_no": 2, "unit_price": 20.00}], "moved": [], "covers": [], "filled": [], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": null, "unknown_shown": true, "accept_backorder": null}, "version": 1, "waiting": [{"sku": "BOOK", "line_no": 2, "quantity": 2, "leaves_at": null, "promised_at": null}], "canceled": [], "customer": null, "order_id": 22, "reference": "web-5", "order_status": "open"}	2026-11-27 11:21:08.430237+00
1	24	sku_negative	merchant	\N	sku_negative:BOOK:25	{"sku": "BOOK", "name": "New book", "type": "sku_negative", "shelves": [], "version": 1, "backordered": 2}	2026-11-27 11:21:08.430237+00
1	28	placed	customer	26	placed:26	{"type": "placed", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "backordered", "group_no": 1, "quantity": 2, "promised_at": "2026-12-04T13:21:08.420804+00:00"}], "line_no": 1, "unit_price": 4.50}], "moved": [], "covers": [], "filled": [], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": "2026-12-04T13:21:08.420804+00:00", "unknown_shown": false, "accept_backorder": null}, "version": 1, "waiting": [{"sku": "TEA", "line_no": 1, "quantity": 2, "leaves_at": "2026-12-04T13:21:08.420804+00:00", "promised_at": "2026-12-04T13:21:08.420804+00:00"}], "canceled": [], "customer": null, "order_id": 26, "reference": "web-6", "order_status": "open"}	2026-11-27 11:21:08.430651+00
1	31	placed	customer	29	placed:29	{"type": "placed", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "backordered", "group_no": 1, "quantity": 1, "promised_at": "2026-12-04T13:21:08.420804+00:00"}], "line_no": 1, "unit_price": 4.50}], "moved": [], "covers": [], "filled": [], "reason": null, "consent": {"max_wait": "P30D", "accept_split": false, "promise_shown": "2026-12-04T13:21:08.420804+00:00", "unknown_shown": false, "accept_backorder": true}, "version": 1, "waiting": [{"sku": "TEA", "line_no": 1, "quantity": 1, "leaves_at": "2026-12-04T13:21:08.420804+00:00", "promised_at": "2026-12-04T13:21:08.420804+00:00"}], "canceled": [], "customer": null, "order_id": 29, "reference": "web-7", "order_status": "open"}	2026-11-27 11:21:08.431444+00
1	32	shipped	customer	8	shipped:8:1	{"type": "shipped", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "shipped", "group_no": 1, "quantity": 4, "promised_at": "2026-11-27T13:21:08.422147+00:00"}], "line_no": 1, "unit_price": 4.50}, {"sku": "BOX", "name": "Box", "parts": [{"status": "shipped", "group_no": 1, "quantity": 1, "promised_at": "2026-11-27T13:21:08.422147+00:00"}], "line_no": 2, "unit_price": 1.20}], "shipped": [{"sku": "TEA", "name": "Green tea", "line_no": 1, "quantity": 4}, {"sku": "BOX", "name": "Box", "line_no": 2, "quantity": 1}], "version": 1, "waiting": [], "customer": "c1", "group_no": 1, "order_id": 8, "tracking": "T-1", "reference": "web-1", "shipped_at": "2026-11-27T11:21:08.433899+00:00", "location_id": 1, "order_status": "complete"}	2026-11-27 11:21:08.433899+00
1	35	backorder_filled	customer	26	backorder_filled:26:2	{"type": "backorder_filled", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "backordered", "group_no": 1, "quantity": 1, "promised_at": "2026-12-04T13:21:08.420804+00:00"}, {"status": "allocated", "group_no": 2, "quantity": 1, "promised_at": "2026-12-04T13:21:08.420804+00:00"}], "line_no": 1, "unit_price": 4.50}], "moved": [], "covers": ["placed"], "filled": [{"sku": "TEA", "line_no": 1, "group_no": 2, "quantity": 1}], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": "2026-12-04T13:21:08.420804+00:00", "unknown_shown": false, "accept_backorder": null}, "version": 1, "waiting": [{"sku": "TEA", "line_no": 1, "quantity": 1, "leaves_at": "2026-12-04T13:21:08.420804+00:00", "promised_at": "2026-12-04T13:21:08.420804+00:00"}], "canceled": [], "customer": null, "order_id": 26, "reference": "web-6", "order_status": "open"}	2026-11-27 11:21:08.437404+00
1	39	backorder_filled	customer	10	backorder_filled:10:2	{"type": "backorder_filled", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "allocated", "group_no": 1, "quantity": 6, "promised_at": "2026-11-27T13:21:08.42716+00:00"}, {"status": "allocated", "group_no": 2, "quantity": 3, "promised_at": "2026-11-27T13:21:08.42716+00:00"}, {"status": "backordered", "group_no": 3, "quantity": 2, "promised_at": "2026-12-04T13:21:08.420804+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-12-04T13:21:08.420804+00:00"}], "line_no": 1, "unit_price": 4.50}, {"sku": "CUP", "name": "Cup", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-27T13:21:08.42716+00:00"}, {"status": "backordered", "group_no": 3, "quantity": 2, "promised_at": "2026-12-06T13:21:08.420804+00:00"}], "line_no": 2, "unit_price": 9.90}], "moved": [], "covers": ["placed"], "filled": [{"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 1}], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": "2026-12-06T13:21:08.420804+00:00", "unknown_shown": false, "accept_backorder": null}, "version": 1, "waiting": [{"sku": "TEA", "line_no": 1, "quantity": 2, "leaves_at": "2026-12-04T13:21:08.420804+00:00", "promised_at": "2026-12-04T13:21:08.420804+00:00"}, {"sku": "CUP", "line_no": 2, "quantity": 2, "leaves_at": "2026-12-06T13:21:08.420804+00:00", "promised_at": "2026-12-06T13:21:08.420804+00:00"}], "canceled": [], "customer": "c2", "order_id": 10, "reference": "web-2", "order_status": "open"}	2026-11-27 11:21:08.438771+00
1	40	canceled	customer	26	canceled:26	{"type": "canceled", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "canceled", "group_no": 1, "quantity": 1, "promised_at": null}, {"status": "canceled", "group_no": 2, "quantity": 1, "promised_at": null}], "line_no": 1, "unit_price": 4.50}], "moved": [], "covers": ["placed", "backorder_filled"], "filled": [], "reason": "changed his mind", "consent": {"max_wait": null, "accept_split": null, "promise_shown": "2026-12-04T13:21:08.420804+00:00", "unknown_shown": false, "accept_backorder": null}, "version": 1, "waiting": [], "canceled": [{"sku": "TEA", "line_no": 1, "quantity": 1}, {"sku": "TEA", "line_no": 1, "quantity": 1}], "customer": null, "order_id": 26, "reference": "web-6", "order_status": "canceled"}	2026-11-27 11:21:08.438771+00
1	41	backorder_filled	customer	10	backorder_filled:10:3	{"type": "backorder_filled", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "allocated", "group_no": 1, "quantity": 6, "promised_at": "2026-11-27T13:21:08.42716+00:00"}, {"status": "allocated", "group_no": 2, "quantity": 3, "promised_at": "2026-11-27T13:21:08.42716+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 2, "promised_at": "2026-12-04T13:21:08.420804+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-12-04T13:21:08.420804+00:00"}], "line_no": 1, "unit_price": 4.50}, {"sku": "CUP", "name": "Cup", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-27T13:21:08.42716+00:00"}, {"status": "backordered", "group_no": 3, "quantity": 2, "promised_at": "2026-12-06T13:21:08.420804+00:00"}], "line_no": 2, "unit_price": 9.90}], "moved": [], "covers": ["placed", "backorder_filled"], "filled": [{"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 1}, {"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 2}], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": "2026-12-06T13:21:08.420804+00:00", "unknown_shown": false, "accept_backorder": null}, "version": 1, "waiting": [{"sku": "CUP", "line_no": 2, "quantity": 2, "leaves_at": "2026-12-06T13:21:08.420804+00:00", "promised_at": "2026-12-06T13:21:08.420804+00:00"}], "canceled": [], "customer": "c2", "order_id": 10, "reference": "web-2", "order_status": "open"}	2026-11-27 11:21:08.440196+00
2	138	placed	customer	137	placed:137	{"type": "placed", "lines": [{"sku": "MAT", "name": "Tea mat", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-27T13:21:08.654661+00:00"}], "line_no": 1, "unit_price": null}], "moved": [], "covers": [], "filled": [], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": null, "unknown_shown": false, "accept_backorder": null}, "version": 1, "waiting": [], "canceled": [], "customer": null, "order_id": 137, "reference": "web-11", "order_status": "open"}	2026-11-27 11:21:08.654661+00
1	44	line_canceled	customer	10	line_canceled:10:4	{"type": "line_canceled", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "allocated", "group_no": 1, "quantity": 6, "promised_at": "2026-11-27T13:21:08.42716+00:00"}, {"status": "allocated", "group_no": 2, "quantity": 3, "promised_at": "2026-11-27T13:21:08.42716+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 2, "promised_at": "2026-12-04T13:21:08.420804+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-12-04T13:21:08.420804+00:00"}], "line_no": 1, "unit_price": 4.50}, {"sku": "CUP", "name": "Cup", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-27T13:21:08.42716+00:00"}, {"status": "backordered", "group_no": 3, "quantity": 1, "promised_at": "2026-12-06T13:21:08.420804+00:00"}, {"status": "canceled", "group_no": 3, "quantity": 1, "promised_at": null}], "line_no": 2, "unit_price": 9.90}], "moved": [], "covers": ["placed", "backorder_filled", "backorder_filled"], "filled": [{"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 1}, {"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 2}], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": "2026-12-06T13:21:08.420804+00:00", "unknown_shown": false, "accept_backorder": null}, "version": 1, "waiting": [{"sku": "CUP", "line_no": 2, "quantity": 1, "leaves_at": "2026-12-06T13:21:08.420804+00:00", "promised_at": "2026-12-06T13:21:08.420804+00:00"}], "canceled": [{"sku": "CUP", "line_no": 2, "quantity": 1}], "customer": "c2", "order_id": 10, "reference": "web-2", "order_status": "open"}	2026-11-27 11:21:08.441766+00
1	46	promise_changed	customer	18	promise_changed:18:2	{"type": "promise_changed", "lines": [{"sku": "CUP", "name": "Cup", "parts": [{"status": "backordered", "group_no": 1, "quantity": 5, "promised_at": null}], "line_no": 1, "unit_price": 9.90}, {"sku": "BOX", "name": "Box", "parts": [{"status": "backordered", "group_no": 1, "quantity": 1, "promised_at": null}, {"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": null}], "line_no": 2, "unit_price": 1.20}], "moved": [{"to": null, "sku": "BOX", "from": "2026-11-27T13:21:08.42871+00:00", "line_no": 2, "quantity": 1}], "covers": ["placed"], "filled": [], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": null, "unknown_shown": true, "accept_backorder": null}, "version": 1, "waiting": [{"sku": "CUP", "line_no": 1, "quantity": 5, "leaves_at": null, "promised_at": null}, {"sku": "BOX", "line_no": 2, "quantity": 1, "leaves_at": null, "promised_at": null}], "canceled": [], "customer": null, "order_id": 18, "reference": "web-3", "order_status": "open"}	2026-11-27 11:21:08.442937+00
1	48	sku_negative	merchant	\N	sku_negative:BOX:49	{"sku": "BOX", "name": "Box", "type": "sku_negative", "shelves": [{"on_hand": 1, "allocated": 1, "location_id": 1}], "version": 1, "backordered": 1}	2026-11-27 11:21:08.442937+00
1	51	promise_changed	customer	10	promise_changed:10:5	{"type": "promise_changed", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "allocated", "group_no": 1, "quantity": 6, "promised_at": "2026-11-27T13:21:08.42716+00:00"}, {"status": "allocated", "group_no": 2, "quantity": 3, "promised_at": "2026-11-27T13:21:08.42716+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 2, "promised_at": "2026-12-04T13:21:08.420804+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-12-04T13:21:08.420804+00:00"}], "line_no": 1, "unit_price": 4.50}, {"sku": "CUP", "name": "Cup", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-27T13:21:08.42716+00:00"}, {"status": "backordered", "group_no": 3, "quantity": 1, "promised_at": "2026-12-11T13:21:08.420804+00:00"}, {"status": "canceled", "group_no": 3, "quantity": 1, "promised_at": null}], "line_no": 2, "unit_price": 9.90}], "moved": [{"to": "2026-12-11T13:21:08.420804+00:00", "sku": "CUP", "from": "2026-12-06T13:21:08.420804+00:00", "line_no": 2, "quantity": 1}], "covers": ["placed", "backorder_filled", "backorder_filled", "line_canceled"], "filled": [{"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 1}, {"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 2}], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": "2026-12-06T13:21:08.420804+00:00", "unknown_shown": false, "accept_backorder": null}, "version": 1, "waiting": [{"sku": "CUP", "line_no": 2, "quantity": 1, "leaves_at": "2026-12-11T13:21:08.420804+00:00", "promised_at": "2026-12-11T13:21:08.420804+00:00"}], "canceled": [{"sku": "CUP", "line_no": 2, "quantity": 1}], "customer": "c2", "order_id": 10, "reference": "web-2", "order_status": "open"}	2026-11-27 11:21:08.444688+00
1	54	back_in_stock	customer	\N	back_in_stock:52:55	{"sku": "MAT", "name": "Tea mat", "type": "back_in_stock", "contact": "c1@example.org", "version": 1, "customer": "c1", "quantity": 1, "available": 2}	2026-11-27 11:21:08.446801+00
1	58	placed	customer	57	placed:57	{"type": "placed", "lines": [{"sku": "MAT", "name": "Tea mat", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-27T13:21:08.447675+00:00"}], "line_no": 1, "unit_price": null}], "moved": [], "covers": [], "filled": [], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": null, "unknown_shown": false, "accept_backorder": null}, "version": 1, "waiting": [], "canceled": [], "customer": null, "order_id": 57, "reference": "web-11", "order_status": "open"}	2026-11-27 11:21:08.447675+00
1	59	low_stock	merchant	\N	low_stock:MAT:60	{"sku": "MAT", "name": "Tea mat", "type": "low_stock", "shelves": [{"on_hand": 2, "allocated": 1, "location_id": 1}], "version": 1, "available": 1, "low_stock": 1, "backordered": 0}	2026-11-27 11:21:08.447675+00
1	65	backorder_filled	customer	18	backorder_filled:18:3	{"type": "backorder_filled", "lines": [{"sku": "CUP", "name": "Cup", "parts": [{"status": "backordered", "group_no": 1, "quantity": 5, "promised_at": null}], "line_no": 1, "unit_price": 9.90}, {"sku": "BOX", "name": "Box", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": null}, {"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": null}], "line_no": 2, "unit_price": 1.20}], "moved": [], "covers": ["placed", "promise_changed"], "filled": [{"sku": "BOX", "line_no": 2, "group_no": 1, "quantity": 1}], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": null, "unknown_shown": true, "accept_backorder": null}, "version": 1, "waiting": [{"sku": "CUP", "line_no": 1, "quantity": 5, "leaves_at": null, "promised_at": null}], "canceled": [], "customer": null, "order_id": 18, "reference": "web-3", "order_status": "open"}	2026-11-27 11:21:08.45527+00
1	67	sku_recovered	merchant	\N	sku_recovered:BOX:68	{"sku": "BOX", "name": "Box", "type": "sku_recovered", "shelves": [{"on_hand": 9, "allocated": 2, "location_id": 1}], "version": 1, "available": 7, "backordered": 0}	2026-11-27 11:21:08.45527+00
1	70	placed	customer	69	placed:69	{"type": "placed", "lines": [{"sku": "CUP", "name": "Cup", "parts": [{"status": "backordered", "group_no": 1, "quantity": 2, "promised_at": null}], "line_no": 1, "unit_price": 9.90}, {"sku": "BOX", "name": "Box", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": null}], "line_no": 2, "unit_price": 0}], "moved": [], "covers": [], "filled": [], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": null, "unknown_shown": true, "accept_backorder": null}, "version": 1, "waiting": [{"sku": "CUP", "line_no": 1, "quantity": 2, "leaves_at": null, "promised_at": null}], "canceled": [], "customer": null, "order_id": 69, "reference": "web-8", "incentives": [{"kind": "gift", "name": "A box for waiting", "step": 0, "value": 1.20, "status": "granted", "line_no": 2, "incentive_id": 61}], "order_status": "open"}	2026-11-27 11:21:08.458911+00
1	73	placed	customer	71	placed:71	{"type": "placed", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "backordered", "group_no": 1, "quantity": 100, "promised_at": "2026-12-07T13:21:08.460374+00:00"}], "line_no": 1, "unit_price": 4.50}], "moved": [], "covers": [], "filled": [], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": "2026-12-07T13:21:08.460374+00:00", "unknown_shown": false, "accept_backorder": null}, "version": 1, "waiting": [{"sku": "TEA", "line_no": 1, "quantity": 100, "leaves_at": "2026-12-07T13:21:08.460374+00:00", "promised_at": "2026-12-07T13:21:08.460374+00:00"}], "canceled": [], "customer": null, "order_id": 71, "reference": "web-9", "incentives": [{"kind": "percent_off", "name": "Five percent", "step": 0, "value": 22.50, "status": "granted", "incentive_id": 62}], "order_status": "open"}	2026-11-27 11:21:08.460374+00
1	76	placed	customer	74	placed:74	{"type": "placed", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "backordered", "group_no": 1, "quantity": 100, "promised_at": "2026-12-07T13:21:08.461404+00:00"}], "line_no": 1, "unit_price": 4.50}], "moved": [], "covers": [], "filled": [], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": "2026-12-07T13:21:08.461404+00:00", "unknown_shown": false, "accept_backorder": null}, "version": 1, "waiting": [{"sku": "TEA", "line_no": 1, "quantity": 100, "leaves_at": "2026-12-07T13:21:08.461404+00:00", "promised_at": "2026-12-07T13:21:08.461404+00:00"}], "canceled": [], "customer": null, "order_id": 74, "reference": "web-10", "incentives": [{"kind": "percent_off", "name": "Five percent", "step": 0, "value": 22.50, "status": "granted", "incentive_id": 62}], "order_status": "open"}	2026-11-27 11:21:08.461404+00
1	78	canceled	customer	74	canceled:74	{"type": "canceled", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "canceled", "group_no": 1, "quantity": 100, "promised_at": null}], "line_no": 1, "unit_price": 4.50}], "moved": [], "covers": ["placed"], "filled": [], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": "2026-12-07T13:21:08.461404+00:00", "unknown_shown": false, "accept_backorder": null}, "version": 1, "waiting": [], "canceled": [{"sku": "TEA", "line_no": 1, "quantity": 100}], "customer": null, "order_id": 74, "reference": "web-10", "incentives": [{"kind": "percent_off", "name": "Five percent", "step": 0, "value": 22.50, "status": "withdrawn", "incentive_id": 62}], "order_status": "canceled"}	2026-11-27 11:21:08.462246+00
1	80	promise_changed	customer	10	promise_changed:10:6	{"type": "promise_changed", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "allocated", "group_no": 1, "quantity": 6, "promised_at": "2026-11-27T13:21:08.42716+00:00"}, {"status": "allocated", "group_no": 2, "quantity": 3, "promised_at": "2026-11-27T13:21:08.42716+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 2, "promised_at": "2026-12-04T13:21:08.420804+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-12-04T13:21:08.420804+00:00"}], "line_no": 1, "unit_price": 4.50}, {"sku": "CUP", "name": "Cup", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-27T13:21:08.42716+00:00"}, {"status": "backordered", "group_no": 3, "quantity": 1, "promised_at": "2026-12-26T13:21:08.420804+00:00"}, {"status": "canceled", "group_no": 3, "quantity": 1, "promised_at": null}], "line_no": 2, "unit_price": 9.90}], "moved": [{"to": "2026-12-26T13:21:08.420804+00:00", "sku": "CUP", "from": "2026-12-06T13:21:08.420804+00:00", "line_no": 2, "quantity": 1}], "covers": ["placed", "backorder_filled", "backorder_filled", "line_canceled", "promise_changed"], "filled": [{"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 1}, {"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 2}], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": "2026-12-06T13:21:08.420804+00:00", "unknown_shown": false, "accept_backorder": null}, "version": 1, "waiting": [{"sku": "CUP", "line_no": 2, "quantity": 1, "leaves_at": "2026-12-26T13:21:08.420804+00:00", "promised_at": "2026-12-26T13:21:08.420804+00:00"}], "canceled": [{"sku": "CUP", "line_no": 2, "quantity": 1}], "customer": "c2", "order_id": 10, "reference": "web-2", "incentives": [{"kind": "amount_off", "name": "Sorry", "step": 1, "value": 1, "status": "granted", "incentive_id": 63}, {"kind": "amount_off", "name": "Sorry", "step": 2, "value": 1, "status": "granted", "incentive_id": 63}], "order_status": "open"}	2026-11-27 11:21:08.463344+00
2	89	placed	customer	88	placed:88	{"type": "placed", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "allocated", "group_no": 1, "quantity": 4, "promised_at": "2026-11-27T13:21:08.629584+00:00"}], "line_no": 1, "unit_price": 4.50}, {"sku": "BOX", "name": "Box", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-27T13:21:08.629584+00:00"}], "line_no": 2, "unit_price": 1.20}], "moved": [], "covers": [], "filled": [], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": null, "unknown_shown": false, "accept_backorder": null}, "version": 1, "waiting": [], "canceled": [], "customer": "c1", "order_id": 88, "reference": "web-1", "order_status": "open"}	2026-11-27 11:21:08.629584+00
2	93	placed	customer	90	placed:90	{"type": "placed", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "allocated", "group_no": 1, "quantity": 6, "promised_at": "2026-11-27T13:21:08.633828+00:00"}, {"status": "allocated", "group_no": 2, "quantity": 3, "promised_at": "2026-11-27T13:21:08.633828+00:00"}, {"status": "backordered", "group_no": 3, "quantity": 3, "promised_at": "2026-12-04T13:21:08.628581+00:00"}], "line_no": 1, "unit_price": 4.50}, {"sku": "CUP", "name": "Cup", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-27T13:21:08.633828+00:00"}, {"status": "backordered", "group_no": 3, "quantity": 2, "promised_at": "2026-12-06T13:21:08.628581+00:00"}], "line_no": 2, "unit_price": 9.90}], "moved": [], "covers": [], "filled": [], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": "2026-12-06T13:21:08.628581+00:00", "unknown_shown": false, "accept_backorder": null}, "version": 1, "waiting": [{"sku": "TEA", "line_no": 1, "quantity": 3, "leaves_at": "2026-12-04T13:21:08.628581+00:00", "promised_at": "2026-12-04T13:21:08.628581+00:00"}, {"sku": "CUP", "line_no": 2, "quantity": 2, "leaves_at": "2026-12-06T13:21:08.628581+00:00", "promised_at": "2026-12-06T13:21:08.628581+00:00"}], "canceled": [], "customer": "c2", "order_id": 90, "reference": "web-2", "order_status": "open"}	2026-11-27 11:21:08.633828+00
2	94	sku_negative	merchant	\N	sku_negative:CUP:95	{"sku": "CUP", "name": "Cup", "type": "sku_negative", "shelves": [{"on_hand": 2, "allocated": 1, "location_id": 1}, {"on_hand": 5, "allocated": 0, "location_id": 3}], "version": 1, "backordered": 2}	2026-11-27 11:21:08.633828+00
2	96	sku_negative	merchant	\N	sku_negative:TEA:97	{"sku": "TEA", "name": "Green tea", "type": "sku_negative", "shelves": [{"on_hand": 10, "allocated": 10, "location_id": 1}, {"on_hand": 3, "allocated": 3, "location_id": 2}], "version": 1, "backordered": 3}	2026-11-27 11:21:08.633828+00
2	99	placed	customer	98	placed:98	{"type": "placed", "lines": [{"sku": "CUP", "name": "Cup", "parts": [{"status": "backordered", "group_no": 1, "quantity": 5, "promised_at": null}], "line_no": 1, "unit_price": 9.90}, {"sku": "BOX", "name": "Box", "parts": [{"status": "allocated", "group_no": 1, "quantity": 2, "promised_at": null}], "line_no": 2, "unit_price": 1.20}], "moved": [], "covers": [], "filled": [], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": null, "unknown_shown": true, "accept_backorder": null}, "version": 1, "waiting": [{"sku": "CUP", "line_no": 1, "quantity": 5, "leaves_at": null, "promised_at": null}], "canceled": [], "customer": null, "order_id": 98, "reference": "web-3", "order_status": "open"}	2026-11-27 11:21:08.63495+00
2	103	placed	customer	102	placed:102	{"type": "placed", "lines": [{"sku": "WRAP", "name": "Wrapping", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-27T13:21:08.637382+00:00"}], "line_no": 1, "unit_price": 2.00}, {"sku": "BOOK", "name": "New book", "parts": [{"status": "backordered", "group_no": 2, "quantity": 2, "promised_at": null}], "line_no": 2, "unit_price": 20.00}], "moved": [], "covers": [], "filled": [], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": null, "unknown_shown": true, "accept_backorder": null}, "version": 1, "waiting": [{"sku": "BOOK", "line_no": 2, "quantity": 2, "leaves_at": null, "promised_at": null}], "canceled": [], "customer": null, "order_id": 102, "reference": "web-5", "order_status": "open"}	2026-11-27 11:21:08.637382+00
2	104	sku_negative	merchant	\N	sku_negative:BOOK:105	{"sku": "BOOK", "name": "New book", "type": "sku_negative", "shelves": [], "version": 1, "backordered": 2}	2026-11-27 11:21:08.637382+00
2	108	placed	customer	106	placed:106	{"type": "placed", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "backordered", "group_no": 1, "quantity": 2, "promised_at": "2026-12-04T13:21:08.628581+00:00"}], "line_no": 1, "unit_price": 4.50}], "moved": [], "covers": [], "filled": [], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": "2026-12-04T13:21:08.628581+00:00", "unknown_shown": false, "accept_backorder": null}, "version": 1, "waiting": [{"sku": "TEA", "line_no": 1, "quantity": 2, "leaves_at": "2026-12-04T13:21:08.628581+00:00", "promised_at": "2026-12-04T13:21:08.628581+00:00"}], "canceled": [], "customer": null, "order_id": 106, "reference": "web-6", "order_status": "open"}	2026-11-27 11:21:08.637916+00
2	111	placed	customer	109	placed:109	{"type": "placed", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "backordered", "group_no": 1, "quantity": 1, "promised_at": "2026-12-04T13:21:08.628581+00:00"}], "line_no": 1, "unit_price": 4.50}], "moved": [], "covers": [], "filled": [], "reason": null, "consent": {"max_wait": "P30D", "accept_split": false, "promise_shown": "2026-12-04T13:21:08.628581+00:00", "unknown_shown": false, "accept_backorder": true}, "version": 1, "waiting": [{"sku": "TEA", "line_no": 1, "quantity": 1, "leaves_at": "2026-12-04T13:21:08.628581+00:00", "promised_at": "2026-12-04T13:21:08.628581+00:00"}], "canceled": [], "customer": null, "order_id": 109, "reference": "web-7", "order_status": "open"}	2026-11-27 11:21:08.63874+00
2	112	shipped	customer	88	shipped:88:1	{"type": "shipped", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "shipped", "group_no": 1, "quantity": 4, "promised_at": "2026-11-27T13:21:08.629584+00:00"}], "line_no": 1, "unit_price": 4.50}, {"sku": "BOX", "name": "Box", "parts": [{"status": "shipped", "group_no": 1, "quantity": 1, "promised_at": "2026-11-27T13:21:08.629584+00:00"}], "line_no": 2, "unit_price": 1.20}], "shipped": [{"sku": "TEA", "name": "Green tea", "line_no": 1, "quantity": 4}, {"sku": "BOX", "name": "Box", "line_no": 2, "quantity": 1}], "version": 1, "waiting": [], "customer": "c1", "group_no": 1, "order_id": 88, "tracking": "T-1", "reference": "web-1", "shipped_at": "2026-11-27T11:21:08.641287+00:00", "location_id": 1, "order_status": "complete"}	2026-11-27 11:21:08.641287+00
2	115	backorder_filled	customer	106	backorder_filled:106:2	{"type": "backorder_filled", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "backordered", "group_no": 1, "quantity": 1, "promised_at": "2026-12-04T13:21:08.628581+00:00"}, {"status": "allocated", "group_no": 2, "quantity": 1, "promised_at": "2026-12-04T13:21:08.628581+00:00"}], "line_no": 1, "unit_price": 4.50}], "moved": [], "covers": ["placed"], "filled": [{"sku": "TEA", "line_no": 1, "group_no": 2, "quantity": 1}], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": "2026-12-04T13:21:08.628581+00:00", "unknown_shown": false, "accept_backorder": null}, "version": 1, "waiting": [{"sku": "TEA", "line_no": 1, "quantity": 1, "leaves_at": "2026-12-04T13:21:08.628581+00:00", "promised_at": "2026-12-04T13:21:08.628581+00:00"}], "canceled": [], "customer": null, "order_id": 106, "reference": "web-6", "order_status": "open"}	2026-11-27 11:21:08.644017+00
2	131	promise_changed	customer	90	promise_changed:90:5	{"type": "promise_changed", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "allocated", "group_no": 1, "quantity": 6, "promised_at": "2026-11-27T13:21:08.633828+00:00"}, {"status": "allocated", "group_no": 2, "quantity": 3, "promised_at": "2026-11-27T13:21:08.633828+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 2, "promised_at": "2026-12-04T13:21:08.628581+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-12-04T13:21:08.628581+00:00"}], "line_no": 1, "unit_price": 4.50}, {"sku": "CUP", "name": "Cup", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-27T13:21:08.633828+00:00"}, {"status": "backordered", "group_no": 3, "quantity": 1, "promised_at": "2026-12-11T13:21:08.628581+00:00"}, {"status": "canceled", "group_no": 3, "quantity": 1, "promised_at": null}], "line_no": 2, "unit_price": 9.90}], "moved": [{"to": "2026-12-11T13:21:08.628581+00:00", "sku": "CUP", "from": "2026-12-06T13:21:08.628581+00:00", "line_no": 2, "quantity": 1}], "covers": ["placed", "backorder_filled", "backorder_filled", "line_canceled"], "filled": [{"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 1}, {"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 2}], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": "2026-12-06T13:21:08.628581+00:00", "unknown_shown": false, "accept_backorder": null}, "version": 1, "waiting": [{"sku": "CUP", "line_no": 2, "quantity": 1, "leaves_at": "2026-12-11T13:21:08.628581+00:00", "promised_at": "2026-12-11T13:21:08.628581+00:00"}], "canceled": [{"sku": "CUP", "line_no": 2, "quantity": 1}], "customer": "c2", "order_id": 90, "reference": "web-2", "order_status": "open"}	2026-11-27 11:21:08.651941+00
2	134	back_in_stock	customer	\N	back_in_stock:132:135	{"sku": "MAT", "name": "Tea mat", "type": "back_in_stock", "contact": "c1@example.org", "version": 1, "customer": "c1", "quantity": 1, "available": 2}	2026-11-27 11:21:08.653908+00
2	119	backorder_filled	customer	90	backorder_filled:90:2	{"type": "backorder_filled", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "allocated", "group_no": 1, "quantity": 6, "promised_at": "2026-11-27T13:21:08.633828+00:00"}, {"status": "allocated", "group_no": 2, "quantity": 3, "promised_at": "2026-11-27T13:21:08.633828+00:00"}, {"status": "backordered", "group_no": 3, "quantity": 2, "promised_at": "2026-12-04T13:21:08.628581+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-12-04T13:21:08.628581+00:00"}], "line_no": 1, "unit_price": 4.50}, {"sku": "CUP", "name": "Cup", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-27T13:21:08.633828+00:00"}, {"status": "backordered", "group_no": 3, "quantity": 2, "promised_at": "2026-12-06T13:21:08.628581+00:00"}], "line_no": 2, "unit_price": 9.90}], "moved": [], "covers": ["placed"], "filled": [{"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 1}], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": "2026-12-06T13:21:08.628581+00:00", "unknown_shown": false, "accept_backorder": null}, "version": 1, "waiting": [{"sku": "TEA", "line_no": 1, "quantity": 2, "leaves_at": "2026-12-04T13:21:08.628581+00:00", "promised_at": "2026-12-04T13:21:08.628581+00:00"}, {"sku": "CUP", "line_no": 2, "quantity": 2, "leaves_at": "2026-12-06T13:21:08.628581+00:00", "promised_at": "2026-12-06T13:21:08.628581+00:00"}], "canceled": [], "customer": "c2", "order_id": 90, "reference": "web-2", "order_status": "open"}	2026-11-27 11:21:08.64581+00
2	120	canceled	customer	106	canceled:106	{"type": "canceled", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "canceled", "group_no": 1, "quantity": 1, "promised_at": null}, {"status": "canceled", "group_no": 2, "quantity": 1, "promised_at": null}], "line_no": 1, "unit_price": 4.50}], "moved": [], "covers": ["placed", "backorder_filled"], "filled": [], "reason": "changed his mind", "consent": {"max_wait": null, "accept_split": null, "promise_shown": "2026-12-04T13:21:08.628581+00:00", "unknown_shown": false, "accept_backorder": null}, "version": 1, "waiting": [], "canceled": [{"sku": "TEA", "line_no": 1, "quantity": 1}, {"sku": "TEA", "line_no": 1, "quantity": 1}], "customer": null, "order_id": 106, "reference": "web-6", "order_status": "canceled"}	2026-11-27 11:21:08.64581+00
2	121	backorder_filled	customer	90	backorder_filled:90:3	{"type": "backorder_filled", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "allocated", "group_no": 1, "quantity": 6, "promised_at": "2026-11-27T13:21:08.633828+00:00"}, {"status": "allocated", "group_no": 2, "quantity": 3, "promised_at": "2026-11-27T13:21:08.633828+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 2, "promised_at": "2026-12-04T13:21:08.628581+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-12-04T13:21:08.628581+00:00"}], "line_no": 1, "unit_price": 4.50}, {"sku": "CUP", "name": "Cup", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-27T13:21:08.633828+00:00"}, {"status": "backordered", "group_no": 3, "quantity": 2, "promised_at": "2026-12-06T13:21:08.628581+00:00"}], "line_no": 2, "unit_price": 9.90}], "moved": [], "covers": ["placed", "backorder_filled"], "filled": [{"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 1}, {"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 2}], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": "2026-12-06T13:21:08.628581+00:00", "unknown_shown": false, "accept_backorder": null}, "version": 1, "waiting": [{"sku": "CUP", "line_no": 2, "quantity": 2, "leaves_at": "2026-12-06T13:21:08.628581+00:00", "promised_at": "2026-12-06T13:21:08.628581+00:00"}], "canceled": [], "customer": "c2", "order_id": 90, "reference": "web-2", "order_status": "open"}	2026-11-27 11:21:08.647463+00
2	124	line_canceled	customer	90	line_canceled:90:4	{"type": "line_canceled", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "allocated", "group_no": 1, "quantity": 6, "promised_at": "2026-11-27T13:21:08.633828+00:00"}, {"status": "allocated", "group_no": 2, "quantity": 3, "promised_at": "2026-11-27T13:21:08.633828+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 2, "promised_at": "2026-12-04T13:21:08.628581+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-12-04T13:21:08.628581+00:00"}], "line_no": 1, "unit_price": 4.50}, {"sku": "CUP", "name": "Cup", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-27T13:21:08.633828+00:00"}, {"status": "backordered", "group_no": 3, "quantity": 1, "promised_at": "2026-12-06T13:21:08.628581+00:00"}, {"status": "canceled", "group_no": 3, "quantity": 1, "promised_at": null}], "line_no": 2, "unit_price": 9.90}], "moved": [], "covers": ["placed", "backorder_filled", "backorder_filled"], "filled": [{"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 1}, {"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 2}], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": "2026-12-06T13:21:08.628581+00:00", "unknown_shown": false, "accept_backorder": null}, "version": 1, "waiting": [{"sku": "CUP", "line_no": 2, "quantity": 1, "leaves_at": "2026-12-06T13:21:08.628581+00:00", "promised_at": "2026-12-06T13:21:08.628581+00:00"}], "canceled": [{"sku": "CUP", "line_no": 2, "quantity": 1}], "customer": "c2", "order_id": 90, "reference": "web-2", "order_status": "open"}	2026-11-27 11:21:08.649176+00
2	126	promise_changed	customer	98	promise_changed:98:2	{"type": "promise_changed", "lines": [{"sku": "CUP", "name": "Cup", "parts": [{"status": "backordered", "group_no": 1, "quantity": 5, "promised_at": null}], "line_no": 1, "unit_price": 9.90}, {"sku": "BOX", "name": "Box", "parts": [{"status": "backordered", "group_no": 1, "quantity": 1, "promised_at": null}, {"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": null}], "line_no": 2, "unit_price": 1.20}], "moved": [{"to": null, "sku": "BOX", "from": "2026-11-27T13:21:08.63495+00:00", "line_no": 2, "quantity": 1}], "covers": ["placed"], "filled": [], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": null, "unknown_shown": true, "accept_backorder": null}, "version": 1, "waiting": [{"sku": "CUP", "line_no": 1, "quantity": 5, "leaves_at": null, "promised_at": null}, {"sku": "BOX", "line_no": 2, "quantity": 1, "leaves_at": null, "promised_at": null}], "canceled": [], "customer": null, "order_id": 98, "reference": "web-3", "order_status": "open"}	2026-11-27 11:21:08.650113+00
2	128	sku_negative	merchant	\N	sku_negative:BOX:129	{"sku": "BOX", "name": "Box", "type": "sku_negative", "shelves": [{"on_hand": 1, "allocated": 1, "location_id": 1}], "version": 1, "backordered": 1}	2026-11-27 11:21:08.650113+00
2	139	low_stock	merchant	\N	low_stock:MAT:140	{"sku": "MAT", "name": "Tea mat", "type": "low_stock", "shelves": [{"on_hand": 2, "allocated": 1, "location_id": 1}], "version": 1, "available": 1, "low_stock": 1, "backordered": 0}	2026-11-27 11:21:08.654661+00
2	145	backorder_filled	customer	98	backorder_filled:98:3	{"type": "backorder_filled", "lines": [{"sku": "CUP", "name": "Cup", "parts": [{"status": "backordered", "group_no": 1, "quantity": 5, "promised_at": null}], "line_no": 1, "unit_price": 9.90}, {"sku": "BOX", "name": "Box", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": null}, {"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": null}], "line_no": 2, "unit_price": 1.20}], "moved": [], "covers": ["placed", "promise_changed"], "filled": [{"sku": "BOX", "line_no": 2, "group_no": 1, "quantity": 1}], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": null, "unknown_shown": true, "accept_backorder": null}, "version": 1, "waiting": [{"sku": "CUP", "line_no": 1, "quantity": 5, "leaves_at": null, "promised_at": null}], "canceled": [], "customer": null, "order_id": 98, "reference": "web-3", "order_status": "open"}	2026-11-27 11:21:08.662127+00
2	147	sku_recovered	merchant	\N	sku_recovered:BOX:148	{"sku": "BOX", "name": "Box", "type": "sku_recovered", "shelves": [{"on_hand": 9, "allocated": 2, "location_id": 1}], "version": 1, "available": 7, "backordered": 0}	2026-11-27 11:21:08.662127+00
2	150	placed	customer	149	placed:149	{"type": "placed", "lines": [{"sku": "CUP", "name": "Cup", "parts": [{"status": "backordered", "group_no": 1, "quantity": 2, "promised_at": null}], "line_no": 1, "unit_price": 9.90}, {"sku": "BOX", "name": "Box", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": null}], "line_no": 2, "unit_price": 0}], "moved": [], "covers": [], "filled": [], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": null, "unknown_shown": true, "accept_backorder": null}, "version": 1, "waiting": [{"sku": "CUP", "line_no": 1, "quantity": 2, "leaves_at": null, "promised_at": null}], "canceled": [], "customer": null, "order_id": 149, "reference": "web-8", "incentives": [{"kind": "gift", "name": "A box for waiting", "step": 0, "value": 1.20, "status": "granted", "line_no": 2, "incentive_id": 141}], "order_status": "open"}	2026-11-27 11:21:08.66591+00
2	153	placed	customer	151	placed:151	{"type": "placed", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "backordered", "group_no": 1, "quantity": 100, "promised_at": "2026-12-07T13:21:08.667271+00:00"}], "line_no": 1, "unit_price": 4.50}], "moved": [], "covers": [], "filled": [], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": "2026-12-07T13:21:08.667271+00:00", "unknown_shown": false, "accept_backorder": null}, "version": 1, "waiting": [{"sku": "TEA", "line_no": 1, "quantity": 100, "leaves_at": "2026-12-07T13:21:08.667271+00:00", "promised_at": "2026-12-07T13:21:08.667271+00:00"}], "canceled": [], "customer": null, "order_id": 151, "reference": "web-9", "incentives": [{"kind": "percent_off", "name": "Five percent", "step": 0, "value": 22.50, "status": "granted", "incentive_id": 142}], "order_status": "open"}	2026-11-27 11:21:08.667271+00
2	156	placed	customer	154	placed:154	{"type": "placed", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "backordered", "group_no": 1, "quantity": 100, "promised_at": "2026-12-07T13:21:08.668346+00:00"}], "line_no": 1, "unit_price": 4.50}], "moved": [], "covers": [], "filled": [], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": "2026-12-07T13:21:08.668346+00:00", "unknown_shown": false, "accept_backorder": null}, "version": 1, "waiting": [{"sku": "TEA", "line_no": 1, "quantity": 100, "leaves_at": "2026-12-07T13:21:08.668346+00:00", "promised_at": "2026-12-07T13:21:08.668346+00:00"}], "canceled": [], "customer": null, "order_id": 154, "reference": "web-10", "incentives": [{"kind": "percent_off", "name": "Five percent", "step": 0, "value": 22.50, "status": "granted", "incentive_id": 142}], "order_status": "open"}	2026-11-27 11:21:08.668346+00
2	158	canceled	customer	154	canceled:154	{"type": "canceled", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "canceled", "group_no": 1, "quantity": 100, "promised_at": null}], "line_no": 1, "unit_price": 4.50}], "moved": [], "covers": ["placed"], "filled": [], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": "2026-12-07T13:21:08.668346+00:00", "unknown_shown": false, "accept_backorder": null}, "version": 1, "waiting": [], "canceled": [{"sku": "TEA", "line_no": 1, "quantity": 100}], "customer": null, "order_id": 154, "reference": "web-10", "incentives": [{"kind": "percent_off", "name": "Five percent", "step": 0, "value": 22.50, "status": "withdrawn", "incentive_id": 142}], "order_status": "canceled"}	2026-11-27 11:21:08.669196+00
2	160	promise_changed	customer	90	promise_changed:90:6	{"type": "promise_changed", "lines": [{"sku": "TEA", "name": "Green tea", "parts": [{"status": "allocated", "group_no": 1, "quantity": 6, "promised_at": "2026-11-27T13:21:08.633828+00:00"}, {"status": "allocated", "group_no": 2, "quantity": 3, "promised_at": "2026-11-27T13:21:08.633828+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 2, "promised_at": "2026-12-04T13:21:08.628581+00:00"}, {"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-12-04T13:21:08.628581+00:00"}], "line_no": 1, "unit_price": 4.50}, {"sku": "CUP", "name": "Cup", "parts": [{"status": "allocated", "group_no": 1, "quantity": 1, "promised_at": "2026-11-27T13:21:08.633828+00:00"}, {"status": "backordered", "group_no": 3, "quantity": 1, "promised_at": "2026-12-26T13:21:08.628581+00:00"}, {"status": "canceled", "group_no": 3, "quantity": 1, "promised_at": null}], "line_no": 2, "unit_price": 9.90}], "moved": [{"to": "2026-12-26T13:21:08.628581+00:00", "sku": "CUP", "from": "2026-12-06T13:21:08.628581+00:00", "line_no": 2, "quantity": 1}], "covers": ["placed", "backorder_filled", "backorder_filled", "line_canceled", "promise_changed"], "filled": [{"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 1}, {"sku": "TEA", "line_no": 1, "group_no": 1, "quantity": 2}], "reason": null, "consent": {"max_wait": null, "accept_split": null, "promise_shown": "2026-12-06T13:21:08.628581+00:00", "unknown_shown": false, "accept_backorder": null}, "version": 1, "waiting": [{"sku": "CUP", "line_no": 2, "quantity": 1, "leaves_at": "2026-12-26T13:21:08.628581+00:00", "promised_at": "2026-12-26T13:21:08.628581+00:00"}], "canceled": [{"sku": "CUP", "line_no": 2, "quantity": 1}], "customer": "c2", "order_id": 90, "reference": "web-2", "incentives": [{"kind": "amount_off", "name": "Sorry", "step": 1, "value": 1, "status": "granted", "incentive_id": 143}, {"kind": "amount_off", "name": "Sorry", "step": 2, "value": 1, "status": "granted", "incentive_id": 143}], "order_status": "open"}	2026-11-27 11:21:08.670256+00
\.


--
-- Data for Name: order_incentive; Type: TABLE DATA; Schema: backorder; Owner: postgres
--

COPY backorder.order_incentive (merchant_id, order_id, incentive_id, step, name, kind, value, line_no, status, granted_at, withdrawn_at, cause, budgeted) FROM stdin;
1	69	61	0	A box for waiting	gift	1.20	2	granted	2026-11-27 11:21:08.458911+00	\N	placed	f
1	71	62	0	Five percent	percent_off	22.50	\N	granted	2026-11-27 11:21:08.460374+00	\N	placed	t
1	74	62	0	Five percent	percent_off	22.50	\N	withdrawn	2026-11-27 11:21:08.461404+00	2026-11-27 11:21:08.462246+00	canceled	t
1	10	63	1	Sorry	amount_off	1	\N	granted	2026-11-27 11:21:08.463344+00	\N	supply	f
1	10	63	2	Sorry	amount_off	1	\N	granted	2026-11-27 11:21:08.463344+00	\N	supply	f
2	149	141	0	A box for waiting	gift	1.20	2	granted	2026-11-27 11:21:08.66591+00	\N	placed	f
2	151	142	0	Five percent	percent_off	22.50	\N	granted	2026-11-27 11:21:08.667271+00	\N	placed	t
2	154	142	0	Five percent	percent_off	22.50	\N	withdrawn	2026-11-27 11:21:08.668346+00	2026-11-27 11:21:08.669196+00	canceled	t
2	90	143	1	Sorry	amount_off	1	\N	granted	2026-11-27 11:21:08.670256+00	\N	supply	f
2	90	143	2	Sorry	amount_off	1	\N	granted	2026-11-27 11:21:08.670256+00	\N	supply	f
\.


--
-- Data for Name: order_line_part; Type: TABLE DATA; Schema: backorder; Owner: postgres
--

COPY backorder.order_line_part (merchant_id, order_id, line_no, part_no, sku, quantity, unit_price, status, group_no, location_id, priority, queued_at, short_at_order, first_promised_at, promised_at, promise_basis) FROM stdin;
1	10	1	1	TEA	6	4.50	allocated	1	1	0	2026-11-27 11:21:08.42716+00	f	2026-11-27 13:21:08.42716+00	2026-11-27 13:21:08.42716+00	shelf
1	10	1	2	TEA	3	4.50	allocated	2	2	0	2026-11-27 11:21:08.42716+00	f	2026-11-27 13:21:08.42716+00	2026-11-27 13:21:08.42716+00	shelf
1	10	2	1	CUP	1	9.90	allocated	1	1	0	2026-11-27 11:21:08.42716+00	f	2026-11-27 13:21:08.42716+00	2026-11-27 13:21:08.42716+00	shelf
1	18	1	1	CUP	5	9.90	backordered	1	\N	0	2026-11-27 11:21:08.42871+00	t	\N	\N	\N
1	22	1	1	WRAP	1	2.00	allocated	1	1	0	2026-11-27 11:21:08.430237+00	f	2026-11-27 13:21:08.430237+00	2026-11-27 13:21:08.430237+00	shelf
1	22	2	1	BOOK	2	20.00	backordered	2	\N	0	2026-11-27 11:21:08.430237+00	t	\N	\N	\N
1	29	1	1	TEA	1	4.50	backordered	1	\N	0	2026-11-27 11:21:08.431444+00	t	2026-12-04 13:21:08.420804+00	2026-12-04 13:21:08.420804+00	supply
1	8	2	1	BOX	1	1.20	shipped	1	1	0	2026-11-27 11:21:08.422147+00	f	2026-11-27 13:21:08.422147+00	2026-11-27 13:21:08.422147+00	shelf
1	8	1	1	TEA	3	4.50	shipped	1	1	0	2026-11-27 11:21:08.422147+00	f	2026-11-27 13:21:08.422147+00	2026-11-27 13:21:08.422147+00	shelf
2	88	1	1	TEA	3	4.50	shipped	1	1	0	2026-11-27 11:21:08.629584+00	f	2026-11-27 13:21:08.629584+00	2026-11-27 13:21:08.629584+00	shelf
1	8	1	2	TEA	1	4.50	returned	1	1	0	2026-11-27 11:21:08.422147+00	f	2026-11-27 13:21:08.422147+00	2026-11-27 13:21:08.422147+00	shelf
1	26	1	1	TEA	1	4.50	canceled	1	\N	5	2026-11-27 11:21:08.430651+00	t	2026-12-04 13:21:08.420804+00	\N	\N
1	26	1	2	TEA	1	4.50	canceled	2	\N	5	2026-11-27 11:21:08.430651+00	t	2026-12-04 13:21:08.420804+00	\N	\N
1	10	1	4	TEA	1	4.50	allocated	1	1	0	2026-11-27 11:21:08.42716+00	t	2026-12-04 13:21:08.420804+00	2026-12-04 13:21:08.420804+00	shelf
1	10	1	3	TEA	2	4.50	allocated	1	1	0	2026-11-27 11:21:08.42716+00	t	2026-12-04 13:21:08.420804+00	2026-12-04 13:21:08.420804+00	shelf
1	20	1	1	TEA	1	4.50	allocated	1	1	0	2026-11-27 11:21:08.429322+00	t	2026-12-04 13:21:08.420804+00	2026-12-04 13:21:08.420804+00	shelf
2	90	1	3	TEA	2	4.50	allocated	1	1	0	2026-11-27 11:21:08.633828+00	t	2026-12-04 13:21:08.628581+00	2026-12-04 13:21:08.628581+00	shelf
1	10	2	3	CUP	1	9.90	canceled	3	\N	0	2026-11-27 11:21:08.42716+00	t	2026-12-06 13:21:08.420804+00	\N	\N
1	18	2	2	BOX	1	1.20	allocated	1	1	0	2026-11-27 11:21:08.42871+00	f	2026-11-27 13:21:08.42871+00	2026-11-27 13:21:08.42871+00	shelf
1	57	1	1	MAT	1	\N	allocated	1	1	0	2026-11-27 11:21:08.447675+00	f	2026-11-27 13:21:08.447675+00	2026-11-27 13:21:08.447675+00	shelf
1	18	2	1	BOX	1	1.20	allocated	1	1	0	2026-11-27 11:21:08.42871+00	f	2026-11-27 13:21:08.42871+00	2026-11-27 13:21:08.45527+00	shelf
1	69	1	1	CUP	2	9.90	backordered	1	\N	0	2026-11-27 11:21:08.458911+00	t	\N	\N	\N
1	69	2	1	BOX	1	0	allocated	1	1	0	2026-11-27 11:21:08.458911+00	f	\N	\N	\N
1	71	1	1	TEA	100	4.50	backordered	1	\N	0	2026-11-27 11:21:08.460374+00	t	2026-12-07 13:21:08.460374+00	2026-12-07 13:21:08.460374+00	lead_time
1	74	1	1	TEA	100	4.50	canceled	1	\N	0	2026-11-27 11:21:08.461404+00	t	2026-12-07 13:21:08.461404+00	\N	\N
1	10	2	2	CUP	1	9.90	backordered	3	\N	0	2026-11-27 11:21:08.42716+00	t	2026-12-06 13:21:08.420804+00	2026-12-26 13:21:08.420804+00	supply
2	90	1	1	TEA	6	4.50	allocated	1	1	0	2026-11-27 11:21:08.633828+00	f	2026-11-27 13:21:08.633828+00	2026-11-27 13:21:08.633828+00	shelf
2	90	1	2	TEA	3	4.50	allocated	2	2	0	2026-11-27 11:21:08.633828+00	f	2026-11-27 13:21:08.633828+00	2026-11-27 13:21:08.633828+00	shelf
2	90	2	1	CUP	1	9.90	allocated	1	1	0	2026-11-27 11:21:08.633828+00	f	2026-11-27 13:21:08.633828+00	2026-11-27 13:21:08.633828+00	shelf
2	88	2	1	BOX	1	1.20	shipped	1	1	0	2026-11-27 11:21:08.629584+00	f	2026-11-27 13:21:08.629584+00	2026-11-27 13:21:08.629584+00	shelf
2	90	2	2	CUP	1	9.90	backordered	3	\N	0	2026-11-27 11:21:08.633828+00	t	2026-12-06 13:21:08.628581+00	2026-12-26 13:21:08.628581+00	supply
2	98	1	1	CUP	5	9.90	backordered	1	\N	0	2026-11-27 11:21:08.63495+00	t	\N	\N	\N
2	102	1	1	WRAP	1	2.00	allocated	1	1	0	2026-11-27 11:21:08.637382+00	f	2026-11-27 13:21:08.637382+00	2026-11-27 13:21:08.637382+00	shelf
2	102	2	1	BOOK	2	20.00	backordered	2	\N	0	2026-11-27 11:21:08.637382+00	t	\N	\N	\N
2	109	1	1	TEA	1	4.50	backordered	1	\N	0	2026-11-27 11:21:08.63874+00	t	2026-12-04 13:21:08.628581+00	2026-12-04 13:21:08.628581+00	supply
2	88	1	2	TEA	1	4.50	returned	1	1	0	2026-11-27 11:21:08.629584+00	f	2026-11-27 13:21:08.629584+00	2026-11-27 13:21:08.629584+00	shelf
2	106	1	1	TEA	1	4.50	canceled	1	\N	5	2026-11-27 11:21:08.637916+00	t	2026-12-04 13:21:08.628581+00	\N	\N
2	106	1	2	TEA	1	4.50	canceled	2	\N	5	2026-11-27 11:21:08.637916+00	t	2026-12-04 13:21:08.628581+00	\N	\N
2	90	1	4	TEA	1	4.50	allocated	1	1	0	2026-11-27 11:21:08.633828+00	t	2026-12-04 13:21:08.628581+00	2026-12-04 13:21:08.628581+00	shelf
2	100	1	1	TEA	1	4.50	allocated	1	1	0	2026-11-27 11:21:08.636033+00	t	2026-12-04 13:21:08.628581+00	2026-12-04 13:21:08.628581+00	shelf
2	90	2	3	CUP	1	9.90	canceled	3	\N	0	2026-11-27 11:21:08.633828+00	t	2026-12-06 13:21:08.628581+00	\N	\N
2	98	2	2	BOX	1	1.20	allocated	1	1	0	2026-11-27 11:21:08.63495+00	f	2026-11-27 13:21:08.63495+00	2026-11-27 13:21:08.63495+00	shelf
2	137	1	1	MAT	1	\N	allocated	1	1	0	2026-11-27 11:21:08.654661+00	f	2026-11-27 13:21:08.654661+00	2026-11-27 13:21:08.654661+00	shelf
2	98	2	1	BOX	1	1.20	allocated	1	1	0	2026-11-27 11:21:08.63495+00	f	2026-11-27 13:21:08.63495+00	2026-11-27 13:21:08.662127+00	shelf
2	149	1	1	CUP	2	9.90	backordered	1	\N	0	2026-11-27 11:21:08.66591+00	t	\N	\N	\N
2	149	2	1	BOX	1	0	allocated	1	1	0	2026-11-27 11:21:08.66591+00	f	\N	\N	\N
2	151	1	1	TEA	100	4.50	backordered	1	\N	0	2026-11-27 11:21:08.667271+00	t	2026-12-07 13:21:08.667271+00	2026-12-07 13:21:08.667271+00	lead_time
2	154	1	1	TEA	100	4.50	canceled	1	\N	0	2026-11-27 11:21:08.668346+00	t	2026-12-07 13:21:08.668346+00	\N	\N
\.


--
-- Data for Name: promise_change; Type: TABLE DATA; Schema: backorder; Owner: postgres
--

COPY backorder.promise_change (merchant_id, change_id, order_id, line_no, part_no, old_promised_at, new_promised_at, cause, changed_at) FROM stdin;
1	11	10	1	3	\N	2026-12-04 13:21:08.420804+00	placed	2026-11-27 11:21:08.42716+00
1	12	10	2	2	\N	2026-12-06 13:21:08.420804+00	placed	2026-11-27 11:21:08.42716+00
1	21	20	1	1	\N	2026-12-04 13:21:08.420804+00	placed	2026-11-27 11:21:08.429322+00
1	27	26	1	1	\N	2026-12-04 13:21:08.420804+00	placed	2026-11-27 11:21:08.430651+00
1	30	29	1	1	\N	2026-12-04 13:21:08.420804+00	placed	2026-11-27 11:21:08.431444+00
1	37	26	1	1	2026-12-04 13:21:08.420804+00	\N	quantity	2026-11-27 11:21:08.438771+00
1	38	26	1	2	2026-12-04 13:21:08.420804+00	\N	quantity	2026-11-27 11:21:08.438771+00
1	43	10	2	3	2026-12-06 13:21:08.420804+00	\N	quantity	2026-11-27 11:21:08.441766+00
1	45	18	2	1	2026-11-27 13:21:08.42871+00	\N	stock	2026-11-27 11:21:08.442937+00
1	50	10	2	2	2026-12-06 13:21:08.420804+00	2026-12-11 13:21:08.420804+00	supply	2026-11-27 11:21:08.444688+00
1	64	18	2	1	\N	2026-11-27 13:21:08.45527+00	stock	2026-11-27 11:21:08.45527+00
1	72	71	1	1	\N	2026-12-07 13:21:08.460374+00	placed	2026-11-27 11:21:08.460374+00
1	75	74	1	1	\N	2026-12-07 13:21:08.461404+00	placed	2026-11-27 11:21:08.461404+00
1	77	74	1	1	2026-12-07 13:21:08.461404+00	\N	quantity	2026-11-27 11:21:08.462246+00
1	79	10	2	2	2026-12-11 13:21:08.420804+00	2026-12-26 13:21:08.420804+00	supply	2026-11-27 11:21:08.463344+00
2	91	90	1	3	\N	2026-12-04 13:21:08.628581+00	placed	2026-11-27 11:21:08.633828+00
2	92	90	2	2	\N	2026-12-06 13:21:08.628581+00	placed	2026-11-27 11:21:08.633828+00
2	101	100	1	1	\N	2026-12-04 13:21:08.628581+00	placed	2026-11-27 11:21:08.636033+00
2	107	106	1	1	\N	2026-12-04 13:21:08.628581+00	placed	2026-11-27 11:21:08.637916+00
2	110	109	1	1	\N	2026-12-04 13:21:08.628581+00	placed	2026-11-27 11:21:08.63874+00
2	117	106	1	1	2026-12-04 13:21:08.628581+00	\N	quantity	2026-11-27 11:21:08.64581+00
2	118	106	1	2	2026-12-04 13:21:08.628581+00	\N	quantity	2026-11-27 11:21:08.64581+00
2	123	90	2	3	2026-12-06 13:21:08.628581+00	\N	quantity	2026-11-27 11:21:08.649176+00
2	125	98	2	1	2026-11-27 13:21:08.63495+00	\N	stock	2026-11-27 11:21:08.650113+00
2	130	90	2	2	2026-12-06 13:21:08.628581+00	2026-12-11 13:21:08.628581+00	supply	2026-11-27 11:21:08.651941+00
2	144	98	2	1	\N	2026-11-27 13:21:08.662127+00	stock	2026-11-27 11:21:08.662127+00
2	152	151	1	1	\N	2026-12-07 13:21:08.667271+00	placed	2026-11-27 11:21:08.667271+00
2	155	154	1	1	\N	2026-12-07 13:21:08.668346+00	placed	2026-11-27 11:21:08.668346+00
2	157	154	1	1	2026-12-07 13:21:08.668346+00	\N	quantity	2026-11-27 11:21:08.669196+00
2	159	90	2	2	2026-12-11 13:21:08.628581+00	2026-12-26 13:21:08.628581+00	supply	2026-11-27 11:21:08.670256+00
\.


--
-- Data for Name: sales_order; Type: TABLE DATA; Schema: backorder; Owner: postgres
--

COPY backorder.sales_order (merchant_id, order_id, reference, request_hash, customer, status, ship_policy, priority, placed_at, hold_until, units, revision, groups_used, accept_backorder, accept_split, max_wait, promise_shown, unknown_shown, customer_group) FROM stdin;
1	22	web-5	\\x376fc27cf3af75a8c11569f8ad4703728ef04c2b44a08a364e415792f6046b50	\N	open	as_available	0	2026-11-27 11:21:08.430237+00	\N	3	1	2	\N	\N	\N	\N	t	\N
1	29	web-7	\\xc60e89269940b65a8c48b8fa7cc2ad2921e28a7e64ffc49121b0b271cbc6204e	\N	open	complete_order	0	2026-11-27 11:21:08.431444+00	\N	1	1	1	t	f	30 days	2026-12-04 13:21:08.420804+00	f	\N
1	8	web-1	\\x7739230da7b9c03b0fed1379ba36c8a60369bc7deeec816ba1fb6bfabc38c2c8	c1	complete	as_available	0	2026-11-27 11:21:08.422147+00	\N	5	3	1	\N	\N	\N	\N	f	\N
2	90	web-2	\\xcc3435366d8db149aa1270364af7602fd764cf13e90b855ef81b64eb6caf17ea	c2	open	as_available	0	2026-11-27 11:21:08.633828+00	\N	15	6	3	\N	\N	\N	2026-12-06 13:21:08.628581+00	f	\N
1	26	web-6	\\x4242317404dfdd8f19f5f12e719db50d7bd3f7a5838c568ef3481483cc2f85a2	\N	canceled	as_available	5	2026-11-27 11:21:08.430651+00	\N	2	3	2	\N	\N	\N	2026-12-04 13:21:08.420804+00	f	\N
1	20	web-4	\\xdcf13a20603530020ffe9676975e0759aae459dcecfcf8ac57a3554fcd9f2c96	c4	held	as_available	0	2026-11-27 11:21:08.429322+00	2026-11-28 11:21:08.429322+00	1	2	1	\N	\N	\N	2026-12-04 13:21:08.420804+00	f	\N
1	57	web-11	\\x6299cf1d33c0d13f2c02de4ccf77097f7c7b5b317894aa277ab812d8cff1dab4	\N	open	as_available	0	2026-11-27 11:21:08.447675+00	\N	1	1	1	\N	\N	\N	\N	f	\N
1	18	web-3	\\xd2dbe2067b937d0d824fb08f6fd4e9adb9bc9a30683e78ef9e3c92ca93600d6c	\N	open	complete_order	0	2026-11-27 11:21:08.42871+00	\N	7	3	1	\N	\N	\N	\N	t	\N
1	69	web-8	\\x4319dc2b91c7b1f531ea0557b19d986522b183f808b0a4bed7aa7c642560fffa	\N	open	as_available	0	2026-11-27 11:21:08.458911+00	\N	3	1	1	\N	\N	\N	\N	t	vip
1	71	web-9	\\x1c09bb5384a8bfd4b1d5789e42dd00de00ac4e4891d227e0b7e4b09b18d4a747	\N	open	as_available	0	2026-11-27 11:21:08.460374+00	\N	100	1	1	\N	\N	\N	2026-12-07 13:21:08.460374+00	f	\N
1	74	web-10	\\x1c09bb5384a8bfd4b1d5789e42dd00de00ac4e4891d227e0b7e4b09b18d4a747	\N	canceled	as_available	0	2026-11-27 11:21:08.461404+00	\N	100	2	1	\N	\N	\N	2026-12-07 13:21:08.461404+00	f	\N
1	10	web-2	\\xcc3435366d8db149aa1270364af7602fd764cf13e90b855ef81b64eb6caf17ea	c2	open	as_available	0	2026-11-27 11:21:08.42716+00	\N	15	6	3	\N	\N	\N	2026-12-06 13:21:08.420804+00	f	\N
2	102	web-5	\\x376fc27cf3af75a8c11569f8ad4703728ef04c2b44a08a364e415792f6046b50	\N	open	as_available	0	2026-11-27 11:21:08.637382+00	\N	3	1	2	\N	\N	\N	\N	t	\N
2	109	web-7	\\xc60e89269940b65a8c48b8fa7cc2ad2921e28a7e64ffc49121b0b271cbc6204e	\N	open	complete_order	0	2026-11-27 11:21:08.63874+00	\N	1	1	1	t	f	30 days	2026-12-04 13:21:08.628581+00	f	\N
2	88	web-1	\\x7739230da7b9c03b0fed1379ba36c8a60369bc7deeec816ba1fb6bfabc38c2c8	c1	complete	as_available	0	2026-11-27 11:21:08.629584+00	\N	5	3	1	\N	\N	\N	\N	f	\N
2	106	web-6	\\x4242317404dfdd8f19f5f12e719db50d7bd3f7a5838c568ef3481483cc2f85a2	\N	canceled	as_available	5	2026-11-27 11:21:08.637916+00	\N	2	3	2	\N	\N	\N	2026-12-04 13:21:08.628581+00	f	\N
2	100	web-4	\\xdcf13a20603530020ffe9676975e0759aae459dcecfcf8ac57a3554fcd9f2c96	c4	held	as_available	0	2026-11-27 11:21:08.636033+00	2026-11-28 11:21:08.636033+00	1	2	1	\N	\N	\N	2026-12-04 13:21:08.628581+00	f	\N
2	98	web-3	\\xd2dbe2067b937d0d824fb08f6fd4e9adb9bc9a30683e78ef9e3c92ca93600d6c	\N	open	complete_order	0	2026-11-27 11:21:08.63495+00	\N	7	3	1	\N	\N	\N	\N	t	\N
2	137	web-11	\\x6299cf1d33c0d13f2c02de4ccf77097f7c7b5b317894aa277ab812d8cff1dab4	\N	open	as_available	0	2026-11-27 11:21:08.654661+00	\N	1	1	1	\N	\N	\N	\N	f	\N
2	149	web-8	\\x4319dc2b91c7b1f531ea0557b19d986522b183f808b0a4bed7aa7c642560fffa	\N	open	as_available	0	2026-11-27 11:21:08.66591+00	\N	3	1	1	\N	\N	\N	\N	t	vip
2	151	web-9	\\x1c09bb5384a8bfd4b1d5789e42dd00de00ac4e4891d227e0b7e4b09b18d4a747	\N	open	as_available	0	2026-11-27 11:21:08.667271+00	\N	100	1	1	\N	\N	\N	2026-12-07 13:21:08.667271+00	f	\N
2	154	web-10	\\x1c09bb5384a8bfd4b1d5789e42dd00de00ac4e4891d227e0b7e4b09b18d4a747	\N	canceled	as_available	0	2026-11-27 11:21:08.668346+00	\N	100	2	1	\N	\N	\N	2026-12-07 13:21:08.668346+00	f	\N
\.


--
-- Data for Name: shipment_group; Type: TABLE DATA; Schema: backorder; Owner: postgres
--

COPY backorder.shipment_group (merchant_id, order_id, group_no, location_id, status, promised_at, not_before, tracking, released_at, shipped_at, delivered_at) FROM stdin;
1	10	2	2	ready	2026-11-27 13:21:08.42716+00	\N	\N	\N	\N	\N
1	18	1	\N	waiting	\N	\N	\N	\N	\N	\N
1	22	1	1	ready	2026-11-27 13:21:08.430237+00	\N	\N	\N	\N	\N
1	22	2	\N	waiting	\N	2027-02-25 11:21:08.4108+00	\N	\N	\N	\N
1	29	1	\N	waiting	2026-12-04 13:21:08.420804+00	\N	\N	\N	\N	\N
1	8	1	1	shipped	2026-11-27 13:21:08.422147+00	\N	T-1	2026-11-27 11:21:08.433899+00	2026-11-27 11:21:08.433899+00	\N
1	10	1	1	ready	2026-12-04 13:21:08.420804+00	\N	\N	\N	\N	\N
1	26	1	\N	canceled	2026-12-04 13:21:08.420804+00	\N	\N	\N	\N	\N
1	26	2	1	canceled	2026-12-04 13:21:08.420804+00	\N	\N	\N	\N	\N
1	20	1	1	ready	2026-12-04 13:21:08.420804+00	\N	\N	\N	\N	\N
1	57	1	1	ready	2026-11-27 13:21:08.447675+00	\N	\N	\N	\N	\N
1	69	1	\N	waiting	\N	\N	\N	\N	\N	\N
1	71	1	\N	waiting	2026-12-07 13:21:08.460374+00	\N	\N	\N	\N	\N
1	74	1	\N	canceled	2026-12-07 13:21:08.461404+00	\N	\N	\N	\N	\N
1	10	3	\N	waiting	2026-12-26 13:21:08.420804+00	\N	\N	\N	\N	\N
2	90	2	2	ready	2026-11-27 13:21:08.633828+00	\N	\N	\N	\N	\N
2	98	1	\N	waiting	\N	\N	\N	\N	\N	\N
2	102	1	1	ready	2026-11-27 13:21:08.637382+00	\N	\N	\N	\N	\N
2	102	2	\N	waiting	\N	2027-02-25 11:21:08.619371+00	\N	\N	\N	\N
2	109	1	\N	waiting	2026-12-04 13:21:08.628581+00	\N	\N	\N	\N	\N
2	88	1	1	shipped	2026-11-27 13:21:08.629584+00	\N	T-1	2026-11-27 11:21:08.641287+00	2026-11-27 11:21:08.641287+00	\N
2	90	1	1	ready	2026-12-04 13:21:08.628581+00	\N	\N	\N	\N	\N
2	106	1	\N	canceled	2026-12-04 13:21:08.628581+00	\N	\N	\N	\N	\N
2	106	2	1	canceled	2026-12-04 13:21:08.628581+00	\N	\N	\N	\N	\N
2	100	1	1	ready	2026-12-04 13:21:08.628581+00	\N	\N	\N	\N	\N
2	137	1	1	ready	2026-11-27 13:21:08.654661+00	\N	\N	\N	\N	\N
2	149	1	\N	waiting	\N	\N	\N	\N	\N	\N
2	151	1	\N	waiting	2026-12-07 13:21:08.667271+00	\N	\N	\N	\N	\N
2	154	1	\N	canceled	2026-12-07 13:21:08.668346+00	\N	\N	\N	\N	\N
2	90	3	\N	waiting	2026-12-26 13:21:08.628581+00	\N	\N	\N	\N	\N
\.


--
-- Data for Name: stock; Type: TABLE DATA; Schema: backorder; Owner: postgres
--

COPY backorder.stock (merchant_id, sku, location_id, on_hand) FROM stdin;
1	TEA	2	3
1	CUP	1	2
1	CUP	3	5
1	TEA	1	10
1	MAT	1	2
1	BOX	1	9
2	TEA	2	3
2	CUP	1	2
2	CUP	3	5
2	TEA	1	10
2	MAT	1	2
2	BOX	1	9
\.


--
-- Data for Name: stock_movement; Type: TABLE DATA; Schema: backorder; Owner: postgres
--

COPY backorder.stock_movement (merchant_id, movement_id, sku, location_id, kind, quantity, cause, actor, moved_at) FROM stdin;
1	1	TEA	1	adjusted	10	stock changed	postgres	2026-11-27 11:21:08.415254+00
1	2	TEA	2	adjusted	3	stock changed	postgres	2026-11-27 11:21:08.415254+00
1	3	CUP	1	adjusted	2	stock changed	postgres	2026-11-27 11:21:08.415254+00
1	4	BOX	1	adjusted	6	stock changed	postgres	2026-11-27 11:21:08.415254+00
1	5	CUP	3	adjusted	5	stock changed	postgres	2026-11-27 11:21:08.415254+00
1	33	TEA	1	shipped	-4	order 8, group 1	postgres	2026-11-27 11:21:08.433899+00
1	34	BOX	1	shipped	-1	order 8, group 1	postgres	2026-11-27 11:21:08.433899+00
1	36	TEA	1	returned	1	order 8, line 1	postgres	2026-11-27 11:21:08.437404+00
1	42	TEA	1	received	3	supply 6	postgres	2026-11-27 11:21:08.440196+00
1	47	BOX	1	counted	-4	count_stock	postgres	2026-11-27 11:21:08.442937+00
1	56	MAT	1	adjusted	2	stock changed	postgres	2026-11-27 11:21:08.446801+00
1	66	BOX	1	adjusted	8	set_stock	postgres	2026-11-27 11:21:08.45527+00
2	81	TEA	1	adjusted	10	stock changed	postgres	2026-11-27 11:21:08.623629+00
2	82	TEA	2	adjusted	3	stock changed	postgres	2026-11-27 11:21:08.623629+00
2	83	CUP	1	adjusted	2	stock changed	postgres	2026-11-27 11:21:08.623629+00
2	84	BOX	1	adjusted	6	stock changed	postgres	2026-11-27 11:21:08.623629+00
2	85	CUP	3	adjusted	5	stock changed	postgres	2026-11-27 11:21:08.623629+00
2	113	TEA	1	shipped	-4	order 88, group 1	postgres	2026-11-27 11:21:08.641287+00
2	114	BOX	1	shipped	-1	order 88, group 1	postgres	2026-11-27 11:21:08.641287+00
2	116	TEA	1	returned	1	order 88, line 1	postgres	2026-11-27 11:21:08.644017+00
2	122	TEA	1	received	3	supply 86	postgres	2026-11-27 11:21:08.647463+00
2	127	BOX	1	counted	-4	count_stock	postgres	2026-11-27 11:21:08.650113+00
2	136	MAT	1	adjusted	2	stock changed	postgres	2026-11-27 11:21:08.653908+00
2	146	BOX	1	adjusted	8	set_stock	postgres	2026-11-27 11:21:08.662127+00
\.


--
-- Data for Name: stock_warning; Type: TABLE DATA; Schema: backorder; Owner: postgres
--

COPY backorder.stock_warning (merchant_id, sku, kind, told_at) FROM stdin;
1	CUP	sku_negative	2026-11-27 11:21:08.42716+00
1	TEA	sku_negative	2026-11-27 11:21:08.42716+00
1	BOOK	sku_negative	2026-11-27 11:21:08.430237+00
1	BOX	sku_negative	2026-11-27 11:21:08.442937+00
1	MAT	low_stock	2026-11-27 11:21:08.447675+00
1	BOX	sku_recovered	2026-11-27 11:21:08.45527+00
2	CUP	sku_negative	2026-11-27 11:21:08.633828+00
2	TEA	sku_negative	2026-11-27 11:21:08.633828+00
2	BOOK	sku_negative	2026-11-27 11:21:08.637382+00
2	BOX	sku_negative	2026-11-27 11:21:08.650113+00
2	MAT	low_stock	2026-11-27 11:21:08.654661+00
2	BOX	sku_recovered	2026-11-27 11:21:08.662127+00
\.


--
-- Data for Name: subscription; Type: TABLE DATA; Schema: backorder; Owner: postgres
--

COPY backorder.subscription (merchant_id, sku, contact, subscription_id, customer, quantity, status, created_at, told_at, notification_id, retractable) FROM stdin;
1	MAT	c2@example.org	53	c2	9	waiting	2026-11-27 11:21:08.446453+00	\N	\N	f
1	MAT	c1@example.org	52	c1	1	told	2026-11-27 11:21:08.445497+00	2026-11-27 11:21:08.446801+00	54	t
2	MAT	c2@example.org	133	c2	9	waiting	2026-11-27 11:21:08.653489+00	\N	\N	f
2	MAT	c1@example.org	132	c1	1	told	2026-11-27 11:21:08.652807+00	2026-11-27 11:21:08.653908+00	134	t
\.


--
-- Data for Name: supply; Type: TABLE DATA; Schema: backorder; Owner: postgres
--

COPY backorder.supply (merchant_id, supply_id, sku, location_id, quantity, received, expected_at, reference, status) FROM stdin;
1	6	TEA	1	20	3	2026-12-04 11:21:08.420804+00	PO-1	open
1	7	CUP	1	5	0	2026-12-26 11:21:08.420804+00	PO-2	open
2	86	TEA	1	20	3	2026-12-04 11:21:08.628581+00	PO-1	open
2	87	CUP	1	5	0	2026-12-26 11:21:08.628581+00	PO-2	open
\.


--
-- Name: id_sequence; Type: SEQUENCE SET; Schema: backorder; Owner: postgres
--

SELECT pg_catalog.setval('backorder.id_sequence', 160, true);


--
-- PostgreSQL database dump complete
--


