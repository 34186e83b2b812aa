import type { KomboState } from '../emulator-state.ts';
import type { BendingFault } from '../faults/fault.ts';
import type { Integration } from '../store/integrations.ts';
import { type Answer, actionSuccess, failure, plainSuccess } from './answer.ts';
import type { Call } from './calls.ts';
import { type ApiError, apiError } from './errors.ts';
import { integrationDetails } from './integration-details.ts';
import { integrationRefusal, toolRefusal } from './integration-refusal.ts';
import { listing } from './listing.ts';
import type { PerformContext } from './perform-context.ts';
import { storeAttachment } from './store-attachment.ts';

/** Performs the call as Kombo would without a fault. */
export const performCall = async (state: KomboState, call: Call, context: PerformContext): Promise<Answer> => {
  const refuse = (error: ApiError) => failure(error, context.logUrl);
  const notFound = refuse(apiError('PLATFORM.INTEGRATION_NOT_FOUND', 'There is no such integration.'));
  const { integration } = context;
  switch (call.kind) {
    case 'check-api-key':
      return plainSuccess({ environment_id: 'CvCourierEnvironmentAAAA', customer_id: 'CvCourierCustomerAAAAAAA' });
    case 'integration': {
      const asked = state.integrations.get(call.integrationId);
      return asked === undefined ? notFound : plainSuccess(integrationDetails(asked));
    }
    case 'actions':
      if (integration === undefined) return notFound;
      return plainSuccess({ attachment_restrictions: integration.restrictions[call.action] });
    case 'list': {
      if (integration === undefined) return notFound;
      const refusal = integrationRefusal(integration, call) ?? toolRefusal(integration);
      if (refusal !== undefined) return refuse(refusal);
      const ofFaults = context.bending.flatMap((fault) => (fault.kind === 'habit' ? [fault.habit] : []));
      const habits = [...integration.habits, ...ofFaults];
      const page = listing(state.store, {
        target: call.target,
        integrationId: integration.id,
        nowMs: state.clock(),
        habits,
        linkTo: (attachmentId) => state.links.mint({ attachmentId, habits }),
      });
      return actionSuccess(page, warningsOf(integration, context.bending));
    }
    case 'post': {
      if (integration === undefined) return notFound;
      const refusal = await storeAttachment(state, call.target, integration, context);
      return refusal === undefined ? actionSuccess({}, warningsOf(integration, context.bending)) : refuse(refusal);
    }
  }
};

const warningsOf = (integration: Integration, bending: readonly BendingFault[]): readonly string[] => [
  ...integration.warnings,
  ...bending.flatMap((fault) => (fault.kind === 'warnings' ? fault.messages : [])),
];
