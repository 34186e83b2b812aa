import { Kombo } from '@kombo-api/sdk';
import { KomboAtsError, KomboGeneralError } from '@kombo-api/sdk/models/errors';
import { expect, test } from 'vitest';
import { knownErrorCodes } from '../../../infra/local/kombo/api/errors.ts';
import { greenhouseIntegrationId, sandboxIntegrationId } from '../../../infra/local/kombo/emulator.ts';
import { testEmulator } from '../../fakes/test-emulator.ts';

/**
 * The official SDK parses strictly: when a field is missing or has another type, its call rejects with a validation error. So a
 * call that resolves, or rejects with the error class of its endpoint, proves the whole form of an answer.
 */
const emulator = await testEmulator();

const clientOf = (integrationId: string, apiKey = 'ks_dev_local') =>
  new Kombo({ api_key: apiKey, integration_id: integrationId, server_url: emulator.url, timeout_ms: 5000 });

const kombo = clientOf(greenhouseIntegrationId);

const cv = {
  name: 'Frank Doe CV.pdf',
  type: 'CV',
  content_type: 'application/pdf',
  data: Buffer.from('%PDF-1.7 Frank').toString('base64'),
} as const;

const atsCallsOf = ({ ats }: Kombo) => [
  () => ats.addCandidateAttachment({ candidate_id: 'Frank1', body: { attachment: cv } }),
  () => ats.addApplicationAttachment({ application_id: 'Application1', body: { attachment: cv } }),
  () => ats.getCandidateAttachments({ candidate_id: 'Frank1' }),
  () => ats.getApplicationAttachments({ application_id: 'Application1' }),
];

/** The error that a call rejects with; fails when it resolves. */
const errorOf = async (call: () => Promise<unknown>): Promise<unknown> => {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error('The call was expected to fail.');
};

const komboAtsErrorOf = async (call: () => Promise<unknown>): Promise<KomboAtsError> => {
  const error = await errorOf(call);
  if (error instanceof KomboAtsError) return error;
  throw error;
};

test('the SDK adds a candidate attachment, and the emulator stores its exact bytes', async () => {
  const answer = await kombo.ats.addCandidateAttachment({ candidate_id: 'Frank1', body: { attachment: cv } });

  expect(answer).toEqual({ status: 'success', data: {}, warnings: [] });
  const [held] = emulator.attachments({ target: { kind: 'candidate', id: 'Frank1' } });
  expect(held).toMatchObject({ name: 'Frank Doe CV.pdf', type: 'CV', contentType: 'application/pdf', sizeBytes: 14 });
  expect((await held?.bytes())?.toString()).toBe('%PDF-1.7 Frank');
});

test('the SDK adds an application attachment with the fields of every tool', async () => {
  const answer = await kombo.ats.addApplicationAttachment({
    application_id: 'Application1',
    body: {
      attachment: { ...cv, type: 'COVER_LETTER' },
      remote_fields: {
        greenhouse: { post_headers: { on_behalf_of: '4711' } },
        workable: { on_behalf_of_user_remote_id: 'user-1' },
        oracle: { override_document_category: 'MISC', multi_post_to_all_current_applications: true },
      },
    },
  });

  expect(answer.status).toBe('success');
  const [held] = emulator.attachments({ target: { kind: 'application', id: 'Application1' } });
  expect(held?.remoteFields).toEqual({
    greenhouse: { post_headers: { 'On-Behalf-Of': '4711' } },
    workable: { on_behalf_of_user_remote_id: 'user-1' },
    oracle: { override_document_category: 'MISC', multi_post_to_all_current_applications: true },
  });
});

test('the SDK receives the warnings of an integration', async () => {
  emulator.integrations.change(greenhouseIntegrationId, { warnings: ['Stored as other.'] });

  const answer = await kombo.ats.addCandidateAttachment({ candidate_id: 'Frank1', body: { attachment: cv } });

  expect(answer.warnings).toEqual([{ message: 'Stored as other.' }]);
});

