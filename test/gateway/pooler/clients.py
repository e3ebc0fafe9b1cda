"""Clients that share one server connection: prints a line "name <tab> have <tab> want" for each check.

Each client stays connected throughout, so that whatever one leaves on the server connection the others would find. They
speak the extended protocol, whose parameters and unnamed statements a pooler in transaction mode passes on.
"""
import json
import os
import threading
import time

import psycopg

ONE, TWO, PROVIDER, SERVICE = (os.environ[n] for n in ('ONE', 'TWO', 'PROVIDER', 'SERVICE'))
POOLED = f"host=127.0.0.1 port={os.environ['POOLER_PORT']}"
DIRECT = f"host={os.environ['PGHOST']} port={os.environ['PGPORT']} dbname={os.environ['DATABASE']}"
notices = {}
NOBODY = ('admin', None)
STATE = "SELECT current_setting('quickbook.error_style'), nullif(current_setting('request.jwt.claims', true), ''), current_user"


def check(name, have, want):
    print(f'{name}\t{have}\t{want}', flush=True)


def connect(conninfo):
    client = psycopg.connect(conninfo, autocommit=True, prepare_threshold=None)
    client.add_notify_handler(notices.setdefault(client, []).append)
    return client


def ask(client, sql, *values):
    return client.execute(sql, values).fetchone()


def who(client):
    kind, patient = ask(client, 'SELECT kind, patient_id::text FROM quickbook.whoami()')
    return kind, patient


def book(client, patient, start):
    return ask(client, 'SELECT status FROM quickbook.create_appointment(%s, %s, %s, %s)', patient, PROVIDER, SERVICE, start)[0]


def seen(client):
    return ask(client, 'SELECT count(*) FROM quickbook.list_appointments()')[0]


def refused(client, sql, *values):
    try:
        client.execute(sql, values)
    except psycopg.Error as error:
        return error.sqlstate
    return None


def interleaved(a, b, token):
    """A transaction of A is open when B asks."""
    found = []
    a.execute('BEGIN')
    a.execute('SELECT quickbook.authenticate(%s)', (token[ONE],))
    a.execute("SET LOCAL quickbook.error_style = http")
    other = threading.Thread(target=lambda: found.append((who(b), ask(b, STATE)[0])))
    other.start()
    time.sleep(0.5)
    check('the second client waits for the connection', found, [])
    check('while the first is still a patient', who(a), ('patient', ONE))
    a.execute('COMMIT')
    other.join(20)
    check('and is nobody when it comes in', found, [(NOBODY, 'sql')])

    # In turns: more often than a plan is made anew for.
    wrong = []
    everything = seen(b)
    own = {}
    for n in range(12):
        for client, patient in ((a, ONE), (b, TWO)):
            client.execute('BEGIN')
            client.execute('SELECT quickbook.authenticate(%s)', (token[patient],))
            own.setdefault(patient, set()).add(seen(client))
            if who(client) != ('patient', patient):
                wrong.append((n, who(client)))
            client.execute('COMMIT' if n % 2 else 'ROLLBACK')
            left = who(b if client is a else a), seen(b if client is a else a)
            if left != (NOBODY, everything):
                wrong.append((n, left))
    check('two patients and nobody in turns are never taken for each other', wrong, [])
    check('kept plans show each her own', [len(own[ONE]), len(own[TWO]), max(own[ONE] | own[TWO]) < everything], [1, 1, True])


def ends(a, b, token):
    """However a transaction ends."""
    def begin():
        a.execute('BEGIN')
        a.execute('SELECT quickbook.authenticate(%s)', (token[ONE],))
        a.execute("SET LOCAL quickbook.error_style = http")
        a.execute("SELECT set_config('request.jwt.claims', '{}', true)")
        a.execute('SET LOCAL ROLE quickbook_patient')
        assert ask(a, STATE) == ('http', '{}', 'quickbook_patient')

    def error():
        check('an error in the transaction', refused(a, 'SELECT quickbook.get_appointment(%s)', ONE), 'PT404')
        check('which is then over', refused(a, 'SELECT 1'), '25P02')
        a.execute('ROLLBACK')

    def failed_commit():
        refused(a, 'SELECT 1/0')
        a.execute('COMMIT')

    def savepoint():
        a.execute('ROLLBACK')
        a.execute('BEGIN')
        a.execute('SAVEPOINT s')
        a.execute('SELECT quickbook.authenticate(%s)', (token[ONE],))
        a.execute("SET LOCAL quickbook.error_style = http")
        a.execute('ROLLBACK TO s')
        check('within the transaction, after ROLLBACK TO', (who(a), ask(a, STATE)[0]), (NOBODY, 'sql'))
        a.execute('COMMIT')

    for name, end in (('COMMIT', lambda: a.execute('COMMIT')), ('ROLLBACK', lambda: a.execute('ROLLBACK')), ('an error', error),
                      ('COMMIT of what failed', failed_commit), ('ROLLBACK TO SAVEPOINT', savepoint), ('closing', a.close)):
        begin()
        end()
        check(f'after {name}, the next client: identity', who(b), NOBODY)
        check(f'after {name}, the next client: settings and role', ask(b, STATE), ('sql', None, 'postgres'))


