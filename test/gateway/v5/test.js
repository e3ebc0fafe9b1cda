import debug from 'debug';
import { createClient } from 'graphql-ws';
import pg from 'pg';
import { verifier } from '../claims.js';
import { openClinic, url } from '../clinic.js';
import { graphqlDoor, testDay, testSchema } from '../graphql.js';
import { is } from '../tap.js';
import { Client } from './client.js';
import { serve } from './postgraphile.js';

// What is left out of the schema is told as a warning, or by debug.
const complaints = [];
console.warn = console.error = debug.log = (...words) => complaints.push(words.map(String).join(' '));
debug.enable('graphile-build:warn');

const clinic = await openClinic('quickbook_v5');
const pool = new pg.Pool({ Client, connectionString: url(clinic.database) });
pool.on('error', () => {}); // connections that end with the database
const server = await serve(pool, verifier(pool));
const door = await graphqlDoor(`http://127.0.0.1:${server.port}/graphql`);
is(complaints, [], 'the schema is built without a warning');
await testSchema(door, clinic);

await testDay(door, clinic, createClient({ url: `ws://127.0.0.1:${server.port}/graphql` }));

await clinic.close();
process.exit();
