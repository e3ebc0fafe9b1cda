// Who calls, as a gateway finds it out: the claims of the token in the header
// Authorization, which the database itself verifies.
export const anon = { role: 'quickbook_anon' };

export const verifier = (pool) => async (authorization) => {
  if (!authorization) return anon;
  const client = await pool.connect();
  try {
    await client.query('BEGIN READ ONLY; SET LOCAL ROLE quickbook_anon');
    const { rows } = await client.query('SELECT quickbook.verify_token($1) AS claims', [authorization.replace(/^Bearer /i, '')]);
    return rows[0].claims;
  } catch (error) {
    throw Object.assign(error, { status: 401, statusCode: 401 });
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
};
