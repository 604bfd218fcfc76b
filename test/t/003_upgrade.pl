# Upgrades: a database that was updated describes itself like one that was
# installed afresh, and its rows are untouched.
#
# Every version in test/released is a start, with a module of its own, which
# sessions that go on over the update have loaded.  Tested as well is that the
# description can be trusted, that DROP EXTENSION leaves nothing, and that old
# versions are not offered.

use strict;
use warnings;

use BackorderTest;
use File::Basename qw(basename);
use File::Path qw(make_path);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_node('main');
my $library = pg_config('pkglibdir');
my $modules = PostgreSQL::Test::Utils::tempdir();
my ($current, $module_before_0_4, $module_since_0_4);

# What pg_config says.
sub pg_config
{
	my ($what) = @_;

	chomp(my $answer = `pg_config --$what`);
	return $answer;
}

# A copy of the module under another name, as another version would have. It has other
# names for what that version does not share: before 0.4.0 modules shared no settings,
# and before 0.6.0 only those of 0.4.0.
sub other_module
{
	my ($name, %renamed) = @_;
	my ($file) = grep { -e } map { "$_/backorder-$current.so" } "$ENV{base}/root$library", $library;
	my $module = slurp_file($file);

	$module =~ s/\Q$_\E/$renamed{$_}/g foreach keys %renamed;
	append_to_file("$modules/$name", $module);
	return "$modules/$name";
}

# The SQL that gives all functions of the extension this module.
sub use_module
{
	my ($module) = @_;

	return "UPDATE pg_proc SET probin = '$module' WHERE pronamespace = 'backorder'::regnamespace AND probin IS NOT NULL;";
}

# A new database, with the extension in the named version, or the current one.
sub install
{
	my ($db, $version) = @_;

	$node->safe_psql('postgres', "CREATE DATABASE $db");
	$node->safe_psql($db, 'CREATE EXTENSION backorder'
		  . ($version ? " VERSION '$version'" : ''));
	return;
}

# Reports whether two databases describe themselves alike.
sub is_same_description
{
	my ($db, $other, $name) = @_;

	is_deeply([ split /\n/, describe($node, $db) ],
		[ split /\n/, describe($node, $other) ], $name);
	return;
}

# The versions that were released before this one.
sub old_versions
{
	return grep { $_ ne $current }
	  sort map { m{/shop-(.+)\.sql$} } glob("$ENV{base}/versions/shop-*.sql");
}

