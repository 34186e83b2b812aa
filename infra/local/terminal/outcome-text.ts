import { styleText } from 'node:util';
import * as v from 'valibot';
import { outcomeDetail } from '../../outcome-event.ts';
import type { BusEvent } from '../aws/pipes/pipe.ts';

/** An event for the user's own application in one line. */
export const outcomeText = (event: BusEvent): string => {
  const { status, code, version, upload, correlationId } = v.parse(outcomeDetail, event.detail);
  const why = code === '' ? '' : `, ${code}`;
  const whose = correlationId === '' ? '' : `, ${correlationId}`;
  return `  ${styleText('cyan', 'outcome'.padEnd(9))}           ${event['detail-type']}: ${status}${why}, version ${version}, upload ${upload}${whose}`;
};
