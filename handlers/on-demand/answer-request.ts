import { ConfigurationError } from '../../lib/config/config.ts';
import { isObject } from '../../lib/json.ts';
import { answerReserveMs } from '../limits.ts';
import type { ActionCourier } from './action.ts';
import { actions, findAction } from './actions.ts';
import type { Answer } from './answer/answer.ts';
import { awsErrorAnswer } from './answer/aws-error-answer.ts';
import { auditFields, notStated } from './audit.ts';
import { usage, usageFor } from './usage.ts';

/**
 * Always answers the operator: an invalid request, invalid settings and AWS errors get an answer, too.
 * @param courierOf called only for a valid request; may throw `ConfigurationError`
 * @param operator who asks, as the caller states it
 * @throws only because of a bug
 */
export const answerRequest = async (
  event: unknown,
  courierOf: () => ActionCourier,
  operator = notStated,
): Promise<Answer> => {
  if (!isObject(event) || event.action === undefined) return usageFor(event);
  const action = typeof event.action === 'string' ? findAction(event.action) : undefined;
  if (!action) return usage(`"action" must be one of ${actions.map(({ name }) => name).join(', ')}.`);
  const request = action.read(event);
  if ('problems' in request) {
    const message = `The request is wrong, so nothing was done. ${request.problems.join(' ')}`;
    return { ok: false, message, problems: request.problems, example: action.example };
  }
  const courier = readyCourier(courierOf);
  if ('message' in courier) return courier;
  const end = endOfTime(courier);
  try {
    // Logged before the work, so that the line exists even if the work fails. All lines of one invocation share its
    // request id.
    if (action.changes && event.dry_run !== true) {
      const fields = auditFields(event, courier.settings);
      courier.log.info('An operator asked for a change.', { action: action.name, operator, ...fields });
    }
    const answer = await Promise.race([request.run(courier), end.answer]);
    courier.log.info('Operator request.', { action: action.name, ok: answer.ok });
    return answer;
  } catch (error) {
    const awsAnswer = awsErrorAnswer(error);
    if (!awsAnswer) throw error;
    courier.log.error('An operator request failed.', { action: action.name, detail: awsAnswer.detail });
    return awsAnswer;
  } finally {
    end.cancel();
    courier.deadline.clear();
  }
};

/** Answers shortly before Lambda ends the function, for a request that is still waiting for a response. */
const endOfTime = ({ clock, deadline }: Pick<ActionCourier, 'clock' | 'deadline'>) => {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const message =
    'The function ran out of time before the request was finished, so it was carried out in part or not at all. Repeating it is safe; "status" shows the current state.';
  const leftMs = deadline.remainingMs();
  const cancel = clock.after(Math.max(leftMs - answerReserveMs, leftMs / 2), () =>
    resolve({ ok: false, message, next: { action: 'check' } }),
  );
  return { answer: promise, cancel };
};

const readyCourier = (courierOf: () => ActionCourier): ActionCourier | Answer => {
  try {
    return courierOf();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const message =
      'The configuration of the function is invalid, so nothing was done. Fix what "problems" lists, then deploy.';
    return { ok: false, message, problems: error.problems };
  }
};
