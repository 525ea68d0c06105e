import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt, jwtVerify } from 'jose';
import { expect, it } from 'vitest';
import { token } from '../../src/commands/token.ts';
import { AUTH_SECRET, temporaryFolder } from '../support/gateway.ts';
import { run } from '../support/child.ts';
import { TestTerminal } from '../support/terminal.ts';

const HOUR = 3_600;
const YEAR = 365 * 24 * HOUR;

it('OPS3.10 token gives the least: the tenants that are named, their events alone, and for an hour', async () => {
  const { stdout, stderr } = await run(['token', '--tenant', 'eduzz:40021'], { AUTH_SECRET });
  expect(stderr).toBe('');
  const { tenants, scope, iat, exp } = decodeJwt(stdout.trim());
  expect({ tenants, scope, good: exp! - iat! }).toEqual({ tenants: ['eduzz:40021'], scope: 'events:read', good: HOUR });
  const none = await run(['token'], { AUTH_SECRET });
  expect(none).toMatchObject({ code: 1, stdout: '' });
  expect(none.stderr).toMatch(/^hookcast: Say which tenants .*--tenant eduzz:40021, or --tenant '\*'[^\n]*\n$/);
  const { stdout: help } = await run(['token', '--help'], {});
  expect(help.replace(/\s+/g, ' ')).toMatch(/--tenant <tenant...> needed: .*default: "events:read".*a year .* at most/);
});

it('OPS3.10 token refuses what would be a token for nothing, or for longer than a year', async () => {
  const make = (options: { tenant?: string[]; scope?: string; expires?: number }) => {
    const terminal = new TestTerminal({ AUTH_SECRET });
    return token({ tenant: ['eduzz:1'], scope: 'events:read', expires: HOUR, ...options }, terminal).then(() =>
      decodeJwt(terminal.lines.join('')),
    );
  };
  // What a shell makes of a * without quotes.
  await expect(make({ tenant: ['README.md', 'src'] })).rejects.toThrow('"README.md" is no tenant');
  await expect(make({ tenant: [''] })).rejects.toThrow('"" is no tenant');
  await expect(make({ scope: 'everything' })).rejects.toThrow('There is no scope "everything"');
  await expect(make({ expires: YEAR + 1 })).rejects.toThrow('a year at most');
  expect(await make({ tenant: ['*'], expires: YEAR })).toMatchObject({ tenants: ['*'] });
});

it('OPS3.10 token signs with the secret that stands in a file', async () => {
  const file = join(temporaryFolder(), 'secret');
  writeFileSync(file, `${AUTH_SECRET}\n`);
  const terminal = new TestTerminal({ AUTH_SECRET_FILE: file });
  await token({ tenant: ['eduzz:1'], scope: 'events:read', expires: HOUR }, terminal);
  await expect(jwtVerify(terminal.lines[0]!, Buffer.from(AUTH_SECRET))).resolves.toBeDefined();
});
