import * as v from 'valibot';
import type { OutcomeStatus } from '../../../lib/outcome.ts';
import { parseUploadEvent } from '../../events/upload-event.ts';
import { deliverEntries } from '../../on-upload/deliver-entries.ts';
import { action } from '../action.ts';
import { count, shorten } from '../answer/answer.ts';
import { fileOfOutcome } from '../answer/file-answer.ts';
import { sentenceOf } from '../answer/file-sentence.ts';
import { withPauses } from '../answer/paused-files.ts';
import { fields } from '../fields.ts';

const needsNothing: ReadonlySet<OutcomeStatus> = new Set(['attached', 'already-attached', 'superseded']);

export const replay = action({
  name: 'replay',
  does: 'handles a message from the failure queue as on-upload would, however it is wrapped',
  example: {
    action: 'replay',
    event: {
      Records: [
        {
          eventSource: 'aws:s3',
          eventName: 'ObjectCreated:Put',
          s3: {
            bucket: { name: 'cv-courier-local' },
            object: {
              key: 'candidates/GRKwT7dMvcuqBnsZ5xHe4pYa/Frank+Doe+CV.pdf',
              size: 2135,
              eTag: '71c00168f6964a343d9250c751120f96',
            },
          },
        },
      ],
    },
  },
  changes: true,
  schema: v.strictObject({ event: fields.event.schema, reason: v.optional(fields.reason.schema) }),
  run: async ({ event }, courier) => {
    const { entries } = parseUploadEvent(event, courier.settings);
    const { outcomes, unfinished } = await deliverEntries(entries, courier.deadline, courier);
    const files = await withPauses(outcomes.map(fileOfOutcome), courier);
    const [only] = files;
    const rest =
      unfinished.length === 0 ? '' : ` ${count(unfinished.length, 'record')} could not be finished: keep the message.`;
    const done = files.length === 1 && only ? sentenceOf(only) : `${count(files.length, 'record')} handled.`;
    // Operators delete the message after "ok", so "ok" means that each of its files is attached or no longer exists.
    const nothingLeft = outcomes.every(({ status }) => needsNothing.has(status));
    return {
      ok: unfinished.length === 0 && nothingLeft,
      message: `${files.length === 0 ? '' : done}${rest}`.trim(),
      ...shorten('files', files),
      ...(unfinished.length > 0 && { unfinished: unfinished.map(({ reason }) => reason) }),
    };
  },
});