test("the SDK lists a candidate's attachments, including those of the applications", async () => {
  emulator.linkApplication({
    integrationId: greenhouseIntegrationId,
    applicationId: 'Application1',
    candidateId: 'Frank1',
  });
  await kombo.ats.addCandidateAttachment({ candidate_id: 'Frank1', body: { attachment: cv } });
  await kombo.ats.addApplicationAttachment({
    application_id: 'Application1',
    body: { attachment: { ...cv, name: 'Letter.pdf', type: 'COVER_LETTER' } },
  });

  const { data, warnings } = await kombo.ats.getCandidateAttachments({ candidate_id: 'Frank1' });

  expect(warnings).toEqual([]);
  expect(data.results).toHaveLength(2);
  expect(data.results[0]).toMatchObject({
    file_name: 'Frank Doe CV.pdf',
    type: 'CV',
    content_type: 'application/pdf',
    candidate_id: 'Frank1',
    application_id: null,
    remote_created_at: null,
  });
  expect(data.results[1]).toMatchObject({ file_name: 'Letter.pdf', application_id: 'Application1' });
  expect(data.results[0]?.id).toMatch(/^[1-9A-HJ-NP-Za-km-z]{24}$/);
});

test("the SDK lists an application's attachments, with a link to their exact bytes", async () => {
  await kombo.ats.addApplicationAttachment({ application_id: 'Application1', body: { attachment: cv } });

  const { data } = await kombo.ats.getApplicationAttachments({ application_id: 'Application1' });

  expect(data.results).toHaveLength(1);
  const [entry] = data.results;
  expect(entry).toMatchObject({ file_name: 'Frank Doe CV.pdf', type: 'CV', content_type: 'application/pdf' });
  const download = await fetch(entry?.data_url ?? '');
  expect(await download.text()).toBe('%PDF-1.7 Frank');
});

test('the SDK lists files with dates for a tool that has dates', async () => {
  emulator.integrations.change(greenhouseIntegrationId, { habits: ['dated'] });
  await kombo.ats.addCandidateAttachment({ candidate_id: 'Frank1', body: { attachment: cv } });

  const { data } = await kombo.ats.getCandidateAttachments({ candidate_id: 'Frank1' });

  expect(data.results[0]).toMatchObject({ remote_created_at: expect.any(Date), remote_updated_at: expect.any(Date) });
});

test('the SDK reads an integration with its write actions', async () => {
  const details = () => kombo.general.getIntegrationDetails({ integration_id: greenhouseIntegrationId });
  expect((await details()).data.write_actions.map(({ is_available }) => is_available)).toEqual([true, true]);
  emulator.integrations.change(greenhouseIntegrationId, {
    status: 'INVALID',
    setupStatus: 'INCOMPLETE',
    actions: { ats_add_candidate_attachment: 'DISABLED', ats_add_application_attachment: 'UNSUPPORTED' },
  });

  const { data } = await details();

  expect(data).toMatchObject({
    id: greenhouseIntegrationId,
    tool: { id: 'greenhouse' },
    category: 'ATS',
    status: 'INVALID',
    setup_status: 'INCOMPLETE',
  });
  expect(data.write_actions).toMatchObject([
    {
      id: 'ats_add_candidate_attachment',
      is_available: false,
      coverage_status: 'SUPPORTED',
      scope_config_setting: 'DISABLED',
    },
    {
      id: 'ats_add_application_attachment',
      is_available: false,
      coverage_status: 'UNSUPPORTED',
      scope_config_setting: 'ENABLED',
    },
  ]);
});

test('the SDK reads the customer of the API key', async () => {
  const { data } = await kombo.general.checkApiKey();

  expect(data.environment_id).toBe('CvCourierEnvironmentAAAA');
});

