# shellcheck shell=bash disable=SC2154 # base and tree come from test/server.sh
# bench/lib.sh - shared by the measurements: a durable private server, databases
# copied from templates, load by pgbench, the server's CPU time, one table of
# results. Sourced from the top of the tree, after test/server.sh.

DURATION=${DURATION:-2}   # seconds of a measurement, after its warm-up
SLOTS=${SLOTS:-64}        # slots of the SKU 'HOT', if the extension has item.slots
round=1                   # the round to which new figures belong

q() { psql -XAtq -v ON_ERROR_STOP=1 "$@"; }

# start_durable [SETTING...]: stages the tree and starts a server with full durability.
start_durable() {
	use_postgres
	trap server_stop EXIT
	stage
	server_start 'fsync = on' 'synchronous_commit = on' 'full_page_writes = on' 'shared_buffers = 1GB' \
		'max_wal_size = 8GB' 'checkpoint_timeout = 30min' "$@"
	cd "$tree" || exit 1
	figures=$base/results/figures.tsv notes=$base/results/notes
	touch "$figures" "$notes"
}

# make_ours: creates the database "ours": the extension, 10,000 SKUs, 'HOT' and the floor; and the
# role of the shop.
make_ours() {
	q -d postgres -c 'CREATE ROLE shop LOGIN' -c 'CREATE DATABASE ours'
	q -d ours -v slots="$SLOTS" -c 'CREATE EXTENSION backorder' -f bench/seed.sql -f bench/floor.sql >/dev/null
	q -d ours -c 'VACUUM ANALYZE'
}

# make_before REVISION: creates the database "before": the same shop as "ours", with the extension
# of that revision of the tree. It must have another version than this tree.
make_before() {
	local folder=$base/before version
	as_server mkdir "$folder"
	git -C "$tree" archive "$1" | as_server tar -C "$folder" -xf -
	version=$(sed -n "s/^default_version *= *'\(.*\)'.*/\1/p" "$folder/backorder.control")
	(cd "$folder" && as_server make -s with_llvm=no PG_CONFIG="$PG_CONFIG")
	sed "s#MODULE_PATHNAME#$folder/backorder-$version#" "$folder/backorder--$version.sql" |
		as_server tee "$base/root$sharedir/extension/backorder--$version.sql" >/dev/null
	q -d postgres -c 'CREATE DATABASE before'
	q -d before -v slots="$SLOTS" -c "CREATE EXTENSION backorder VERSION '$version'" -f bench/seed.sql >/dev/null
	q -d before -c 'VACUUM ANALYZE'
}

# make_base: creates the database "base": the same shop in hand-written PL/pgSQL. SKU 10001 is its
# 'HOT'.
make_base() {
	local part
	q -d postgres -c 'CREATE DATABASE base'
	for part in 01_schema 02_place_order 03_restock; do q -d base -f "bench/baseline/$part.sql" 2>/dev/null; done
	q -d base -v skus=10001 -v customers=10000 -f bench/baseline/05_seed.sql >/dev/null
}

# fresh TEMPLATE: replaces the database "run", which all measurements use, with a copy of the
# template.
fresh() {
	q -d postgres -c 'SET client_min_messages = error' -c 'DROP DATABASE IF EXISTS run WITH (FORCE)' \
		-c "CREATE DATABASE run TEMPLATE $1 STRATEGY file_copy"
	export PGDATABASE=run
}

# template_of VARIANT [OF_OURS OF_BASE]: prints the template database of a variant.
template_of() {
	local ours=${2:-ours}
	case $1 in set | loop) echo "${3:-base}" ;; before) echo "${ours/#ours/before}" ;; *) echo "$ours" ;; esac
}

# role_of VARIANT: prints the role of a variant. "ours" runs as an application's role, with access
# checks and row security.
role_of() {
	case $1 in set | loop | floor) echo postgres ;; *) echo shop ;; esac
}

# orders_of VARIANT: prints the query that counts the placed orders.
orders_of() {
	case $1 in
		set | loop) echo 'SELECT count(*) FROM base.orders' ;;
		*) echo 'SELECT count(*) FROM backorder.sales_order' ;;
	esac
}

