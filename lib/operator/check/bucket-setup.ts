import type { Settings } from '../../config/config.ts';
import type { CheckLine } from './check-line.ts';
import { checkLifecycle } from './lifecycle.ts';
import { linkTransferLines } from './link-transfer.ts';
import type { StackSetup } from './stack-setup.ts';

/** How the bucket itself treats files: whether it keeps versions, and which rules delete or archive objects. */
export const checkBucketSetup = async (
  settings: Pick<Settings, 'bucket' | 'keyTemplates' | 'maxBytes' | 'transfer'>,
  signal: AbortSignal,
  setup: StackSetup,
): Promise<readonly CheckLine[]> => {
  const versioning = await setup.versioning(settings.bucket, signal);
  return [
    ...linkTransferLines(settings, versioning),
    ...(await checkLifecycle(settings, versioning.ok ? versioning.value : undefined, signal, setup)),
  ];
};
