import { findAction } from '../../handlers/on-demand/actions.ts';
import { isObject } from '../../lib/json.ts';

/** What on-demand would say against a request that a page or an alarm shows. */
export const problemsOf = (request: unknown): readonly string[] => {
  if (!isObject(request)) return ['It is not an object.'];
  const action = findAction(String(request.action));
  if (!action) return [`There is no action ${String(request.action)}.`];
  const read = action.read(request);
  return 'problems' in read ? read.problems : [];
};
