import { expect, it } from 'vitest';
import { type Client, followers, lists } from '../clients/clients.ts';
import { idsIn, plainPage, reactPage, tada } from '../clients/in-browsers.ts';
import { Seen } from '../clients/seen.ts';
import { openPage } from '../support/browser.ts';
import { GatewayProcess } from '../support/child.ts';
import { deliver } from '../support/deliver.ts';
import { environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { canceledTicket } from '../support/live-page.ts';
import { Proxy } from '../support/proxy.ts';
import { HOW_TO_HAVE_IT, HiveGateway, hasHive } from './hive-gateway.ts';

it.skipIf(hasHive)(`LIVE1.14 is not tried with frontends of Hive Gateway: ${HOW_TO_HAVE_IT}`, ({ skip }) => skip());

/** Recipes of FRONTENDS.md that are as good through Hive Gateway as without it. */
const CLIENTS: Readonly<Record<string, Client>> = {
  ...Object.fromEntries(Object.entries({ ...lists, ...followers }).filter(([name]) => !/alone|^fetch/.test(name))),
  'gql.tada with follow': tada,
};

const UNGUARDED = 'urql with its own event streams';

/** A way to a URL that can fall silent, and the same without a slash at its end. */
async function wayTo(url: string) {
  const way = await Proxy.to(url);
  return { way, url: way.url.replace(/\/$/, '') };
}

it.runIf(hasHive).each([
  ['event streams', false],
  ['WebSockets', true],
])(
  'LIVE1.14 gives every recipe each event once through Hive Gateway over %s, through a kill and two silent cuts',
  async (_over, overWebSocket) => {
    const env = environment(temporaryFolder());
    let gateway = await GatewayProcess.start(env);
    const inner = await wayTo(gateway.url);
    const hive = await HiveGateway.start({ hookcast: inner.url, overWebSocket });
    const outer = await wayTo(hive.url);
    const through = { url: outer.url, webSocketUrl: `${outer.url.replace('http', 'ws')}/graphql` };
    const log: string[] = [];
    const record = async (id: string) => {
      await deliver(gateway, canceledTicket(id, { title: id }));
      log.push(id);
    };
    const inNode = Object.entries(CLIENTS).map(([name, client]) => ({ name, seen: new Seen(client, through) }));
    const token = await makeToken();
    // At the address where a page begins, Hive has a page of its own, which asks another host for what it shows code with.
    const expected = /WebSocket|favicon|client|cdnjs|hljs/;
    const [plain, react] = await Promise.all(
      [plainPage(gateway.url, token, through.webSocketUrl), await reactPage(token)].map((html) =>
        openPage({ gateway: through, html, expected }),
      ),
    );
    const all = async (): Promise<readonly (readonly [name: string, ids: readonly string[]])[]> => [
      ...inNode.map(({ name, seen }) => [name, seen.ids] as const),
      ['a plain page', await idsIn(plain!)],
      ['React’s list', await idsIn(react!)],
    ];
    const without = async (isMissing: (ids: readonly string[]) => boolean) =>
      (await all()).filter(([, ids]) => isMissing(ids));
    const arrived = (id: string) => expect.poll(() => without((ids) => ids.at(-1) !== id)).toEqual([]);

    await expect
      .poll(async () => {
        await record(`beginning ${log.length}`);
        return without((ids) => ids.length === 0);
      })
      .toEqual([]);
    await gateway.end('SIGKILL');
    gateway = await GatewayProcess.start({ ...env, PORT: new URL(gateway.url).port });
    await record('after the kill');
    await arrived('after the kill');
    for (const [where, { way }] of Object.entries({ hookcast: inner, Hive: outer })) {
      way.fallSilent();
      await record(`behind the silence of ${where}`);
      way.recover();
      await arrived(`behind the silence of ${where}`);
    }
    await record('at last');
    await arrived('at last');
    for (const [name, ids] of await all()) {
      // Without `resuming`, urql can't tell what Hive asks for again by itself from what is new.
      const seen = overWebSocket && name === UNGUARDED ? [...new Set(ids)] : ids;
      expect.soft(seen, name).toEqual(log.slice(log.indexOf(ids[0]!)));
    }
    expect(inNode.flatMap(({ seen }) => seen.errors)).toEqual([]);
  },
);
