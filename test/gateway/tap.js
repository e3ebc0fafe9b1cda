// Test results as TAP, without numbers or a plan: test/t/gateway.t adds it.
export function ok(good, name, ...remarks) {
  console.log(`${good ? 'ok' : 'not ok'} - ${name}`);
  if (!good) for (const remark of remarks) console.log(`# ${String(remark).replaceAll('\n', '\n# ')}`);
  return good;
}

const text = (value) => (typeof value === 'string' ? value : JSON.stringify(value));

export function is(have, want, name) {
  return ok(text(have) === text(want), name, `have: ${text(have)}`, `want: ${text(want)}`);
}

export function like(have, pattern, name) {
  return ok(pattern.test(text(have) ?? ''), name, `have: ${text(have)}`, `want: ${pattern}`);
}

// What a promise is refused with, or undefined.
export async function refusal(promise) {
  try {
    const answer = await promise;
    return { message: `not refused: ${text(answer)}` };
  } catch (error) {
    return error;
  }
}

// Repeats until get() answers something true.
export async function eventually(get, seconds = 20) {
  for (let i = 0; i < seconds * 20; i++) {
    const answer = await get();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return undefined;
}
