"""Answers lines "RULE DTSTART FROM TO", as recurrence.c does, by python3-dateutil.

With "full" it is asked in full words where its reading of the RFC is known to
differ: what the rule leaves to the first date is written into it, the dates
of whole periods are asked for, and here they are sorted into periods, weeks
are numbered and positions counted.
"""

import datetime
import sys

from dateutil.rrule import rrulestr

WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
DAYS = ("BYDAY", "BYMONTHDAY", "BYYEARDAY")


def date_of(text):
    return datetime.datetime(int(text[:-4]), int(text[-4:-2]), int(text[-2:]))


def dates_of(rule, start, last):
    # dateutil goes on to this year where a rule yields nothing
    datetime.MAXYEAR = last.year
    for date in rrulestr(rule, dtstart=start):
        if date > last:
            return
        yield date


def spelt_out(parts, start):
    """The parts, with those that the rule leaves to the first date."""
    parts = dict(parts)
    freq = parts["FREQ"]
    if not any(part in parts for part in DAYS):
        if freq == "WEEKLY" or "BYWEEKNO" in parts:
            parts["BYDAY"] = WEEKDAYS[start.weekday()]
        elif freq in ("MONTHLY", "YEARLY"):
            parts["BYMONTHDAY"] = str(start.day)
    if freq == "YEARLY" and not any(part in parts for part in ("BYMONTH", "BYWEEKNO", "BYYEARDAY")):
        if "BYMONTHDAY" in parts:
            parts["BYMONTH"] = str(start.month)
    return parts


def week_of(date, week_start):
    """The year of the date's week, its number, and its number from the end."""
    first = date - datetime.timedelta((date.weekday() - week_start) % 7)
    fourth = first + datetime.timedelta(3)
    day = fourth.timetuple().tm_yday
    length = datetime.datetime(fourth.year, 12, 31).timetuple().tm_yday
    return fourth.year, (day - 1) // 7 + 1, -((length - day) // 7 + 1)


def numbers(parts, part):
    return {int(number) for number in parts[part].split(",")} if part in parts else None


def is_nth(item, date, in_month):
    """Is the date one of this item of BYDAY, say -53FR?"""
    if date.weekday() != WEEKDAYS.index(item[-2:]):
        return False
    begin = date.replace(day=1) if in_month else date.replace(month=1, day=1)
    end = (begin + datetime.timedelta(31)).replace(day=1) if in_month else begin.replace(year=begin.year + 1)
    before, after = (date - begin).days, (end - date).days - 1
    return item[:-2] == "" or int(item[:-2]) in (before // 7 + 1, -(after // 7) - 1)


def period_of(freq, date, week_start, of_weeks):
    if freq == "DAILY":
        return date.toordinal()
    if freq == "WEEKLY":
        return (date.toordinal() - (date.weekday() - week_start) % 7) // 7
    if freq == "MONTHLY":
        return date.year * 12 + date.month
    return week_of(date, week_start)[0] if of_weeks else date.year


def full(rule, start, first, last):
    parts = dict(part.split("=") for part in rule.split(";"))
    week_start = WEEKDAYS.index(parts.get("WKST", "MO"))
    weeks, positions = numbers(parts, "BYWEEKNO"), numbers(parts, "BYSETPOS")
    freq, interval = parts["FREQ"], int(parts.get("INTERVAL", 1))
    days = {name: value for name, value in spelt_out(parts, start).items()
            if name in DAYS or name in ("FREQ", "BYMONTH")}
    if freq == "YEARLY" and not any(part in days for part in DAYS):
        raise ValueError(rule)
    in_month = freq == "MONTHLY" or "BYMONTH" in days
    items = days.get("BYDAY", "").split(",")
    if "BYDAY" in days:
        days["BYDAY"] = ",".join(sorted({item[-2:] for item in items}))
    whole = datetime.timedelta(400)
    base = start.year if freq == "YEARLY" else period_of(freq, start, week_start, False)
    sets = {}
    for date in dates_of(";".join("%s=%s" % part for part in days.items()), start - whole, last + whole):
        week = week_of(date, week_start)
        period = period_of(freq, date, week_start, weeks is not None)
        if "BYDAY" in days and not any(is_nth(item, date, in_month) for item in items):
            continue
        if (period - base) % interval == 0 and (weeks is None or week[1] in weeks or week[2] in weeks):
            sets.setdefault(period, []).append(date)
    dates = []
    for period in sorted(sets):
        size = len(sets[period])
        dates += [date for n, date in enumerate(sets[period], 1)
                  if date >= start and (positions is None or n in positions or n - size - 1 in positions)]
    if "COUNT" in parts:
        dates = dates[:int(parts["COUNT"])]
    if "UNTIL" in parts:
        dates = [date for date in dates if date <= date_of(parts["UNTIL"])]
    return dates


for line in sys.stdin:
    text, *ends = line.split()
    begin, lowest, highest = map(date_of, ends)
    ask = full if sys.argv[1:] == ["full"] else lambda rule, start, _, last: dates_of(rule, start, last)
    try:
        answer = [date for date in ask(text, begin, lowest, highest) if lowest <= date <= highest]
        print(" ".join(date.strftime("%Y%m%d") for date in answer))
    except IndexError:
        print("IndexError")
