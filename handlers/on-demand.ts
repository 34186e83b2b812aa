import type { Context } from 'aws-lambda';
import { withMiddleware } from './middleware.ts';
import type { Answer } from './on-demand/answer/answer.ts';
import { answerRequest } from './on-demand/answer-request.ts';
import { runtime } from './runtime.ts';
import { deadlineOf } from './time-budget.ts';

/** For the operator: a JSON request in the AWS console or by `osls invoke`, and an answer to read. */
export const handler = withMiddleware(
  (event: unknown, context: Context): Promise<Answer> =>
    answerRequest(event, () => {
      const courier = runtime();
      return { ...courier, deadline: deadlineOf(context, courier.clock) };
    }),
);