// The SDK has no call for the actions endpoint, so this uses plain fetch; the expected form is the one that Kombo documents.
test.each(['ats_add_candidate_attachment', 'ats_add_application_attachment'] as const)(
  'the emulator answers the restrictions of %s in the documented form',
  async (action) => {
    const types = {
      CV: { is_supported: false },
      COVER_LETTER: { is_supported: false },
      OTHER: { is_supported: true, max_file_size_bytes: 10_485_760, accepted_mime_types: ['application/pdf'] },
    } as const;
    const ask = async () => {
      const response = await fetch(`${emulator.url}/ats/actions/${action}`, {
        headers: { authorization: 'Bearer ks_dev_local', 'x-integration-id': greenhouseIntegrationId },
      });
      return { status: response.status, json: await response.json() };
    };

    expect(await ask()).toEqual({ status: 200, json: { status: 'success', data: { attachment_restrictions: null } } });
    emulator.integrations.change(greenhouseIntegrationId, { restrictions: { [action]: { types } } });
    expect(await ask()).toEqual({
      status: 200,
      json: { status: 'success', data: { attachment_restrictions: { types } } },
    });
  },
);

test.each(knownErrorCodes)(
  "the error %s reaches the SDK as its endpoint's class, with code and log_url",
  async (code) => {
    emulator.faults.arm(code, { on: ['post', 'list'] });

    for (const call of atsCallsOf(kombo)) {
      const error = await komboAtsErrorOf(call);
      expect(error.error.code).toBe(code);
      expect(error.error.title).toEqual(expect.any(String));
      expect(error.error.log_url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/_emulator\/requests\/\d+$/);
    }
    expect(emulator.attachments()).toEqual([]);
  },
);

test("an error without a code reaches the SDK as its endpoint's class", async () => {
  emulator.faults.arm('status-503');

  const error = await komboAtsErrorOf(() =>
    kombo.ats.addCandidateAttachment({ candidate_id: 'Frank1', body: { attachment: cv } }),
  );

  expect(error.statusCode).toBe(503);
  expect(error.error.code).toBeNull();
});

test('the emulator refuses a wrong API key on every call', async () => {
  const stranger = clientOf(greenhouseIntegrationId, 'ks_dev_wrong');
  const generalCalls = [
    () => stranger.general.getIntegrationDetails({ integration_id: greenhouseIntegrationId }),
    () => stranger.general.checkApiKey(),
  ];

  for (const call of atsCallsOf(stranger)) {
    const error = await komboAtsErrorOf(call);
    expect([error.statusCode, error.error.code]).toEqual([401, 'PLATFORM.AUTHENTICATION_INVALID']);
  }
  for (const call of generalCalls) {
    const error = await errorOf(call);
    expect(error).toBeInstanceOf(KomboGeneralError);
    expect(error).toMatchObject({ statusCode: 401, error: { code: 'PLATFORM.AUTHENTICATION_INVALID' } });
  }
});

test('the emulator refuses an unknown integration in the header and in the path', async () => {
  const elsewhere = clientOf('greenhouse:Unknown11111111111111111');

  const inHeader = await komboAtsErrorOf(() => elsewhere.ats.getCandidateAttachments({ candidate_id: 'Frank1' }));
  const inPath = await errorOf(() => kombo.general.getIntegrationDetails({ integration_id: 'greenhouse:nobody' }));

  expect(inHeader.error.code).toBe('PLATFORM.INTEGRATION_NOT_FOUND');
  expect(inPath).toBeInstanceOf(KomboGeneralError);
  expect(inPath).toMatchObject({ error: { code: 'PLATFORM.INTEGRATION_NOT_FOUND' } });
});

test('attachments of one integration are not listed for another', async () => {
  await kombo.ats.addCandidateAttachment({ candidate_id: 'Frank1', body: { attachment: cv } });

  const { data } = await clientOf(sandboxIntegrationId).ats.getCandidateAttachments({ candidate_id: 'Frank1' });

  expect(data.results).toEqual([]);
});
