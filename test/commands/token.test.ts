import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt, jwtVerify } from 'jose';
import { expect, it } from 'vitest';
import { authenticator } from '../../src/auth/authenticate.ts';
import { token } from '../../src/commands/token.ts';
import { readConfig } from '../../src/config.ts';
import { AUTH_SECRET, environment, temporaryFolder } from '../support/gateway.ts';
import { TestTerminal, call } from '../support/terminal.ts';

const HOUR = 3_600;
const YEAR = 365 * 24 * HOUR;

it('OPS3.10 token gives the least: the tenants that are named, their events alone, and for an hour', async () => {
  const { stdout, stderr } = await call(['token', '--tenant', 'eduzz:40021'], { AUTH_SECRET });
  expect(stderr).toBe('');
  const { tenants, scope, iat, exp } = decodeJwt(stdout.trim());
  expect({ tenants, scope, good: exp! - iat! }).toEqual({ tenants: ['eduzz:40021'], scope: 'events:read', good: HOUR });
  const none = await call(['token'], { AUTH_SECRET });
  expect(none).toMatchObject({ code: 1, stdout: '' });
  expect(none.stderr).toMatch(/^hookcast: Say which tenants .*--tenant eduzz:40021, or --tenant '\*'[^\n]*\n$/);
  const { stdout: help } = await call(['token', '--help'], {});
  expect(help.replace(/\s+/g, ' ')).toMatch(/--tenant <tenant...> required: .*default: "events:read".*at most a year/);
});

it('OPS3.10 token refuses what would be a token for nothing, or for longer than a year', async () => {
  const make = (options: { tenant?: string[]; scope?: string; expires?: number }) => {
    const terminal = new TestTerminal({ AUTH_SECRET });
    return token({ tenant: ['eduzz:1'], scope: 'events:read', expires: HOUR, ...options }, terminal).then(() =>
      decodeJwt(terminal.lines.join('')),
    );
  };
  // What a shell makes of a * without quotes.
  await expect(make({ tenant: ['README.md', 'src'] })).rejects.toThrow('"README.md" is not a tenant');
  await expect(make({ tenant: [''] })).rejects.toThrow('"" is not a tenant');
  await expect(make({ scope: 'everything' })).rejects.toThrow('There is no scope "everything"');
  await expect(make({ scope: 'events:read,everything' })).rejects.toThrow('There is no scope "everything"');
  await expect(make({ scope: ' ' })).rejects.toThrow('There is no scope ""');
  await expect(make({ expires: YEAR + 1 })).rejects.toThrow('a year at most');
  expect(await make({ tenant: ['*'], expires: YEAR })).toMatchObject({ tenants: ['*'] });
  expect(await make({ scope: 'events:read,pii:read, ops' })).toMatchObject({ scope: 'events:read pii:read ops' });
});

it('OPS3.10 token signs with the secret that stands in a file', async () => {
  const file = join(temporaryFolder(), 'secret');
  writeFileSync(file, `${AUTH_SECRET}\n`);
  const terminal = new TestTerminal({ AUTH_SECRET_FILE: file });
  await token({ tenant: ['eduzz:1'], scope: 'events:read', expires: HOUR }, terminal);
  await expect(jwtVerify(terminal.lines[0]!, Buffer.from(AUTH_SECRET))).resolves.toBeDefined();
});

it('OPS3.10 token makes what a gateway with the same settings takes, wherever it reads its claims', async () => {
  const settings: Record<string, string>[] = [
    {},
    { AUTH_ISSUER: 'https://login.example', AUTH_AUDIENCE: 'hookcast,api://hookcast' },
    { AUTH_TENANTS_CLAIM: 'app_metadata.tenants', AUTH_SCOPE_CLAIM: 'app_metadata.scopes' },
    { AUTH_TENANTS_CLAIM: 'https://app.example.com/tenants', AUTH_SCOPE_PREFIX: 'hookcast/' },
    { AUTH_TENANTS_CLAIM: 'roles', AUTH_TENANTS_PREFIX: 'tenant/', AUTH_SCOPE_CLAIM: 'roles' },
    { AUTH_TENANTS_CLAIM: 'scope', AUTH_TENANTS_PREFIX: 'tenant:' },
  ];
  for (const set of settings) {
    const env = { ...environment('/tmp'), AUTH_AUDIENCE: 'hookcast', ...set };
    const authenticate = authenticator(readConfig(env).auth);
    for (const tenant of [['eduzz:1', 'wix:2'], ['*']]) {
      const terminal = new TestTerminal(env);
      await token({ tenant, scope: 'events:read pii:read', expires: HOUR }, terminal);
      const { tenants, scopes } = await authenticate(`Bearer ${terminal.lines[0]!}`);
      expect(tenants, JSON.stringify(set)).toEqual(tenant[0] === '*' ? null : new Set(tenant));
      expect(scopes).toEqual(new Set(['events:read', 'pii:read']));
    }
  }
  // Of what it doesn't understand it says so, and makes nothing.
  const terminal = new TestTerminal({ AUTH_SECRET, AUTH_TENANTS_CLAIM: 'user_metadata.tenants' });
  await expect(token({ tenant: ['*'], scope: 'ops', expires: HOUR }, terminal)).rejects.toThrow(/AUTH_TENANTS_CLAIM: /);
});
