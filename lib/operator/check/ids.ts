import type { Settings } from '../../config/config.ts';
import type { FailureCode } from '../../failures/failures.ts';
import { matchKey } from '../../key-template/match-key.ts';
import { shardsOf } from '../../ledger/record-item.ts';
import type { Table } from '../../ledger/table.ts';
import { countPageSize, minOddIds } from '../../limits.ts';
import { isKomboId } from '../../upload/kombo-id.ts';
import { type Target, targetKey } from '../../upload/target.ts';
import { parseUploadId } from '../../upload/upload.ts';
import { count } from '../count.ts';
import { type CheckLine, fine, warn } from './check-line.ts';

/** Kombo's response for a target that it does not know under this integration. */
const unknownTarget: FailureCode = 'KOMBO_NOT_FOUND';

/**
 * Checks that the ids in keys look like Kombo's ids of that integration. Shows only counts: no ids and no keys.
 * @param targetsInKeys the targets of the listed objects
 */
export const checkIds = async (
  targetsInKeys: readonly Target[],
  settings: Pick<Settings, 'keyTemplates' | 'integrationId'>,
  table: Pick<Table, 'query'>,
): Promise<readonly CheckLine[]> => {
  const lines = [
    ...byIntegration(targetsInKeys).flatMap(formLine),
    ...byIntegration(await unknownTargets(settings, table)).flatMap(unknownLine),
  ];
  if (lines.length > 0) return lines;
  const found = `The ids of ${count(distinct(targetsInKeys).length, 'target')} in listed keys and those of the newest held files look correct.`;
  return [fine('ids in keys', found)];
};

const formLine = ([integrationId, targets]: readonly [string, readonly Target[]]): readonly CheckLine[] => {
  const odd = targets.filter(({ id }) => !isKomboId(id));
  if (odd.length < minOddIds || odd.length * 2 <= targets.length) return [];
  const found = `${odd.length} of the ${targets.length} ids in listed keys do not have the form of Kombo's ids (24 letters and digits).`;
  const todo =
    "Keys must contain Kombo's own id of the candidate or application (its field id), not the id of the ATS (remote_id) or of your own system.";
  return [warn(`ids in keys of ${integrationId}`, found, todo)];
};

const unknownLine = ([integrationId, targets]: readonly [string, readonly Target[]]): readonly CheckLine[] => {
  if (targets.length < minOddIds) return [];
  const found = `Kombo did not know ${targets.length} targets of held files (${unknownTarget}): their ids look like those of another integration.`;
  const todo =
    'Compare one of them with Kombo ("status" lists the held files). An id is valid for one integration only: when a customer reconnects or moves to another version of the ATS, all ids change. Then upload under the new ids, or correct the integration and retry.';
  return [warn(`unknown ids of ${integrationId}`, found, todo)];
};

/**
 * The targets of the newest held files that Kombo did not know. Read from the index alone, because the key contains the
 * target.
 */
const unknownTargets = async (
  { keyTemplates, integrationId }: Pick<Settings, 'keyTemplates' | 'integrationId'>,
  table: Pick<Table, 'query'>,
): Promise<readonly Target[]> => {
  const pages = await Promise.all(
    shardsOf('held').map((hash) => table.query({ index: 'byWork', hash, limit: countPageSize, newestFirst: true })),
  );
  return pages.flatMap(({ items }) =>
    items.flatMap(({ pk, code }) => {
      const upload = code === unknownTarget ? parseUploadId(pk) : undefined;
      const match = upload && matchKey(keyTemplates, upload.key, integrationId);
      return match?.ok ? [match.value.target] : [];
    }),
  );
};

const byIntegration = (targets: readonly Target[]): readonly (readonly [string, readonly Target[]])[] =>
  Object.entries(Object.groupBy(distinct(targets), ({ integrationId }) => integrationId)).map(([id, own = []]) => [
    id,
    own,
  ]);

const distinct = (targets: readonly Target[]): readonly Target[] => [
  ...new Map(targets.map((target) => [`${target.integrationId}/${targetKey(target)}`, target])).values(),
];
