# Crashes in the middle of work: nothing is lost of what a client was told had
# happened, and what is there holds together.

use strict;
use warnings;

use BackorderTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

my $rounds     = 4;
my $per_client = 5000;    # statements, many more than a round gets to
my $per_round  = 150;      # orders, at least, before the server is stopped

my $node = start_node('main');
my $dir  = $node->basedir;

# A customer's script: orders under references of its own; each prints merchant
# and reference once it is committed.
sub customer
{
	my ($round, $client) = @_;

	return map {
		my $merchant  = 1 + ($_ % 2);
		my $reference = "crash-$round-$client-$_";
		my $skus      = $_ % 3 ? "ARRAY['TEA', 'CUP']" : "ARRAY['CUP', 'TEA']";

		"SELECT DISTINCT 'placed $merchant $reference' FROM backorder.place_order("
		  . "'$reference', $skus, ARRAY[2, 1]::bigint[], '{}', $merchant);\n"
	} 1 .. $per_client;
}

# A warehouse's script: goods come and are lost, and what is ready is shipped.
sub warehouse
{
	return map {
		my $merchant = 1 + ($_ % 2);
		my $sku      = $_ % 3 ? 'TEA' : 'CUP';
		my $change   = $_ % 5 ? '+ 3' : '- 2';

		"UPDATE backorder.stock SET on_hand = on_hand $change"
		  . " WHERE merchant_id = $merchant AND sku = '$sku' AND location_id = 1;\n"
		  . "SELECT 'shipped $merchant ' || g.order_id || ' ' || g.group_no"
		  . " FROM (SELECT order_id, group_no FROM backorder.shipment_group"
		  . " JOIN backorder.sales_order o USING (merchant_id, order_id)"
		  . " WHERE merchant_id = $merchant AND shipment_group.status = 'ready' AND o.status = 'open'"
		  . " ORDER BY order_id LIMIT 1) g,"
		  . " LATERAL backorder.ship_group(g.order_id, g.group_no, '{}', $merchant);\n"
	} 1 .. $per_client;
}

# Starts psql with a script; its outputs go to files beside the script.
sub start_client
{
	my ($name, @script) = @_;

	append_to_file("$dir/$name.sql", join('',
		"\\set VERBOSITY verbose\nSET client_min_messages = error;\n", @script));
	return IPC::Run::start(
		[ 'psql', '-XAtq', '-d', $node->connstr('shop'), '-f', "$dir/$name.sql" ],
		'>', "$dir/$name.out", '2>', "$dir/$name.err");
}

# Waits until enough orders of the round are in the database, and each merchant
# has shipped twice since it began: so the client was told of the first time.
sub wait_for_orders
{
	my ($round, $since) = @_;

	$node->poll_query_until('shop', qq{
		SELECT count(*) >= $per_round AND (SELECT count(*) = 2 FROM (
			SELECT FROM backorder.shipment_group WHERE status = 'shipped' AND shipped_at > '$since'
			GROUP BY merchant_id HAVING count(*) >= 2) AS merchants)
		FROM backorder.sales_order WHERE reference LIKE 'crash-$round-%'})
	  or BAIL_OUT(join "\n", 'the clients place and ship no orders', map { slurp_file($_) } glob("$dir/*-$round*.err"));
	return;
}

# Ends the server without warning: by turns its own emergency stop, and a
# SIGKILL, after which its orphans must go before it can start again.
sub crash
{
	my ($round) = @_;

	$round % 2 ? $node->stop('immediate') : $node->kill9;
	return;
}

# Starts the server again, as soon as the last of the old one has gone.  Until
# then the module takes the pid file of the dead one for that of a living one.
sub start_again
{
	foreach (1 .. 10 * $PostgreSQL::Test::Utils::timeout_default)
	{
		return if $node->start(fail_ok => 1);
		undef $node->{_pid};
		usleep(100_000);
	}
	BAIL_OUT('the server does not start again');
}

# Reports whether all that clients were told has happened is there: orders
# placed, groups shipped.
sub nothing_lost
{
	my ($name, @told) = @_;
	my %there = map { $_ => 1 } split /\n/, $node->safe_psql('shop', q{
		SELECT concat_ws(' ', 'placed', merchant_id, reference) FROM backorder.sales_order
		UNION ALL
		SELECT concat_ws(' ', 'shipped', merchant_id, order_id, group_no)
		FROM backorder.shipment_group WHERE status = 'shipped'});

	foreach my $what ('placed 1', 'placed 2', 'shipped 1', 'shipped 2')
	{
		my @these = grep { /^$what / } @told;

		ok(@these > 0, "$name: clients were told of $what");
		is_deeply([ grep { !$there{$_} } @these ], [], "$name: nothing lost of $what");
	}
	return;
}

# Reports whether the clients met no error but the crash and, in the warehouse,
# goods lost meanwhile.  One call a transaction meets no deadlock.
sub no_other_error
{
	my ($name, @errors) = @_;
	my @other = grep { /ERROR: / && !/ERROR:  (OB005|57P0[12])/ } @errors;

	is_deeply(\@other, [], "$name: no client met an error of another kind");
	return;
}

$node->safe_psql('postgres', 'CREATE DATABASE shop');
$node->safe_psql('shop', 'CREATE EXTENSION backorder');
fill_shop($node, 'shop');

my @told;
foreach my $round (1 .. $rounds)
{
	my $name    = "crash $round";
	my %scripts = (
		"customer-$round-1" => [ customer($round, 1) ],
		"customer-$round-2" => [ customer($round, 2) ],
		"warehouse-$round"  => [ warehouse() ]);
	my $since   = $node->safe_psql('shop', 'SELECT now()');
	my @clients = map { start_client($_, @{ $scripts{$_} }) } sort keys %scripts;

	wait_for_orders($round, $since);
	crash($round);
	$_->finish foreach @clients;
	start_again();

	push @told, map { split /\n/, slurp_file("$dir/$_.out") } sort keys %scripts;
	nothing_lost($name, @told);
	is(breaches($node, 'shop'), '', "$name: no breach");
	no_other_error($name, map { split /\n/, slurp_file("$dir/$_.err") } sort keys %scripts);
}

$node->stop;
done_testing();
