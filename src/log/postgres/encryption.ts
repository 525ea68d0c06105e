import { BlockList, type Socket, isIP } from 'node:net';
import { type ConnectionOptions as TlsOptions, checkServerIdentity, connect } from 'node:tls';
import { Refusal } from './refusal.ts';

/** A server, as the URL names it. */
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

/** Addresses that only a network of one's own has. */
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

/** Names that no public DNS has: of this machine, of Docker and Kubernetes (no dot), of hosts' inner networks. */
const PRIVATE_NAME = /^[^.]*$|\.(?:local|localdomain|localhost|internal|lan|svc|cluster\.local|home\.arpa|flycast)$/i;

/** The four bytes of the request are a version number that no protocol has. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/**
 * How a connection is encrypted when nobody said. On the way to a public host a password and people's data would be read
 * by anybody in between; within a network of one's own many servers have no TLS (those of Docker's image, for one).
 */
export function defaultMode({ name }: Host): Mode {
  const family = isIP(name);
  const isPrivate = family === 0 ? PRIVATE_NAME.test(name) : PRIVATE.check(name, family === 6 ? 'ipv6' : 'ipv4');
  return isPrivate ? 'prefer' : 'require';
}

/** As libpq has it (https://www.postgresql.org/docs/current/libpq-ssl.html), on top of certificates and versions that are given. */
export function encryptionFor(mode: Mode, { name }: Host, given: TlsOptions, isDirect: boolean): Encryption {
  // libpq speaks no TLS on a Unix socket either, in any mode.
  if (mode === 'disable' || name.startsWith('/')) return { when: 'never', isDirect: false, tls: {} };
  const when = mode === 'prefer' ? 'if offered' : 'always';
  const checks: TlsOptions =
    mode === 'verify-full'
      ? // Node compares the certificate with the server's name, and with "localhost" where that is an address.
        { rejectUnauthorized: true, checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate) }
      : mode === 'verify-ca'
        ? { rejectUnauthorized: true, checkServerIdentity: () => undefined }
        : { rejectUnauthorized: false };
  return { when, isDirect, tls: { ...given, ...checks, ...(isIP(name) === 0 && { servername: name }) } };
}

/**
 * The socket to speak on, encrypted as it should be. Its end is the caller's to bring about.
 *
 * @throws {Refusal} when the server has no TLS and must, or a certificate that can't be verified.
 */
export async function encrypted(socket: Socket, { when, isDirect, tls }: Encryption): Promise<Socket> {
  if (when === 'never') return socket;
  if (!isDirect && !(await offersTls(socket))) {
    if (when === 'if offered') return socket;
    throw new Refusal(
      'speaks no TLS. Where nobody can listen on the way to it, say so with sslmode=disable in the URL',
    );
  }
  return new Promise((resolve, reject) => {
    const secured = connect({ ...tls, socket, ...(isDirect && { ALPNProtocols: ['postgresql'] }) });
    secured.once('error', (error) => reject(explained(error)));
    // A certificate of ours that the server does not like: with TLS 1.3 it says so later.
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
  // Anything behind the one letter was put there by somebody in between, to be taken for encrypted (CVE-2021-23222).
  if (answer.length === 1 && answer[0] === 0x53) return true;
  if (answer.length === 1 && answer[0] === 0x4e) return false;
  throw new Error('answered something else when asked for TLS: it may not be PostgreSQL');
}

function explained(error: Error & { code?: string }): Error {
  const { code = '', message } = error;
  if (!/CERT|ISSUER|ALTNAME|SIGNATURE|CRL/.test(code)) return new Error(`TLS failed: ${message}`, { cause: error });
  return new Refusal(
    `has a certificate that can't be verified (${message.split(';')[0]}). Name the file of its authority with sslrootcert in the URL; ` +
      'sslmode=verify-ca asks for no name in it, and sslmode=require encrypts without verifying anything',
  );
}
