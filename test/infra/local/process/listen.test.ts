import { createServer, type Server } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { closeServer, listen, onFreePort } from '../../../../infra/local/process/listen.ts';

const server = (): Server => {
  const made = createServer((_, response) => response.end('hello'));
  onTestFinished(() => closeServer(made));
  return made;
};

test('when a port is taken, the one ten higher is tried, so that the last digit keeps its meaning', async () => {
  const taken = await listen(server(), 0);
  const second = server();
  const port = await onFreePort(taken, (candidate) => listen(second, candidate));
  expect(port).toBeGreaterThan(taken);
  expect((port - taken) % 10).toBe(0);
});

test('only a taken port leads to another try; any other failure to listen is thrown', async () => {
  const tried: number[] = [];
  const start = (port: number) => {
    tried.push(port);
    return Promise.reject(new Error('no disk'));
  };
  await expect(onFreePort(4570, start)).rejects.toThrow('no disk');
  expect(tried).toEqual([4570]);
});

test('when no port is free, the error says which setting to change', async () => {
  const start = () => Promise.reject(Object.assign(new Error('taken'), { code: 'EADDRINUSE' }));
  await expect(onFreePort(65_530, start)).rejects.toThrow(
    'No free port was found starting at 65530. Set PORT_BASE to another port.',
  );
});

test('the local servers listen only on this machine', async () => {
  const own = server();
  await listen(own, 0);
  expect(own.address()).toMatchObject({ address: '127.0.0.1' });
});

test('closing a local server cuts its open connections', async () => {
  const own = createServer(() => undefined);
  const port = await listen(own, 0);
  const silent = fetch(`http://127.0.0.1:${port}`);
  const arrived = new Promise((resolve) => own.once('request', resolve));
  await arrived;
  await Promise.all([closeServer(own), expect(silent).rejects.toThrow()]);
});
