import type { ConnectionOptions as TlsOptions } from 'node:tls';
import { checkServerIdentity } from 'node:tls';
import { HookcastError } from '../../errors.ts';

/** What a `postgres://` URL names: the servers to try in turn, and who asks for which database. */
export interface Target {
  readonly hosts: readonly Host[];
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  /** How to speak to the host: in the clear, encrypted if it can, or with these options of TLS. */
  tls(host: Host): false | 'prefer' | TlsOptions;
}

export interface Host {
  /** A name, an address, or the folder of a Unix socket. */
  readonly name: string;
  readonly port: number;
}

const FORM =
  /^postgres(?:ql)?:\/\/(?:(?<user>[^:@/?#]*)(?::(?<password>[^@/?#]*))?@)?(?<hosts>[^/?#@]*)(?:\/(?<database>[^/?#@]*))?(?:\?(?<options>[^#@]*))?$/;

/** As libpq has them: https://www.postgresql.org/docs/current/libpq-ssl.html */
const TLS: Record<string, (host: Host) => ReturnType<Target['tls']>> = {
  disable: () => false,
  allow: () => 'prefer',
  prefer: () => 'prefer',
  require: () => ({ rejectUnauthorized: false }),
  'verify-ca': () => ({ rejectUnauthorized: true, checkServerIdentity: () => undefined }),
  // The library names no server for an address, and Node would then compare the certificate with "localhost".
  'verify-full': ({ name }) => ({
    rejectUnauthorized: true,
    checkServerIdentity: (_, cert) => checkServerIdentity(name, cert),
  }),
};

/**
 * Reads `postgres://user:password@one:5432,two:5432/database?sslmode=verify-full`.
 *
 * @throws {HookcastError} LOG_UNAVAILABLE when it is none. The message has nothing of the URL, which holds a password.
 */
export function parseTarget(url: string): Target {
  const parts = FORM.exec(url)?.groups;
  if (!parts) {
    throw unreadable(
      'Expected postgres://user:password@host:5432/database, with @ : / ? # and % in a password escaped as %40 …',
    );
  }
  const { user, password, database } = parts;
  if (!database) throw unreadable('It names no database.');
  const options = new URLSearchParams(parts['options']);
  const mode = options.get('sslmode') ?? 'disable';
  options.delete('sslmode');
  // Whichever host is the primary is used anyway.
  if (/^(?:primary|read-write)$/.test(options.get('target_session_attrs') ?? ''))
    options.delete('target_session_attrs');
  // Sent on, they would be settings of the session, and could take back that a commit is durable.
  const [unknown] = options.keys();
  if (unknown !== undefined) {
    throw unreadable(
      `Its option "${unknown}" is not supported; sslmode is. (NODE_EXTRA_CA_CERTS names your own authority.)`,
    );
  }
  const tls = TLS[mode];
  if (!tls) throw unreadable(`Its sslmode is none of ${Object.keys(TLS).join(', ')}.`);
  return {
    hosts: (parts['hosts'] ?? '').split(',').map(parseHost),
    user: decoded(user),
    password: decoded(password),
    database: decoded(database),
    tls,
  };
}

function parseHost(text: string): Host {
  const parts = /^(?<name>\[[^\]]*\]|[^:[\]]*)(?::(?<port>\d{1,5}))?$/.exec(text)?.groups;
  if (!parts) throw unreadable('One of its hosts is no host:port.');
  const name = decoded(parts['name']?.replace(/^\[(.*)\]$/, '$1')) ?? 'localhost';
  return { name, port: Number(parts['port'] ?? 5432) };
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text ? decodeURIComponent(text) : undefined;
  } catch {
    throw unreadable('A % in it stands for itself: write %25.');
  }
}

function unreadable(why: string): HookcastError {
  return new HookcastError('LOG_UNAVAILABLE', `The postgres:// URL can't be used. ${why}`);
}
