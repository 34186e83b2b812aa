import type { Context } from 'aws-lambda';
import { s3Client } from '../lib/aws/clients.ts';
import { stackSetup } from '../lib/aws/stack-setup.ts';
import type { StackSetup } from '../lib/operator/check/stack-setup.ts';
import { withMiddleware } from './middleware.ts';
import type { Answer } from './on-demand/answer/answer.ts';
import { answerRequest } from './on-demand/answer-request.ts';
import { statedOperator } from './on-demand/audit.ts';
import { runtime } from './runtime.ts';
import { deadlineOf } from './time-budget.ts';

/** Kept while the function is warm. */
let setup: StackSetup | undefined;

/** Answers operators, who send JSON requests from the AWS console or with `npm run invoke`. */
export const handler = withMiddleware(
  (event: unknown, context: Context): Promise<Answer> =>
    answerRequest(
      event,
      () => {
        const courier = runtime();
        setup ??= stackSetup(s3Client({ forcePathStyle: courier.settings.s3ForcePathStyle }));
        return { ...courier, setup, deadline: deadlineOf(context, courier.clock) };
      },
      statedOperator(context.clientContext),
    ),
);
