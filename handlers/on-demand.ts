import type { Context } from 'aws-lambda';
import { deadlineOf } from './deadline-of.ts';
import type { Answer } from './on-demand/answer.ts';
import { answerTo } from './on-demand/answer-to.ts';
import { runtime } from './runtime.ts';
import { withStack } from './stack.ts';

/** For people: one JSON in the AWS console or by `osls invoke`, an answer that can be read. */
export const handler = withStack(
  (event: unknown, context: Context): Promise<Answer> =>
    answerTo(event, () => {
      const deps = runtime();
      return { ...deps, deadline: deadlineOf(context, deps.clock) };
    }),
);
