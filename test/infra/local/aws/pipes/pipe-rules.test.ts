import { describe, expect, test } from 'vitest';
import { fits } from '../../../../../infra/local/aws/pipes/event-pattern.ts';
import { fillTemplate } from '../../../../../infra/local/aws/pipes/input-template.ts';

describe('an event pattern', () => {
  const pattern = { eventName: ['INSERT', 'MODIFY'], dynamodb: { NewImage: { outcome: { N: [{ exists: true }] } } } };
  const image = (outcome: object) => ({ NewImage: { pk: { S: 'x' }, ...outcome } });

  test.each([
    ['one of the texts, and what must exist', { eventName: 'MODIFY', dynamodb: image({ outcome: { N: '1' } }) }, true],
    ['another text', { eventName: 'REMOVE', dynamodb: image({ outcome: { N: '1' } }) }, false],
    ['an attribute of another type', { eventName: 'MODIFY', dynamodb: image({ outcome: { S: '1' } }) }, false],
    ['nothing of what must exist', { eventName: 'MODIFY', dynamodb: image({}) }, false],
    ['no image at all', { eventName: 'MODIFY', dynamodb: {} }, false],
  ])('an event pattern fits an event with %s: %#', (_, event, expected) => {
    expect(fits(pattern, event)).toBe(expected);
  });

  test('an event pattern matches values of an event, not the objects that contain them', () => {
    expect(fits({ a: [{ exists: true }] }, { a: { b: '1' } })).toBe(false);
    expect(fits({ a: [{ exists: false }] }, {})).toBe(true);
  });

  test('an event pattern with an unsupported rule is refused', () => {
    expect(() => fits({ a: [{ prefix: 'x' }] }, { a: 'xy' })).toThrow('unsupported');
    expect(() => fits({ a: 'x' }, { a: 'x' })).toThrow('unsupported');
  });
});

describe('an input template', () => {
  test('an input template is filled with texts, whatever characters they contain', () => {
    const template = '{ "a": "<$.x.S>", "b": "say <$.y.N> times" }';
    expect(fillTemplate(template, { x: { S: 'a "quoted"\n\\ text $& ü' }, y: { N: '3' } })).toEqual({
      a: 'a "quoted"\n\\ text $& ü',
      b: 'say 3 times',
    });
  });

  test('an input template that uses a path missing in the event is refused, because AWS does not document the result', () => {
    expect(() => fillTemplate('{ "a": "<$.x.S>" }', { x: {} })).toThrow("The pipe's template uses x.S");
  });

  test('an input template without quotes around a text is refused', () => {
    expect(() => fillTemplate('{ "a": <$.x.S> }', { x: { S: 'text' } })).toThrow(SyntaxError);
  });
});
