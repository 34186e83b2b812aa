import { describe, expect, test } from 'vitest';
import { rawCall } from '../../../../fakes/raw-call.ts';
import { consoleServer } from '../../../../worlds/console-server.ts';

const slow = { method: 'PUT', body: '{"on":true}' };

test.each([
  ['the page itself', (url: string) => ({ origin: url, 'sec-fetch-site': 'same-origin' })],
  ['a program on this machine', () => ({})],
])('the console accepts a request of %s', async (_, headers) => {
  const { url, kombo } = await consoleServer();
  expect(await rawCall(`${url}/faults/slow`, { ...slow, headers: headers(url) })).toMatchObject({ status: 200 });
  expect(kombo.faults.list()).toHaveLength(1);
});

test('the console accepts a browser that follows a link to the page', async () => {
  const { url } = await consoleServer();
  const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
  expect(await rawCall(url, { headers })).toMatchObject({ status: 200 });
});

describe('the console refuses', () => {
  test.each([
    ['a post from another site', { origin: 'https://example.com' }],
    ['a post from another port of this machine', { origin: 'http://127.0.0.1:3000' }],
    ['a post without an address, as from a sandboxed frame', { origin: 'null' }],
    ['a post that the browser marks as coming from elsewhere', { 'sec-fetch-site': 'cross-site' }],
    ['a post from a page of the same site on another port', { 'sec-fetch-site': 'same-site' }],
    ['a foreign name that resolves to this machine', { host: 'rebound.example.com' }],
  ])('the console refuses %s', async (_, headers) => {
    const { url, kombo } = await consoleServer();
    expect(await rawCall(`${url}/faults/slow`, { ...slow, headers })).toMatchObject({ status: 403 });
    expect(kombo.faults.list()).toEqual([]);
  });

  test.each(['/live', '/console.js', '/attachments/x'])(
    'the console refuses a page of another origin that reads %s',
    async (path) => {
      const { url } = await consoleServer();
      const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' };
      expect(await rawCall(`${url}${path}`, { headers })).toMatchObject({ status: 403 });
    },
  );
});

test("the console's page may run only its own script, and cannot be framed", async () => {
  const { url } = await consoleServer();
  const { headers, text } = await rawCall(url);
  const policy = String(headers['content-security-policy']);
  for (const part of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"]) {
    expect(policy).toContain(part);
  }
  expect(policy).not.toContain('unsafe');
  expect(text).not.toMatch(/<script(?! type="module" src=)|<style|style="|\son\w+=/);
});

test("the console's page has less than 100 KB in all, and names no other host", async () => {
  const { url } = await consoleServer();
  const parts = await Promise.all(
    ['/', '/console.css', '/console.js', '/icon.svg'].map((path) => rawCall(`${url}${path}`)),
  );
  expect(parts.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  const bytes = parts.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  expect(bytes).toBeGreaterThan(5_000);
  expect(bytes).toBeLessThan(100_000);
  const addresses = parts.flatMap(({ text }) => text.match(/https?:\/\/[^\s"'`)]+/g) ?? []);
  expect(new Set(addresses)).toEqual(new Set(['http://www.w3.org/2000/svg']));
});
