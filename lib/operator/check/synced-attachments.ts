import type { Settings } from '../../config/config.ts';
import type { Courier } from '../../courier.ts';
import { type Deadline, deadlineWithin } from '../../deadline.ts';
import { failureOf } from '../../failures/failures.ts';
import { literalPrefixes, matchKey } from '../../key-template/match-key.ts';
import { looksSynced } from '../../kombo/synced-files.ts';
import { checkTimeoutMs } from '../../limits.ts';
import { type CheckLine, fine, notTested, warn, wrong } from './check-line.ts';
import { objectsIn, type WatchedFolder } from './watched-folders.ts';

type Watched = Pick<Settings, 'bucket' | 'keyTemplates' | 'integrationId'>;

const move =
  'give its file destination in the Kombo dashboard another bucket, or a prefix outside of the folders that KEY_TEMPLATES watches.';

/**
 * Whether Kombo's synced attachments arrive where uploads are watched: each file would be attached to the candidate that it
 * came from, and then synced again. Kombo says where it stores them; the listed keys tell where it cannot be asked.
 */
export const checkSyncedAttachments = async (
  integrationId: string | undefined,
  folders: readonly WatchedFolder[],
  settings: Watched,
  deadline: Deadline,
  courier: Pick<Courier, 'kombo' | 'clock'>,
): Promise<readonly CheckLine[]> => {
  const listed = objectsIn(folders).flatMap(({ key }) => (looksSynced(key) ? [key] : []));
  const fromKombo =
    integrationId === undefined ? [] : [await lineFromKombo(integrationId, settings, deadline, courier)];
  return [...arrivals('synced attachments', listed, settings), ...fromKombo];
};

const lineFromKombo = async (
  integrationId: string,
  settings: Watched,
  deadline: Deadline,
  { kombo, clock }: Pick<Courier, 'kombo' | 'clock'>,
): Promise<CheckLine> => {
  const what = `synced attachments of ${integrationId}`;
  const own = deadlineWithin(clock, deadline, checkTimeoutMs);
  const answer = await kombo.syncedFiles(integrationId, own.signal).finally(own.clear);
  if (!answer.ok) {
    const { code } = answer.failure;
    if (code === 'INTEGRATION.MODEL_DISABLED' || failureOf(code).asListing === 'cannot-list')
      return fine(what, `Kombo syncs none (${code}).`);
    const found = `Kombo does not say whether it syncs any into a bucket (${code}).`;
    return notTested(what, found, `Only if you have Kombo's synced attachments: ${move}`);
  }
  const here = answer.value.filter(({ bucket }) => bucket === settings.bucket);
  const [line] = arrivals(
    what,
    here.map(({ key }) => key),
    settings,
  );
  const elsewhere = `Of ${answer.value.length} that Kombo named, none is in a watched folder of ${settings.bucket}.`;
  return line ?? fine(what, answer.value.length === 0 ? 'Kombo has synced none into a bucket.' : elsewhere);
};

/** What happens to synced files with these keys in the watched bucket: nothing to say where no folder is watched. */
const arrivals = (
  what: string,
  keys: readonly string[],
  { keyTemplates, integrationId }: Watched,
): readonly CheckLine[] => {
  const fitting = keys.filter((key) => matchKey(keyTemplates, key, integrationId).ok);
  if (fitting.length > 0) {
    const found = `Kombo writes them into a watched folder, and a key template fits ${fitting.length} of ${keys.length}: each is attached again to the candidate that it came from.`;
    return [wrong(what, found, `Pause the integration (action "pause"), then ${move}`)];
  }
  const watched = literalPrefixes(keyTemplates);
  const inside = keys.filter((key) => watched.some((prefix) => key.startsWith(prefix)));
  if (inside.length === 0) return [];
  const found = `Kombo writes them into a watched folder. No key template fits the ${inside.length} that were looked at, so they are not sent, but each starts the function.`;
  return [warn(what, found, `To spare these starts, ${move}`)];
};
