#!/usr/bin/env bash
# Expected: an event with DURATION:PT8H lasts eight hours, also in the night of a clock change: hours, minutes and seconds are exact (RFC 5545, 3.3.6).
# Happens:  ical.js 2.2.1 adds them to the wall clock: eight hours are seven in spring, two are three in autumn, and half an hour before the gap ends half an hour before it begins.
# Matters:  a night shift read from a calendar blocks an hour too few or too many, and an event of negative length blocks nothing; an end has to be reckoned from the start's instant.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund ical.js@2.2.1 >/dev/null
cat >read.mjs <<'JS'
import ICAL from 'ical.js';
const zone = ['BEGIN:VTIMEZONE', 'TZID:Europe/Berlin',
  'BEGIN:DAYLIGHT', 'TZOFFSETFROM:+0100', 'TZOFFSETTO:+0200', 'DTSTART:19700329T020000',
  'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU', 'END:DAYLIGHT',
  'BEGIN:STANDARD', 'TZOFFSETFROM:+0200', 'TZOFFSETTO:+0100', 'DTSTART:19701025T030000',
  'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU', 'END:STANDARD', 'END:VTIMEZONE'];
for (const [start, duration] of [['20260328T220000', 'PT8H'], ['20261024T230000', 'PT8H'],
  ['20261025T013000', 'PT2H'], ['20260329T013000', 'PT30M'], ['20260329T013000', 'PT1H']]) {
  const text = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//example//EN', ...zone,
    'BEGIN:VEVENT', 'UID:1@example.org', 'DTSTAMP:20260101T000000Z',
    `DTSTART;TZID=Europe/Berlin:${start}`, `DURATION:${duration}`, 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n');
  const calendar = new ICAL.Component(ICAL.parse(text));
  ICAL.TimezoneService.register(calendar.getFirstSubcomponent('vtimezone'));
  const event = new ICAL.Event(calendar.getFirstSubcomponent('vevent'));
  const minutes = (event.endDate.toUnixTime() - event.startDate.toUnixTime()) / 60;
  console.log(start, duration, minutes, 'minutes');
}
JS
node read.mjs | tee out
[[ $(<out) == "20260328T220000 PT8H 420 minutes
20261024T230000 PT8H 540 minutes
20261025T013000 PT2H 180 minutes
20260329T013000 PT30M -30 minutes
20260329T013000 PT1H 0 minutes" ]]
