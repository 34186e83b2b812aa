import type { Courier } from '../../courier.ts';
import { type Deadline, deadlineWithin } from '../../deadline.ts';
import { describeError, OwnError } from '../../failures/own-error.ts';
import type { KeyTemplate } from '../../key-template/match-key.ts';
import { checkReserveMs, checksTimeoutMs } from '../../limits.ts';
import { type TargetKind, targetIdName, targetKinds } from '../../upload/target.ts';
import { checkAlarms } from './alarms.ts';
import { checkBucket } from './bucket.ts';
import { checkBucketSetup } from './bucket-setup.ts';
import { type CheckLine, fine, wrong } from './check-line.ts';
import { checkIds } from './ids.ts';
import { checkKombo } from './kombo.ts';
import { checkTable } from './ledger-table.ts';
import { checkPauses } from './pauses.ts';
import { checkStackOptions } from './stack-options.ts';
import type { StackSetup } from './stack-setup.ts';
import { checkSweep } from './sweep.ts';
import { checkSyncedAttachments } from './synced-attachments.ts';
import { timeLine } from './times.ts';
import { checkTool } from './tool.ts';
import { listWatchedFolders, targetsIn } from './watched-folders.ts';

export type { CheckLine } from './check-line.ts';

/**
 * Tests everything that a delivery needs with real calls, without sending or writing anything, and says what to do.
 * Never fails: a test that fails or takes too long is reported as a line of its own.
 */
export const check = async (
  { integrationId, deadline: outer }: { readonly integrationId?: string | undefined; readonly deadline: Deadline },
  courier: Pick<Courier, 'settings' | 'storage' | 'table' | 'apiKey' | 'kombo' | 'clock' | 'lanes'> & {
    readonly setup: StackSetup;
  },
): Promise<readonly CheckLine[]> => {
  const { settings } = courier;
  const { bucket, ledgerTable, keyTemplates, maxBytes } = settings;
  const question = { integrationId: integrationId ?? settings.integrationId, kinds: kindsOf(keyTemplates), maxBytes };
  const deadline = deadlineWithin(
    courier.clock,
    outer,
    Math.min(checksTimeoutMs, outer.remainingMs() - checkReserveMs),
  );
  const times = timeLine(settings, outer);
  const listed = listWatchedFolders(settings, deadline.signal, courier.storage);
  const runCheck = (what: string, test: () => Promise<readonly CheckLine[]>) => tested(what, test, deadline.signal);
  const parts = await Promise.all([
    runCheck('bucket', async () => checkBucket(bucket, await listed, deadline.signal, courier.storage)),
    runCheck('setup of the bucket', () => checkBucketSetup(settings, deadline.signal, courier.setup)),
    runCheck('alarms', () => checkAlarms(settings.alarmTopic, deadline.signal, courier.setup)),
    runCheck('table', () => checkTable(ledgerTable, courier.table)),
    runCheck('Kombo', () => checkKombo(question, deadline, courier)),
    runCheck('ids in keys', async () => checkIds(targetsIn(await listed, settings), settings, courier.table)),
    runCheck('synced attachments', async () =>
      checkSyncedAttachments(question.integrationId, await listed, settings, deadline, courier),
    ),
    runCheck('pauses', () => checkPauses(courier)),
    runCheck('sweep', () => checkSweep(courier)),
    runCheck('tool', async () =>
      checkTool(question.integrationId, targetsIn(await listed, settings), deadline, courier),
    ),
  ]).finally(deadline.clear);
  return [fine('configuration', 'All variables are valid.'), times, ...checkStackOptions(settings), ...parts.flat()];
};

/** A defect, an outage or a timeout in one part must not hide the results of the others. */
const tested = async (
  what: string,
  test: () => Promise<readonly CheckLine[]>,
  signal: AbortSignal,
): Promise<readonly CheckLine[]> => {
  const { promise: silence, reject } = Promise.withResolvers<never>();
  const end = (): void => reject(new OwnError('No answer arrived in time.'));
  signal.addEventListener('abort', end);
  try {
    return await Promise.race([test(), silence]);
  } catch (error) {
    return [
      wrong(
        what,
        `It could not be tested: ${describeError(error)}`,
        'Check again. If this persists, read the log of this function.',
      ),
    ];
  } finally {
    signal.removeEventListener('abort', end);
  }
};

const kindsOf = (templates: readonly KeyTemplate[]): readonly TargetKind[] => {
  const names = templates.flatMap(({ segments }) =>
    segments.flatMap((s) => (s.kind === 'placeholder' ? [s.name] : [])),
  );
  return targetKinds.filter((kind) => names.includes(targetIdName(kind)));
};
