import { describe, expect, test } from 'vitest';
import { errorOf, pdf, post, wireErrorOf } from '../../../../fakes/emulator-caller.ts';
import { testEmulator } from '../../../../fakes/test-emulator.ts';

const emulator = await testEmulator();

const storedCount = () => emulator.attachments().length;

describe('an error requested by code', () => {
  // The statuses that Kombo publishes; for codes without one, any status will do.
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
  ])('an error requested by code, %s, comes as HTTP %i and stores nothing', async (code, status) => {
    const answer = await post(emulator, `fault-${code.replace('.', '--')}`);

    expect(answer.status).toBe(status);
    expect(errorOf(answer)?.code).toBe(code);
    expect(storedCount()).toBe(0);
  });

  test('an error requested by code may be one that Kombo does not have', async () => {
    const answer = await post(emulator, 'fault-PLATFORM--MOON_PHASE_WRONG');

    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toMatchObject({ code: 'PLATFORM.MOON_PHASE_WRONG', title: null });
  });

  test('bare: an error has neither code nor title nor log_url', async () => {
    const answer = await post(emulator, 'fault-bare-503');

    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.text)).toEqual({ status: 'error', error: { message: 'This error was requested.' } });
  });

  test.each([
    ['fault-error-in-200', 0],
    ['fault-error-in-200-stored', 1],
  ])('%s: the error comes as HTTP 200', async (id, stored) => {
    const answer = await post(emulator, id);

    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text).status).toBe('error');
    expect(storedCount()).toBe(stored);
  });
});

describe("an answer that is not the API's", () => {
  test('html-503 is a page of HTML', async () => {
    const answer = await post(emulator, 'fault-html-503');

    expect(answer.status).toBe(503);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.text).toContain('<html>');
  });

  test.each([
    ['empty-200', 0],
    ['empty-200-stored', 1],
  ])('%s is an answer without a body', async (fault, stored) => {
    const answer = await post(emulator, `fault-${fault}`);

    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(storedCount()).toBe(stored);
  });
});

describe('a success with a spoiled answer stores the file', () => {
  test.each([
    ['created-201', 201, { warnings: [] }],
    ['no-warnings', 200, {}],
    ['warnings', 200, { warnings: [{ message: 'The tool does not know this type of file; it was stored as other.' }] }],
  ])('%s is a success with a spoiled answer, which stores the file', async (fault, status, warnings) => {
    const answer = await post(emulator, `fault-${fault}`);

    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toEqual({ status: 'success', data: {}, ...warnings });
    expect(storedCount()).toBe(1);
  });

  test('truncated-json is a success cut off in its JSON, which stores the file', async () => {
    const answer = await post(emulator, 'fault-truncated-json');

    expect(answer.status).toBe(200);
    expect(() => JSON.parse(answer.text)).toThrow(SyntaxError);
    expect('{"status":"success","data":{},"warnings":[]}'.startsWith(answer.text)).toBe(true);
    expect(storedCount()).toBe(1);
  });

  test('cut-answer is a success whose connection breaks, which stores the file', async () => {
    expect(await wireErrorOf(post(emulator, 'fault-cut-answer'))).toBe('ECONNRESET');
    expect(storedCount()).toBe(1);
  });

  test('huge is a success of many bytes without an announced length, and stores the file', async () => {
    const answer = await post(emulator, 'fault-huge-3mb');

    expect(answer.text).toHaveLength(3_000_000);
    expect(answer.headers).not.toHaveProperty('content-length');
    expect(JSON.parse(answer.text).status).toBe('success');
    expect(storedCount()).toBe(1);
  });

  test('drip is a success that comes one byte at a time, and stores the file', async () => {
    const answer = await post(emulator, 'fault-drip-2ms');

    expect(answer.text).toBe('{"status":"success","data":{},"warnings":[]}');
    expect(storedCount()).toBe(1);
  });

  test('a body that Kombo would refuse is refused even if a fault asks for a success', async () => {
    const answer = await post(emulator, 'fault-created-201', { body: { attachment: { ...pdf, type: 'Photo' } } });

    expect(answer.status).toBe(400);
    expect(errorOf(answer)?.code).toBe('PLATFORM.INPUT_INVALID');
    expect(storedCount()).toBe(0);
  });
});

describe('time', () => {
  test.each(['warnings', 'html-502-stored'])(
    '%s and delay: the file is stored before the answer comes',
    async (fault) => {
      const waiting = wireErrorOf(post(emulator, `fault-${fault}_and_delay-60000ms`));
      await expect.poll(storedCount, { interval: 5 }).toBe(1);

      expect(emulator.requests.recent().at(-1)).toMatchObject({ open: true, stored: true, status: null });
      await emulator.reset();
      expect(await waiting).toBe('ECONNRESET');
    },
  );

  test('slow: the work ends although the caller has disconnected, and counts as in flight until then', async () => {
    const leaving = new AbortController();
    const posting = wireErrorOf(post(emulator, 'fault-slow-700ms', { signal: leaving.signal }));
    await expect.poll(() => emulator.requests.recent().at(-1)?.bodyComplete, { interval: 5 }).toBe(true);
    leaving.abort();

    expect(await posting).toBe('ABORT_ERR');
    expect([storedCount(), emulator.inFlight()]).toEqual([0, 1]);
    await emulator.idle();
    expect([storedCount(), emulator.inFlight()]).toEqual([1, 0]);
  });

  test.each([
    ['delay-1ms', 200],
    ['html-502_and_delay-1ms', 502],
  ])('%s: the answer comes after the delay', async (fault, status) => {
    expect((await post(emulator, `fault-${fault}`)).status).toBe(status);
  });
});
