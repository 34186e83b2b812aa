import type { CreatedObject } from '../../infra/local/aws/events/s3-notification.ts';
import { defaultApiKey } from '../../infra/local/kombo/emulator.ts';
import type { Habits } from '../../infra/local/kombo/faults/ats-habits.ts';
import type { LedgerRecord } from '../../lib/ledger/record.ts';
import type { TargetKind } from '../../lib/upload/target.ts';
import { pdf } from '../fakes/files.ts';
import type { BuiltFunctions } from './built-functions.ts';
import type { Rewrite } from './relay.ts';

/** A long name, with blanks and letters that tools change. */
export const cvName = 'Zoë Müller, Lebenslauf & Zeugnisse (1).pdf';

/** A PDF of exactly this length that differs from any with another label. */
export const cvOf = (label: string, sizeBytes = 2_500): Buffer => {
  const start = Buffer.concat([pdf, Buffer.from(`% ${label}\n`)]);
  return Buffer.concat([start, Buffer.alloc(sizeBytes - start.length, '%')]);
};

export interface Place {
  readonly integrationId: string;
  readonly kind: TargetKind;
  /** Unique in the test file, across integrations. */
  readonly id: string;
}

export const placeOf = (integrationId: string, id: string, kind: TargetKind = 'candidate'): Place => ({
  integrationId,
  kind,
  id,
});

export const keyAt = ({ integrationId, kind, id }: Place, name = cvName): string =>
  `${integrationId}/${kind}s/${id}/cv/${name}`;

/** One way in which an answer is lost; with `-stored` the file has arrived nevertheless. */
export const lostAnswers = [
  'reset-after-body',
  'silence',
  'html-502',
  'status-503',
  'REMOTE--SERVICE_UNAVAILABLE',
] as const;

/** A valid integration id that says what happens there. */
export const integrationOf = (name: string): string => `${name}:CvCourierLostAnswersAAAA`;

/** Sets how the tool of an integration lists files. */
export const setHabits = ({ kombo }: BuiltFunctions, integrationId: string, habits: Habits): void => {
  kombo.integrations.change(integrationId, { habits });
};

/** Adds a file of a recruiter, which is not in the ledger. */
export const plant = async (
  { kombo }: BuiltFunctions,
  { integrationId, kind, id }: Place,
  bytes: Buffer,
  { name = cvName, type = 'CV' }: { readonly name?: string; readonly type?: 'CV' | 'OTHER' } = {},
): Promise<void> => {
  const answer = await fetch(`${kombo.url}/ats/${kind}s/${id}/attachments`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${defaultApiKey}`,
      'content-type': 'application/json',
      'x-integration-id': integrationId,
    },
    body: JSON.stringify({
      attachment: { name, type, content_type: 'application/pdf', data: bytes.toString('base64') },
    }),
  });
  if (!answer.ok) throw new Error(`Kombo answered HTTP ${answer.status}.`);
};

/** Uploads a file whose answer is lost in this way. */
export const lose = async (
  functions: BuiltFunctions,
  place: Place,
  fault: string,
  bytes: Buffer,
  name = cvName,
): Promise<CreatedObject> => {
  const { integrationId, kind, id } = place;
  functions.kombo.faults.arm(fault, { times: 1, integrationId, target: { kind, id } });
  return functions.upload(keyAt(place, name), bytes);
};

/** Delivers two files to two targets, the longer one with 3,000 bytes, and waits for the comparisons that they cause. */
export const teach = async (
  functions: BuiltFunctions,
  integrationId: string,
  kind: TargetKind = 'candidate',
): Promise<void> => {
  const [name = ''] = integrationId.split(':');
  const sizes = [1_000, 3_000];
  const objects = await Promise.all(
    sizes.map((size) =>
      functions.upload(
        keyAt(placeOf(integrationId, `${name}-teacher-${size}`, kind)),
        cvOf(`${name} teacher ${size}`, size),
      ),
    ),
  );
  for (const object of objects) {
    const { state } = await functions.recordOf(object);
    if (state.status !== 'attached' || state.evidence !== 'answer') throw new Error(`A teacher is ${state.status}.`);
  }
  const ids = sizes.map((size) => `${name}-teacher-${size}`);
  for (let run = 0; run < 100; run += 1) {
    if (ids.every((id) => listings(functions, id) > 0)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
    await functions.run();
  }
  throw new Error('The teachers were never compared.');
};

const callsTo = ({ komboRelay }: BuiltFunctions, method: string, id: string): number =>
  komboRelay.calls.filter((call) => call.method === method && call.path.endsWith(`/${id}/attachments`)).length;

/** How often the functions posted to a target, and listed it. */
export const posts = (functions: BuiltFunctions, id: string): number => callsTo(functions, 'POST', id);
export const listings = (functions: BuiltFunctions, id: string): number => callsTo(functions, 'GET', id);

/** The number of requests for the links of the files at a target; a redirect is one more. */
export const downloads = ({ kombo }: BuiltFunctions, { integrationId, kind, id }: Place): number => {
  const ids = new Set(kombo.attachments({ integrationId, target: { kind, id } }).map((file) => file.id));
  const calls = kombo.requests.recent().filter(({ call }) => call === 'download');
  return calls.filter(({ path }) => ids.has(path.slice(path.lastIndexOf('/') + 1))).length;
};

/** The number of files with these bytes at a target. */
export const copies = async (
  { kombo }: BuiltFunctions,
  { integrationId, kind, id }: Place,
  bytes: Buffer,
): Promise<number> => {
  const files = kombo.attachments({ integrationId, target: { kind, id } });
  const contents = await Promise.all(files.map((file) => file.bytes()));
  return contents.filter((content) => content.equals(bytes)).length;
};

export const isAttached = ({ state }: LedgerRecord): boolean => state.status === 'attached';

export type Entry = Record<string, unknown> | null;

/** Replaces the results of a target's listing, by the id of the target. */
export const rewriteListings =
  (changes: ReadonlyMap<string, (results: readonly Entry[]) => readonly unknown[]>): Rewrite =>
  (method, path) => {
    const change = method === 'GET' ? changes.get(path.split('/').at(-2) ?? '') : undefined;
    if (change === undefined) return undefined;
    return (body) => {
      const answer = JSON.parse(body) as { data: { results: Entry[] } };
      return JSON.stringify({ ...answer, data: { ...answer.data, results: change(answer.data.results) } });
    };
  };
