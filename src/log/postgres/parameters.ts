/**
 * Unsupported parameters that hosting companies and other programs put behind the `?` of a URL. A table in docs/SCALING.md lists them, with
 * those that `parseTarget` supports. A test compares the table with the code.
 */

const NO_KERBEROS = 'the gateway signs in with a password or a certificate, and never with Kerberos';

/** The gateway starts without these parameters, with a warning that gives the reason. They change nothing here, or are for other programs. */
export const IGNORED: Readonly<Record<string, string>> = {
  channel_binding:
    'channel binding is not supported. sslmode=verify-full protects against the same attack: a man in the middle with another certificate',
  pgbouncer: 'the gateway finds out by itself whether it connects through a pooler, which has to be in session mode',
  schema: 'the log is always in the schema "hookcast"',
  connection_limit: 'a gateway has ten connections at most',
  pool_timeout: 'a delivery waits one second for a connection, and a query five',
  socket_timeout: 'a statement may take four seconds',
  statement_cache_size: 'a pooler has to be in session mode, where prepared statements work',
  keepalives_interval: 'Node has no such setting. A statement without an answer ends its connection after five seconds',
  keepalives_count: 'Node has no such setting. A statement without an answer ends its connection after five seconds',
  tcp_user_timeout: 'Node has no such setting. A statement without an answer ends its connection after five seconds',
  load_balance_hosts: 'the gateway always connects to the primary',
  client_encoding: 'the encoding is always UTF8',
  sslcompression: 'TLS is never compressed',
  sslsni: 'the name of the server is always sent, unless it is an IP address',
  uselibpqcompat: 'sslmode always means what it means in libpq',
  gssdelegation: NO_KERBEROS,
  gsslib: NO_KERBEROS,
  krbsrvname: NO_KERBEROS,
  min_protocol_version: 'the gateway speaks version 3.0, which every PostgreSQL understands',
  max_protocol_version: 'the gateway speaks version 3.0, which every PostgreSQL understands',
  supa: 'it is for other programs',
  workaround: 'it is for other programs',
};

/** If these parameters were ignored, the connection would be less safe than demanded, or go to another server. */
export const REFUSED: Readonly<Record<string, string>> = {
  gssencmode: 'connections are encrypted with TLS only: use sslmode',
  requiressl: 'libpq has replaced it by sslmode=require',
  require_auth:
    'the gateway can’t enforce it. Remove it, and use sslmode=verify-full, so that only your server gets the password',
  requirepeer: 'the gateway can’t enforce it. Remove it',
  sslidentity: 'use sslcert and sslkey, with PEM files',
  sslcertmode: 'the certificate in sslcert is sent if the server asks for one. Remove it',
  sslcrldir: 'use sslcrl, with one file',
  hostaddr: 'use the address as the host',
  service: 'no service file is read. Put its settings into the URL',
  servicefile: 'no service file is read. Put its settings into the URL',
  passfile: 'no password file is read. Put the password into the URL',
  replication: 'the log needs an ordinary connection. Remove it',
};

/** Values of unsupported parameters that demand nothing else than the gateway does anyway. */
const HARMLESS: Readonly<Record<string, readonly string[]>> = {
  channel_binding: ['disable', 'prefer'],
  gssencmode: ['disable', 'prefer'],
  client_encoding: ['UTF8', 'utf8', 'UTF-8', 'utf-8', 'auto'],
  requiressl: ['0'],
  sslcertmode: ['allow'],
  sslcompression: ['0'],
  sslsni: ['1'],
};

/**
 * The names of parameters that may be meant to protect the connection. If such a parameter is unknown or misspelled, it must not be
 * ignored: the connection would be less safe than its writer believes.
 */
const PROTECTING = /ssl|tls|encrypt|secure|^(?:gss|krb)/i;

/** Removes unsupported parameters, and returns the warnings about them. @throws {Error} if one must not be ignored. */
export function sift(parameters: Map<string, string>, supported: ReadonlySet<string>): readonly string[] {
  const warnings: string[] = [];
  for (const [name, value] of parameters) {
    if (supported.has(name)) continue;
    parameters.delete(name);
    if (HARMLESS[name]?.includes(value)) continue;
    const why = IGNORED[name];
    const reason = REFUSED[name];
    if (reason !== undefined || (why === undefined && PROTECTING.test(name))) {
      throw new Error(
        `Its parameter "${name}" is not supported: ${reason ?? 'docs/SCALING.md lists the supported ones about TLS'}.`,
      );
    }
    warnings.push(`The parameter "${name}" of the postgres:// URL is ignored: ${why ?? 'hookcast does not know it'}.`);
  }
  return warnings;
}
