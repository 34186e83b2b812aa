import path from 'node:path';
import { s3Credentials } from '../aws/s3/server.ts';
import { sampleCandidateId, samplePath } from '../sample.ts';
import type { Stack } from '../stack.ts';

const label = (text: string): string => `  ${text.padEnd(9)}`;

/** Quotes a text as one shell word, whatever characters it contains. */
const quoteForShell = (text: string): string =>
  /^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** A path that a terminal can open. */
const readme = (...names: readonly string[]): string =>
  path.relative('', path.join(import.meta.dirname, '..', ...names));

/** Lists all addresses, and shows how to send another file. */
export const endpointsText = ({ endpoints, bucket, region, kombo }: Stack, stateDir: string): string => {
  const target = `s3://${bucket}/candidates/${sampleCandidateId}/Another CV.pdf`;
  const credentials = [
    `AWS_ACCESS_KEY_ID=${s3Credentials.accessKeyId}`,
    `AWS_SECRET_ACCESS_KEY=${s3Credentials.secretAccessKey}`,
    `AWS_REGION=${region}`,
  ];
  const copy = [
    'aws',
    's3',
    'cp',
    quoteForShell(path.relative('', samplePath)),
    quoteForShell(target),
    '--endpoint-url',
    endpoints.s3,
  ];
  return [
    ...(endpoints.console === undefined ? [] : [`${label('Console')} ${endpoints.console}`]),
    `${label('S3')} ${endpoints.s3}, bucket ${bucket}`,
    `${label('DynamoDB')} ${endpoints.dynamodb}`,
    `${label('Kombo')} ${endpoints.kombo}; stored files: ${kombo.controlUrl}/attachments`,
    `${label('State')} ${path.relative('', stateDir) || '.'}, logs included`,
    '',
    '  Send another one:',
    `  ${[...credentials, ...copy].join(' ')}`,
    '',
    `  Watch one wait and recover: in that line, replace ${sampleCandidateId} with fault-REMOTE--RATE_LIMIT_EXCEEDED-1`,
    `  All faults by candidate id: ${readme('kombo', 'README.md')}`,
    `  The local stack, its flags and settings: ${readme('README.md')}`,
  ].join('\n');
};
