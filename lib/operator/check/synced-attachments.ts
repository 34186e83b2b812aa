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
  'change its file destination in the Kombo dashboard to another bucket, or to a prefix outside the folders that KEY_TEMPLATES watches.';

/**
 * Whether Kombo's synced attachments are stored where uploads are watched. Each of these files would be attached again
 * to its own candidate, and then synced again. Kombo reports where it stores them; if it does not, the listed keys show
 * it.
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
    const found = `Kombo does not report whether it syncs any into a bucket (${code}).`;
    return notTested(what, found, `If you use Kombo's synced attachments: ${move}`);
  }
  const here = answer.value.filter(({ bucket }) => bucket === settings.bucket);
  const [line] = arrivals(
    what,
    here.map(({ key }) => key),
    settings,
  );
  const elsewhere = `Kombo named ${answer.value.length}, none of them in a watched folder of ${settings.bucket}.`;
  return line ?? fine(what, answer.value.length === 0 ? 'Kombo has synced none into a bucket.' : elsewhere);
};

/** What happens to synced files with these keys in the watched bucket; empty if no folder with them is watched. */
const arrivals = (
  what: string,
  keys: readonly string[],
  { keyTemplates, integrationId }: Watched,
): readonly CheckLine[] => {
  const fitting = keys.filter((key) => matchKey(keyTemplates, key, integrationId).ok);
  if (fitting.length > 0) {
    const found = `Kombo writes them into a watched folder, and ${fitting.length} of ${keys.length} keys match a key template: each of these files is attached again to its own candidate.`;
    return [wrong(what, found, `Pause the integration (action "pause"), then ${move}`)];
  }
  const watched = literalPrefixes(keyTemplates);
  const inside = keys.filter((key) => watched.some((prefix) => key.startsWith(prefix)));
  if (inside.length === 0) return [];
  const found = `Kombo writes them into a watched folder. The ${inside.length} checked keys match no key template, so the files are not sent, but each one starts the function.`;
  return [warn(what, found, `To avoid these starts, ${move}`)];
};
