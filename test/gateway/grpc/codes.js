// Which gRPC code an error of the database becomes.
import grpc from '@grpc/grpc-js';
import pg from 'pg';

const { status } = grpc;

// Every error of quickbook, by the name in its DETAIL: its SQLSTATE is another
// one where quickbook.error_style is http. ../README.md has this table.
export const byName = {
  slot_taken: status.ALREADY_EXISTS,
  patient_busy: status.ALREADY_EXISTS,
  session_full: status.ALREADY_EXISTS,
  idempotency_conflict: status.FAILED_PRECONDITION,
  outside_hours: status.FAILED_PRECONDITION,
  off_grid: status.FAILED_PRECONDITION,
  too_soon: status.FAILED_PRECONDITION,
  beyond_horizon: status.FAILED_PRECONDITION,
  limit_reached: status.FAILED_PRECONDITION,
  policy_refused: status.FAILED_PRECONDITION,
  invalid_transition: status.FAILED_PRECONDITION,
  hold_expired: status.FAILED_PRECONDITION,
  stale_version: status.ABORTED,
  not_found: status.NOT_FOUND,
  not_allowed: status.PERMISSION_DENIED,
  invalid_argument: status.INVALID_ARGUMENT,
  not_installed: status.UNAVAILABLE,
  wrong_schema_version: status.UNAVAILABLE,
};

// PostgreSQL's own errors, by SQLSTATE.
const byState = [
  [/^40/, status.ABORTED], // to be repeated: serialization, deadlock
  [/^42501/, status.PERMISSION_DENIED],
  [/^22/, status.INVALID_ARGUMENT], // text that is no uuid, date or time
  [/^(08|53|57P)/, status.UNAVAILABLE], // lost, full, shutting down
];

export function name(error) {
  try {
    return JSON.parse(error.detail).error;
  } catch {
    return undefined;
  }
}

export function code(error) {
  if (!(error instanceof pg.DatabaseError)) return status.UNAVAILABLE; // no answer of the server
  return byName[name(error)] ?? byState.find(([state]) => state.test(error.code))?.[1] ?? status.INTERNAL;
}
