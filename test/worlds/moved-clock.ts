import { readFileSync } from 'node:fs';
import type { Invocation } from '../../infra/local/aws/lambda/process.ts';

/*
 * Preloaded in the process of a function. Moves its clock by the milliseconds in the file MOVED_CLOCK, so that hours pass
 * between two invocations. Timers are not changed, so time passes as usual within an invocation.
 */
const file = process.env.MOVED_CLOCK ?? '';
const RealDate = Date;
let movedMs = 0;

class MovedDate extends RealDate {
  constructor(...values: []) {
    if (values.length === 0) super(MovedDate.now());
    else super(...values);
  }

  static override now(): number {
    return RealDate.now() + movedMs;
  }
}
globalThis.Date = MovedDate as DateConstructor;

process.prependListener('message', (message: unknown) => {
  movedMs = Number(readFileSync(file, 'utf8'));
  // The deadline comes from a process whose clock is not moved.
  const invocation = message as { -readonly [name in keyof Invocation]: Invocation[name] };
  invocation.deadlineMs += movedMs;
});
