# The story of "make demo" runs from start to end, as its reader sees it: no
# error, lines that fit on a terminal, and books that are right.

use strict;
use warnings;
use utf8;

use BackorderTest;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_node('demo');
my ($out, $err);

$node->safe_psql('postgres', 'CREATE EXTENSION backorder');
# as demo/run calls it, without a reader who presses keys
my $ok = IPC::Run::run(
	[
		'psql', '-X', '--quiet', '-v', 'ON_ERROR_STOP=1', '-v', 'waits=off',
		'-P', 'border=2', '-P', 'linestyle=unicode', '-P', 'null=-',
		'-P', 'footer=off', '-P', 'pager=off',
		'-d', $node->connstr('postgres'),
		'-f', "$FindBin::RealBin/../../demo/story.sql"
	],
	'>', \$out, '2>', \$err);
utf8::decode($out);

ok($ok, 'the story comes to its end');
is($err, '', 'without an error or a warning');
like($out, qr/Breaches found by verify\(\) │\n.*\n│ +0 │\n/, 'it ends with books that are right');
is_deeply([ grep { length > 120 } split /\n/, $out ], [], 'its lines fit on a terminal');
like($out, qr/│ would wait longer than max_wait │ 12 March/, 'who will not wait so long is refused, with the date');
like($out, qr/│ complete_order +│ +1 │ 7 pieces 12 March /, 'one parcel can be chosen');
like($out, qr/│ Cleo +│ - +│ Tea cup: back in stock/, 'a subscriber is told');
like($out, qr/│ Tea cup: low stock, 1 left\./, 'and the shop warned');
is($node->safe_psql('postgres', 'SELECT * FROM backorder.verify()'), '', 'verify() finds nothing afterwards');
$node->stop;
done_testing();
