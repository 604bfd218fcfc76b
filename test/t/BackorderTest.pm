# BackorderTest - what the programs in test/t have in common: a server with the
# extension, a shop with a history, and ways to compare two databases.

package BackorderTest;

use strict;
use warnings;

use Exporter 'import';
use File::Basename qw(dirname);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(start_node start_released_node run_file fill_shop breaches describe
  stored_tables contents is_same_database);

my $here = dirname(__FILE__);

# A started server that finds the extension where the test runner put it.
sub start_node
{
	my ($name, @settings) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);

	die "start this by \"make test\"" unless $ENV{BACKORDER_CONF};
	$node->init;
	$node->append_conf('postgresql.conf',
		join("\n", $ENV{BACKORDER_CONF}, @settings, ''));
	$node->start;
	return $node;
}

# A started server that also finds the versions released before; nothing where a
# server finds only what is installed.
sub start_released_node
{
	my ($name) = @_;
	my $place = "$ENV{base}/root";

	return if index($ENV{BACKORDER_CONF}, $place) < 0;
	local $ENV{BACKORDER_CONF} = $ENV{BACKORDER_CONF} =~ s{\Q$place\E}{$ENV{base}/released}gr;
	return start_node($name);
}

# Runs an SQL file, of this folder unless it is named with its path, and returns
# what it printed; dies if a statement fails.  Further arguments are psql variables ("merchant=2").
sub run_file
{
	my ($node, $db, $file, @variables) = @_;
	my ($out, $err) = ('', '');
	my $path = $file =~ m{^/} ? $file : "$here/$file";
	my @command = (
		'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1',
		'-d', $node->connstr($db), '-f', $path);

	push @command, '-v', $_ foreach @variables;
	IPC::Run::run(\@command, '>', \$out, '2>', \$err)
	  or die "$file: $err";
	return $out;
}

# Gives two merchants with the same keys a history: see seed.sql.
sub fill_shop
{
	my ($node, $db) = @_;

	run_file($node, $db, 'seed.sql', "merchant=$_") foreach (1, 2);
	return;
}

# What verify() says of both merchants, or why it cannot: nothing, if all is well.
sub breaches
{
	my ($node, $db) = @_;
	my ($status, $out, $err) = $node->psql($db,
		'SELECT m, v FROM unnest(ARRAY[1, 2]) m, LATERAL backorder.verify(m) v');

	return $out . $err;
}

# The description of every object of the extension, one fact a line.
sub describe
{
	my ($node, $db) = @_;

	return run_file($node, $db, 'describe.sql');
}

# The tables and sequences whose rows pg_dump takes along.
sub stored_tables
{
	my ($node, $db) = @_;

	return split /\n/, $node->safe_psql($db, q{
		SELECT config::regclass
		FROM pg_extension, unnest(extconfig) AS config
		WHERE extname = 'backorder'
		ORDER BY config::regclass::text});
}

# All rows of a table as text, in an order of their own; of a sequence, where
# it stands.
sub contents
{
	my ($node, $db, $table) = @_;
	my $row = $node->safe_psql($db,
		"SELECT relkind = 'S' FROM pg_class WHERE oid = '$table'::regclass") eq 't'
	  ? '(t.last_value, t.is_called)' : 't';

	return $node->safe_psql($db,
		"SELECT $row\::text FROM $table t ORDER BY ($row\::text) COLLATE \"C\"");
}

# Reports whether the second database has the objects and the rows of the first.
sub is_same_database
{
	my ($node, $first, $second, $name) = @_;

	is_deeply(
		[ split /\n/, describe($node, $second) ],
		[ split /\n/, describe($node, $first) ],
		"$name: same objects, rights and comments");
	foreach my $table (stored_tables($node, $first))
	{
		is(contents($node, $second, $table),
			contents($node, $first, $table),
			"$name: same rows in $table");
	}
	return;
}

1;
