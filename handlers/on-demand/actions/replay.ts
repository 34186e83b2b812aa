import * as v from 'valibot';
import type { OutcomeStatus } from '../../../lib/outcome.ts';
import { parseUploadEvent } from '../../events/upload-event.ts';
import { handleEntries } from '../../on-upload/deliver-entries.ts';
import { action } from '../action.ts';
import { count, shortened } from '../answer/answer.ts';
import { fileOfOutcome, sentenceOf } from '../answer/file-answer.ts';
import { fields } from '../fields.ts';

const needsNobody: ReadonlySet<OutcomeStatus> = new Set(['attached', 'already-attached', 'superseded']);

export const replay = action({
  name: 'replay',
  does: 'handles a message of the failure queue as on-upload would, whatever it is wrapped in',
  example: {
    action: 'replay',
    event: {
      Records: [
        {
          eventSource: 'aws:s3',
          eventName: 'ObjectCreated:Put',
          s3: {
            bucket: { name: 'cv-inbox' },
            object: {
              key: 'candidates/GRK123/Frank+Doe+CV.pdf',
              size: 48211,
              eTag: '9b2cf535f27731c974343645a3985328',
            },
          },
        },
      ],
    },
  },
  schema: v.strictObject({ event: fields.event.schema }),
  run: async ({ event }, deps) => {
    const { entries } = parseUploadEvent(event, deps.config);
    const { outcomes, unfinished } = await handleEntries(entries, deps.deadline, deps);
    const files = outcomes.map(fileOfOutcome);
    const [only] = files;
    const rest =
      unfinished.length === 0 ? '' : ` ${count(unfinished.length, 'record')} could not be finished: keep the message.`;
    const done = files.length === 1 && only ? sentenceOf(only) : `${count(files.length, 'record')} handled.`;
    // Whoever reads "ok" deletes the message, so it means that every file of it is attached, or is there no more.
    const nothingLeft = outcomes.every(({ status }) => needsNobody.has(status));
    return {
      ok: unfinished.length === 0 && nothingLeft,
      message: `${files.length === 0 ? '' : done}${rest}`.trim(),
      ...shortened('files', files),
      ...(unfinished.length > 0 && { unfinished: unfinished.map(({ reason }) => reason) }),
    };
  },
});
