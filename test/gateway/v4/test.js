import { createClient } from 'graphql-ws';
import pg from 'pg';
import ws from 'ws';
import { verifier } from '../claims.js';
import { openClinic, url } from '../clinic.js';
import { graphqlDoor, testDay, testSchema } from '../graphql.js';
import { is } from '../tap.js';
import { serve } from './postgraphile.js';

// What is left out of the schema is told as a warning.
const complaints = [];
console.warn = console.error = (...words) => complaints.push(words.join(' '));

const clinic = await openClinic('quickbook_v4');
const pool = new pg.Pool({ connectionString: url(clinic.database) });
pool.on('error', () => {}); // connections that end with the database
const server = await serve(pool, verifier(pool));
const { port } = server.address();
const door = await graphqlDoor(`http://127.0.0.1:${port}/graphql`);
is(complaints, [], 'the schema is built without a complaint');
await testSchema(door, clinic);

await testDay(door, clinic, createClient({ url: `ws://127.0.0.1:${port}/graphql`, webSocketImpl: ws }));

await clinic.close();
process.exit();
