# "make demo" and "make replay" end without an error, their lines fit on a
# terminal, and verify() finds nothing.

use strict;
use warnings;
use utf8;

use BackorderTest;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $demo = "$FindBin::RealBin/../../demo";
my $node = start_node('demo');

# Plays a file of demo/ in its own database, as demo/run and demo/replay do.
# Returns whether it succeeded, and what it printed.
sub play
{
	my ($db, $file, $input, %variables) = @_;
	my ($out, $err);

	$node->safe_psql('postgres', "CREATE DATABASE $db");
	$node->safe_psql($db, 'CREATE EXTENSION backorder');
	my $ok = IPC::Run::run(
		[
			'psql', '-X', '--quiet', '-v', 'ON_ERROR_STOP=1',
			'-P', 'border=2', '-P', 'linestyle=unicode', '-P', 'null=-',
			'-P', 'footer=off', '-P', 'pager=off',
			(map { ('-v', "$_=$variables{$_}") } sort keys %variables),
			'-d', $node->connstr($db), '-f', "$demo/$file"
		],
		'<', \$input, '>', \$out, '2>', \$err);
	utf8::decode($out);
	return ($ok, $out, $err);
}

# ===== the story =====

my ($ok, $out, $err) = play('story', 'story.sql', '', waits => 'off');

ok($ok, 'the story runs to its end');
is($err, '', 'without an error or a warning');
like($out, qr/Breaches found by verify\(\) │\n.*\n│ +0 │\n/, 'verify() finds no breach at its end');
is_deeply([ grep { length > 120 } split /\n/, $out ], [], 'its lines fit on a terminal');
like($out, qr/│ would wait longer than max_wait │ 12 March/, 'an order with a short max_wait is refused, with the date');
like($out, qr/│ complete_order +│ +1 │ 8 pieces 12 March /, 'one parcel can be chosen');
like($out, qr/│ Ada +│ web-1 │ On its way: 3 Red teapot, 2 Green tea, 1 Biscuits\./, 'a gift leaves with the first parcel');
like($out, qr/│ Dan +│ web-4 │ Thank you. For waiting: free shipping/, 'the next best is granted when a budget is used up');
like($out, qr/sorry for the delay and give you 3\.00 off/, 'a delay is compensated');
like($out, qr/│ Cleo +│ - +│ Tea cup: back in stock/, 'a subscriber is notified');
like($out, qr/│ Tea cup: low stock, 1 left\./, 'and the shop is warned');
is($node->safe_psql('story', 'SELECT * FROM backorder.verify()'), '', 'verify() finds nothing afterwards');

# ===== the replay =====

# Orders of a small shop: three a day, of repeating quantities. The stock for a
# week is gone before the week ends. Some orders are canceled.
sub orders
{
	my $csv = "invoice,stock code,description,quantity,time,unit price,customer,country\n";

	foreach my $day (1 .. 28)
	{
		foreach my $n (1 .. 3)
		{
			my ($invoice, $at) = (1000 * $day + $n, sprintf('2011-02-%02d %02d:00', $day, 8 + 2 * $n));
			my $customer = ($day + $n) % 7 ? 500 + ($day * $n) % 11 : '';

			foreach my $line (1 .. 4)
			{
				my $sku = 10001 + ($day + $n * $line) % 8;
				my $quantity = 1 + ($day * $line) % 9;

				$csv .= "$invoice,$sku,Product $sku,$quantity,$at,2.50,$customer,France\n";
				$csv .= "C$invoice,$sku,Product $sku,-1,$at,2.50,$customer,France\n"
				  if $customer && $line == 1 && $n == 3;
			}
		}
	}
	return $csv;
}

my %settings = (
	from => '', to => '', days => '', lead => 8, reorder => 1, upto => 2,
	recent => 1, late => 60, deny => 40, back => 80, budget => 20, seed => 1);

# The number in a row of the report.
sub count_of
{
	my ($report, $what) = @_;

	return $report =~ /│ \Q$what\E +│ ([\d,]+)/ ? $1 : 'no such row';
}

# The grants of an incentive in the report: grants, withdrawn, cost.
sub granted
{
	my ($report, $name) = @_;

	return $report =~ /│ \Q$name\E[^│]*│ [^│]*│ (\d+) +│ (\d+) +│ +([\d.]+)/ ? ($1, $2, $3) : ();
}

# The part of a report that does not depend on the machine.
sub counted
{
	my ($report) = @_;

	return $report =~ /^(Orders and waits.*)^Time per call/ms ? $1 : '';
}

($ok, $out, $err) = play('replay', 'replay.sql', orders(), %settings);
ok($ok, 'the replay runs to its end') or diag($err);
unlike($err, qr/ERROR|WARNING/, 'without an error or a warning');
like($out, qr/verify\(\) finds nothing/, 'verify() finds nothing after it');
cmp_ok(count_of($out, $_), '>', 0, $_)
  foreach ('lines canceled before shipping', 'lines returned after shipping', 'lines refused, wholly or in part',
	'subscribers notified', 'of these ordered');

my ($grants, $withdrawn, $cost) = granted($out, 'Thank you for waiting');
cmp_ok($grants, '>', 0, 'orders that wait get an incentive');
cmp_ok($cost, '<=', 20, 'within the budget');
cmp_ok((granted($out, 'Sorry'))[0], '>', 0, 'delays are compensated');

# The same orders as a spreadsheet exports them in the Netherlands, read by
# demo/read-orders as demo/replay does.
sub exported_orders
{
	my $csv = orders() =~ tr/,/;/r =~ s/2011-02-(\d\d)/$1-02-2011/gr =~ s/2\.50/2,50/gr
	  =~ s/France/Cura\xE7ao/gr =~ s/\n/\r\n/gr;
	my $file = PostgreSQL::Test::Utils::tempdir() . '/orders.csv';
	my ($read, $note);

	open my $output, '>:raw', $file or die "$file: $!";
	print $output $csv;
	close $output;
	local $ENV{ENCODING} = 'latin1';
	IPC::Run::run([ "$demo/read-orders", $file ], '>', \$read, '2>', \$note) or die $note;
	return $read;
}

my ($again, $same) = play('replay_again', 'replay.sql', exported_orders(), %settings);
isnt(counted($out), '', 'the replay reports');
is(counted($same), counted($out), 'the same orders from another export give the same figures');
is($node->safe_psql('replay_again', q{SELECT DISTINCT country = U&'Cura\00E7ao' FROM replay.invoice_line}), 't',
	'their letters are read');

$node->stop;
done_testing();
