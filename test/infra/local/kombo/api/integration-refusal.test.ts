import { describe, expect, test } from 'vitest';
import { greenhouseIntegrationId, sandboxIntegrationId } from '../../../../../infra/local/kombo/emulator.ts';
import type { IntegrationChange } from '../../../../../infra/local/kombo/store/integrations.ts';
import { call, errorOf, list, pdf, post } from '../../../../fakes/emulator-caller.ts';
import { testEmulator } from '../../../../fakes/test-emulator.ts';

const emulator = await testEmulator();

const change = (to: IntegrationChange) => emulator.integrations.change(greenhouseIntegrationId, to);

describe('the state of an integration refuses posts and listings', () => {
  const action = (setting: 'DISABLED' | 'UNSUPPORTED') => ({ actions: { ats_add_candidate_attachment: setting } });

  test.each<[string, IntegrationChange, string, string?]>([
    ['inactive', { status: 'INACTIVE' }, 'INTEGRATION.INACTIVE'],
    ['invalid', { status: 'INVALID' }, 'INTEGRATION.AUTHENTICATION_INVALID'],
    ['not set up', { setupStatus: 'INCOMPLETE' }, 'INTEGRATION.SETUP_INCOMPLETE'],
    ['syncing for the first time', { setupStatus: 'FINAL_SYNC_PENDING' }, 'INTEGRATION.SETUP_SYNC_PENDING'],
    ['without its tool', { toolDown: true }, 'REMOTE.SERVICE_UNAVAILABLE'],
    ['with the action off', action('DISABLED'), 'INTEGRATION.ACTION_DISABLED', 'none'],
    ['whose tool has no such action', action('UNSUPPORTED'), 'INTEGRATION.ACTION_NOT_AVAILABLE', 'none'],
    ['that may not be read', { reading: 'DISABLED' }, 'none', 'INTEGRATION.MODEL_DISABLED'],
    ['that cannot be read', { reading: 'UNSUPPORTED' }, 'none', 'INTEGRATION.MODEL_NOT_AVAILABLE'],
  ])(
    'an integration refuses a post and a listing as its state says: %s',
    async (_, to, postCode, listCode = postCode) => {
      change(to);

      const posted = await post(emulator, 'Frank1');
      const listed = await list(emulator, 'Frank1');

      expect(errorOf(posted)?.code ?? 'none').toBe(postCode);
      expect(errorOf(listed)?.code ?? 'none').toBe(listCode);
      expect(emulator.attachments()).toHaveLength(postCode === 'none' ? 1 : 0);
    },
  );

  test('the state of an integration does not affect other integrations', async () => {
    change({ status: 'INACTIVE' });

    const elsewhere = await post(emulator, 'Frank1', { headers: { 'x-integration-id': sandboxIntegrationId } });

    expect(elsewhere.status).toBe(200);
  });

  test('switching one action of an integration off leaves the other one on', async () => {
    change({ actions: { ats_add_candidate_attachment: 'DISABLED' } });

    const toApplication = await call(emulator, {
      method: 'POST',
      path: '/ats/applications/A1/attachments',
      body: JSON.stringify({ attachment: pdf }),
    });

    expect(toApplication.status).toBe(200);
  });
});

describe('the restrictions of a tool', () => {
  const types = {
    CV: { is_supported: true, max_file_size_bytes: 20, accepted_mime_types: ['application/pdf'] },
    COVER_LETTER: { is_supported: true, max_file_size_bytes: null, accepted_mime_types: null },
    OTHER: { is_supported: false },
  } as const;

  test.each([
    ['fits', {}, 200, undefined],
    ['is exactly as large as allowed', { data: Buffer.alloc(20).toString('base64') }, 200, undefined],
    ['is too large', { data: Buffer.alloc(21).toString('base64') }, 400, 'The tool takes at most 20 bytes.'],
    ['is of another type', { content_type: 'text/plain' }, 400, 'The tool does not take text/plain.'],
    ['has a type without limits', { type: 'COVER_LETTER', content_type: 'text/plain' }, 200, undefined],
    ['has a type that the tool does not accept', { type: 'OTHER' }, 400, 'The tool takes no attachment of type OTHER.'],
  ])('the emulator applies the restrictions of a tool to a file that %s', async (_, part, status, message) => {
    change({ restrictions: { ats_add_candidate_attachment: { types } } });

    const answer = await post(emulator, 'Frank1', { body: { attachment: { ...pdf, ...part } } });

    expect(answer.status).toBe(status);
    expect(errorOf(answer)?.message).toBe(message);
    if (status === 400) expect(errorOf(answer)?.code).toBe('REMOTE.INPUT_INVALID');
  });
});
