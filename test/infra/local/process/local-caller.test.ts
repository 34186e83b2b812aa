import { describe, expect, test } from 'vitest';
import { isLocalCaller } from '../../../../infra/local/process/local-caller.ts';

describe('programs and pages of this machine', () => {
  test.each([
    [{ host: '127.0.0.1:4570' }],
    [{ host: 'localhost:4570' }],
    [{ host: '[::1]:4570' }],
    [{ host: '127.0.0.1:4570', origin: 'http://127.0.0.1:4573' }],
    [{ host: '127.0.0.1:4570', origin: 'http://localhost:4573' }],
  ])('a caller of this machine is accepted: %o', (headers) => {
    expect(isLocalCaller(headers)).toBe(true);
  });
});

describe('pages of other origins', () => {
  test.each([
    [{ host: '127.0.0.1:4570', origin: 'https://example.com' }],
    [{ host: '127.0.0.1:4570', origin: 'https://127.0.0.1.example.com' }],
    [{ host: '127.0.0.1:4570', origin: 'null' }],
    [{ host: 'rebound.example.com:4570' }],
    [{ host: 'cv-courier-local.localhost:4570' }],
    [{}],
  ])('a caller of another origin is refused: %o', (headers) => {
    expect(isLocalCaller(headers)).toBe(false);
  });
});
