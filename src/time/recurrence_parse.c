/*
 * recurrence_parse.c
 *		Reads the text of a recurrence rule: recur of RFC 5545, 3.3.10.
 *
 * No tables, no SPI, no server: see port.h.
 */
#include "time/recurrence.h"

/* The text, where reading is, and where each part's name was, in bytes. */
typedef struct RuleReader
{
	const char *text;
	bool		file;
	QbRecurrence *rule;
	QbRecurrenceError *error;
	QbRulePart	part;			/* the one being read: its value, */
	int			at;
	int			end;			/* which ends here */
	int			starts[QB_PARTS];
	int			lengths[QB_PARTS];
	int			numbered_at;	/* the first BYDAY with a number */
	int			numbered_length;
} RuleReader;

static const char *const part_names[QB_PARTS] = {
	[QB_PART_FREQ] = "FREQ", [QB_PART_INTERVAL] = "INTERVAL", [QB_PART_COUNT] = "COUNT",
	[QB_PART_UNTIL] = "UNTIL", [QB_PART_WKST] = "WKST", [QB_PART_BYMONTH] = "BYMONTH",
	[QB_PART_BYWEEKNO] = "BYWEEKNO", [QB_PART_BYYEARDAY] = "BYYEARDAY", [QB_PART_BYMONTHDAY] = "BYMONTHDAY",
	[QB_PART_BYDAY] = "BYDAY", [QB_PART_BYHOUR] = "BYHOUR", [QB_PART_BYMINUTE] = "BYMINUTE",
	[QB_PART_BYSECOND] = "BYSECOND", [QB_PART_BYSETPOS] = "BYSETPOS"
};

/* A part that is a list of numbers: what may stand in it. */
typedef struct NumberKind
{
	int			lowest;
	int			highest;
	int			digits;
	bool		is_signed;
	const char *message;
} NumberKind;

static const NumberKind number_kinds[QB_PARTS] = {
	[QB_PART_BYMONTH] = {1, 12, 2, false, "takes months: numbers from 1 to 12"},
	[QB_PART_BYWEEKNO] = {1, 53, 2, true, "takes weeks: numbers from 1 to 53 or from -53 to -1"},
	[QB_PART_BYYEARDAY] = {1, 366, 3, true, "takes days of the year: numbers from 1 to 366 or from -366 to -1"},
	[QB_PART_BYMONTHDAY] = {1, 31, 2, true, "takes days of the month: numbers from 1 to 31 or from -31 to -1"},
	[QB_PART_BYDAY] = {1, 53, 2, true, "takes weekdays: MO to SU, alone or with a number from 1 to 53 or from -53 to -1"},
	[QB_PART_BYHOUR] = {0, 23, 2, false, "takes hours: numbers from 0 to 23"},
	[QB_PART_BYMINUTE] = {0, 59, 2, false, "takes minutes: numbers from 0 to 59"},
	[QB_PART_BYSECOND] = {0, 60, 2, false, "takes seconds: numbers from 0 to 60"},
	[QB_PART_BYSETPOS] = {1, 366, 3, true, "takes positions: numbers from 1 to 366 or from -366 to -1"}
};

/* Parts that do not go with every frequency: with which they do. */
static const struct
{
	QbRulePart	part;
	int			frequencies;
	const char *message;
}			restrictions[] = {
	{QB_PART_BYWEEKNO, 1 << QB_FREQ_YEARLY, "is for FREQ=YEARLY only"},
	{QB_PART_BYYEARDAY, 1 << QB_FREQ_YEARLY, "is for FREQ=YEARLY only"},
	{QB_PART_BYMONTHDAY, 1 << QB_FREQ_DAILY | 1 << QB_FREQ_MONTHLY | 1 << QB_FREQ_YEARLY,
	"cannot be given with FREQ=WEEKLY"}
};

static bool
fail_at(RuleReader *r, const char *part, int offset, int length, const char *message)
{
	r->error->part = part;
	r->error->offset = offset;
	r->error->length = length;
	r->error->message = message;
	return false;
}

