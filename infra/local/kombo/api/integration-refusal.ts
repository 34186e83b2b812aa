import type { FileType, Integration } from '../store/integrations.ts';
import { type AttachmentAction, actionOf, type Call, type TargetRef } from './calls.ts';
import { type ApiError, apiError } from './errors.ts';

/** Why an integration refuses a call before the body is checked. */
export const integrationRefusal = (integration: Integration, call: Call): ApiError | undefined => {
  const { id, status, setupStatus } = integration;
  if (status === 'INACTIVE') return apiError('INTEGRATION.INACTIVE', `The integration ${id} is inactive.`);
  if (status === 'INVALID') {
    return apiError('INTEGRATION.AUTHENTICATION_INVALID', `The tool no longer accepts the credentials of ${id}.`);
  }
  if (setupStatus === 'INCOMPLETE') {
    return apiError('INTEGRATION.SETUP_INCOMPLETE', `The setup of ${id} is not finished.`);
  }
  if (setupStatus === 'FINAL_SYNC_PENDING') {
    return apiError('INTEGRATION.SETUP_SYNC_PENDING', `The first sync of ${id} is still running.`);
  }
  if (call.kind === 'post') return actionRefusal(integration, actionOf(call.target.kind));
  if (call.kind === 'list' && integration.reading !== 'ENABLED') {
    // Kombo publishes no code for reading without the permission, so this one is our choice.
    return integration.reading === 'DISABLED'
      ? apiError('INTEGRATION.MODEL_DISABLED', `Reading attachments is disabled for ${id}.`)
      : apiError('INTEGRATION.MODEL_NOT_AVAILABLE', `The tool of ${id} does not show its attachments.`);
  }
  return undefined;
};

const actionRefusal = ({ id, actions }: Integration, action: AttachmentAction): ApiError | undefined => {
  switch (actions[action]) {
    case 'ENABLED':
      return undefined;
    case 'DISABLED':
      return apiError('INTEGRATION.ACTION_DISABLED', `The action ${action} is disabled for ${id}.`);
    case 'UNSUPPORTED':
      return apiError('INTEGRATION.ACTION_NOT_AVAILABLE', `The tool of ${id} has no action ${action}.`);
  }
};

/** Why the ATS refuses a call that Kombo accepted. */
export const toolRefusal = ({ id, toolDown }: Integration): ApiError | undefined =>
  toolDown ? apiError('REMOTE.SERVICE_UNAVAILABLE', `The tool of ${id} does not answer.`) : undefined;

/** Why the ATS refuses this file because of its own restrictions. */
export const restrictionRefusal = (
  integration: Integration,
  target: TargetRef,
  type: FileType,
  contentType: string,
  sizeBytes: number,
): ApiError | undefined => {
  const restrictions = integration.restrictions[actionOf(target.kind)];
  if (restrictions === null) return undefined;
  const rule = restrictions.types[type];
  const refuse = (message: string) => apiError('REMOTE.INPUT_INVALID', message);
  if (!rule.is_supported) return refuse(`The tool takes no attachment of type ${type}.`);
  const { max_file_size_bytes: maxBytes, accepted_mime_types: accepted } = rule;
  if (maxBytes !== null && sizeBytes > maxBytes) return refuse(`The tool takes at most ${maxBytes} bytes.`);
  if (accepted !== null && !accepted.includes(contentType)) return refuse(`The tool does not take ${contentType}.`);
  return undefined;
};
