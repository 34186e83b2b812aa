import type { Courier } from '../courier.ts';
import { type FailureCode, type FailureDetail, failureOf } from '../failures/failures.ts';
import {
  accountLane,
  afterFailure,
  afterListing,
  afterRateLimit,
  afterSuccess,
  type Lane,
  mayBeMistyped,
  touched,
} from './lane.ts';
import type { PauseFacts } from './pause.ts';

type NoteCourier = Pick<Courier, 'settings' | 'lanes' | 'apiKey' | 'clock'>;

/** The result of a POST, as far as it concerns other files of the integration. */
export interface PostAnswer {
  readonly failure?: FailureDetail | undefined;
  readonly retryAfterMs?: number | undefined;
}

/**
 * Notes what the response to a POST means for other files of its integration and of the account; it may start a pause.
 * Never fails: the file itself is settled either way, and the next file can start the pause.
 */
export const noteAnswer = async (
  integrationId: string,
  { failure, retryAfterMs }: PostAnswer,
  courier: NoteCourier,
): Promise<void> => {
  try {
    if (failure === undefined || isUp(failure.code)) await noteUp(integrationId, courier);
    if (failure !== undefined) await noteFailure(integrationId, failure, retryAfterMs, courier);
  } catch {
    // The table cannot be read or written.
  }
};

/** Notes that a tool lists files. Usually no outage was counted, and this costs nothing. Never fails. */
export const noteListed = async (integrationId: string, { lanes }: Pick<Courier, 'lanes'>): Promise<void> => {
  try {
    const { lane } = await lanes.gate(integrationId);
    if (lane !== 'unreadable' && afterListing(lane) !== lane) await lanes.change(integrationId, afterListing);
  } catch {
    // The table cannot be read or written.
  }
};

const isUp = (code: FailureCode): boolean => failureOf(code).judges !== 'nothing' && failureOf(code).outage === 'no';

/** Usually no outage was counted, and this costs nothing. A cause of the integration itself pauses its lane next. */
const noteUp = async (integrationId: string, { lanes }: NoteCourier): Promise<void> => {
  const { lane, account } = await lanes.gate(integrationId);
  const hasCounted = (counted: Lane | 'unreadable'): boolean => counted !== 'unreadable' && counted.outages > 0;
  if (hasCounted(account)) await lanes.change(accountLane, afterSuccess);
  if (hasCounted(lane)) await lanes.change(integrationId, afterSuccess);
};

const noteFailure = async (
  integrationId: string,
  failure: FailureDetail,
  retryAfterMs: number | undefined,
  { settings, lanes, apiKey, clock }: NoteCourier,
): Promise<void> => {
  const { pauses, outage, throttled } = failureOf(failure.code);
  const now = clock.now();
  const own: PauseFacts = { now, retryAfterMs, integrationSetting: settings.integrationId };
  const withKey = async (): Promise<PauseFacts> => {
    const keyVersion = await apiKey.version().catch(() => undefined);
    return { ...own, metIn: integrationId, keyVersion };
  };
  if (pauses === 'account' || outage === 'account') {
    const facts = await withKey();
    await lanes.change(accountLane, (account) => afterFailure(account, failure, 'account', facts));
  } else if (pauses !== 'nothing' || outage === 'integration') {
    // The file will wait in the lane, so this write also touches the lane.
    await lanes.change(integrationId, (lane) => {
      // The id may be a mistake in the key, but the lane could not be read in time to reject the file. It is tried
      // again.
      const isMistake = pauses === 'known-integration' && mayBeMistyped(lane, settings.integrationId);
      return touched(isMistake ? lane : afterFailure(lane, failure, 'integration', own), now);
    });
  } else if (throttled === 'rate-limit' && retryAfterMs !== undefined) {
    const facts = await withKey();
    const until = now + retryAfterMs;
    await lanes.change(accountLane, (account) => afterRateLimit(account, integrationId, failure, until, facts));
  }
};
