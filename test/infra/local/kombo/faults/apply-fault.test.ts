import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type KomboEmulator, startKomboEmulator } from '../../../../../infra/local/kombo/emulator.ts';
import { errorOf, pdf, post, wireErrorOf } from '../../../../fakes/emulator-caller.ts';

let emulator: KomboEmulator;
beforeAll(async () => {
  emulator = await startKomboEmulator();
});
beforeEach(() => emulator.reset());
afterAll(() => emulator.close());

const storedCount = () => emulator.attachments().length;

describe('an error asked for by code', () => {
  // The statuses that Kombo publishes; where it publishes none, any is as good.
  test.each([
    ['PLATFORM.RATE_LIMIT_EXCEEDED', 429],
    ['PLATFORM.CONCURRENCY_LIMIT_EXCEEDED', 429],
    ['PLATFORM.AUTHENTICATION_INVALID', 401],
    ['PLATFORM.INPUT_INVALID', 400],
    ['INTEGRATION.SETUP_SYNC_PENDING', 409],
    ['INTEGRATION.SETUP_INCOMPLETE', 409],
    ['INTEGRATION.QA_FAILED', 409],
    ['INTEGRATION.PERMISSION_MISSING', 403],
    ['ATS.JOB_CLOSED', 400],
  ])('%s comes as HTTP %i and stores nothing', async (code, status) => {
    const answer = await post(emulator, `fault-${code.replace('.', '--')}`);

    expect(answer.status).toBe(status);
    expect(errorOf(answer)?.code).toBe(code);
    expect(storedCount()).toBe(0);
  });

  test('may be one that Kombo has not invented yet', async () => {
    const answer = await post(emulator, 'fault-PLATFORM--MOON_PHASE_WRONG');

    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toMatchObject({ code: 'PLATFORM.MOON_PHASE_WRONG', title: null });
  });

  test('may come under another status, and after the file was stored', async () => {
    const answer = await post(emulator, 'fault-REMOTE--UNKNOWN_HTTP_ERROR-at-500-stored');

    expect(answer.status).toBe(500);
    expect(errorOf(answer)?.code).toBe('REMOTE.UNKNOWN_HTTP_ERROR');
    expect(storedCount()).toBe(1);
  });

  test.each([400, 401, 403, 404, 409, 429, 500, 503, 504])('may be null, under HTTP %i', async (status) => {
    const answer = await post(emulator, `fault-status-${status}`);

    expect(answer.status).toBe(status);
    expect(errorOf(answer)?.code).toBeNull();
    expect(errorOf(answer)?.log_url).toContain('/_emulator/requests/');
    expect(storedCount()).toBe(0);
  });

  test('may be missing, together with title and log_url', async () => {
    const answer = await post(emulator, 'fault-bare-503');

    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.text)).toEqual({ status: 'error', error: { message: 'This error was asked for.' } });
  });

  test.each([
    ['fault-error-in-200', 0],
    ['fault-error-in-200-stored', 1],
  ])('%s comes as HTTP 200', async (id, stored) => {
    const answer = await post(emulator, id);

    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text).status).toBe('error');
    expect(storedCount()).toBe(stored);
  });
});

describe("an answer that is not the API's", () => {
  test.each([
    ['html-502', 502, 0],
    ['html-502-stored', 502, 1],
    ['html-503', 503, 0],
    ['html-200', 200, 0],
    ['html-200-stored', 200, 1],
  ])('%s is a page of HTML', async (fault, status, stored) => {
    const answer = await post(emulator, `fault-${fault}`);

    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.text).toContain('<html>');
    expect(storedCount()).toBe(stored);
  });

  test.each([
    ['empty-200', 0],
    ['empty-200-stored', 1],
  ])('%s is no body at all', async (fault, stored) => {
    const answer = await post(emulator, `fault-${fault}`);

    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(storedCount()).toBe(stored);
  });
});

