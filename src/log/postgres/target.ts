import { readFileSync } from 'node:fs';
import { type ConnectionOptions as TlsOptions, createSecureContext, getCACertificates } from 'node:tls';
import { HookcastError } from '../../errors.ts';
import { type Encryption, type Host, type Mode, defaultMode, encryptionFor } from './encryption.ts';
import { sift } from './parameters.ts';

/** What a `postgres://` URL names: the servers to try in turn, the user, the database, and how to connect. */
export interface Target {
  readonly hosts: readonly Host[];
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  /** Parameters that the server gets when a connection begins. */
  readonly startup: Readonly<Record<string, string>>;
  /** How long each host may take to accept a connection, in milliseconds. */
  readonly opening: number;
  /** After how many seconds of silence TCP asks whether the other side is still there. Null if TCP never asks. */
  readonly keepAlive: number | null;
  /** A sentence for each parameter that is ignored. */
  readonly warnings: readonly string[];
  encryption(host: Host): Encryption;
}

const FORM =
  /^postgres(?:ql)?:\/\/(?:(?<user>[^:@/?#]*)(?::(?<password>[^@/?#]*))?@)?(?<hosts>[^/?#@]*)(?:\/(?<database>[^/?#@]*))?(?:\?(?<options>[^#@]*))?$/;

/** The supported parameters of the URL, by their names in libpq. `ssl` and `sslaccept` are from other programs. */
export const HONORED: ReadonlySet<string> = new Set([
  'sslmode',
  'ssl',
  'sslaccept',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'sslpassword',
  'sslcrl',
  'sslnegotiation',
  'ssl_min_protocol_version',
  'ssl_max_protocol_version',
  'application_name',
  'fallback_application_name',
  'connect_timeout',
  'keepalives',
  'keepalives_idle',
  'options',
  'target_session_attrs',
  'host',
  'port',
  'user',
  'password',
  'dbname',
]);

const MODES: Readonly<Record<string, Mode>> = {
  disable: 'disable',
  // libpq would try without TLS first. `prefer` tries with TLS first, and allows the same connections.
  allow: 'prefer',
  prefer: 'prefer',
  require: 'require',
  'no-verify': 'require',
  'verify-ca': 'verify-ca',
  'verify-full': 'verify-full',
};
/** The values of `ssl`, besides those of `sslmode`. */
const SSL: Readonly<Record<string, string>> = {
  true: 'require',
  1: 'require',
  on: 'require',
  yes: 'require',
  false: 'disable',
  0: 'disable',
  off: 'disable',
  no: 'disable',
};

/** Bounds of `connect_timeout`, in seconds. `usual` is the default. A host that has to wake up first may need up to `most`. */
const OPENING = { usual: 2, least: 1, most: 60 };
/** In seconds. Firewalls and balancers silently forget a connection that is idle for some minutes. */
const KEEP_ALIVE = 30;

/**
 * Reads `postgres://user:password@one:5432,two:5432/database?sslmode=verify-full`.
 *
 * @throws {HookcastError} LOG_UNAVAILABLE when the URL can't be used. The message may name parameters, but quotes no password.
 */
export function parseTarget(url: string): Target {
  const parts = FORM.exec(url)?.groups;
  if (!parts) {
    throw unreadable(
      'Expected postgres://user:password@host:5432/database, with @ : / ? # and % in a password escaped as %40 …',
    );
  }
  // If a parameter is given twice, the last one counts, as in libpq.
  const parameters = parametersOf(parts['options'] ?? '');
  const warnings = orUnreadable(() => sift(parameters, HONORED));
  const given = (name: string) => parameters.get(name) || undefined;

  const database = given('dbname') ?? decoded(parts['database']);
  if (!database) throw unreadable('It must name a database: postgres://user:password@host:5432/database.');
  const attributes = given('target_session_attrs') ?? 'primary';
  if (!/^(?:any|primary|read-write)$/.test(attributes)) {
    throw unreadable(
      'Its target_session_attrs may choose a read-only server. The log needs the primary: use target_session_attrs=primary.',
    );
  }
  const hosts = given('host')
    ? listOf(given('host')!, given('port'))
    : (parts['hosts'] ?? '').split(',').map(parseHost);
  const options = given('options');
  return {
    hosts,
    user: given('user') ?? decoded(parts['user']),
    password: given('password') ?? decoded(parts['password']),
    database,
    startup: {
      application_name: given('application_name') ?? given('fallback_application_name') ?? 'hookcast',
      // Some hosting companies choose the database by these options. `session.ts` sets the settings again on which a promise depends.
      ...(options !== undefined && { options }),
    },
    opening: openingOf(given('connect_timeout')),
    keepAlive: given('keepalives') === '0' ? null : Number(given('keepalives_idle')) || KEEP_ALIVE,
    warnings,
    encryption: encryptionOf(given),
  };
}

function encryptionOf(given: (name: string) => string | undefined): Target['encryption'] {
  const ssl = given('ssl')?.toLowerCase();
  const said = given('sslmode') ?? (ssl === undefined ? undefined : (SSL[ssl] ?? ssl));
  const mode = said === undefined ? undefined : MODES[said];
  if (said !== undefined && !mode) throw unreadable(`Its sslmode must be one of ${Object.keys(MODES).join(', ')}.`);
  const root = given('sslrootcert');
  if (root === 'system' && mode !== undefined && mode !== 'verify-full') {
    throw unreadable(
      'sslrootcert=system needs sslmode=verify-full: a public authority gives anybody a certificate, so the host name must be checked too.',
    );
  }
  const file = (name: string) => {
    const path = given(name);
    return path === undefined ? undefined : contentOf(name, path);
  };
  const ca = root === 'system' ? getCACertificates('system') : file('sslrootcert');
  const cert = file('sslcert');
  const key = file('sslkey');
  const crl = file('sslcrl');
  const passphrase = given('sslpassword');
  const minVersion = versionOf(given('ssl_min_protocol_version'));
  const maxVersion = versionOf(given('ssl_max_protocol_version'));
  const tls: TlsOptions = {
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(crl && { crl }),
    ...(passphrase !== undefined && { passphrase }),
    ...(minVersion && { minVersion }),
    ...(maxVersion && { maxVersion }),
  };
  assertUsable(tls);
  const isDirect = oneOf('sslnegotiation', given('sslnegotiation') ?? 'postgres', ['postgres', 'direct']) === 'direct';
  const isStrict =
    oneOf('sslaccept', given('sslaccept') ?? 'accept_invalid_certs', ['accept_invalid_certs', 'strict']) === 'strict';
  return (host) => {
    let held = mode ?? (root === undefined ? defaultMode(host) : 'verify-full');
    // If an authority is given, the server's certificate is verified even with `require`, as in libpq.
    if (held === 'require' && root !== undefined && said !== 'no-verify') held = 'verify-ca';
    if (isStrict && held !== 'disable') held = 'verify-full';
    if (isDirect && held === 'prefer') held = 'require';
    return encryptionFor(held, host, tls, isDirect);
  };
}

/** Files that can't be used are found here, since each try of a connection would fail in the same way. */
function assertUsable({ ca, ...tls }: TlsOptions): void {
  if (typeof ca === 'string' && !/-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/.test(ca)) {
    throw unreadable('The file in its sslrootcert has no certificate in PEM.');
  }
  try {
    createSecureContext(tls);
  } catch (error) {
    throw unreadable(`The files in its sslcert, sslkey and sslcrl can’t be used (${(error as Error).message}).`);
  }
}

/** A misspelled value must not make the connection less safe than its writer believes. */
function oneOf(name: string, value: string, allowed: readonly string[]): string {
  if (allowed.includes(value)) return value;
  throw unreadable(`Its ${name} must be one of ${allowed.join(', ')}.`);
}

function contentOf(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadable(`The file in its ${name} can’t be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

function versionOf(text: string | undefined): TlsOptions['minVersion'] {
  const version = (['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const).find((one) => one === text);
  if (text !== undefined && !version)
    throw unreadable('Its TLS version must be one of TLSv1, TLSv1.1, TLSv1.2, TLSv1.3.');
  return version;
}

/** In libpq, 0 and less mean no limit. Here deliveries wait for the connection, so they mean the default. */
function openingOf(text: string | undefined): number {
  const asked = Number(text ?? OPENING.usual);
  if (!Number.isInteger(asked)) throw unreadable('Its connect_timeout must be a whole number of seconds.');
  return 1_000 * (asked <= 0 ? OPENING.usual : Math.min(Math.max(asked, OPENING.least), OPENING.most));
}

/** Reads hosts from a parameter, as for the sockets of Google's proxy (`?host=/cloudsql/…`), with one port for all or one for each. */
function listOf(hosts: string, ports: string | undefined): readonly Host[] {
  const each = ports?.split(',') ?? [];
  return hosts.split(',').map((name, index) => ({ name, port: portOf(each[index] ?? each[0]) }));
}

function parseHost(text: string): Host {
  const parts = /^(?<name>\[[^\]]*\]|[^:[\]]*)(?::(?<port>\d{0,5}))?$/.exec(text)?.groups;
  if (!parts) throw unreadable('One of its hosts does not have the form host:port.');
  const name = decoded(parts['name']?.replace(/^\[(.*)\]$/, '$1')) ?? 'localhost';
  return { name, port: portOf(parts['port']) };
}

/**
 * Reads what is behind the `?`. As in libpq, a `+` is a plus sign, also in a password. But programs that write URLs like forms write a
 * blank in `options` as `+`, and no option of the server has a plus sign.
 */
function parametersOf(text: string): Map<string, string> {
  const parameters = new Map(new URLSearchParams(text.replaceAll('+', '%2B')));
  const options = parameters.get('options');
  if (options !== undefined) parameters.set('options', options.replaceAll('+', ' '));
  return parameters;
}

function portOf(text: string | undefined): number {
  const port = Number(text || 5432);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw unreadable('One of its ports is not a number from 1 to 65535.');
  return port;
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text ? decodeURIComponent(text) : undefined;
  } catch {
    throw unreadable('It has a % that escapes nothing: write %25 for a percent sign.');
  }
}

function orUnreadable<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw unreadable((error as Error).message);
  }
}

function unreadable(why: string): HookcastError {
  return new HookcastError('LOG_UNAVAILABLE', `The postgres:// URL can't be used. ${why}`);
}
