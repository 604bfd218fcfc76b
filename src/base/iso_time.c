/*
 * Reading an ISO 8601 time without the session's settings.
 *
 * PostgreSQL's own input of times depends on TimeZone, DateStyle and timezone_abbreviations. The
 * check hook of a setting must not: a parallel worker restores the settings in alphabetical order,
 * so it calls the hook when the others still have their defaults. The letter "Z" alone is looked up
 * in timezone_abbreviations.
 *
 * The form is YYYY-MM-DD, "T" or a space, hh:mm or hh:mm:ss with an optional fraction, and "Z" or an
 * offset (+hh, +hhmm, +hh:mm, +hh:mm:ss). The meaning is that of timestamptz: 24:00 and the second 60
 * are the first moment of what follows, and fractions are rounded to microseconds.
 */
#include "postgres.h"

#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "base/iso_time.h"

#define MAX_OFFSET_HOUR 15		/* as in timestamptz */
#define FRACTION_DIGITS 7		/* one more than is kept */

/* Reads this character; false, and the text stays where it is, if another one comes. */
static bool
read_char(const char **text, char wanted)
{
	if (**text != wanted)
		return false;
	(*text)++;
	return true;
}

/* Reads a number of this many digits that is not above the maximum. */
static bool
read_number(const char **text, int digits, int maximum, int *number)
{
	*number = 0;
	for (int i = 0; i < digits; i++)
	{
		if (**text < '0' || **text > '9')
			return false;
		*number = *number * 10 + *(*text)++ - '0';
	}
	return *number <= maximum;
}

/* Reads a date that exists. */
static bool
read_date(const char **text, struct pg_tm *tm)
{
	return read_number(text, 4, 9999, &tm->tm_year) && tm->tm_year > 0 &&
		read_char(text, '-') && read_number(text, 2, MONTHS_PER_YEAR, &tm->tm_mon) && tm->tm_mon > 0 &&
		read_char(text, '-') && read_number(text, 2, day_tab[isleap(tm->tm_year)][tm->tm_mon - 1], &tm->tm_mday) &&
		tm->tm_mday > 0;
}

/* Reads the digits of a fraction of a second, and rounds them to microseconds. */
static bool
read_fraction(const char **text, fsec_t *fraction)
{
	int			digits = 0;
	int			value = 0;

	for (; **text >= '0' && **text <= '9'; (*text)++)
		if (digits < FRACTION_DIGITS)
		{
			value = value * 10 + **text - '0';
			digits++;
		}
	if (digits == 0)
		return false;
	for (; digits < FRACTION_DIGITS; digits++)
		value *= 10;
	*fraction = (value + 5) / 10;
	return true;
}

/* Reads a time of day. */
static bool
read_time_of_day(const char **text, struct pg_tm *tm, fsec_t *fraction)
{
	if (!read_number(text, 2, HOURS_PER_DAY, &tm->tm_hour) || !read_char(text, ':') ||
		!read_number(text, 2, MINS_PER_HOUR - 1, &tm->tm_min))
		return false;
	if (read_char(text, ':'))
	{
		if (!read_number(text, 2, SECS_PER_MINUTE, &tm->tm_sec))
			return false;
		if (read_char(text, '.') && !read_fraction(text, fraction))
			return false;
	}
	if (tm->tm_sec == SECS_PER_MINUTE && *fraction > 0)
		return false;
	return tm->tm_hour < HOURS_PER_DAY || (tm->tm_min == 0 && tm->tm_sec == 0 && *fraction == 0);
}

/* Reads the offset from UTC, as seconds to the west. */
static bool
read_offset(const char **text, int *zone)
{
	bool		east = **text == '+';
	int			hours;
	int			minutes = 0;
	int			seconds = 0;

	*zone = 0;
	if (read_char(text, 'Z'))
		return true;
	if (!(read_char(text, '+') || read_char(text, '-')) || !read_number(text, 2, MAX_OFFSET_HOUR, &hours))
		return false;
	if (read_char(text, ':'))
	{
		if (!read_number(text, 2, MINS_PER_HOUR - 1, &minutes) ||
			(read_char(text, ':') && !read_number(text, 2, SECS_PER_MINUTE - 1, &seconds)))
			return false;
	}
	else if (**text != '\0' && !read_number(text, 2, MINS_PER_HOUR - 1, &minutes))
		return false;
	*zone = (hours * MINS_PER_HOUR + minutes) * SECS_PER_MINUTE + seconds;
	if (east)
		*zone = -*zone;
	return true;
}

/* Reads a finite time in the form above; false if the text is anything else. It never ends with an error. */
bool
read_iso_time(const char *text, TimestampTz *time)
{
	struct pg_tm tm = {0};
	fsec_t		fraction = 0;
	int			zone;

	return read_date(&text, &tm) && (read_char(&text, 'T') || read_char(&text, ' ')) &&
		read_time_of_day(&text, &tm, &fraction) && read_offset(&text, &zone) && *text == '\0' &&
		tm2timestamp(&tm, fraction, &zone, time) == 0;
}
