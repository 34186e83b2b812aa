import { describe, expect, test } from 'vitest';
import {
  chunk,
  chunked,
  contentLength,
  cv,
  cvRead,
  downloadOf,
  lastChunk,
  responseHead,
} from '../../worlds/download-world.ts';

describe('a page instead of a file', () => {
  const pages = [
    ...[
      'text/html',
      'text/html; charset=utf-8',
      'text/html ; charset=utf-8',
      'TEXT/HTML',
      'application/xhtml+xml',
      'application/json',
      'text/json',
    ],
    ...[
      'application/problem+json',
      'application/xml',
      'text/xml;charset=utf-8',
      'application/atom+xml',
      'image/svg+xml',
    ],
  ];

  test.each(pages)('a page of type %s with another length is not compared, and never will be', async (type) => {
    expect(await downloadOf(responseHead(contentLength(19), `content-type: ${type}`))).toEqual({
      kind: 'not-compared',
      reason: 'The link returned a page or a message instead of the file.',
      mayPass: false,
    });
  });

  test.each(pages)(
    'a page of type %s with our length, or without an announced length, is read, but only equality counts',
    async (type) => {
      const contentType = `content-type: ${type}`;
      const page = { ...cvRead, onlyEqualityCounts: true };
      expect(await downloadOf(responseHead(contentLength(20), contentType) + cv)).toEqual(page);
      expect(await downloadOf(responseHead(chunked, contentType) + chunk(cv) + lastChunk)).toEqual(page);
    },
  );

  test.each([
    ['text/html', 'text/html; charset=latin1'],
    ['application/xhtml+xml', 'text/html'],
    ['application/json', 'Application/JSON'],
    ['application/xml', 'text/xml'],
  ])('an answer of type %s is a file when Kombo lists it as %s', async (type, listedAs) => {
    const contentType = `content-type: ${type}`;
    expect(await downloadOf(responseHead(contentLength(20), contentType) + cv, { listedAs })).toEqual(cvRead);
    expect(await downloadOf(responseHead(contentLength(19), contentType), { listedAs })).toMatchObject({
      kind: 'other-length',
    });
  });

  test('an answer that is not a page is a file, even when Kombo lists it as a page', async () => {
    const answer = responseHead(contentLength(19), 'content-type: application/pdf');
    expect(await downloadOf(answer, { listedAs: 'text/html' })).toEqual({ kind: 'other-length', sizeBytes: 19 });
  });

  test.each([
    ['text/html', 'application/json'],
    ['application/json', 'application/xml'],
    ['application/xhtml+xml', 'application/xml'],
    ['text/html', undefined],
  ])('an answer of type %s is a page when Kombo lists the file as %s', async (type, listedAs) => {
    const contentType = `content-type: ${type}`;
    expect(await downloadOf(responseHead(contentLength(19), contentType), { listedAs })).toMatchObject({
      kind: 'not-compared',
    });
    expect(await downloadOf(responseHead(contentLength(20), contentType) + cv, { listedAs })).toMatchObject({
      onlyEqualityCounts: true,
    });
  });
});

test.each([
  ...['application/pdf', 'application/octet-stream', 'text/csv', 'image/png', 'text/htmlx', 'application/json-seq'],
  ...['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'application/xml-dtd', 'x-html', ''],
  ...['x-text/html', 'x-text/json', 'x-text/xml', 'x-text/plain', 'text/plainer', 'a/b+jsonx', 'a/b+xmlx'],
])('a file of type "%s" is not a page', async (type) => {
  const contentType = `content-type: ${type}`;
  expect(await downloadOf(responseHead(contentLength(19), contentType))).toEqual({
    kind: 'other-length',
    sizeBytes: 19,
  });
  expect(await downloadOf(responseHead(contentLength(20), contentType) + cv)).toEqual(cvRead);
});
