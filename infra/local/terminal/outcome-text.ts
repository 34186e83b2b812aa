import { styleText } from 'node:util';
import * as v from 'valibot';
import { outcomeDetail } from '../../outcome-event.ts';
import type { BusEvent } from '../aws/pipes/pipe.ts';

/** An event for the user's own application in one line. */
export const outcomeText = ({ detail }: BusEvent): string => {
  const { status, code, correlationId } = v.parse(outcomeDetail, detail);
  const why = code === '' ? '' : `, ${code}`;
  const whose = correlationId === '' ? '' : `, ${correlationId}`;
  return `  ${styleText('cyan', 'outcome'.padEnd(9))}           event for your application (docs/events.md): ${status}${why}${whose}`;
};