def gateway():
    """A gateway's login role, with claims and SET LOCAL ROLE, as PostgREST and PostGraphile do."""
    a, b = connect(f'{POOLED} dbname=gate'), connect(f'{POOLED} dbname=gate')
    wrong = []
    for n in range(8):
        for client, patient in ((a, ONE), (b, TWO)):
            client.execute('BEGIN')
            client.execute("SELECT set_config('role', 'quickbook_patient', true), set_config('request.jwt.claims', %s, true)",
                           (json.dumps({'role': 'quickbook_patient', 'patient_id': patient, 'clinic_id': os.environ['CLINIC']}),))
            if who(client) != ('patient', patient):
                wrong.append(who(client))
            if ask(client, 'SELECT count(*) FILTER (WHERE patient_id <> %s), count(*) > 0 FROM quickbook.my_appointments', patient) != (0, True):
                wrong.append('rows')
            client.execute('COMMIT' if n % 2 else 'ROLLBACK')
            # The login role itself inherits nothing, and may call nothing.
            state = refused(b if client is a else a, 'SELECT quickbook.whoami()')
            if state != '42501':
                wrong.append(state)
    check('claims and the role of one request are not those of the next', wrong, [])
    a.close()
    b.close()


def heard(client, seconds=1.0):
    """How many notices have come since the last look; also those that came with a result."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        client.pgconn.consume_input()
        while (note := client.pgconn.notifies()) is not None:
            notices[client].append(note)
        time.sleep(0.05)
    count = len(notices[client])
    notices[client].clear()
    return count


def listening():
    """LISTEN belongs to the server connection, which is whoever's comes next."""
    a, b, direct = connect(f'{POOLED} dbname=pooled'), connect(f'{POOLED} dbname=pooled'), connect(DIRECT)
    direct.execute('LISTEN quickbook')
    a.execute('LISTEN quickbook')
    check('a booking through the pooler', book(b, ONE, '2026-04-01 10:00+00'), 'booked')
    check('is heard by who listens past it', heard(direct), 1)
    check('not by who listens through it', heard(a), 0)
    check('but by who never asked to', heard(b), 1)
    check('and what is booked past the pooler', book(direct, TWO, '2026-04-01 11:00+00'), 'booked')
    check('reaches no client of it', heard(a) + heard(b), 0)
    a.execute('UNLISTEN *')
    for client in (a, b, direct):
        client.close()


def lost():
    """A server connection that ends is replaced; plans and all else are made anew."""
    a, direct = connect(f'{POOLED} dbname=pooled'), connect(DIRECT)
    before = ask(a, 'SELECT pg_backend_pid()')[0]
    direct.execute('SELECT pg_terminate_backend(%s, 5000)', (before,))
    states = []
    for n in range(20):
        try:
            states.append(book(a, ONE, f'2026-04-{n + 2:02} 10:00+00'))
            break
        except psycopg.OperationalError:
            a = connect(f'{POOLED} dbname=pooled')
            time.sleep(0.1)
    check('after its server connection ended a client books', states, ['booked'])
    check('on another one', ask(a, 'SELECT pg_backend_pid()')[0] != before, True)
    a.execute('DISCARD ALL')
    check('and after DISCARD ALL, too', book(a, TWO, '2026-04-28 14:00+00'), 'booked')
    a.close()
    direct.close()


def main():
    a, b = connect(f'{POOLED} dbname=pooled'), connect(f'{POOLED} dbname=pooled')
    check('two clients on one server connection', ask(a, 'SELECT pg_backend_pid()'), ask(b, 'SELECT pg_backend_pid()'))
    token = {patient: ask(a, "SELECT quickbook.sign_in(%s, 'correct horse')", name)[0]
             for patient, name in ((ONE, 'one@example.org'), (TWO, 'two@example.org'))}
    interleaved(a, b, token)
    ends(a, b, token)
    # What the manual says not to do.
    c = connect(f'{POOLED} dbname=pooled')
    c.execute('SET quickbook.error_style = http')
    check('SET without LOCAL, however, is everybody\'s', ask(b, STATE)[0], 'http')
    c.execute('RESET quickbook.error_style')
    c.close()
    b.close()
    gateway()
    listening()
    lost()


main()