describe('a success with a spoiled answer stores the file', () => {
  test('created-201', async () => {
    const answer = await post(emulator, 'fault-created-201');

    expect(answer.status).toBe(201);
    expect(JSON.parse(answer.text)).toEqual({ status: 'success', data: {}, warnings: [] });
    expect(storedCount()).toBe(1);
  });

  test('no-warnings', async () => {
    const answer = await post(emulator, 'fault-no-warnings');

    expect(JSON.parse(answer.text)).toEqual({ status: 'success', data: {} });
    expect(storedCount()).toBe(1);
  });

  test('warnings', async () => {
    const answer = await post(emulator, 'fault-warnings');

    expect(JSON.parse(answer.text).warnings).toEqual([
      { message: 'The tool does not know this type of file; it was stored as other.' },
    ]);
    expect(storedCount()).toBe(1);
  });

  test('truncated-json', async () => {
    const answer = await post(emulator, 'fault-truncated-json');

    expect(answer.status).toBe(200);
    expect(() => JSON.parse(answer.text)).toThrow(SyntaxError);
    expect('{"status":"success","data":{},"warnings":[]}'.startsWith(answer.text)).toBe(true);
    expect(storedCount()).toBe(1);
  });

  test('cut-answer', async () => {
    expect(await wireErrorOf(post(emulator, 'fault-cut-answer'))).toBe('ECONNRESET');
    expect(storedCount()).toBe(1);
  });

  test.each([
    ['huge-3mb', 3_000_000],
    ['huge', 50_000_000],
  ])('%s', async (fault, sizeBytes) => {
    const answer = await post(emulator, `fault-${fault}`);

    expect(answer.text).toHaveLength(sizeBytes);
    expect(answer.headers).not.toHaveProperty('content-length');
    expect(JSON.parse(answer.text).status).toBe('success');
    expect(storedCount()).toBe(1);
  });

  test('drip, one byte at a time', async () => {
    const startedMs = performance.now();
    const answer = await post(emulator, 'fault-drip-2ms');

    expect(answer.text).toBe('{"status":"success","data":{},"warnings":[]}');
    expect(performance.now() - startedMs).toBeGreaterThan(44 * 1.5);
    expect(storedCount()).toBe(1);
  });

  test('drip without a number waits five seconds for each byte', async () => {
    const leaving = new AbortController();
    const dripping = wireErrorOf(post(emulator, 'fault-drip', { signal: leaving.signal }));
    await expect.poll(storedCount, { interval: 5 }).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(emulator.requests.recent().at(-1)?.open).toBe(true);
    leaving.abort();

    expect(await dripping).toBe('ABORT_ERR');
    await emulator.idle();
  });

  test('but a body that Kombo refuses anyway is refused as ever', async () => {
    const answer = await post(emulator, 'fault-created-201', { body: { attachment: { ...pdf, type: 'Photo' } } });

    expect(answer.status).toBe(400);
    expect(errorOf(answer)?.code).toBe('PLATFORM.INPUT_INVALID');
    expect(storedCount()).toBe(0);
  });
});

describe('time', () => {
  test('delay: the file is there before the answer is', async () => {
    const waiting = wireErrorOf(post(emulator, 'fault-delay-60000ms'));
    await expect.poll(storedCount, { interval: 5 }).toBe(1);

    expect(emulator.requests.recent().at(-1)).toMatchObject({ open: true, stored: true, status: null });
    await emulator.reset();
    expect(await waiting).toBe('ECONNRESET');
  });

  test('delay: the answer is a success in the end', async () => {
    const startedMs = performance.now();
    const answer = await post(emulator, 'fault-delay-40ms');

    expect(answer.status).toBe(200);
    expect(performance.now() - startedMs).toBeGreaterThan(35);
  });

  test('slow: the work ends although the caller has left, and keeps its place in flight until then', async () => {
    const leaving = new AbortController();
    const posting = wireErrorOf(post(emulator, 'fault-slow-700ms', { signal: leaving.signal }));
    await expect.poll(() => emulator.requests.recent().at(-1)?.bodyComplete, { interval: 5 }).toBe(true);
    leaving.abort();

    expect(await posting).toBe('ABORT_ERR');
    expect([storedCount(), emulator.inFlight()]).toEqual([0, 1]);
    await emulator.idle();
    expect([storedCount(), emulator.inFlight()]).toEqual([1, 0]);
  });

  test('a delay goes together with another fault', async () => {
    const startedMs = performance.now();
    const answer = await post(emulator, 'fault-html-502_and_delay-50ms');

    expect(answer.status).toBe(502);
    expect(performance.now() - startedMs).toBeGreaterThan(45);
  });
});
