import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Sale = Readonly<Record<string, unknown>>;

export const sale = (order: number, status = 'canceled'): Sale => ({
  id: String(order),
  status,
  total: { currency: 'BRL', value: 100 },
  product: { id: '7', name: 'Choir' },
});

/** Eduzz's API as far as it is documented. The list of sales may grow. To be closed. */
export async function serveEduzz(sales: readonly Sale[]) {
  const token = 'edzpap_of-tests';
  const subscription = { id: 's', name: 'Tickets', url: 'https://hooks.example/webhooks/eduzz', status: 'active' };
  const asked: URL[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url!, 'http://localhost');
    asked.push(url);
    if (request.headers.authorization !== `Bearer ${token}`) return void response.writeHead(401).end('{}');
    if (url.pathname === '/webhook/v1/subscription') return void response.end(JSON.stringify([subscription]));
    const [page, size] = ['page', 'itemsPerPage'].map((name) => Number(url.searchParams.get(name))) as [number, number];
    const items = sales.slice((page - 1) * size, page * size);
    response.end(JSON.stringify({ page, pages: Math.ceil(sales.length / size), totalItems: sales.length, items }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token, subscription, asked };
}