/* The part that was read is not allowed as it stands: its name is meant. */
static bool
fail_part(RuleReader *r, QbRulePart part, const char *message)
{
	return fail_at(r, part_names[part], r->starts[part], r->lengths[part], message);
}

/* A byte of the text, letters as capitals. */
static int
upper(char c)
{
	return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Whether a piece of the text is this word, in either case. */
static bool
is_word(const char *text, int length, const char *word)
{
	for (int i = 0; i < length; i++)
	{
		if (word[i] == '\0' || upper(text[i]) != word[i])
			return false;
	}
	return word[length] == '\0';
}

/* Index in a list of words of this length or shorter, or -1. */
static int
find_word(const char *text, int length, const char *const *words, int n)
{
	for (int i = 0; i < n; i++)
	{
		if (is_word(text, length, words[i]))
			return i;
	}
	return -1;
}

/* A number of just so many digits, or of one to so many if up_to; -1 if it is none. */
static int
read_digits(const char *text, int length, int digits, bool up_to)
{
	int			value = 0;

	if (length < (up_to ? 1 : digits) || length > digits)
		return -1;
	for (int i = 0; i < length; i++)
	{
		if (!is_digit(text[i]))
			return -1;
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

/* ISO weekday of MO to SU, or 0. */
static int
weekday_of(const char *text, int length)
{
	static const char *const names[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

	return find_word(text, length, names, 7) + 1;
}

static bool
read_frequency(RuleReader *r)
{
	static const char *const names[] = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"};
	static const char *const shorter[] = {"HOURLY", "MINUTELY", "SECONDLY"};
	const char *value = r->text + r->at;
	int			length = r->end - r->at;
	int			found = find_word(value, length, names, 4);

	if (found < 0)
		return fail_at(r, "FREQ", r->at, length, find_word(value, length, shorter, 3) >= 0 ?
					   "cannot be shorter than a day: a rule yields dates" :
					   "takes DAILY, WEEKLY, MONTHLY or YEARLY");
	r->rule->frequency = (QbFrequency) found;
	return true;
}

/* INTERVAL and COUNT: leading zeros are as good as none. */
static bool
read_positive(RuleReader *r, int32 *result)
{
	int64		value = 0;

	for (int i = r->at; i < r->end && value <= INT32_MAX; i++)
	{
		if (!is_digit(r->text[i]))
		{
			value = 0;
			break;
		}
		value = value * 10 + (r->text[i] - '0');
	}
	if (value < 1 || value > INT32_MAX)
		return fail_at(r, part_names[r->part], r->at, r->end - r->at, "takes a number from 1 to 2147483647");
	*result = (int32) value;
	return true;
}

/* YYYYMMDD that exists, from year 1 on. */
static bool
read_date(const char *text, int32 *date)
{
	int			year = read_digits(text, 4, 4, false);
	int			month = read_digits(text + 4, 2, 2, false);
	int			day = read_digits(text + 6, 2, 2, false);
	int32		y;
	int			m,
				d;

	if (year < 1 || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	*date = qb_date_of_civil(year, month, day);
	qb_civil_of_date(*date, &y, &m, &d);
	return m == month;
}

/* UNTIL: a date, in files also with a time.  A leap second is the next second. */
static bool
read_until(RuleReader *r)
{
	QbRecurrence *rule = r->rule;
	const char *value = r->text + r->at;
	int			length = r->end - r->at;
	bool		timed = length > 8 && upper(value[8]) == 'T';

	if (!r->file && timed)
		return fail_at(r, "UNTIL", r->at, length, "takes a date without a time");
	if ((length == 8 || (timed && (length == 15 || (length == 16 && upper(value[15]) == 'Z')))) &&
		read_date(value, &rule->last_date))
	{
		int			hour = timed ? read_digits(value + 9, 2, 2, false) : 0;
		int			minute = timed ? read_digits(value + 11, 2, 2, false) : 0;
		int			second = timed ? read_digits(value + 13, 2, 2, false) : 0;

		if (hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second <= 60)
		{
			rule->until_kind = !timed ? QB_UNTIL_DATE : length == 15 ? QB_UNTIL_LOCAL : QB_UNTIL_UTC;
			rule->until = qb_midnight(rule->last_date) + ((hour * 60 + minute) * 60 + second) * USECS_PER_SEC;
			return true;
		}
	}
	return fail_at(r, "UNTIL", r->at, length, r->file ?
				   "takes a date that exists, YYYYMMDD, or one with a time, YYYYMMDDThhmmss or YYYYMMDDThhmmssZ" :
				   "takes a date that exists, YYYYMMDD");
}

static bool
read_week_start(RuleReader *r)
{
	r->rule->week_start = weekday_of(r->text + r->at, r->end - r->at);
	return r->rule->week_start > 0 ||
		fail_at(r, "WKST", r->at, r->end - r->at, "takes a weekday: MO, TU, WE, TH, FR, SA or SU");
}

/*
 * One item of a list as a number, below 0 if it has a minus; false if it is
 * none of this kind.
 */
static bool
read_number(const NumberKind *kind, const char *text, int length, int *result)
{
	int			sign = kind->is_signed && length > 0 && (*text == '+' || *text == '-');
	int			value = read_digits(text + sign, length - sign, kind->digits, true);

	if (value < kind->lowest || value > kind->highest)
		return false;
	*result = sign && *text == '-' ? -value : value;
	return true;
}

/* Puts a number into the set of the part that is being read. */
static void
add_number(QbRecurrence *rule, QbRulePart part, int n)
{
	bool		minus = n < 0;
	int			size = minus ? -n : n;
	uint64		bit = UINT64_C(1) << (size & 63);
	QbNumbers  *numbers = part == QB_PART_BYYEARDAY ? &rule->year_days : &rule->positions;

	if (part == QB_PART_BYMONTH)
		rule->months |= (uint32) bit;
	else if (part == QB_PART_BYWEEKNO)
		rule->weeks[minus] |= bit;
	else if (part == QB_PART_BYMONTHDAY)
		rule->month_days[minus] |= bit;
	else if (part == QB_PART_BYHOUR)
		rule->hours |= bit;
	else if (part == QB_PART_BYMINUTE)
		rule->minutes |= bit;
	else if (part == QB_PART_BYSECOND)
		rule->seconds |= bit;
	else
		(minus ? numbers->minus : numbers->plus)[size >> 6] |= bit;
}

/* An item of BYDAY: a weekday, or the nth or nth from the end. */
static bool
read_weekday(RuleReader *r, int at, int length)
{
	const char *text = r->text + at;
	int			weekday = length >= 2 ? weekday_of(text + length - 2, 2) : 0;
	int			n;

	if (weekday == 0)
		return false;
	if (length == 2)
	{
		r->rule->weekdays |= 1U << weekday;
		return true;
	}
	if (!read_number(&number_kinds[QB_PART_BYDAY], text, length - 2, &n))
		return false;
	if (!r->rule->numbered)
	{
		r->numbered_at = at;
		r->numbered_length = length;
	}
	r->rule->numbered = true;
	r->rule->nth[weekday][n < 0] |= UINT64_C(1) << (n < 0 ? -n : n);
	return true;
}

/* A list with commas. */
static bool
read_list(RuleReader *r)
{
	int			at = r->at;

	for (;;)
	{
		int			length = 0;
		int			n = 0;
		bool		good;

		while (at + length < r->end && r->text[at + length] != ',')
			length++;
		if (r->part == QB_PART_BYDAY)
			good = read_weekday(r, at, length);
		else
		{
			good = read_number(&number_kinds[r->part], r->text + at, length, &n);
			if (good)
				add_number(r->rule, r->part, n);
		}
		if (!good)
			return fail_at(r, part_names[r->part], at, length, number_kinds[r->part].message);
		at += length + 1;
		if (at > r->end)
			return true;
	}
}

static bool
read_value(RuleReader *r)
{
	switch (r->part)
	{
		case QB_PART_FREQ:
			return read_frequency(r);
		case QB_PART_INTERVAL:
			return read_positive(r, &r->rule->interval);
		case QB_PART_COUNT:
			return read_positive(r, &r->rule->count);
		case QB_PART_UNTIL:
			return read_until(r);
		case QB_PART_WKST:
			return read_week_start(r);
		default:
			return read_list(r);
	}
}

/* A part, NAME=value, in the text from at up to end. */
static bool
read_part(RuleReader *r, int at, int end)
{
	int			name_length = 0;
	int			found;

	while (at + name_length < end && r->text[at + name_length] != '=')
		name_length++;
	found = find_word(r->text + at, name_length, part_names, QB_PARTS);
	if (found < 0)
		return fail_at(r, NULL, at, name_length, name_length > 6 && is_word(r->text + at, 6, "RRULE:") ?
					   "a rule begins with FREQ, without RRULE:" :
					   "a rule is made of parts NAME=value with semicolons between them, and this is no such name");
	r->part = (QbRulePart) found;
	if (r->rule->parts >> found & 1)
		return fail_at(r, part_names[found], at, name_length, "is given twice");
	r->rule->parts |= 1 << found;
	r->starts[found] = at;
	r->lengths[found] = name_length;
	if (at + name_length == end)
		return fail_part(r, r->part, "has no value");
	if (!r->file && QB_PARTS_OF_TIME >> found & 1)
		return fail_part(r, r->part, "cannot be given: a rule yields dates, the time of day is not its own");
	r->at = at + name_length + 1;
	r->end = end;
	return read_value(r);
}

/* What the RFC forbids of parts that are good by themselves. */
static bool
check_together(RuleReader *r)
{
	const QbRecurrence *rule = r->rule;
	int			others = rule->parts & ~(1 << QB_PART_BYSETPOS);
	int			later = r->starts[QB_PART_UNTIL] > r->starts[QB_PART_COUNT] ? QB_PART_UNTIL : QB_PART_COUNT;

	if (!(rule->parts & 1 << QB_PART_FREQ))
		return fail_at(r, "FREQ", 0, 0, "is missing");
	if (rule->count > 0 && rule->until_kind != QB_UNTIL_NONE)
		return fail_part(r, (QbRulePart) later, "cannot be given with the other of COUNT and UNTIL");
	for (size_t i = 0; i < sizeof(restrictions) / sizeof(restrictions[0]); i++)
	{
		if (rule->parts >> restrictions[i].part & 1 && !(restrictions[i].frequencies >> rule->frequency & 1))
			return fail_part(r, restrictions[i].part, restrictions[i].message);
	}
	if (rule->numbered && rule->frequency != QB_FREQ_MONTHLY && rule->frequency != QB_FREQ_YEARLY)
		return fail_at(r, "BYDAY", r->numbered_at, r->numbered_length,
					   "takes numbers with FREQ=MONTHLY and YEARLY only");
	if (rule->numbered && rule->parts & 1 << QB_PART_BYWEEKNO)
		return fail_at(r, "BYDAY", r->numbered_at, r->numbered_length, "takes no numbers with BYWEEKNO");
	if (rule->parts & 1 << QB_PART_BYSETPOS && others >> QB_PART_BYMONTH == 0)
		return fail_part(r, QB_PART_BYSETPOS, "needs another part that begins with BY");
	return true;
}

bool
qb_recurrence_parse(const char *text, int length, QbRecurrenceMode mode,
					QbRecurrence *rule, QbRecurrenceError *error)
{
	RuleReader	r = {.text = text, .file = mode == QB_RECURRENCE_FILE, .rule = rule, .error = error};
	int			at = 0;

	memset(rule, 0, sizeof(*rule));
	rule->interval = 1;
	rule->week_start = 1;
	rule->last_date = QB_LAST_DATE;
	rule->first_counts = r.file;
	if (r.file && length > 1 && text[length - 1] == ';')
		length--;
	do
	{
		int			end = at;

		while (end < length && text[end] != ';')
			end++;
		if (!read_part(&r, at, end))
			return false;
		at = end + 1;
	} while (at <= length);
	return check_together(&r);
}
