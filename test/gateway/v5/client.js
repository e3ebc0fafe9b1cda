// A client of pg that lets PostGraphile 5 see the functions of quickbook. They
// belong to an extension, and PostGraphile leaves those out: version 4 has the
// option includeExtensionResources, version 5 drops them while it reads its
// introspection. So they belong to none in the introspection that it gets.
import pg from 'pg';

function adopt(text) {
  const introspection = JSON.parse(text);
  const extension = introspection.extensions.find(({ extname }) => extname === 'quickbook');
  introspection.depends = introspection.depends.filter(({ deptype, refobjid }) => deptype !== 'e' || refobjid !== extension?._id);
  return JSON.stringify(introspection);
}

export class Client extends pg.Client {
  query(...args) {
    const answer = super.query(...args);
    if (typeof answer?.then !== 'function') return answer;
    return answer.then((result) => {
      const row = result.rows?.[0];
      if (row?.introspection) row.introspection = adopt(row.introspection);
      return result;
    });
  }
}
