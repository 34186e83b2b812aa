import { expect, test } from 'vitest';
import { canaryFile } from '../../../../lib/runs/canary/canary-file.ts';

test('the canary is a PDF whose table points at its objects, with new bytes for each mark', () => {
  const file = Buffer.from(canaryFile('today')).toString('latin1');
  const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(file)?.[1]);
  expect(file.slice(start)).toMatch(/^xref\n0 6\n0{10} 65535 f \n/);
  expect(file).toContain('trailer\n<< /Size 6 /Root 1 0 R >>');
  // The objects of a page with one line of text, in this order.
  for (const part of [
    '/Catalog /Pages 2 0 R',
    '/Pages /Kids [3 0 R] /Count 1',
    '/Page /Parent 2 0 R',
    '/Font /Subtype /Type1',
  ])
    expect(file).toContain(`<< /Type ${part}`);
  const places = [...file.matchAll(/^(\d{10}) 00000 n $/gm)].map(([, place]) => Number(place));
  expect(places).toHaveLength(5);
  for (const [index, place] of places.entries())
    expect(file.slice(place)).toMatch(new RegExp(`^${index + 1} 0 obj\\n`));
  const [, length, stream] = /\/Length (\d+) >>\nstream\n([^\n]*)\nendstream/.exec(file) ?? [];
  expect(stream).toHaveLength(Number(length));
  expect(stream).toContain('today');
  expect(file.length).toBeLessThan(1_000);
});
