import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Client, Frontend } from '../clients/clients.ts';
import type { Message } from '../clients/recipes/documents.ts';

/** Debian's own, which has the packages that apt-get installs. */
const PYTHON = '/usr/bin/python3';
const RECIPES = fileURLToPath(new URL('../clients/recipes/python', import.meta.url));

/** A recipe of FRONTENDS.md for Python. */
export interface Recipe {
  readonly name: string;
  /** Debian's. */
  readonly package: string;
  readonly module: string;
  readonly overWebSocket: boolean;
}

export const PYTHON_RECIPES: readonly Recipe[] = [
  { name: 'websockets', package: 'python3-websockets', module: 'follow_websockets', overWebSocket: true },
  { name: 'websocket', package: 'python3-websocket', module: 'follow_websocket_client', overWebSocket: true },
  { name: 'httpx', package: 'python3-httpx', module: 'follow_httpx', overWebSocket: false },
  { name: 'requests', package: 'python3-requests', module: 'follow_requests', overWebSocket: false },
];

/** Its arguments: the recipe's module, the address, and the cursor. A line of standard input is a token that it asked for. */
const PROGRAM = `
import asyncio, importlib, inspect, json, sys
from cancellations import Refused

def say(**said): print(json.dumps(said), flush=True)
def token():
    say(asks="token")
    return sys.stdin.readline().strip()
async def token_later(): return await asyncio.to_thread(token)
async def follow_all(follow, url, after):
    async for message in follow(url, token_later, after): say(message=message)

module, url, after = sys.argv[1:]
follow = importlib.import_module(module).follow
try:
    if inspect.isasyncgenfunction(follow): asyncio.run(follow_all(follow, url, after or None))
    else:
        for message in follow(url, token, after or None): say(message=message)
except Refused as refused:
    say(refused=str(refused))
`;

export function hasPackage({ name }: Recipe): boolean {
  return spawnSync(PYTHON, ['-c', `import ${name}`]).status === 0;
}

type Said = { readonly asks: 'token' } | { readonly message: Message } | { readonly refused: string };

/** The recipe in a process of its own, as a client. */
export function clientOf({ module, overWebSocket }: Recipe): Client {
  return ({ url, webSocketUrl, token, after, onMessage, onError }: Frontend) => {
    const child = spawn(PYTHON, ['-c', PROGRAM, module, overWebSocket ? webSocketUrl : url, after ?? ''], {
      env: { PATH: process.env['PATH'] ?? '', PYTHONPATH: RECIPES, PYTHONDONTWRITEBYTECODE: '1' },
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => (stderr += String(chunk)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = JSON.parse(line) as Said;
      if ('message' in said) return onMessage(said.message);
      if ('refused' in said) return onError(said.refused);
      token().then((given) => child.stdin.write(`${given}\n`), onError);
    });
    // It was ended meanwhile.
    child.stdin.on('error', () => {});
    child.on('exit', (code) => {
      if (code) onError(stderr);
    });
    return () => void child.kill('SIGKILL');
  };
}
