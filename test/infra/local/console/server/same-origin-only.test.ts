import { describe, expect, test } from 'vitest';
import { ask, consoleServer } from '../../../../worlds/console-server.ts';

const slow = { method: 'PUT', body: '{"on":true}' };

describe('lets in', () => {
  test('the page itself', async () => {
    const { url, kombo } = await consoleServer();
    const headers = { origin: url, 'sec-fetch-site': 'same-origin' };
    expect(await ask(`${url}/faults/slow`, { ...slow, headers })).toMatchObject({ status: 200 });
    expect(kombo.faults.list()).toHaveLength(1);
  });

  test('a program on this machine', async () => {
    const { url } = await consoleServer();
    expect(await ask(`${url}/faults/slow`, slow)).toMatchObject({ status: 200 });
  });

  test('a browser that follows a link to the page', async () => {
    const { url } = await consoleServer();
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect(await ask(url, { headers })).toMatchObject({ status: 200 });
  });
});

describe('refuses', () => {
  test.each([
    ['a post from another site', { origin: 'https://example.com' }],
    ['a post from another port of this machine', { origin: 'http://127.0.0.1:3000' }],
    ['a post without an address, as from a sandboxed frame', { origin: 'null' }],
    ['a post that the browser marks as coming from elsewhere', { 'sec-fetch-site': 'cross-site' }],
    ['a post from a page of the same site on another port', { 'sec-fetch-site': 'same-site' }],
    ['a foreign name that resolves to this machine', { host: 'rebound.example.com' }],
  ])('%s', async (_, headers) => {
    const { url, kombo } = await consoleServer();
    expect(await ask(`${url}/faults/slow`, { ...slow, headers })).toMatchObject({ status: 403 });
    expect(kombo.faults.list()).toEqual([]);
  });

  test.each(['/live', '/console.js', '/attachments/x'])('a page elsewhere that wants to read %s', async (path) => {
    const { url } = await consoleServer();
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' };
    expect(await ask(`${url}${path}`, { headers })).toMatchObject({ status: 403 });
  });
});

test('the page may run nothing but its own script, and stand in no frame', async () => {
  const { url } = await consoleServer();
  const { headers, body } = await ask(url);
  const policy = String(headers['content-security-policy']);
  for (const part of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"]) {
    expect(policy).toContain(part);
  }
  expect(policy).not.toContain('unsafe');
  expect(body).not.toMatch(/<script(?! type="module" src=)|<style|style="|\son\w+=/);
});

test('the page weighs less than 100 KB in all, and names no other host', async () => {
  const { url } = await consoleServer();
  const parts = await Promise.all(
    ['/', '/console.css', '/console.js', '/icon.svg'].map((path) => ask(`${url}${path}`)),
  );
  expect(parts.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  const bytes = parts.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
  expect(bytes).toBeGreaterThan(5_000);
  expect(bytes).toBeLessThan(100_000);
  const addresses = parts.flatMap(({ body }) => body.match(/https?:\/\/[^\s"'`)]+/g) ?? []);
  expect(new Set(addresses)).toEqual(new Set(['http://www.w3.org/2000/svg']));
});
