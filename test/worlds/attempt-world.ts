import { onTestFinished } from 'vitest';
import type { Clock } from '../../lib/clock.ts';
import type { Settings } from '../../lib/config/config.ts';
import { deadlineIn } from '../../lib/deadline.ts';
import { attempt } from '../../lib/delivery/attempt.ts';
import type { AttemptReport } from '../../lib/delivery/attempt-report.ts';
import type { KeyMatch } from '../../lib/key-template/match-key.ts';
import { type ApiKey, fixedApiKey } from '../../lib/kombo/api-key.ts';
import { komboClient } from '../../lib/kombo/client.ts';
import { httpTransport } from '../../lib/kombo/http-transport.ts';
import { restrictionsCache } from '../../lib/kombo/restrictions-cache.ts';
import { ok } from '../../lib/result.ts';
import type { Upload } from '../../lib/upload/upload.ts';
import { pdf } from '../fakes/files.ts';
import { manualClock } from '../fakes/manual-clock.ts';
import { type Behaviour, type RawCall, type RawRequest, rawServer, success } from '../fakes/raw-server.ts';
import { settingsWith } from '../fakes/settings.ts';
import { type FakeStorage, fakeStorage, type Opening, type Particulars, storedObject } from '../fakes/stored-object.ts';

/** One attempt of the real library, with a bucket that the test fills and a server that the test scripts. */

export const upload: Upload = { bucket: 'cvs', key: 'candidates/Frank1/Frank Doe CV.pdf', etag: 'e1' };

export const match: KeyMatch = {
  target: { kind: 'candidate', id: 'Frank1', integrationId: 'greenhouse:1' },
  attachmentType: 'CV',
  filename: 'Frank Doe CV.pdf',
};

const settings = settingsWith({ ALLOWED_TYPES: 'pdf' });

export interface AttemptWorld {
  readonly storage: FakeStorage;
  /** The POSTs that arrived, completely or in part. */
  posts(): readonly RawRequest[];
  attempt(): Promise<AttemptReport>;
}

export interface Given {
  /** How each POST is answered once it has arrived, one after another; the last one repeats. Success by default. */
  readonly posts?: readonly ((call: RawCall) => void)[];
  /** For reactions before that, or to the preflight. */
  readonly server?: Behaviour;
  readonly openings?: readonly Opening[];
  readonly settings?: Partial<Settings>;
  readonly apiKey?: ApiKey;
  /** By default a clock that stands still, so that timers never fire. */
  readonly clock?: Clock;
  /** The whole time that the attempt has; ten minutes by default. */
  readonly durationMs?: number;
  readonly random?: number;
  /** The size in the event; none by default. */
  readonly sizeBytes?: number;
}

/** Opens an object of the bucket. */
export const opens =
  (file: Uint8Array = pdf, particulars?: Particulars): Opening =>
  () =>
    ok(storedObject(file, particulars));

export const komboError = (status: number, code: string | null, headers: Readonly<Record<string, string>> = {}) => {
  const error = { code, title: null, message: 'No.', log_url: 'https://app.kombo.dev/x/logs?interactionId=1' };
  return ({ answer }: RawCall): void => answer(status, JSON.stringify({ status: 'error', error }), headers);
};

export const accepts = ({ answer }: RawCall): void => answer(200, success);

const noRestrictions = '{"status":"success","data":{"attachment_restrictions":null},"warnings":[]}';

export const attemptWorld = async (given: Given = {}): Promise<AttemptWorld> => {
  let met = 0;
  const server = await rawServer({
    complete: (call) => {
      if (call.request.method === 'GET') return call.answer(200, noRestrictions);
      const { posts = [accepts] } = given;
      const meet = posts[Math.min(met, posts.length - 1)];
      met += 1;
      meet?.(call);
    },
    ...given.server,
  });
  const clock = given.clock ?? manualClock();
  const apiKey = given.apiKey ?? fixedApiKey('ks_dev_local');
  const kombo = komboClient({ transport: httpTransport(server.url, clock), clock, apiKey: apiKey.current });
  const storage = fakeStorage(...(given.openings ?? [opens()]));
  const courier = {
    ...{ storage, kombo, apiKey, clock, restrictions: restrictionsCache(kombo, clock) },
    ...{ settings: { ...settings, ...given.settings }, random: () => given.random ?? 0 },
  };
  return {
    storage,
    posts: () => server.requests.filter(({ method }) => method === 'POST'),
    attempt: () => {
      const deadline = deadlineIn(clock, given.durationMs ?? 600_000);
      onTestFinished(deadline.clear);
      const { sizeBytes } = given;
      return attempt({ ...upload, ...(sizeBytes !== undefined && { sizeBytes }) }, match, deadline, courier);
    },
  };
};
