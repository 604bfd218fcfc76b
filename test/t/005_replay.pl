# demo/read-orders reads usual exports of one shop's orders as the same rows, and
# refuses what the file leaves open.  It never reads a value wrongly.

use strict;
use warnings;
use utf8;

use Encode qw(encode);
use File::Temp qw(tempdir);
use FindBin;
use IO::Compress::Gzip qw(gzip);
use IPC::Run;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' foreach qw(output failure_output todo_output);

my $demo = "$FindBin::RealBin/../../demo";
my $dir = tempdir(CLEANUP => 1);

my $columns_hint = 'The columns are invoice, stock code, description, quantity, time, unit price, customer and '
  . 'country, in this order, below a header line.';
my $count_hint =
  'A field that contains the separator, or a number with a decimal comma between commas, must be in quotes.';
my $quote_hint = 'A field that contains a quote or a line break is in quotes, and a quote in it is doubled.';
my $dates_hint = 'Set DATES=dmy (day first), DATES=mdy (month first) or DATES=ymd (year first).';
my $alike_hint = 'All lines must be written alike, and as DATES says if it is set.';
my $time_hint = 'A time is, for example, 2011-09-01 08:26, 1/9/2011 8:26 or 1 Sep 2011 8:26 AM.';
my $decimal_hint = 'Set DECIMAL=. or DECIMAL=, (the decimal mark).';
my $number_hint = 'A number has digits, one decimal mark, and optional marks between groups of three digits.';

# Runs a program of demo/ on a file with these bytes, with these settings, and
# returns whether it succeeded, what it printed, and what it complained about.
sub run_demo
{
	my ($program, $bytes, %settings) = @_;
	my ($out, $err);

	open my $file, '>:raw', "$dir/orders.csv" or die $!;
	print $file $bytes;
	close $file;
	local @ENV{ 'DATES', 'DECIMAL', 'ENCODING', keys %settings } = ('', '', '', values %settings);
	my $ok = IPC::Run::run([ "$demo/$program", "$dir/orders.csv" ], '<', \undef, '>', \$out, '2>', \$err);
	utf8::decode($_) foreach ($out, $err);
	return ($ok, $out, $err =~ s{\Q$dir\E/}{}gr);
}

# Asserts that the file is read as these rows.
sub reads
{
	my ($what, $bytes, $rows, %settings) = @_;
	my ($ok, $out, $err) = run_demo('read-orders', $bytes, %settings);

	is($out, $rows, $what) or diag($err);
}

# Asserts that the file is refused with this problem and this hint, and that no
# row is printed.
sub refuses
{
	my ($what, $bytes, $problem, $hint, %settings) = @_;
	my ($ok, $out, $err) = run_demo('read-orders', $bytes, %settings);

	ok(!$ok && $out eq '', "$what: nothing is read");
	is($err, "replay: orders.csv: $problem\nHINT:  $hint\n", "$what: says why");
}

# ===== one shop, many exports =====

my @names = qw(invoice_no stock_code description quantity invoice_ts unit_price customer_id country);
my @orders = (
	[ 536365, '85123A', 'WHITE HANGING HEART', 6, '2011-09-01T08:26:00', '2.55', 17850, 'United Kingdom' ],
	[ 536366, '22633', 'POUPÉE, 12" HIGH', 1200, '2011-09-01T14:05:00', '1234.50', '', 'Réunion' ],
	[ 'C536367', '22633', '', -1, '2011-09-13T00:10:00', '0.85', 17851, 'France' ]);

