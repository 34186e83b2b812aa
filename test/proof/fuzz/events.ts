import { parseBatchEvent } from '../../../handlers/events/batch-event.ts';
import { parseScheduleEvent } from '../../../handlers/events/schedule-event.ts';
import { parseUploadEvent } from '../../../handlers/events/upload-event.ts';
import { mutated } from './mutated.ts';
import { personalText, samplesOf } from './samples.ts';

const bucket = 'acme-cv-inbox';

const saysNothingPersonal = (said: unknown): void => {
  if (personalText.test(JSON.stringify(said) ?? '')) throw new Error(`This would be logged: ${JSON.stringify(said)}`);
};

export const uploadEvents = {
  name: 'an event of an upload is understood, or refused without quoting it',
  input: mutated([...samplesOf('events'), ...samplesOf('examples', 'on-upload')]),
  give: (event: unknown): void => {
    for (const requireScan of [true, false]) {
      const { entries } = parseUploadEvent(event, { bucket, requireScan });
      if (entries.length === 0) throw new Error('This event has no entries.');
      for (const { request } of entries) {
        if (request.kind === 'refused') saysNothingPersonal(request);
        else if (request.kind === 'upload' && requireScan) throw new Error('An upload was accepted without the scan.');
      }
    }
  },
};

export const batchEvents = {
  name: 'a batch task is understood, or refused without quoting it',
  input: mutated(samplesOf('examples', 'on-batch')),
  give: (event: unknown): void => {
    for (const task of parseBatchEvent(event, bucket)?.tasks ?? []) {
      if (task.kind === 'refused') saysNothingPersonal({ ...task, taskId: '' });
      else if (task.key === '') throw new Error('A task without a key was accepted.');
    }
  },
};

export const scheduleEvents = {
  name: 'an event of the schedule starts a run, or is refused without quoting it',
  input: mutated(samplesOf('examples', 'on-schedule')),
  give: (event: unknown): void => {
    const parsed = parseScheduleEvent(event);
    if (parsed.kind === 'refused') saysNothingPersonal(parsed);
    else if (parsed.tasks.length === 0) throw new Error('A run without a task was accepted.');
  },
};