# order_script VARIANT LINES [KIND]: prints a pgbench script for an order of that many lines.
#   uniform: spread over 10,000 SKUs. The first half of the lines (rounded up) has odd SKUs, which never run out. The
#            others have even SKUs, which have no stock.
#   hot:     the first line has the hot SKU.
#   others:  uniform without SKU 2.
order_script() {
	local variant=$1 lines=$2 kind=${3:-uniform} i sku skus="" quantities="" half=$((($2 + 1) / 2)) first=1
	[ "$kind" != others ] || first=2
	printf '\\set r random(1, 9000000000000000)\n\\set c random(1, 10000)\n'
	for ((i = 1; i <= lines; i++)); do
		printf '\\set s%d 2 * random(%d, 5000) - %d\n' "$i" "$first" $((i <= half ? 1 : 0))
		case $variant in set | loop) sku=":s$i" ;; *) sku="'SKU-'||:s$i" ;; esac
		if [ "$kind$i" = hot1 ]; then
			case $variant in set | loop) sku=10001 ;; *) sku="'HOT'" ;; esac
		fi
		skus+=",$sku" quantities+=",1"
	done
	case $variant in
		floor) echo "SELECT floor.place_order('r' || :r, ARRAY[${skus:1}], $half);" ;;
		set | loop) echo "SELECT base.place_order_$variant(:c, ARRAY[${skus:1}]::int[], ARRAY[${quantities:1}]::int[]);" ;;
		*) echo "SELECT count(*) FROM backorder.place_order('r' || :r, ARRAY[${skus:1}], ARRAY[${quantities:1}]::bigint[]);" ;;
	esac
}

# cpu_ticks: prints the CPU time of the server and all its children so far, in ticks.
cpu_ticks() {
	local postmaster
	postmaster=$(head -n 1 "$base/data/postmaster.pid")
	{ cat /proc/[0-9]*/stat 2>/dev/null || true; } | awk -v p="$postmaster" '
		{pid = $1; sub(/^.*\) /, "")}
		pid == p {s += $12 + $13 + $14 + $15}
		$2 == p {s += $12 + $13}
		END {print s + 0}'
}

# progress COUNT: prints on one line the time, the server's CPU ticks, and the result of the query
# COUNT.
progress() {
	local ticks
	ticks=$(cpu_ticks)
	echo "$EPOCHREALTIME $ticks $(q -c "$1")"
}

# between BEFORE AFTER: prints, from two such lines, the rate per second and the server's CPU ms per
# unit of work.
between() {
	awk -v tick="$(getconf CLK_TCK)" '
		{t[NR] = $1; cpu[NR] = $2; n[NR] = $3}
		END {done = n[2] - n[1]; printf "%.1f %.4f\n", done / (t[2] - t[1]), done ? (cpu[2] - cpu[1]) * 1000 / tick / done : 0}' \
		<<<"$1"$'\n'"$2"
}

# play VARIANT SCRIPT CLIENTS: starts a load on "run" in the background, and waits until all
# sessions are warm.
play() {
	pgbench -n -M prepared -T 3600 -c "$3" -j 2 -U "$(role_of "$1")" -f "$2" run >"$base/results/pgbench.log" 2>&1 &
	player=$!
	sleep "$(awk -v c="$3" 'BEGIN {print 0.5 + c / 40}')"
}

# stop_play: stops the load and waits for its sessions. Dies on an error, and on a deadlock, which
# pgbench ignores.
stop_play() {
	{ kill "$player"; wait "$player"; } 2>/dev/null || true
	until [ "$(q -d postgres -c "SELECT count(*) FROM pg_stat_activity WHERE datname = 'run'")" = 0 ]; do sleep 0.05; done
	! grep -m 3 -i error "$base/results/pgbench.log" >&2 || die "the load failed"
	! grep -m 3 'deadlock detected' "$base/results/server.log" >&2 || die "a deadlock"
}

# load VARIANT SCRIPT CLIENTS COUNT: plays the script for DURATION seconds, and prints its rate and
# CPU ms.
load() {
	local before after
	play "$1" "$2" "$3"
	before=$(progress "$4")
	sleep "$DURATION"
	after=$(progress "$4")
	stop_play
	between "$before" "$after"
}

# sound: dies if verify() finds a breach after a measurement of "ours".
sound() {
	[ -z "$(q -c 'SELECT * FROM backorder.verify() LIMIT 3' | tee -a /dev/stderr)" ] || die "verify() is not empty"
}

# in_turn WORD...: prints the words, in random order after the first round, so that none always
# follows the same one.
in_turn() {
	if [ "$round" = 1 ]; then echo "$@"; else shuf -e "$@"; fi
}

