"""psycopg2 and psycopg 3: prints a line "name <tab> have <tab> want" for each check."""
import datetime
import json
import os
import sys
import uuid

import psycopg
import psycopg2
import psycopg2.extras

PATIENT, OTHER, PROVIDER, SERVICE = (uuid.UUID(os.environ[n]) for n in ('PATIENT', 'OTHER', 'PROVIDER', 'SERVICE'))
UTC = datetime.timezone.utc
CREATE = ('SELECT * FROM quickbook.create_appointment(service_id => %s, provider_id => %s, patient_id => %s,'
          ' starts_at => %s, details => %s)')


def check(driver, name, have, want):
    print(f'{driver}: {name}\t{have}\t{want}')


def refusal(connection, sql, values):
    try:
        connection.cursor().execute(sql, values)
    except Exception as error:  # whatever class it is, it is looked at
        return error
    return None


def checks(driver, connection, module, cursor, wrap, day):
    start = datetime.datetime(2026, 3, day, 10, tzinfo=UTC)
    cursor.execute(CREATE, (SERVICE, PROVIDER, PATIENT, start, wrap({'reason': 'cough'})))
    row = dict(zip([c.name for c in cursor.description], cursor.fetchone()))
    check(driver, 'named arguments, a composite as columns', row['status'], 'booked')
    check(driver, 'uuid', uuid.UUID(str(row['patient_id'])), PATIENT)
    check(driver, 'timestamptz', row['starts_at'] == start and row['starts_at'].utcoffset() is not None, True)
    check(driver, 'jsonb', row['details']['reason'], 'cough')
    check(driver, 'null', row['session_id'], None)
    cursor.execute('SELECT expires_at FROM quickbook.hold_appointment(NULL, NULL, %s, %s, hold_for => %s)',
                   (SERVICE, start + datetime.timedelta(hours=1), datetime.timedelta(seconds=90)))
    check(driver, 'interval', cursor.fetchone()[0] - datetime.datetime(2026, 3, 2, 8, tzinfo=UTC),
          datetime.timedelta(seconds=90))
    cursor.execute('SELECT status FROM quickbook.create_appointment(%s, %s, %s, %s, override => %s)',
                   (OTHER, PROVIDER, SERVICE, start + datetime.timedelta(hours=3, minutes=7), ['grid', 'policy']))
    check(driver, 'text[]', cursor.fetchone()[0], 'booked')
    cursor.execute('SELECT starts_at, seats_left FROM quickbook.available_slots(%s, %s, %s)',
                   (SERVICE, datetime.datetime(2026, 3, 9, tzinfo=UTC), datetime.datetime(2026, 3, 10, tzinfo=UTC)))
    rows = cursor.fetchall()
    check(driver, 'a set of rows', len(rows), 16)
    check(driver, 'of instants and numbers', rows[0], (datetime.datetime(2026, 3, 9, 9, tzinfo=UTC), 1))

    error = refusal(connection, CREATE, (SERVICE, PROVIDER, OTHER, start, None))
    check(driver, 'the class of slot_taken', isinstance(error, module.errors.ExclusionViolation)
          and isinstance(error, module.IntegrityError), True)
    check(driver, 'MESSAGE begins with the name', error.diag.message_primary.split(':')[0], 'slot_taken')
    check(driver, 'DETAIL is JSON', json.loads(error.diag.message_detail)['error'], 'slot_taken')
    check(driver, 'HINT', bool(error.diag.message_hint), True)
    error = refusal(connection, CREATE, (SERVICE, PROVIDER, OTHER, start + datetime.timedelta(hours=12), None))
    check(driver, 'outside_hours is an IntegrityError, too', (isinstance(error, module.IntegrityError), error.diag.sqlstate),
          (True, '23QB1'))
    error = refusal(connection, 'SELECT quickbook.get_appointment(%s)', (PATIENT,))
    check(driver, 'the class of not_found', isinstance(error, module.errors.NoDataFound), True)
    error = refusal(connection, 'SELECT quickbook.get_appointment(NULL)', None)
    check(driver, 'the class of invalid_argument', isinstance(error, module.DataError), True)

    error = refusal(connection, 'SELECT quickbook.cancel_appointment(%s, expected_version => 7)', (row['id'],))
    check(driver, 'the class of stale_version', (isinstance(error, module.IntegrityError), error.diag.sqlstate), (True, '23QB8'))
    error = refusal(connection, 'SELECT quickbook.set_appointment_status(%s, %s)', (row['id'], 'pending'))
    check(driver, 'the class of invalid_transition', (isinstance(error, module.IntegrityError), error.diag.sqlstate), (True, '23QB7'))
    cursor.execute("SELECT set_config('quickbook.trust_claims', 'on', false), set_config('request.jwt.claims', %s, false)",
                   (json.dumps({'role': 'patient', 'patient_id': str(OTHER)}),))
    error = refusal(connection, 'SELECT quickbook.get_appointment(%s)', (row['id'],))
    check(driver, 'the class of not_allowed', isinstance(error, module.errors.InsufficientPrivilege)
          and isinstance(error, module.ProgrammingError), True)
    cursor.execute("SELECT set_config('quickbook.trust_claims', 'off', false), set_config('request.jwt.claims', '', false)")
    india = datetime.timezone(datetime.timedelta(hours=5, minutes=30))
    cursor.execute('SELECT * FROM quickbook.reschedule_appointment(%s, %s)',
                   (row['id'], (start + datetime.timedelta(hours=4)).astimezone(india)))
    row = dict(zip([c.name for c in cursor.description], cursor.fetchone()))
    check(driver, 'a time with another offset', row['starts_at'], start + datetime.timedelta(hours=4))
    cursor.execute('SELECT cancelled_by FROM quickbook.cancel_appointment(%s)', (row['id'],))
    check(driver, 'cancelled by', cursor.fetchone()[0], 'staff')


def binary_arguments(connection):
    """Only psycopg 3 sends them."""
    start = datetime.datetime(2026, 3, 8, 10, 7, tzinfo=UTC)
    row = connection.execute('SELECT starts_at, details FROM quickbook.create_appointment(%b, %b, %b, %b, details => %b, override => %b)',
                             (OTHER, None, SERVICE, start, Jsonb({'n': [1]}), ['grid']), binary=True).fetchone()
    check('psycopg 3', 'binary arguments', row, (start, {'n': [1]}))
    row = connection.execute('SELECT expires_at FROM quickbook.hold_appointment(%b, %b, %b, %b, hold_for => %b)',
                             (None, PROVIDER, SERVICE, start + datetime.timedelta(minutes=53), datetime.timedelta(seconds=90)),
                             binary=True).fetchone()
    check('psycopg 3', 'a binary interval', row[0], datetime.datetime(2026, 3, 2, 8, 1, 30, tzinfo=UTC))


psycopg2.extras.register_uuid()
two = psycopg2.connect('')
two.autocommit = True
checks('psycopg2', two, psycopg2, two.cursor(), psycopg2.extras.Json, 5)
three = psycopg.connect('', autocommit=True)
from psycopg.types.json import Jsonb  # noqa: E402

checks('psycopg 3', three, psycopg, three.cursor(), Jsonb, 6)
checks('psycopg 3, binary', three, psycopg, three.cursor(binary=True), Jsonb, 7)
binary_arguments(three)
sys.stdout.flush()
