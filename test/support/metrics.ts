import { METRICS_TOKEN } from './gateway.ts';

/** A gateway's metrics, by name and labels as in a scrape: `hookcast_cohorts`, `…{state="live"}`. */
export type Scrape = ReadonlyMap<string, number>;

/** The text that Prometheus would get. */
export async function scrapeText({ url }: { readonly url: string }): Promise<string> {
  const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } });
  if (!response.ok) throw new Error(`/metrics answered ${response.status}`);
  return response.text();
}

export async function scrape(gateway: { readonly url: string }): Promise<Scrape> {
  const lines = (await scrapeText(gateway)).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

/** One of the numbers, by `name{label="value"}` as the text has it; 0 if it is missing. */
export async function measured(url: string, name: string): Promise<number> {
  return (await scrape({ url })).get(name) ?? 0;
}

/** How often a limit was met. */
export function met(url: string, limit: string): Promise<number> {
  return measured(url, `hookcast_limited_total{limit="${limit}"}`);
}
