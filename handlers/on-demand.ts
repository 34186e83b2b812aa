import type { Context } from 'aws-lambda';
import { withStack } from './middleware.ts';
import type { Answer } from './on-demand/answer/answer.ts';
import { answerTo } from './on-demand/answer-request.ts';
import { runtime } from './runtime.ts';
import { deadlineOf } from './time-budget.ts';

/** For people: one JSON in the AWS console or by `osls invoke`, an answer that can be read. */
export const handler = withStack(
  (event: unknown, context: Context): Promise<Answer> =>
    answerTo(event, () => {
      const deps = runtime();
      return { ...deps, deadline: deadlineOf(context, deps.clock) };
    }),
);
