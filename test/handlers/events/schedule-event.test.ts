import { describe, expect, test } from 'vitest';
import { parseScheduleEvent } from '../../../handlers/events/schedule-event.ts';

const both = { kind: 'run', tasks: ['due', 'sweep'] };
const rule = { source: 'aws.events', 'detail-type': 'Scheduled Event' };

describe('a run does both tasks unless one is named', () => {
  test.each([
    ['nothing', undefined],
    ['null', null],
    ['an empty object', {}],
    ['a rule', { ...rule, detail: {} }],
    ['a rule without detail', rule],
    [
      'EventBridge Scheduler, whose detail is a text',
      { source: 'aws.scheduler', 'detail-type': 'Scheduled Event', detail: '{}' },
    ],
    ['a scheduler with an empty detail', { source: 'aws.scheduler', detail: '' }],
    ['a constant that names no task', { note: 'every five minutes' }],
    ['a constant with a detail, which belongs to no envelope', { detail: { task: 'due' } }],
    ['a rule whose detail is null', { ...rule, detail: null }],
  ])('%s as the schedule event starts both tasks', (_name, event) => {
    expect(parseScheduleEvent(event)).toEqual(both);
  });

  test.each([
    ['a constant input', { task: 'due' }, ['due']],
    ['a constant input for the sweep', { task: 'sweep' }, ['sweep']],
    ['a rule’s detail', { ...rule, detail: { task: 'due' } }, ['due']],
    ['a detail below only a type', { 'detail-type': 'Scheduled Event', detail: { task: 'due' } }, ['due']],
    ['a detail below only the source of a rule', { source: 'aws.events', detail: { task: 'due' } }, ['due']],
    ['a task next to the envelope of a rule', { ...rule, task: 'sweep' }, ['sweep']],
    ['a scheduler’s detail', { source: 'aws.scheduler', detail: '{"task":"sweep"}' }, ['sweep']],
  ])('%s as the schedule event names one task', (_name, event, tasks) => {
    expect(parseScheduleEvent(event)).toEqual({ kind: 'run', tasks });
  });
});

describe('input that cannot be a schedule event', () => {
  test.each([
    [7, 'The event is a number.'],
    [true, 'The event is a boolean.'],
    ['due', 'The event is a string.'],
    [[], 'The event is a list.'],
    [{ task: 'everything' }, 'The task of the event is neither "due" nor "sweep".'],
    [{ task: null }, 'The task of the event is neither "due" nor "sweep".'],
    [{ ...rule, detail: 'text' }, 'The detail of the event is not a JSON object.'],
    [{ ...rule, detail: '[1]' }, 'The detail of the event is not a JSON object.'],
    [{ ...rule, detail: ['{"task":"due"}'] }, 'The detail of the event is not a JSON object.'],
    [{ ...rule, detail: 7 }, 'The detail of the event is not a JSON object.'],
  ])('%j is refused as a schedule event, with the accepted forms', (event, begins) => {
    const parsed = parseScheduleEvent(event);
    expect(parsed).toMatchObject({ kind: 'refused', detail: expect.stringContaining('{"task":"due"}') });
    expect(parsed.kind === 'refused' && parsed.detail.startsWith(begins)).toBe(true);
  });
});
