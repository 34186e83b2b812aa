import { describe, expect, onTestFinished, test } from 'vitest';
import type { Lambda } from '../../../../infra/local/aws/lambda/function.ts';
import { FunctionFailed } from '../../../../infra/local/aws/lambda/process.ts';
import { startControl } from '../../../../infra/local/process/control-server.ts';
import { fakeOnDemand } from '../../../fakes/fake-function.ts';

const start = async (invoke: Lambda['invoke'] = async () => null) => {
  const server = await startControl(new Map([['on-demand', fakeOnDemand(invoke)]]), 0);
  onTestFinished(() => server.close());
  const call = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${server.url}${path}`, init);
    return { status: response.status, body: await response.json() };
  };
  return { call };
};

test('the control server reports its process and the running functions', async () => {
  const { call } = await start();
  expect(await call('/health')).toEqual({ status: 200, body: { pid: process.pid, functions: ['on-demand'] } });
});

test('the control server passes an event to its function, and returns the answer', async () => {
  const { call } = await start(async (event) => ({ got: event }));
  expect(await call('/functions/on-demand', { method: 'POST', body: '{"action":"check"}' })).toEqual({
    status: 200,
    body: { result: { got: { action: 'check' } } },
  });
});

test("the control server returns an error of a function in Lambda's form", async () => {
  const { call } = await start(() =>
    Promise.reject(new FunctionFailed({ errorType: 'RangeError', errorMessage: 'no such thing' })),
  );
  expect(await call('/functions/on-demand', { method: 'POST', body: '{}' })).toEqual({
    status: 502,
    body: { error: { errorType: 'RangeError', errorMessage: 'no such thing' } },
  });
});

describe('invalid requests', () => {
  test('the control server refuses an unknown function with the names of the functions', async () => {
    const { call } = await start();
    expect(await call('/functions/on-demnad', { method: 'POST', body: '{}' })).toEqual({
      status: 404,
      body: { functions: ['on-demand'] },
    });
  });

  test('the control server refuses an event that is not JSON', async () => {
    const { call } = await start();
    expect(await call('/functions/on-demand', { method: 'POST', body: '{action' })).toMatchObject({
      status: 400,
      body: { error: { errorMessage: 'The event must be JSON.' } },
    });
  });

  test('the control server refuses a call from a page of another origin', async () => {
    const events: unknown[] = [];
    const { call } = await start(async (event) => events.push(event));
    const headers = { origin: 'https://example.com' };
    expect(await call('/functions/on-demand', { method: 'POST', body: '{}', headers })).toMatchObject({ status: 403 });
    expect(events).toEqual([]);
  });
});
