import { createServer, type RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { closeServer, listen } from '../../../../infra/local/process/listen.ts';
import { postEvents } from '../../../../infra/local/process/post-events.ts';

const receiver = async (answer: RequestListener): Promise<string> => {
  const server = createServer(answer);
  const port = await listen(server, 0);
  onTestFinished(() => closeServer(server));
  return `http://127.0.0.1:${port}/outcomes`;
};

test('outcome events are posted as JSON, one after the other', async () => {
  const received: unknown[] = [];
  let open = 0;
  const url = await receiver(async (request, response) => {
    open += 1;
    expect(open).toBe(1);
    received.push([request.method, request.headers['content-type'], JSON.parse(await text(request))]);
    open -= 1;
    response.end();
  });
  const said: string[] = [];
  const { post, ended } = postEvents(url, (sentence) => said.push(sentence));
  for (const number of [1, 2, 3]) post({ number });
  await ended();
  expect(received).toEqual([1, 2, 3].map((number) => ['POST', 'application/json', { number }]));
  expect(said).toEqual([]);
});

test('a failing receiver of events is reported in one sentence, and again only after it has accepted an event', async () => {
  const statuses = [500, 503, 200, 500];
  const url = await receiver((_, response) => response.writeHead(statuses.shift() ?? 200).end());
  const said: string[] = [];
  const { post, ended } = postEvents(url, (sentence) => said.push(sentence));
  for (const number of [1, 2, 3, 4]) post({ number });
  await ended();
  const rest = 'so it missed an event. Later events are still posted; on AWS, a rule would retry this one.';
  expect(said).toEqual([`${url} answered HTTP 500, ${rest}`, `${url} answered HTTP 500, ${rest}`]);
});

test('a receiver of events that cannot be reached does not stop the local stack', async () => {
  const said: string[] = [];
  const server = createServer();
  const port = await listen(server, 0);
  await closeServer(server);
  const { post, ended } = postEvents(`http://127.0.0.1:${port}/`, (sentence) => said.push(sentence));
  post({});
  await ended();
  expect(said).toHaveLength(1);
  expect(said[0]).toContain('cannot be reached');
});
