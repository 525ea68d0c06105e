import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { meter } from '../meter.ts';

/** Socket.IO as its documentation sets it up, with its connection state recovery if BENCH_RECOVERY says so. */
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    io.emit('message', body);
    response.writeHead(204).end();
  });
});
const recovery = { connectionStateRecovery: { maxDisconnectionDuration: 120_000, skipMiddlewares: true } };
const io = new Server(server, { transports: ['websocket'], ...(process.env.BENCH_RECOVERY && recovery) });
meter();
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
