# Dump and restore: a restored database has every row and every object of the
# old one, nothing was reacted to on the way, and it works.

use strict;
use warnings;

use BackorderTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_node('main');
my $dump = $node->basedir;

# Runs a client program against a database of the node and reports how it ended.
sub client
{
	my ($db, $program, @arguments) = @_;

	command_ok([ $program, @arguments, '-d', $node->connstr($db) ],
		"$program @arguments[0 .. $#arguments - 1]: $db");
	return;
}

# Runs a plain dump, up to the first error.
sub run_dump
{
	my ($db, $file) = @_;

	client($db, 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-f', $file);
	return;
}

# Reports whether a restored database equals the old one and goes on working.
# The checks that write come last.
sub is_restored
{
	my ($db, $name) = @_;
	my $order = q{SELECT FROM backorder.place_order('after', ARRAY['TEA'], ARRAY[1]::bigint[], '{}', %s)};

	is_same_database($node, 'shop', $db, $name);
	is(breaches($node, $db), '', "$name: no breach");
	foreach my $merchant (1, 2)
	{
		is($node->psql($db, sprintf $order, $merchant),
			0, "$name: merchant $merchant takes the next order");
	}
	is($node->psql($db, 'UPDATE backorder.stock SET on_hand = on_hand + 50'),
		0, "$name: goods arrive");
	is(breaches($node, $db), '', "$name: no breach after an arrival");
	return;
}

$node->safe_psql('postgres', 'CREATE DATABASE shop');
$node->safe_psql('shop', 'CREATE EXTENSION backorder');
fill_shop($node, 'shop');
$node->safe_psql('shop', q{SELECT backorder.set_stock('{BOX}', '{1}', '{9}', '{"key": "reading 1"}', 1)});
is(breaches($node, 'shop'), '', 'the shop has no breach');

# The test is worth nothing for a table that is empty or not dumped at all.
is( $node->safe_psql('shop', q{
		SELECT c.oid::regclass
		FROM pg_depend d
		JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'backorder'
		JOIN pg_class c ON c.oid = d.objid
		WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
			AND d.classid = 'pg_class'::regclass
			AND c.relkind IN ('r', 'p', 'S')
			AND c.oid <> ALL (e.extconfig)}),
	'', 'every table and sequence of the extension is dumped');
is( $node->safe_psql('shop', q{
		SELECT config::regclass
		FROM pg_extension, unnest(extconfig, extcondition) AS u (config, condition)
		WHERE extname = 'backorder' AND condition <> ''}),
	'', 'and all rows of it');

# An extension's constraints exist before the rows come, and an archive does not
# tell pg_restore which of its tables must come first: with -j a foreign key
# between two of them fails whenever the wrong one wins.
is( $node->safe_psql('shop', q{
		SELECT k.conrelid::regclass, k.conname
		FROM pg_constraint k
		JOIN pg_extension e ON k.conrelid = ANY (e.extconfig)
		WHERE k.contype = 'f' AND e.extname = 'backorder'}),
	'', 'no foreign key stands in the way of a parallel restore');
foreach my $table (stored_tables($node, 'shop'))
{
	isnt(contents($node, 'shop', $table), '', "$table has something to lose");
}

# one plain script
$node->safe_psql('postgres', 'CREATE DATABASE plain');
client('shop', 'pg_dump', '-f', "$dump/plain.sql");
run_dump('plain', "$dump/plain.sql");
is_restored('plain', 'plain');

# an archive, by two workers at once
$node->safe_psql('postgres', 'CREATE DATABASE parallel');
client('shop', 'pg_dump', '-Fd', '-f', "$dump/archive");
client('parallel', 'pg_restore', '--exit-on-error', '-j', '2', "$dump/archive");
is_restored('parallel', 'pg_restore -j 2');

# objects first, rows later
$node->safe_psql('postgres', 'CREATE DATABASE two_steps');
client('shop', 'pg_dump', '--schema-only', '-f', "$dump/schema.sql");
client('shop', 'pg_dump', '--data-only', '-f', "$dump/data.sql");
run_dump('two_steps', "$dump/schema.sql");
run_dump('two_steps', "$dump/data.sql");
is_restored('two_steps', 'schema, then data');

# rows as INSERT statements, which fire row and statement triggers alike
$node->safe_psql('postgres', 'CREATE DATABASE inserts');
client('shop', 'pg_dump', '--inserts', '-f', "$dump/inserts.sql");
run_dump('inserts', "$dump/inserts.sql");
is_restored('inserts', 'INSERT statements');

$node->stop;
done_testing();
