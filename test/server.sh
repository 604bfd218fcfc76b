# shellcheck shell=bash
# test/server.sh - builds a copy of the tree, and starts a private server that
# finds the extension there.  Sourced from the top of the tree by test/run,
# test/server and bench.
#
# Nothing is installed into the system.  All files are in the folder $base: the
# copy ($base/tree), the installed files ($base/root), the data ($base/data) and
# the socket.  There is no TCP port.  The server does not run as root, and other
# users may have no access to the tree.  Therefore there is a copy, and the user
# of the server owns $base.

tree=$PWD
server_user=postgres

# die WORD...: prints the reason, and exits.
die() {
	echo "backorder: $*" >&2
	exit 1
}

# as_server COMMAND...: runs the command as the user of the server: postgres for
# root, otherwise the present user.
as_server() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid="$server_user" --regid="$server_user" --init-groups \
			env HOME="${base:-/tmp}" "$@"
	else
		"$@"
	fi
}

# find_pg_config: prints the pg_config to build with: PG_CONFIG if it is set, else
# the newest major version from Debian's packages, else the one in PATH.
find_pg_config() {
	local newest
	newest=$(ls -d /usr/lib/postgresql/*/bin/pg_config 2>/dev/null | sort -V | tail -n 1)
	echo "${PG_CONFIG:-${newest:-$(command -v pg_config)}}"
}

# use_postgres: sets PG_CONFIG, bindir, sharedir, libdir, testdir and major,
# and puts the programs of that PostgreSQL first in PATH.
use_postgres() {
	PG_CONFIG=$(find_pg_config)
	[ -n "$PG_CONFIG" ] || die "no PostgreSQL found: set PG_CONFIG"
	bindir=$("$PG_CONFIG" --bindir)
	sharedir=$("$PG_CONFIG" --sharedir)
	libdir=$("$PG_CONFIG" --pkglibdir)
	testdir=$(dirname "$("$PG_CONFIG" --pgxs)")/../test
	major=$("$PG_CONFIG" --version | sed 's/^PostgreSQL \([0-9]*\).*/\1/')
	export PG_CONFIG PATH="$bindir:$PATH"
}

# stage: creates the folder $base with the copy of the tree, builds the copy and
# installs it below $base/root.  It builds no bitcode: test servers run no JIT.
stage() {
	base=$(as_server mktemp -d "${TMPDIR:-/tmp}/backorder.XXXXXX" 2>/dev/null ||
		as_server mktemp -d /tmp/backorder.XXXXXX)
	as_server mkdir "$base/tree" "$base/results"
	tar -C "$tree" -cf - --anchored --no-wildcards-match-slash \
		--exclude=./.git --exclude=./tmp --exclude='./*.so' --exclude='./backorder--*.sql' \
		--exclude='./src/*/*.o' --exclude='./src/*/*.bc' . |
		as_server tar -C "$base/tree" -xf -
	cd "$base/tree" || return 1
	# options of a calling make must not reach this make
	unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
	as_server make -s -j "$(nproc)" with_llvm=no PG_CONFIG="$PG_CONFIG" &&
		as_server make -s install with_llvm=no PG_CONFIG="$PG_CONFIG" DESTDIR="$base/root"
}

# extension_conf: prints the settings that let a server find the extension below
# $base/root.  Debian has its own setting; PostgreSQL has two since 18.
extension_conf() {
	local known
	known=$("$bindir/postgres" --describe-config | cut -f 1)
	if grep -qx extension_destdir <<<"$known"; then
		echo "extension_destdir = '$base/root'"
	elif grep -qx extension_control_path <<<"$known"; then
		echo "extension_control_path = '$base/root$sharedir:\$system'"
		echo "dynamic_library_path = '$base/root$libdir:\$libdir'"
	elif [ -e "$sharedir/extension/backorder.control" ]; then
		echo "backorder: this server finds only the installed extension: testing that" >&2
	else
		die "this server finds only an installed extension: run \"make install\" first"
	fi
}

# test_conf: prints settings that make outputs the same everywhere, and that turn a
# hanging lock into an error.
test_conf() {
	cat <<-CONF
		timezone = 'UTC'
		log_timezone = 'UTC'
		datestyle = 'ISO, MDY'
		intervalstyle = 'postgres'
		lc_messages = 'C'
		jit = off
		lock_timeout = '60s'
		max_prepared_transactions = 20
	CONF
	extension_conf
}

# server_start [SETTING...]: creates and starts a server with its socket in $base,
# and sets the environment so that clients find it.  The server is fast but not
# durable, unless a SETTING ("fsync = on") says otherwise.
server_start() {
	as_server "$bindir/initdb" -D "$base/data" -U postgres -A trust -E UTF8 \
		--locale=C.UTF-8 --no-sync >"$base/results/initdb.log"
	{
		echo "listen_addresses = ''"
		echo "unix_socket_directories = '$base'"
		echo "log_line_prefix = '%m [%p] %q%d %a '"
		echo "fsync = off"
		test_conf
		printf '%s\n' "$@"
	} | as_server tee -a "$base/data/postgresql.conf" >/dev/null
	as_server "$bindir/pg_ctl" -D "$base/data" -l "$base/results/server.log" -s -w start || {
		cat "$base/results/server.log" >&2
		die "the private server does not start"
	}
	export PGHOST=$base PGPORT=5432 PGUSER=postgres PGDATABASE=postgres
}

# server_stop: stops the server of $base and all servers that a test has left
# there, and removes $base.
server_stop() {
	local pidfile
	[ -n "${base:-}" ] || return 0
	cd /
	while read -r pidfile; do
		as_server "$bindir/pg_ctl" -D "$(dirname "$pidfile")" -m immediate -s -w stop </dev/null || true
	done < <(find "$base" -name postmaster.pid)
	rm -rf "$base"
}
