import fc from 'fast-check';
import { type FailureCode, failures } from '../../../lib/failures/failures.ts';
import { readAttachmentList } from '../../../lib/kombo/attachment-list.ts';
import { komboClient } from '../../../lib/kombo/client.ts';
import type { HttpAnswer } from '../../../lib/kombo/transport.ts';
import { readingOf } from '../../../lib/lane/read-integration.ts';
import { integrationId, minute, nine, target } from '../../fakes/ledger-samples.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { refuses } from '../../fakes/scripted-kombo.ts';
import { laneWorld } from '../../worlds/lane-world.ts';
import { junkText, mutated } from './mutated.ts';
import { personalText } from './samples.ts';

const listing = {
  status: 'success',
  data: {
    results: [
      {
        file_name: 'Zebulon Quux CV.pdf',
        data_url: 'https://storage.example/signed?name=Zebulon',
        content_type: 'application/pdf',
        type: 'CV',
        application_id: null,
        remote_created_at: '2026-03-02T08:15:30.000Z',
      },
      { file_name: null, data_url: null, content_type: null, type: null, remote_created_at: null },
    ],
  },
};
const bodies = [
  listing,
  {
    status: 'success',
    data: {
      attachment_restrictions: {
        types: { CV: { is_supported: true, max_file_size_bytes: 9, accepted_mime_types: ['application/pdf'] } },
      },
    },
  },
  {
    status: 'success',
    data: {
      status: 'ACTIVE',
      setup_status: 'COMPLETED',
      write_actions: [{ id: 'ats_add_candidate_attachment', is_available: true }],
    },
  },
  {
    status: 'success',
    data: { results: [{ content_ref: { bucket: 'b', key: 'ats_attachments/integrations/i/candidates/c/Zebulon' } }] },
  },
  { status: 'success', data: null, warnings: [{ message: 'Stored for Zebulon Quux.' }] },
  {
    status: 'error',
    error: {
      code: 'PLATFORM.RATE_LIMIT_EXCEEDED',
      title: 'x',
      message: 'For Zebulon Quux',
      log_url: 'https://app.kombo.dev/logs',
    },
  },
];

const body = fc.oneof(
  { weight: 8, arbitrary: mutated(bodies).map((value) => JSON.stringify(value) ?? '') },
  junkText,
  fc.constantFrom('', '<html>Zebulon Quux</html>', '{"status":"success"', '\uFEFF{}'),
);
const header = fc.constantFrom(
  '0',
  '1',
  '-1',
  '3600',
  '9'.repeat(30),
  '1e3',
  'Wed, 21 Oct 2030 07:28:00 GMT',
  'Zebulon',
  '',
);

const answer: fc.Arbitrary<HttpAnswer> = fc.record({
  status: fc.constantFrom(100, 200, 201, 204, 206, 301, 400, 401, 403, 404, 408, 422, 429, 500, 502, 503, 599),
  headers: fc.dictionary(
    fc.constantFrom(
      'retry-after',
      'ratelimit-reset',
      'ratelimit-remaining',
      'concurrency-limit',
      'concurrency-remaining',
    ),
    fc.oneof(header, fc.array(header, { maxLength: 2 })),
  ),
  text: body,
  complete: fc.boolean(),
});

const codes = Object.keys(failures) as readonly FailureCode[];

export const komboAnswers = {
  name: 'any answer of Kombo becomes a value or a failure of the table, whose detail quotes nothing',
  input: answer,
  give: async (given: HttpAnswer): Promise<void> => {
    const clock = manualClock(nine);
    const transport = { warmUp: () => undefined, send: async () => given };
    const client = komboClient({ transport, clock, apiKey: async () => 'ks_dev_invented' });
    const { signal } = new AbortController();
    const integration = await client.integration(integrationId, signal);
    const read = [
      integration,
      await client.listAttachments(target, signal),
      await client.restrictions('candidate', integrationId, signal),
      await client.syncedFiles(integrationId, signal),
    ];
    for (const result of read) {
      if (result.ok) continue;
      const { komboMessage: _, logUrl: _link, ...logged } = result.failure;
      if (!Object.hasOwn(failures, logged.code)) throw new Error(`${logged.code} is not a code of the table.`);
      if (personalText.test(JSON.stringify(logged))) throw new Error(`This would be logged: ${JSON.stringify(logged)}`);
    }
    for (const code of codes) readingOf(code, 'candidate', integration);
  },
};

export const listings = {
  name: 'whatever a target lists, a lost answer is decided, held, or looked at again',
  input: mutated([listing.data]),
  give: async (data: unknown): Promise<void> => {
    const listed = readAttachmentList(data);
    if (listed === 'unreadable') return;
    const world = laneWorld();
    const upload = await world.run(world.send('GRK1', () => refuses('ANSWER_LOST')));
    world.kombo.listing = () => ({ ok: true, value: listed, concurrency: {} });
    for (let look = 0; look < 4; look += 1) {
      world.clock.advance(20 * minute);
      await world.run(world.runAll());
    }
    const status = await world.statusOf(upload);
    if (!['unknown', 'waiting', 'held', 'attached'].includes(status)) throw new Error(`It is ${status}.`);
    if (world.newPosts() > 3) throw new Error('It was sent more than three times.');
  },
};
