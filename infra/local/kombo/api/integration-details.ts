import { targetKinds } from '../../../../lib/upload/target.ts';
import type { Integration } from '../store/integrations.ts';
import { actionOf } from './calls.ts';

/** `data` of `GET /integrations/{id}`: complete enough for the SDK's strict schema. */
export const integrationDetails = (integration: Integration) => {
  const [toolId = ''] = integration.id.split(':');
  return {
    id: integration.id,
    tool: {
      id: toolId,
      label: toolId,
      internal_label: null,
      logo_url: `https://assets.example/${toolId}/logo.svg`,
      icon_url: `https://assets.example/${toolId}/icon.svg`,
    },
    category: 'ATS',
    status: integration.status,
    setup_status: integration.setupStatus,
    end_user: { organization_name: 'Acme', creator_email: null, origin_id: null },
    scope_config: { id: 'CvCourierScopesAAAAAAAAA', name: 'Add and read attachments' },
    data_expired_at: null,
    created_at: '2026-01-05T09:00:00.000Z',
    beta: false,
    read_models: [],
    write_actions: targetKinds.map((kind) => {
      const action = actionOf(kind);
      return {
        id: action,
        label: `Add ${kind} attachment`,
        is_available: integration.actions[action] === 'ENABLED',
        coverage_status: integration.actions[action] === 'UNSUPPORTED' ? 'UNSUPPORTED' : 'SUPPORTED',
        scope_config_setting: integration.actions[action] === 'DISABLED' ? 'DISABLED' : 'ENABLED',
        opted_out_by_customer: false,
        fields: [],
      };
    }),
  };
};
