import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { bodyOf, candidate, clientOf, inTime } from '../../fakes/kombo-caller.ts';

/** A Kombo on its own thread: its answer can arrive before this thread has noticed that its last piece was sent. */
const swiftKombo = `
  const { createServer } = require('node:http');
  const { parentPort } = require('node:worker_threads');
  let connections = 0;
  const server = createServer((request, response) => {
    let leftBytes = Number(request.headers['content-length']);
    request.on('data', (chunk) => {
      leftBytes -= chunk.length;
      if (leftBytes === 0) response.end('{"status":"success","data":{},"warnings":[]}');
    });
  });
  server.on('connection', () => { connections += 1; });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
  parentPort.on('message', () => parentPort.postMessage(connections));
`;

test('a hundred CVs in a row use one connection, however quickly they are answered', async () => {
  const server = new Worker(swiftKombo, { eval: true });
  onTestFinished(async () => void (await server.terminate()));
  const [port] = await once(server, 'message');
  const kombo = clientOf(`http://127.0.0.1:${port}`);

  for (let cv = 0; cv < 100; cv += 1) {
    const answer = await kombo.attach(candidate, bodyOf(Buffer.alloc(100_000)), inTime());
    expect(answer.ok).toBe(true);
  }
  const counted = once(server, 'message');
  server.postMessage('count');
  expect(await counted).toEqual([1]);
});