# Formats a row as CSV.  "quote" is a pattern of what must be in quotes.
sub csv
{
	my ($separator, $quote, @fields) = @_;

	return join($separator, map { $_ =~ $quote ? '"' . s/"/""/gr . '"' : $_ } @fields);
}

# Returns the orders as a file: with a separator, quotes, line ends, and ways to
# write a time and a number.
sub export
{
	my (%form) = (separator => ',', quote => qr/[,"]/, end => "\n", time => sub { shift }, number => sub { shift }, @_);
	my @lines = csv($form{separator}, $form{quote}, @names);

	foreach my $order (@orders)
	{
		my @fields = @$order;

		$fields[4] = $form{time}->($fields[4]);
		$fields[$_] = $form{number}->($fields[$_]) foreach 3, 5;
		push @lines, csv($form{separator}, $form{quote}, @fields);
	}
	return join('', map { $_ . $form{end} } @lines);
}

# Returns a function that formats a time; the pattern has the places y, Y (two
# digits), m, d, H, M and S, h (1 to 12), p (AM or PM), and b (Sep).
sub as
{
	my ($pattern, $pad) = @_;

	return sub {
		my ($y, $m, $d, $H, $M, $S) = shift =~ /\d+/g;
		my %is = (y => $y, Y => $y % 100, m => $m, d => $d, H => $H, M => $M, S => $S, b => 'Sep',
			h => $H % 12 || 12, p => $H < 12 ? 'AM' : 'PM');

		return $pattern =~ s{%(\w)}{my $value = $is{$1}; $pad || $1 =~ /[yMSbp]/ ? $value : $value =~ s/^0(?=\d)//r}ger;
	};
}

# Formats a number as in Germany, in France, and with thousands separators.
my $german = sub { shift =~ s/\./,/r =~ s/^(-?\d)(\d{3})\b/$1.$2/r };
my $french = sub { shift =~ s/\./,/r =~ s/^(-?\d)(\d{3})\b/$1\x{A0}$2/r };
my $english = sub { shift =~ s/^(-?\d)(\d{3})\b/$1,$2/r };
my $rows = export();

reads('the form that it prints', encode('UTF-8', $rows), $rows);
reads('Latin-1 that is named', encode('latin1', $rows), $rows, ENCODING => 'latin1');
reads('a byte order mark', "\xEF\xBB\xBF" . encode('UTF-8', $rows), $rows);
reads('UTF-16 with tabs, as spreadsheets save text', encode('UTF-16', export(separator => "\t")), $rows);
reads('line ends of Windows', encode('UTF-8', export(end => "\r\n")), $rows);
reads('line ends of old spreadsheets', encode('UTF-8', export(end => "\r")), $rows);
reads('every field in quotes', encode('UTF-8', export(quote => qr//)), $rows);
reads('bars', encode('UTF-8', export(separator => '|', quote => qr/"/)), $rows);
reads('a line that names the separator', encode('UTF-8', "sep=;\r\n" . export(separator => ';', end => "\r\n")), $rows);
gzip(\encode('UTF-8', $rows) => \my $packed);
reads('a packed file', $packed, $rows);
reads('empty lines and rows, and no line end', 
	encode('UTF-8', $rows =~ s/\n(?=536366)/\n\n,,,,,,,\n/r =~ s/\n\z//r), $rows);
reads('customers as floats, and NaN', encode('UTF-8', $rows =~ s/,(1785\d),/,$1.0,/gr =~ s/,,R/,NaN,R/r), $rows);

foreach (
	[ 'month first, as the data set is published', '%m/%d/%y %H:%M' ],
	[ 'day first', '%d/%m/%y %H:%M' ],
	[ 'day first with points', '%d.%m.%y %H:%M:%S' ],
	[ 'year first with slashes', '%y/%m/%d %H:%M' ],
	[ 'a clock of twelve hours', '%m/%d/%y %h:%M:%S %p' ],
	[ 'the name of the month', '%d-%b-%y %H:%M' ],
	[ 'the name of the month first', '%b %d, %y, %h:%M %p' ],
	[ 'month first with two digits of the year', '%m/%d/%Y %H:%M' ],
	[ 'an offset of zero', '%y-%m-%dT%H:%M:%SZ' ])
{
	my ($what, $pattern) = @$_;
	my $expected = $pattern =~ /Z$/ ? export(time => as('%y-%m-%dT%H:%M:%SZ', 1)) : $rows;

	reads($what, encode('UTF-8', export(time => as($pattern))), $expected);
	reads("$what, padded", encode('UTF-8', export(time => as($pattern, 1))), $expected);
}
reads('a compact date', encode('UTF-8', export(time => as('%y%m%d %H:%M', 1))), $rows);

reads('as a spreadsheet exports in Germany',
	encode('cp1252', export(separator => ';', number => $german, time => as('%d.%m.%y %H:%M', 1), end => "\r\n")),
	$rows, ENCODING => 'windows-1252');
reads('as a spreadsheet exports in France',
	"\xEF\xBB\xBF"
	  . encode('UTF-8', export(separator => ';', number => $french, time => as('%d/%m/%y %H:%M', 1), end => "\r\n")),
	$rows);
reads('a decimal comma between commas, in quotes', encode('UTF-8', export(number => $german)), $rows);
reads('commas between thousands', encode('UTF-8', export(number => $english)), $rows);
reads('quantities as floats', encode('UTF-8', $rows =~ s/,6,/,6.0,/r), $rows);

# ===== days, months and years =====

my $header = join(',', @names) . "\n";

# Returns a file of goods that were sold at these times, at these prices.
sub sold_at { return $header . join('', map { "536365,22633,DOLL,1,$_,2.55,17850,France\n" } @_) }
sub priced { return $header . join('', map { "536365,22633,DOLL,1,2011-09-01T08:26:00,$_,17850,France\n" } @_) }

refuses('1 September or 9 January', sold_at('1/1/2011 8:26', '1/9/2011 8:26'),
	'line 3: "1/9/2011 8:26" is 2011-09-01T08:26:00 (day first) or 2011-01-09T08:26:00 (month first), '
	  . 'and no line of the file decides it', $dates_hint);
reads('1 September, as DATES says', sold_at('1/9/2011 8:26'), sold_at('2011-09-01T08:26:00'), DATES => 'dmy');
reads('9 January, as DATES says', sold_at('1/9/2011 8:26'), sold_at('2011-01-09T08:26:00'), DATES => 'mdy');
reads('1 September, as a later line shows', sold_at('1/9/2011 8:26', '13/9/2011 8:26'),
	sold_at('2011-09-01T08:26:00', '2011-09-13T08:26:00'));
reads('a day that is the same in both orders', sold_at('9/9/2011 8:26'), sold_at('2011-09-09T08:26:00'));
refuses('two digits of the year, which could be the day', sold_at('13/12/10 8:26'),
	'line 2: "13/12/10 8:26" is 2010-12-13T08:26:00 (day first) or 2013-12-10T08:26:00 (year first), '
	  . 'and no line of the file decides it', $dates_hint);
reads('two digits of the year, as DATES says', sold_at('13/12/10 8:26'),
	sold_at('2010-12-13T08:26:00'), DATES => 'dmy');
reads('two digits of the year first, as DATES says', sold_at('13/12/10 8:26'),
	sold_at('2013-12-10T08:26:00'), DATES => 'ymd');
refuses('a file that mixes both orders', sold_at('1/13/2011 8:26', '1/9/2011 8:26', '13/1/2011 8:26'),
	'line 4: "13/1/2011 8:26" is written day first, and line 2 ("1/13/2011 8:26") is not', $alike_hint);
refuses('a file that is not as DATES says', sold_at('1/9/2011 8:26', '13/9/2011 8:26'),
	'line 3: "13/9/2011 8:26" is written day first, and DATES=mdy is not', $alike_hint, DATES => 'mdy');
refuses('DATES that does not exist', sold_at('1/9/2011 8:26'), 'DATES=european is not possible', $dates_hint,
	DATES => 'european');
refuses('a time that is none', sold_at($_), qq(line 2: "$_" is not a date and time), $time_hint)
  foreach ('40787.35', '2011-02-29 8:26', '31/9/2011 8:26', '2011-13-01',
	'1/9/2011 24:10', '1/9/2011 13:10 PM', '1/9/1', 'yesterday');
reads('29 February', sold_at('29/2/2012 23:59'), sold_at('2012-02-29T23:59:00'));

# ===== numbers =====

refuses('one and a quarter, or 1250', priced('7', '1.250'),
	'line 3: "1.250" is 1250 (with a decimal comma) or 1.250 (with a decimal point), '
	  . 'and no line of the file decides it',
	$decimal_hint);
reads('one and a quarter, as DECIMAL says', priced('1.250'), priced('1.250'), DECIMAL => '.');
reads('1250, as DECIMAL says', priced('1.250'), priced('1250'), DECIMAL => ',');
reads('1250, as a later line shows', priced('1.250', '"2,5"'), priced('1250', '2.5'));
reads('0.125, as the zero shows', priced('0.125', '"1,250"'), priced('0.125', '1250'));
refuses('a file that mixes both marks', priced('2.55', '"2,55"'),
	'line 3: "2,55" is written with a decimal comma, and line 2 ("2.55") is not', $alike_hint =~ s/DATES/DECIMAL/r);
refuses('a price that is none', encode('UTF-8', priced($_)), qq(line 2: "$_" is not a number), $number_hint)
  foreach ('£2.55', '1E+05', 'free', '-', '12.34.56', '1.2345.678');
refuses('half a piece', priced('2.55') =~ s/,1,/,1.5,/r, 'line 2: the quantity 1.5 is not a whole number',
	$columns_hint);

# ===== encodings =====

my $doll = priced('2.55') =~ s/DOLL/POUPÉE/r;
my $latin = encode('latin1', $doll);

refuses('Latin-1 that is not named', $latin, 'line 2: the byte C9 is not UTF-8',
	'Set ENCODING=latin1 or ENCODING=windows-1252 for a file from Western Europe, or save it as UTF-8.');
reads('Latin-1 in lower case and with a hyphen', $latin, $doll, ENCODING => 'iso-8859-1');
refuses('UTF-8 that is called Latin-1', encode('UTF-8', $doll), 'is UTF-8, but ENCODING is latin1',
	'Leave ENCODING out.', ENCODING => 'latin1');
refuses('a byte order mark of UTF-8, called Latin-1', "\xEF\xBB\xBF" . encode('UTF-8', $doll),
	'begins with the byte order mark of UTF-8, but ENCODING is latin1', 'Leave ENCODING out.', ENCODING => 'latin1');
refuses('windows-1252 that is called Latin-1', priced('2.55') =~ s/DOLL/DOLL \x80 5/r,
	'line 2: the byte 80 is not a character of iso-8859-1', 'Set ENCODING=windows-1252.', ENCODING => 'latin1');
refuses('Latin-1 that is called UTF-8', $latin, 'line 2: the byte C9 is not UTF-8',
	'Set ENCODING to the encoding of the file.', ENCODING => 'utf8');
refuses('an unknown encoding', $latin, 'ENCODING=latin-one is no known encoding',
	'Set ENCODING=latin1 or ENCODING=windows-1252, for example.', ENCODING => 'latin-one');
refuses('UTF-16 without a byte order mark', encode('UTF-16LE', priced('2.55')), 'line 1: contains a NUL character',
	'Set ENCODING=UTF-16LE if the file is UTF-16, or save it as CSV UTF-8.');
reads('UTF-16 without a byte order mark that is named', encode('UTF-16LE', $doll), $doll, ENCODING => 'UTF-16LE');
refuses('a workbook', "PK\x03\x04rest", 'is an Excel workbook or a ZIP archive, not a CSV file',
	'Unpack it, and save the sheet as CSV UTF-8.');

# ===== rows =====

refuses('an empty file', '', 'is empty', $columns_hint);
refuses('a header alone', $header, 'has no orders below its header', $columns_hint);
refuses('no header', priced('2.55') =~ s/^.*\n//r, 'line 1: the first line is an order, not a header', $columns_hint);
refuses('a column that is missing', $header =~ s/,country//r,
	'line 1: the header does not have eight columns, with commas, semicolons, tabs or bars between them',
	$columns_hint);
refuses('columns in another order', priced('2.55') =~ s/unit_price,customer_id/CustomerID,UnitPrice/r,
	'line 1: column 6 is "CustomerID", which is the name of column 7', $columns_hint);
refuses('a decimal comma between commas, without quotes', priced('2,55'),
	'line 2: the header has eight columns, this line has 9', $count_hint);
refuses('an order without a time', sold_at(''), 'line 2: no invoice_ts', $columns_hint);
refuses('a quote inside a field', priced('2.55') =~ s/DOLL/12" DOLL/r,
	'line 2: the quotes are not in order', $quote_hint);
refuses('a quote after a backslash', priced('2.55') =~ s/DOLL/"12\\" DOLL"/r,
	'line 2: the quotes are not in order', $quote_hint);
refuses('a quote that is closed far below', priced(('2.55') x 30) =~ s/DOLL/"DOLL/r =~ s/.*\KDOLL/DOLL"/sr,
	'line 2: the quotes are not in order', $quote_hint);
reads('a line break in quotes', priced('2.55', '3') =~ s/DOLL/"DOLL\r\nHOUSE"/r,
	priced('2.55', '3') =~ s/DOLL/"DOLL\nHOUSE"/r);

# ===== the replay =====

foreach (
	[ 'orders that are ambiguous', sold_at('1/9/2011'), qr/^replay: orders\.csv: line 2: .*\nHINT:  Set DATES=dmy/ ],
	[ 'a first day that is ambiguous', sold_at('2011-09-01'), qr{^replay: FROM=1/9/2011 is not a day as 2011-09-01$}m,
		FROM => '1/9/2011' ])
{
	my ($what, $bytes, $message, %settings) = @$_;
	my ($ok, $out, $err) = run_demo('replay', $bytes, %settings);

	ok(!$ok && $out eq '', "$what: no server starts");
	like($err, $message, "$what: says why");
}

done_testing();
