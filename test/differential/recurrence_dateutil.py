"""Answers the lines of test/t/recurrence.t, as recurrence.c does, by python3-dateutil."""

import datetime
import signal
import sys

from dateutil.rrule import rrulestr


class TooLong(Exception):
    pass


def stop(_signal, _frame):
    raise TooLong


def date_of(text):
    return datetime.datetime(int(text[:-4]), int(text[-4:-2]), int(text[-2:]))


def answer(rule, start, first, last):
    dates = []
    # it goes on to the year 9999 where a rule yields nothing
    signal.setitimer(signal.ITIMER_VIRTUAL, 0.5)
    try:
        for date in rrulestr(rule, dtstart=date_of(start)):
            if date > date_of(last):
                break
            if date >= date_of(first):
                dates.append(date.strftime("%Y%m%d"))
    except TooLong:
        return "timeout"
    except (ValueError, TypeError, IndexError) as error:
        return "error %s" % error
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return " ".join(dates)


signal.signal(signal.SIGVTALRM, stop)
for line in sys.stdin:
    print(answer(*line.split()))
