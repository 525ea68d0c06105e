import { BlockList, type Socket, isIP } from 'node:net';
import { type ConnectionOptions as TlsOptions, checkServerIdentity, connect } from 'node:tls';
import { Refusal } from './refusal.ts';

/** A server as the URL names it. */
export interface Host {
  /** A name, an address, or the folder of a Unix socket. */
  readonly name: string;
  readonly port: number;
}

/** How to speak to a host. */
export interface Encryption {
  readonly when: 'never' | 'if offered' | 'always';
  /** Whether TLS begins at once, without asking first (PostgreSQL 17). */
  readonly isDirect: boolean;
  readonly tls: TlsOptions;
}

export type Mode = 'disable' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';

/** Addresses that only private networks have. */
const PRIVATE = new BlockList();
for (const [net, prefix] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
] as const) {
  PRIVATE.addSubnet(net, prefix);
}
PRIVATE.addAddress('::1', 'ipv6');
PRIVATE.addSubnet('fc00::', 7, 'ipv6');
PRIVATE.addSubnet('fe80::', 10, 'ipv6');

/** Names that no public DNS has: those of this machine, of Docker and Kubernetes (no dot), and of hosting companies' inner networks. */
const PRIVATE_NAME = /^[^.]*$|\.(?:local|localdomain|localhost|internal|lan|svc|cluster\.local|home\.arpa|flycast)$/i;

/** The four bytes of the request are a version number that no protocol has. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/**
 * The mode when the URL has none. On the way to a public host, anybody in between could read the password and people's data. In
 * private networks many servers have no TLS, such as Docker's image.
 */
export function defaultMode({ name }: Host): Mode {
  const family = isIP(name);
  const isPrivate = family === 0 ? PRIVATE_NAME.test(name) : PRIVATE.check(name, family === 6 ? 'ipv6' : 'ipv4');
  return isPrivate ? 'prefer' : 'require';
}

/** Does as libpq does (https://www.postgresql.org/docs/current/libpq-ssl.html), with the given certificates and versions of TLS. */
export function encryptionFor(mode: Mode, { name }: Host, given: TlsOptions, isDirect: boolean): Encryption {
  // libpq speaks no TLS on a Unix socket either, in any mode.
  if (mode === 'disable' || name.startsWith('/')) return { when: 'never', isDirect: false, tls: {} };
  const when = mode === 'prefer' ? 'if offered' : 'always';
  const checks: TlsOptions =
    mode === 'verify-full'
      ? // By itself, Node compares the certificate with the server's name, or with "localhost" if the server is given by its address.
        { rejectUnauthorized: true, checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate) }
      : mode === 'verify-ca'
        ? { rejectUnauthorized: true, checkServerIdentity: () => undefined }
        : { rejectUnauthorized: false };
  return { when, isDirect, tls: { ...given, ...checks, ...(isIP(name) === 0 && { servername: name }) } };
}

/**
 * Returns the socket to speak on, encrypted as demanded. The caller has to end it.
 *
 * @throws {Refusal} when the server must have TLS and has none, or has a certificate that can't be verified.
 */
export async function encrypted(socket: Socket, { when, isDirect, tls }: Encryption): Promise<Socket> {
  if (when === 'never') return socket;
  if (!isDirect && !(await offersTls(socket))) {
    if (when === 'if offered') return socket;
    throw new Refusal('does not support TLS. If the network path is private, set sslmode=disable in the URL');
  }
  return new Promise((resolve, reject) => {
    const secured = connect({ ...tls, socket, ...(isDirect && { ALPNProtocols: ['postgresql'] }) });
    secured.once('error', (error) => reject(explained(error)));
    // The server may close the socket because it refuses our certificate. With TLS 1.3 it says so later.
    socket.once('close', () => reject(new Error('the connection was lost while TLS began')));
    secured.once('secureConnect', () => resolve(secured));
  });
}

async function offersTls(socket: Socket): Promise<boolean> {
  const answer = await new Promise<Buffer>((resolve, reject) => {
    const lost = () => reject(new Error('the connection was lost when asked for TLS'));
    socket.once('close', lost);
    socket.once('data', (chunk: Buffer) => {
      socket.removeListener('close', lost);
      resolve(chunk);
    });
    socket.write(SSL_REQUEST);
  });
  // An attacker in between can add bytes after the one letter, which would then pass for encrypted data (CVE-2021-23222).
  if (answer.length === 1 && answer[0] === 0x53) return true;
  if (answer.length === 1 && answer[0] === 0x4e) return false;
  throw new Error('answered something else when asked for TLS: it may not be PostgreSQL');
}

function explained(error: Error & { code?: string }): Error {
  const { code = '', message } = error;
  if (!/CERT|ISSUER|ALTNAME|SIGNATURE|CRL/.test(code)) return new Error(`TLS failed: ${message}`, { cause: error });
  return new Refusal(
    `has a certificate that can't be verified (${message.split(';')[0]}). Name the file of its authority with sslrootcert in the URL; ` +
      'sslmode=verify-ca does not check the host name, and sslmode=require encrypts without verifying the certificate',
  );
}
