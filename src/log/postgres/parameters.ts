/**
 * Parameters that hosting companies and other programs put behind the `?` of a URL, and that are not honored. A table in docs/SCALING.md
 * has all of them, and those that `parseTarget` honors. A test compares the table with the code.
 */

/** These parameters are for other programs, or ask for what is so anyway. The start goes on, with a warning that gives the reason. */
export const PASSED_OVER: Readonly<Record<string, string>> = {
  channel_binding:
    'channel binding is not spoken. sslmode=verify-full protects against the same: somebody in between who has another certificate',
  pgbouncer: 'what stands between is found out at the start: a pooler has to be in session mode',
  schema: 'the log is always in the schema "hookcast"',
  connection_limit: 'a gateway has ten connections at most',
  pool_timeout: 'a delivery waits for a second, a query for five',
  socket_timeout: 'a statement is given four seconds',
  statement_cache_size: 'a pooler has to be in session mode, where prepared statements work',
  keepalives_interval: 'Node has no such setting. A statement without an answer ends its connection after five seconds',
  keepalives_count: 'Node has no such setting. A statement without an answer ends its connection after five seconds',
  tcp_user_timeout: 'Node has no such setting. A statement without an answer ends its connection after five seconds',
  load_balance_hosts: 'whichever host is the primary is used',
  client_encoding: 'it is always UTF8',
  sslcompression: 'TLS is never compressed',
  sslsni: 'the name of the server is always sent, where it is a name',
  supa: 'it is for other programs',
  workaround: 'it is for other programs',
};

/** Without these parameters the connection would be less safe than demanded, or go to another server. */
export const REFUSED: Readonly<Record<string, string>> = {
  gssencmode: 'connections are encrypted with TLS only: use sslmode',
  require_auth:
    'it can’t be kept: take it out, and use sslmode=verify-full, so that only your server is told the password',
  requirepeer: 'it can’t be kept: take it out',
  sslidentity: 'use sslcert and sslkey, with files in PEM',
  sslcertmode: 'the certificate of sslcert is sent when the server asks for one: take it out',
  sslcrldir: 'use sslcrl, with one file',
  hostaddr: 'put the address in the place of the host',
  service: 'no service file is read: put all of it into the URL',
  servicefile: 'no service file is read: put all of it into the URL',
  passfile: 'no password file is read: put the password into the URL',
  replication: 'the log needs an ordinary connection: take it out',
};

/** Values of such parameters that ask for what is so anyway. */
const HARMLESS: Readonly<Record<string, readonly string[]>> = {
  channel_binding: ['disable', 'prefer'],
  gssencmode: ['disable', 'prefer'],
  client_encoding: ['UTF8', 'utf8', 'UTF-8', 'utf-8', 'auto'],
};

/** Takes out the parameters that are not honored. Returns the warnings. @throws {Error} saying why the URL is refused. */
export function sift(parameters: Map<string, string>, honoured: ReadonlySet<string>): readonly string[] {
  const warnings: string[] = [];
  for (const [name, value] of parameters) {
    if (honoured.has(name)) continue;
    parameters.delete(name);
    if (HARMLESS[name]?.includes(value)) continue;
    const reason = REFUSED[name];
    // A misspelled parameter must not make the connection less safe than its writer believes.
    if (reason !== undefined || /^(?:ssl|tls|gss|krb)/i.test(name)) {
      throw new Error(
        `Its parameter "${name}" is not supported: ${reason ?? 'docs/SCALING.md lists those about TLS that are'}.`,
      );
    }
    warnings.push(
      `The parameter "${name}" of the postgres:// URL is passed over: ${PASSED_OVER[name] ?? 'it is not known here'}.`,
    );
  }
  return warnings;
}
