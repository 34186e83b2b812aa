import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { greenhouseIntegrationId } from '../../../../../infra/local/kombo/emulator.ts';
import type { Habit } from '../../../../../infra/local/kombo/faults/ats-habits.ts';
import { list, pdf, post, resultsOf } from '../../../../fakes/emulator-caller.ts';
import { testEmulator } from '../../../../fakes/test-emulator.ts';

/** The links of a listing: which requests they answer, until when, and what a tool with a habit serves instead. */

const dayMs = 24 * 60 * 60 * 1000;
let nowMs = Date.UTC(2026, 0, 5, 9);
const emulator = await testEmulator({ clock: () => nowMs });

const sent = '%PDF-1.7 Frank';
const linkOf = async (candidateId = 'Frank1'): Promise<string> =>
  String(resultsOf(await list(emulator, candidateId))[0]?.data_url);
const linkWith = async (...habits: readonly Habit[]): Promise<string> => {
  await post(emulator, 'Frank1');
  emulator.integrations.change(greenhouseIntegrationId, { habits });
  return linkOf();
};
const get = (url: string, init: RequestInit = {}) => fetch(url, { redirect: 'manual', ...init });

/** The raw bytes: `fetch` decompresses them. */
const rawBytes = (url: string): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const outgoing = request(url, { agent: false, headers: { 'accept-encoding': 'identity' } }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => resolve(Buffer.concat(chunks)));
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end();
  });

describe('a link', () => {
  test('a link serves the exact bytes without an API key, with their length and the listed type', async () => {
    const link = await linkWith();
    const answer = await get(link);

    expect(new URL(link).origin).toBe(new URL(emulator.url).origin);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-length': '14',
      'content-type': 'application/pdf',
    });
    expect([answer.status, await answer.text()]).toEqual([200, sent]);
  });

  test('each listing has new links, and earlier ones still work', async () => {
    const before = await linkWith();
    const after = await linkOf();

    expect(after).not.toBe(before);
    expect([(await get(before)).status, (await get(after)).status]).toEqual([200, 200]);
  });

  test('a link expires after seven days, and a new listing has a new one', async () => {
    const link = await linkWith();
    nowMs += 7 * dayMs - 1;
    const last = await get(link);
    nowMs += 1;
    const expired = await get(link);

    expect([last.status, expired.status, (await get(await linkOf())).status]).toEqual([200, 403, 200]);
  });

  test.each(['HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'])('a link answers %s with 403', async (method) => {
    expect((await get(await linkWith(), { method })).status).toBe(403);
  });

  test('a link cannot be guessed, changed, or used for another file', async () => {
    const link = await linkWith();
    await post(emulator, 'Jane1');
    const [claims = '', signature = ''] = (new URL(link).searchParams.get('token') ?? '').split('.');
    const withToken = (token: string) => link.replace(/token=.*/, `token=${token}`);
    const longer = Buffer.from(claims, 'base64url')
      .toString()
      .replace(/"expiresAtMs":\d/, '$&9');
    const path = `/resources/${emulator.attachments()[1]?.id}?`;

    for (const wrong of [
      link.replace(/\?.*/, ''),
      withToken(''),
      withToken(`${claims}.`),
      withToken(`${Buffer.from(longer).toString('base64url')}.${signature}`),
      link.replace(/\/resources\/.*\?/, path),
    ]) {
      expect((await get(wrong)).status).toBe(403);
    }
  });

  test('a link to a file that a reset removed answers 403', async () => {
    const link = await linkWith();
    await emulator.reset();

    expect((await get(link)).status).toBe(403);
  });

  test('a link is in the request log as a download, without its token', async () => {
    await get(await linkWith());
    await emulator.idle();

    const record = emulator.requests.recent().find(({ call }) => call === 'download');
    expect(record).toMatchObject({
      path: `/resources/${emulator.attachments()[0]?.id}`,
      status: 200,
      integrationId: null,
    });
  });

  test('a link keeps the habits of its listing', async () => {
    const link = await linkWith('link-403');
    emulator.integrations.change(greenhouseIntegrationId, { habits: [] });

    expect([(await get(link)).status, (await get(await linkOf())).status]).toEqual([403, 200]);
  });
});

