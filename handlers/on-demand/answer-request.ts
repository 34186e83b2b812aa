import { ConfigurationError } from '../../lib/config/config.ts';
import { isObject } from '../../lib/json.ts';
import type { ActionDeps } from './action.ts';
import { actionNamed, actions } from './actions.ts';
import type { Answer } from './answer/answer.ts';
import { outageOf } from './answer/aws-error-answer.ts';
import { usage, usageFor } from './usage.ts';

/**
 * Answers a person, whatever came. Mistakes of the request, of the configuration and outages are answers, too.
 * @param depsOf is asked only for a request that can be understood, and may throw `ConfigurationError`.
 * @throws what is a defect of the program.
 */
export const answerTo = async (event: unknown, depsOf: () => ActionDeps): Promise<Answer> => {
  if (!isObject(event) || event.action === undefined) return usageFor(event);
  const action = typeof event.action === 'string' ? actionNamed(event.action) : undefined;
  if (!action) return usage(`"action" must be one of ${actions.map(({ name }) => name).join(', ')}.`);
  const request = action.read(event);
  if ('problems' in request) {
    const message = `The request is not right, so nothing was done. ${request.problems.join(' ')}`;
    return { ok: false, message, problems: request.problems, example: action.example };
  }
  const deps = ready(depsOf);
  if ('message' in deps) return deps;
  try {
    const answer = await request.run(deps);
    // The reason and the keys stay out of the log: both may name people.
    deps.log.info('An operator asked.', { action: action.name, ok: answer.ok });
    return answer;
  } catch (error) {
    const outage = outageOf(error);
    if (!outage) throw error;
    deps.log.error('An operator asked, and it could not be done.', { action: action.name, detail: outage.detail });
    return outage;
  } finally {
    deps.deadline.clear();
  }
};

const ready = (depsOf: () => ActionDeps): ActionDeps | Answer => {
  try {
    return depsOf();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const message =
      'The configuration of the function is not usable, so nothing was done. Mend what "problems" lists, and deploy.';
    return { ok: false, message, problems: error.problems };
  }
};
