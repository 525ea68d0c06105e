import { makeToken } from './gateway.ts';

/** What a gateway measures, by name and labels as they stand in a scrape: `hookcast_cohorts`, `…{state="live"}`. */
export type Scrape = ReadonlyMap<string, number>;

/** As Prometheus asks, with a token of an operator's. */
export async function scrapeText({ url }: { readonly url: string }): Promise<string> {
  const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${await makeToken()}` } });
  return response.text();
}

export async function scrape(gateway: { readonly url: string }): Promise<Scrape> {
  const lines = (await scrapeText(gateway)).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}
