// A database with a small clinic, ready for a gateway: the roles, the login
// role authenticator that a gateway connects as, and people with accounts.
import pg from 'pg';
import { eventually } from './tap.js';

const connection = (database, user) => ({ host: process.env.PGHOST, port: process.env.PGPORT, database, user });

// Where a gateway connects to.
export const url = (database, user = 'authenticator') =>
  `postgresql://${user}@/${database}?host=${encodeURIComponent(process.env.PGHOST)}&port=${process.env.PGPORT}`;

export async function openClinic(database, settings = {}) {
  const server = new pg.Client(connection('postgres', process.env.PGUSER));
  await server.connect();
  await server.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  await server.query(`CREATE DATABASE ${database}`);
  await server.query(`ALTER DATABASE ${database} SET client_min_messages = error`);
  const owner = new pg.Client(connection(database, process.env.PGUSER));
  await owner.connect();
  await owner.query('CREATE EXTENSION quickbook CASCADE');
  await owner.query('SELECT quickbook.install()');
  await owner.query('SELECT quickbook.create_roles()');
  await owner.query(`DO $$ BEGIN
      CREATE ROLE authenticator LOGIN NOINHERIT; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
    GRANT quickbook_anon, quickbook_patient, quickbook_provider, quickbook_staff, quickbook_admin TO authenticator;
    ALTER ROLE authenticator IN DATABASE ${database} SET quickbook.trust_claims = on;
    ALTER DATABASE ${database} SET quickbook.password_cost = 4;
    SET quickbook.password_cost = 4`);
  for (const [name, value] of Object.entries(settings)) {
    await owner.query(`ALTER ROLE authenticator IN DATABASE ${database} SET ${name} = ${pg.escapeLiteral(value)}`);
  }

  const one = async (sql, ...values) => Object.values((await owner.query(sql, values)).rows[0] ?? {})[0];
  const clinic = await one(
    "INSERT INTO quickbook.clinic (name, time_zone) VALUES ('Praxis am Park', 'Europe/Berlin') RETURNING id");
  const provider = await one("INSERT INTO quickbook.provider (clinic_id, name) VALUES ($1, 'Dr. Weber') RETURNING id", clinic);
  await one(`INSERT INTO quickbook.working_hours (provider_id, weekday, start_time, end_time)
    SELECT $1, weekday, '08:00', '17:00' FROM generate_series(1, 7) AS weekday`, provider);
  const service = await one(
    "INSERT INTO quickbook.service (clinic_id, name, duration) VALUES ($1, 'Check-up', '1 hour 30 minutes') RETURNING id", clinic);
  await one('INSERT INTO quickbook.service_provider (service_id, provider_id) VALUES ($1, $2)', service, provider);
  const other = await one("INSERT INTO quickbook.patient (clinic_id, name) VALUES ($1, 'Ben Brandt') RETURNING id", clinic);
  await one("SELECT quickbook.create_account('ben@example.org', 'patient', patient_id => $1, password => 'correct horse')", other);
  await one("SELECT quickbook.create_account('weber@example.org', 'provider', provider_id => $1, password => 'correct horse')", provider);
  await one("SELECT quickbook.create_account('desk@example.org', 'staff', password => 'correct horse')");

  const heard = [];
  owner.on('notification', (n) => heard.push(n.payload));
  await owner.query('LISTEN quickbook');

  return {
    database, clinic, provider, service, other, one, heard,
    // The token in the mail to an address.
    async mailed(address) {
      const { rows } = await owner.query("SELECT * FROM quickbook.claim_notifications('email')");
      const mail = rows.find((row) => row.recipient === address);
      return /[A-Za-z0-9_-]{20,}/.exec(mail?.body ?? '')?.[0];
    },
    // Until a gateway listens too.
    listening: () => eventually(() => one(`SELECT count(*) > 0 FROM pg_stat_activity
      WHERE datname = current_database() AND usename = 'authenticator' AND query ~* '^LISTEN "?quickbook"?'`)),
    async close() {
      await owner.end();
      await server.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
      await server.query('DROP ROLE authenticator').catch(() => {}); // another test's, still
      await server.end();
    },
  };
}
