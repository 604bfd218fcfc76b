# What "make demo" and "make replay" play, as their readers see it: no error,
# lines that fit on a terminal, books that are right.

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

# Plays a file of demo/ in a database of its own, as demo/run and demo/replay
# do; returns whether it came to its end, and what it printed.
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

ok($ok, 'the story comes to its end');
is($err, '', 'without an error or a warning');
like($out, qr/Breaches found by verify\(\) │\n.*\n│ +0 │\n/, 'it ends with books that are right');
is_deeply([ grep { length > 120 } split /\n/, $out ], [], 'its lines fit on a terminal');
like($out, qr/│ would wait longer than max_wait │ 12 March/, 'who will not wait so long is refused, with the date');
like($out, qr/│ complete_order +│ +1 │ 8 pieces 12 March /, 'one parcel can be chosen');
like($out, qr/│ Ada +│ web-1 │ On its way: 3 Red teapot, 2 Green tea, 1 Biscuits\./, 'a gift leaves with the first parcel');
like($out, qr/│ Dan +│ web-4 │ Thank you. For waiting: free shipping/, 'the next best is granted when a budget is used up');
like($out, qr/takes longer. For that: 3\.00 off/, 'who waits longer than he was told is compensated');
like($out, qr/│ Cleo +│ - +│ Tea cup: back in stock/, 'a subscriber is told');
like($out, qr/│ Tea cup: low stock, 1 left\./, 'and the shop warned');
is($node->safe_psql('story', 'SELECT * FROM backorder.verify()'), '', 'verify() finds nothing afterwards');

# ===== the replay =====

# Orders of a small shop: three a day, of ever the same quantities, so that
# what is bought for a week is gone before it; some are canceled.
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

# How often a row of the report says it happened.
sub count_of
{
	my ($report, $what) = @_;

	return $report =~ /│ \Q$what\E +│ ([\d,]+)/ ? $1 : 'no such row';
}

# What an incentive was granted, by the report: grants, withdrawn, cost.
sub granted
{
	my ($report, $name) = @_;

	return $report =~ /│ \Q$name\E[^│]*│ [^│]*│ (\d+) +│ (\d+) +│ +([\d.]+)/ ? ($1, $2, $3) : ();
}

# The part of a report that must not depend on the machine.
sub counted
{
	my ($report) = @_;

	return $report =~ /^(How the customers fared.*)^Where the time went/ms ? $1 : '';
}

($ok, $out, $err) = play('replay', 'replay.sql', orders(), %settings);
ok($ok, 'the replay comes to its end') or diag($err);
unlike($err, qr/ERROR|WARNING/, 'without an error or a warning');
like($out, qr/verify\(\) finds nothing/, 'and the books are right');
cmp_ok(count_of($out, $_), '>', 0, $_)
  foreach ('lines canceled before they left', 'lines returned after it', 'lines refused, wholly or in part',
	'subscribers told that it is back', 'of these ordered then');

my ($grants, $withdrawn, $cost) = granted($out, 'Thank you for waiting');
cmp_ok($grants, '>', 0, 'who waits is thanked');
cmp_ok($cost, '<=', 20, 'within the budget');
cmp_ok((granted($out, 'Sorry'))[0], '>', 0, 'and delays are paid for');

my ($again, $same) = play('replay_again', 'replay.sql', orders(), %settings);
isnt(counted($out), '', 'the replay reports');
is(counted($same), counted($out), 'a second run counts the same');

$node->stop;
done_testing();
