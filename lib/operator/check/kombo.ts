import { sizeText } from '../../attachment/size-text.ts';
import type { Courier } from '../../courier.ts';
import { type Deadline, deadlineWithin } from '../../deadline.ts';
import { failures } from '../../failures/failures.ts';
import { describeError } from '../../failures/own-error.ts';
import { type ApiKey, ApiKeyError } from '../../kombo/api-key.ts';
import type { KomboFailure } from '../../kombo/classify-response.ts';
import type { Restrictions } from '../../kombo/read-restrictions.ts';
import { checkTimeoutMs } from '../../limits.ts';
import { attachmentTypes, type TargetKind } from '../../upload/target.ts';
import { type CheckLine, fine, notTested, wrong } from './check-line.ts';
import { integrationLines } from './integration-details.ts';

export interface KomboQuestion {
  /** The integration to ask about. Without one, only the API key is tested, as far as possible. */
  readonly integrationId?: string | undefined;
  /** The kinds of target in the key templates. */
  readonly kinds: readonly TargetKind[];
  readonly maxBytes: number;
}

type KomboCheckCourier = Pick<Courier, 'apiKey' | 'kombo' | 'clock'>;

export const checkKombo = async (
  question: KomboQuestion,
  deadline: Deadline,
  courier: KomboCheckCourier,
): Promise<readonly CheckLine[]> => {
  const key = await checkKey(courier.apiKey);
  if (key.state !== 'ok') return [key, notTested('Kombo', 'Kombo cannot be called without an API key.')];
  const { integrationId } = question;
  if (integrationId === undefined) {
    const todo = 'Check again with one of your integrations: {"action":"check","integration_id":"greenhouse:..."}.';
    return [
      key,
      notTested('Kombo', 'The integration comes from the object keys, so there is none to ask about.', todo),
    ];
  }
  const own = deadlineWithin(courier.clock, deadline, checkTimeoutMs);
  try {
    const answer = await courier.kombo.integration(integrationId, own.signal);
    if (!answer.ok) return [key, failureLine(`Kombo, integration ${integrationId}`, answer.failure)];
    const limits = question.kinds.map((kind) =>
      checkLimits(kind, integrationId, question.maxBytes, own.signal, courier),
    );
    return [
      key,
      fine('Kombo', 'Kombo answers, and accepts the API key.'),
      ...integrationLines(integrationId, answer.value, question.kinds),
      ...(await Promise.all(limits)).flat(),
    ];
  } finally {
    own.clear();
  }
};

/** The store is read again, because operators often check right after changing the key. */
const checkKey = async (apiKey: ApiKey): Promise<CheckLine> => {
  try {
    await apiKey.refresh(await apiKey.current());
    return fine('API key', 'It can be read.');
  } catch (error) {
    if (!(error instanceof ApiKeyError)) throw error;
    const code = error.fault === 'unavailable' ? 'API_KEY_UNAVAILABLE' : 'API_KEY_UNREADABLE';
    return wrong('API key', describeError(error), failures[code].nextStep);
  }
};

const failureLine = (what: string, { code, detail, unlistedCode, logUrl }: KomboFailure): CheckLine => {
  const { meaning } = failures[code];
  const named = unlistedCode === undefined ? code : `${code}, sent as ${unlistedCode}`;
  return wrong(
    what,
    `${meaning} (${named}) ${detail}${logUrl === undefined ? '' : ` Log: ${logUrl}`}`,
    failures[code].nextStep,
  );
};

/** What the integration accepts. If Kombo does not report it, only our own limits apply; that is not a fault. */
const checkLimits = async (
  kind: TargetKind,
  integrationId: string,
  maxBytes: number,
  signal: AbortSignal,
  { kombo }: KomboCheckCourier,
): Promise<readonly CheckLine[]> => {
  const what = `limits for ${kind}s of ${integrationId}`;
  const answer = await kombo.restrictions(kind, integrationId, signal);
  if (!answer.ok)
    return [notTested(what, `Kombo does not report them (${answer.failure.code}); only our own limits apply.`)];
  if (!answer.value) return [fine(what, 'Kombo reports none; only our own limits apply.')];
  return [limitsLine(what, answer.value, maxBytes)];
};

const limitsLine = (what: string, restrictions: Restrictions, maxBytes: number): CheckLine => {
  const told = attachmentTypes.flatMap((type) => {
    const limit = restrictions[type];
    if (!limit) return [];
    if (!limit.supported) return [`${type} is not accepted`];
    const size = limit.maxSizeBytes === undefined ? 'any size' : `up to ${sizeText(limit.maxSizeBytes)}`;
    return [`${type} ${size}${limit.contentTypes ? ` as ${limit.contentTypes.join(', ')}` : ''}`];
  });
  const found = told.length === 0 ? 'Kombo reports none.' : `${told.join('; ')}.`;
  if (restrictions.CV?.supported === false) {
    return wrong(what, found, 'CVs are rejected: use {type} in KEY_TEMPLATES and the folder "other", or ask Kombo.');
  }
  const smallest = restrictions.CV?.maxSizeBytes;
  const note =
    smallest !== undefined && smallest < maxBytes
      ? ` MAX_BYTES is ${sizeText(maxBytes)}; the smaller limit applies.`
      : '';
  return fine(what, `${found}${note}`);
};