# figure GROUP BY "RATE MS" [TARGET]: records a figure. In a group with "ours", ours is compared
# with every other row. In a group with "uniform", "alone", "full" or "small", every other row is
# compared with that row.
figure() {
	printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$round" "$1" "$2" "${3% *}" "${3#* }" "${4:-}" | tee -a "$figures" >&2
}

# table: prints the medians of every row, and the medians of its ratios per round, with lowest and
# highest in brackets.
table() {
	awk -F '\t' '
		function median(list,   a, i, j, t, n) {
			n = split(list, a, " ")
			for (i = 1; i <= n; i++) for (j = i + 1; j <= n; j++) if (a[j] + 0 < a[i] + 0) {t = a[i]; a[i] = a[j]; a[j] = t}
			low = a[1]; high = a[n]
			return n % 2 ? a[(n + 1) / 2] : (a[n / 2] + a[n / 2 + 1]) / 2
		}
		function ratios(value, digits,   list, r, a, b) {
			list = ""
			for (r = 1; r <= rounds; r++) if ((r, k) in value && (r, ref) in value) {
				a = value[r, k]; b = value[r, ref]
				if (ours) {a = value[r, ref]; b = value[r, k]}
				if (b > 0) list = list " " a / b
			}
			return list == "" || k == ref ? "" : sprintf("%.2f (%.2f-%.2f)", median(list), low, high)
		}
		{
			k = $2 FS $3
			if (!(k in n)) keys[++count] = k
			n[k]++; rates[k] = rates[k] " " $4; cpus[k] = cpus[k] " " $5; target[k] = $6
			rate[$1, k] = $4; cpu[$1, k] = $5
			if ($1 > rounds) rounds = $1
			if ($3 ~ /^(ours|uniform|alone|full|small)$/) against[$2] = k
		}
		END {
			form = "%-34s %-12s %2s %10s %9s  %-18s %-18s %s\n"
			printf form, "what", "by", "n", "rate/s", "CPU ms", "rate", "CPU", "target"
			for (i = 1; i <= count; i++) {
				k = keys[i]; split(k, f, FS); ref = against[f[1]]; ours = ref ~ /ours$/
				if (f[1] != last) print ""
				last = f[1]
				printf form, f[1], f[2], n[k], sprintf("%.0f", median(rates[k])), sprintf("%.4f", median(cpus[k])), ratios(rate), ratios(cpu), target[k]
			}
			print "\nCPU ms: CPU time of the server per unit. rate, CPU: ours divided by this row, if the group has a row \"ours\";"
			print "otherwise this row divided by uniform, alone, full or small. Median over n rounds, lowest and highest."
		}' "$figures"
	sort "$notes"
}

# ship_ready PART OF: ships the ready groups of the orders whose id modulo OF is PART, each in its
# own transaction.
ship_ready() {
	q <<-SQL
		SET synchronous_commit = off;
		DO \$\$
		DECLARE
			g record;
		BEGIN
			FOR g IN SELECT order_id, group_no FROM backorder.shipment_group
				WHERE merchant_id = 1 AND location_id = 1 AND status = 'ready' AND order_id % $2 = $1
			LOOP
				PERFORM backorder.ship_group(g.order_id, g.group_no);
				COMMIT;
			END LOOP;
		END \$\$;
	SQL
}

# sizes: prints the sizes, rows, dead rows and shares of HOT updates of the tables, and the size of
# the index on open parts.
sizes() {
	sleep 1.5 # until all sessions have reported their statistics
	q -P footer=off -P format=aligned -P tuples_only=off -c "
		SELECT relname AS table, n_live_tup AS rows, n_dead_tup AS dead, pg_size_pretty(pg_table_size(relid)) AS heap,
			pg_size_pretty(pg_indexes_size(relid)) AS indexes, n_tup_upd AS updates,
			round(100.0 * n_tup_hot_upd / nullif(n_tup_upd, 0), 1) AS \"HOT %\", autovacuum_count AS vacuums
		FROM pg_stat_user_tables WHERE schemaname = 'backorder' AND n_tup_ins > 0 ORDER BY pg_total_relation_size(relid) DESC" \
		-c "SELECT pg_size_pretty(pg_relation_size('backorder.order_line_part_open')) AS \"open-parts index\",
			(SELECT count(*) FROM backorder.order_line_part WHERE status IN ('allocated', 'backordered')) AS \"open parts\",
			(SELECT count(*) FROM backorder.order_line_part) AS parts"
}