describe('with a habit of the tool', () => {
  test('converted: a link serves other bytes than were sent, the same in each download', async () => {
    const link = await linkWith('converted');

    expect(await (await get(link)).text()).toBe(`Converted by the ATS\n${sent}`);
    expect(await (await get(await linkOf())).text()).toBe(`Converted by the ATS\n${sent}`);
    expect((await emulator.attachments()[0]?.bytes())?.toString()).toBe(sent);
  });

  test.each([
    ['link-403', 403, 'application/xml'],
    ['link-503', 503, 'text/html; charset=utf-8'],
    ['link-login', 200, 'text/html; charset=utf-8'],
  ] as const)('%s: a link answers %i with a page', async (habit, status, type) => {
    const answer = await get(await linkWith(habit));

    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, type]);
    expect(await answer.text()).not.toContain('PDF');
  });

  test('link-compressed: a link answers in gzip although identity is requested, with the compressed length', async () => {
    const link = await linkWith('link-compressed');
    const { headers } = await get(link, { headers: { 'accept-encoding': 'identity' } });
    const bytes = await rawBytes(link);

    expect([headers.get('content-encoding'), headers.get('content-length')]).toEqual(['gzip', String(bytes.length)]);
    expect(gunzipSync(bytes).toString()).toBe(sent);
  });

  test('link-redirect: a link answers with one redirect, then the bytes', async () => {
    const moved = await get(await linkWith('link-redirect'));

    expect(moved.status).toBe(302);
    expect(await (await get(moved.headers.get('location') ?? '')).text()).toBe(sent);
  });

  test('link-circle: a link redirects to itself', async () => {
    const link = await linkWith('link-circle');

    expect((await get(link)).headers.get('location')).toBe(link);
  });

  test('link-endless: a link serves bytes without a length and without an end', async () => {
    const answer = await get(await linkWith('link-endless'));
    let received = 0;
    for await (const chunk of answer.body ?? []) {
      received += chunk.length;
      if (received > 1_000_000) break;
    }

    expect(answer.headers.get('content-length')).toBeNull();
    expect(received).toBeGreaterThan(1_000_000);
  });

  test('link-slow: the headers of a link arrive, its bytes do not', async () => {
    const answer = await get(await linkWith('link-slow'), { signal: AbortSignal.timeout(300) });

    expect([answer.status, answer.headers.get('content-length')]).toEqual([200, '14']);
    await expect(answer.text()).rejects.toThrow('aborted due to timeout');
  });

  test('link-wrong-length: a link announces more bytes than it serves, then the connection ends', async () => {
    const answer = await get(await linkWith('link-wrong-length'));
    let received = '';
    const reading = async () => {
      for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) received += chunk;
    };

    expect(answer.headers.get('content-length')).toBe('1014');
    await expect(reading()).rejects.toThrow('terminated');
    expect(received).toBe(sent);
  });

  test('several habits of links combine: a redirect leads to converted bytes, compressed', async () => {
    const moved = await get(await linkWith('link-redirect', 'converted', 'link-compressed', 'dated'));
    const bytes = await rawBytes(moved.headers.get('location') ?? '');

    expect(gunzipSync(bytes).toString()).toBe(`Converted by the ATS\n${sent}`);
  });

  test('a candidate id can ask for link-503 in the first listing only', async () => {
    const id = 'fault-link-503-1';
    await post(emulator, id, { body: { attachment: pdf } });

    expect([(await get(await linkOf(id))).status, (await get(await linkOf(id))).status]).toEqual([503, 200]);
  });

  test('thousand: the links of the other files serve their bytes', async () => {
    await linkWith('thousand');
    const other = resultsOf(await list(emulator, 'Frank1')).find((entry) => entry?.file_name === 'Certificate 7.pdf');

    expect(await (await get(String(other?.data_url))).text()).toBe('%PDF-1.7 other-7');
  });
});
