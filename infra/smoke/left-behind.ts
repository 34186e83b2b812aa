import type { Place } from '../invoke/place.ts';
import type { Deployment, UploadedObject } from './deployment.ts';
import type { Plan } from './plan.ts';

/** Whether the file is at its target. */
export type Arrival = 'attached' | 'perhaps' | 'not';

/** What a smoke test leaves behind, with the commands that remove it. */
export const leftBehind = (
  { target, key, filename }: Plan,
  arrival: Arrival,
  { bucket, place, versionId }: UploadedObject & { readonly bucket: string; readonly place: Place },
  { region }: Pick<Deployment, 'region'>,
): readonly string[] => {
  const whose = `the ${target.kind} ${target.id} in ${target.integrationId}`;
  const attachment = {
    attached: `one attachment, ${filename}, of ${whose}, `,
    perhaps: `perhaps one attachment, ${filename}, of ${whose}, `,
    not: '',
  }[arrival];
  const object =
    versionId === undefined
      ? `aws s3 rm ${quoted(`s3://${bucket}/${key}`)} --region ${region}`
      : `aws s3api delete-object --bucket ${bucket} --key ${quoted(key)} --version-id ${quoted(versionId)} --region ${region}`;
  const forget = JSON.stringify({ action: 'forget', key });
  return [
    `Left behind: ${attachment}one object in the bucket, and its record in the ledger. To remove it:`,
    ...(arrival === 'not' ? [] : ['  in the ATS, delete the attachment, because Kombo has no call for that']),
    `  ${object}`,
    `  npm run invoke -- --${place.by} ${place.named} --region ${region} on-demand ${quoted(forget)}`,
  ];
};

/** Quotes text for a shell, because a folder of a key template may contain any character. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