# Old versions have steps, and cannot be installed.
sub test_not_offered
{
	my @versions = @_;

	is_deeply([ sort map { m{--(.+)--} } glob('sql/steps/backorder--*--*.sql') ],
		\@versions, 'each step starts from a released version');
SKIP:
	{
		my ($default, @offered) = split /\n/, $node->safe_psql('postgres', q{
			SELECT default_version FROM pg_available_extensions WHERE name = 'backorder'
			UNION ALL
			SELECT version FROM pg_available_extension_versions WHERE name = 'backorder'});

		skip 'this server lists only what is installed', 1 unless ($default // '') eq $current;
		is_deeply(\@offered, [$current], 'only this version is offered');
	}
	foreach my $version (@versions)
	{
		my ($status, $out, $err) = $node->psql('postgres', "CREATE EXTENSION backorder VERSION '$version'");

		like($err, qr/ERROR:  extension "backorder" has no installation script nor update path for version "\Q$version\E"/,
			"version $version cannot be installed");
	}
	return;
}

# The installation brings this version and the steps, and takes away the scripts
# that an older one has left.
sub test_installed_scripts
{
	my $root = PostgreSQL::Test::Utils::tempdir();
	my $folder = $root . pg_config('sharedir') . '/extension';

	make_path($folder);
	append_to_file("$folder/backorder--$_.sql", '') foreach ('0.1.0', '0.2.0', '0.1.0--0.2.0');
	system_or_bail('make', '-s', 'install', 'with_llvm=no', "DESTDIR=$root");
	is_deeply([ map { basename($_) } glob("$folder/backorder--*.sql") ],
		[ sort "backorder--$current.sql", map { basename($_) } glob('sql/steps/backorder--*--*.sql') ],
		'this version and the steps are installed, nothing else');
	return;
}

# A version that is released does not change: what changes has the next number.
sub test_frozen
{
	my $released = "$ENV{base}/versions/backorder--$current.sql";

	is(slurp_file("backorder--$current.sql"), slurp_file($released),
		"version $current is what was released") if -e $released;
	return;
}

# Updates a shop that was opened under an old version, restored from a dump of
# its rows, and compares it with one that was opened today.
sub test_update
{
	my ($version, $number) = @_;
	my ($db, $name) = ("updated_$number", "from $version");
	my $goes_on = $version !~ /^0\.[1-3]\./;
	my %before;

	install($db, $version);
	$node->safe_psql($db, "SELECT format('CREATE ROLE shop_%s', m) FROM generate_series(1, 2) m WHERE to_regrole(format('shop_%s', m)) IS NULL \\gexec");
	run_file($node, $db, "$ENV{base}/versions/shop-$version.sql");
	$node->safe_psql($db, use_module($goes_on ? $module_since_0_4 : $module_before_0_4));
	$before{$_} = contents($node, $db, $_) foreach stored_tables($node, $db);

	my ($status, $out, $err) = $node->psql($db, sprintf(<<'SQL', $node->connstr($db)), on_error_stop => 0);
SELECT 'before: ' || backorder.current_merchant();
\! psql -XAtq -d '%s' -c 'ALTER EXTENSION backorder UPDATE' && echo updated
SELECT 'after: ' || backorder.current_merchant();
\c
SELECT 'anew: ' || backorder.current_merchant();
SQL
	is($out, "before: 1\nupdated\n" . ($goes_on ? "after: 1\n" : '') . 'anew: 1', "$name: the update runs");
	like($err, $goes_on ? qr/^$/ : qr/ERROR:  this session uses an older version of backorder/,
		$goes_on ? "$name: sessions go on" : "$name: and ends who goes on with the old module");
	is_same_description($db, 'filled', "$name: same objects, rights and comments as a fresh install");
	foreach my $table (sort keys %before)
	{
		my $rows = () = $before{$table} =~ /\n/g;
		my $now  = () = contents($node, $db, $table) =~ /\n/g;

		is($now, $rows, "$name: as many rows in $table");
	}
	is(breaches($node, $db), '', "$name: no breach");
	return;
}

# A session that goes on over an update loads a second module. Its functions call each other, and not those of the
# first one with the same names, which PostgreSQL 15 makes visible.
sub test_own_symbols
{
	my ($file) = grep { -e } map { "$_/backorder-$current.so" } "$ENV{base}/root$library", $library;
	my $section = `readelf -d '$file' 2>/dev/null`;

SKIP:
	{
		skip 'readelf does not read this module', 1 unless $section =~ /SONAME|NEEDED|INIT/;
		like($section, qr/SYMBOLIC/, 'the module calls its own functions');
	}
	return;
}

# Grants that 0.5.0 left with orders that do not earn them: after the update verify() names them, and repair()
# mends them, within the budget.
sub test_grants
{
	my ($version) = @_;
	my $db = 'wrong_grants';

	install($db, $version);
	run_file($node, $db, "$ENV{base}/versions/shop-$version.sql");
	$node->safe_psql($db, <<'SQL');
SET search_path = backorder;
-- An order of which nothing waited was granted something: what waited has been canceled.
INSERT INTO incentive (merchant_id, incentive_id, name, kind, value, max_grants, skus) VALUES (1, 1001, 'Old', 'free_shipping', 5, 10, '{NONE}');
INSERT INTO order_incentive (merchant_id, order_id, incentive_id, step, name, kind, value, status, granted_at, cause, budgeted)
SELECT 1, order_id, 1001, 0, 'Old', 'free_shipping', 5, 'granted', placed_at, 'placed', true FROM sales_order o
WHERE merchant_id = 1 AND status = 'open' AND NOT EXISTS (
	SELECT FROM order_line_part p WHERE p.merchant_id = 1 AND p.order_id = o.order_id
		AND (p.short_at_order OR p.status IN ('backordered', 'shipped', 'returned')))
ORDER BY order_id LIMIT 1;
UPDATE incentive_budget SET grants_used = grants_used + 1, value_used = value_used + 5, grants_left = grants_left - 1
WHERE merchant_id = 1 AND incentive_id = 1001 AND slot_no = (SELECT min(slot_no) FROM incentive_budget WHERE merchant_id = 1 AND incentive_id = 1001 AND grants_left > 0);
SQL
	$node->safe_psql($db, 'ALTER EXTENSION backorder UPDATE');
	is($node->safe_psql($db, q{SELECT string_agg(DISTINCT problem, '; ') FROM backorder.verify(1)}),
		'no units are left whose wait earned it', 'verify() names a grant that 0.5.0 left wrong');
	is($node->safe_psql($db, q{
			SELECT count(*) FROM backorder.repair((SELECT array_agg(sku) FROM backorder.item WHERE merchant_id = 1), merchant_id => 1)}),
		'1', 'repair() mends it');
	is(breaches($node, $db), '', 'no breach after that');
	return;
}

# Changes that a description must not miss: each one is made and taken back.
sub description_sees
{
	my ($db, $what, $change) = @_;
	my $before = describe($node, $db);
	my $after;

	$node->safe_psql($db, $change);
	$after = describe($node, $db);
	ok($after ne $before, "the description sees $what");
	return;
}

install('fresh');
install('again');
$current = $node->safe_psql('fresh', q{SELECT extversion FROM pg_extension WHERE extname = 'backorder'});
$module_before_0_4 = other_module('before.so', 'backorder settings' => 'backorder sEttings');
$module_since_0_4 = other_module('since.so');
my $module_before_0_6 = other_module('before_0_6.so',
	'settings since' => 'sEttings since', 'backorder.direct_access' => 'backorder.xirect_access',
	'backorder.require_merchant' => 'backorder.xequire_merchant');
my $fresh = describe($node, 'fresh');

cmp_ok(scalar(split /\n/, $fresh), '>', 100, 'the description is long');
is_same_description('again', 'fresh', 'two installs describe themselves alike');
unlike($fresh, qr/ \| no member \| /, 'everything in the schema belongs to the extension');

# away and back, with a shop in it
fill_shop($node, 'again');
$node->safe_psql('again', 'DROP EXTENSION backorder');
is( $node->safe_psql('again', q{SELECT count(*) FROM pg_namespace WHERE nspname = 'backorder'}),
	'0', 'DROP EXTENSION takes the schema along');
is( $node->safe_psql('again', q{
		SELECT pg_describe_object(classid, objid, 0) FROM pg_depend
		WHERE deptype = 'e' AND refclassid = 'pg_extension'::regclass
			AND refobjid NOT IN (SELECT oid FROM pg_extension)}),
	'', 'and every member');
$node->safe_psql('again', 'CREATE EXTENSION backorder');
is_same_description('again', 'fresh', 'a second install in the same database is like the first');

description_sees('again', 'a constraint', 'ALTER TABLE backorder.stock ADD CONSTRAINT c CHECK (on_hand < 5)');
description_sees('again', 'a new column', 'ALTER TABLE backorder.item ADD COLUMN c integer');
description_sees('again', 'a default', 'ALTER TABLE backorder.item ALTER COLUMN safety_stock SET DEFAULT 7');
description_sees('again', 'an index', 'CREATE INDEX i ON backorder.item (merchant_id, name)');
description_sees('again', 'a disabled trigger', 'ALTER TABLE backorder.stock DISABLE TRIGGER USER');
description_sees('again', 'a policy', 'CREATE POLICY p ON backorder.item USING (false)');
description_sees('again', 'a right', 'GRANT SELECT ON backorder.item TO PUBLIC');
description_sees('again', 'a right on a column', 'GRANT UPDATE (name) ON backorder.item TO PUBLIC');
description_sees('again', 'a comment', q{COMMENT ON COLUMN backorder.item.name IS 'x'});
description_sees('again', 'the comment on the extension', q{COMMENT ON EXTENSION backorder IS 'x'});
description_sees('again', 'a function', 'ALTER FUNCTION backorder.next_id() COST 7');
description_sees('again', 'a table of somebody else', 'CREATE TABLE backorder.stray ()');

# a session that goes on while its functions get another module keeps its settings
is($node->safe_psql('again', "SET backorder.merchant_id = 2;
		SET backorder.clock = '2026-03-02 09:00+00';
		SELECT backorder.current_merchant();" . use_module($module_since_0_4) . "
		SELECT backorder.current_merchant(), backorder.clock_time() AT TIME ZONE 'UTC';
		SET backorder.merchant_id = 3;
		SELECT backorder.current_merchant();" . use_module("\$libdir/backorder-$current") . "
		SELECT backorder.current_merchant()"),
	"2\n2|2026-03-02 09:00:00\n3\n3", 'a session with the modules of two versions has one set of settings');

# a clock that a module before 0.6.0 has defined is read as that module reads it; newer settings are there at once
$node->safe_psql('again', use_module($module_before_0_6));
is($node->safe_psql('again', "SET backorder.clock = '2026-03-02 09:00+00';
		SELECT backorder.clock_time() AT TIME ZONE 'UTC';" . use_module("\$libdir/backorder-$current") . "
		SELECT backorder.clock_time() AT TIME ZONE 'UTC';
		SET backorder.clock = '2026-03-03 09:00+00';
		SELECT backorder.clock_time() AT TIME ZONE 'UTC';
		SET backorder.clock = '';
		SELECT backorder.clock_time() = statement_timestamp();
		SET backorder.direct_access = off;
		SHOW backorder.direct_access;"),
	"2026-03-02 09:00:00\n2026-03-02 09:00:00\n2026-03-03 09:00:00\nt\noff", 'a session with an older clock keeps it');

my @old = old_versions();

test_not_offered(@old);
test_installed_scripts();
test_frozen();
test_own_symbols();
$node->stop;

# from every version released before
SKIP:
{
	$node = start_released_node('released')
	  or skip 'the server finds only what is installed', 1;
	install('filled');
	fill_shop($node, 'filled');
	test_update($old[$_], $_) foreach 0 .. $#old;
	test_grants('0.5.0');
	$node->stop;
}

done_testing();
