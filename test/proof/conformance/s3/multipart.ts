import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type ListPartsCommandOutput,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { equal, isTrue } from '../expect.ts';
import { md5Hex } from './checksum-values.ts';
import { answered, api, check, encodeAll, given, guide, refused, type S3, type S3Check } from './context.ts';

const completing = api('CompleteMultipartUpload');
const overview = guide('Uploading and copying objects using multipart upload');
const fiveMib = 5 * 1024 * 1024;
const large = 'x'.repeat(fiveMib);
const limits = guide('Amazon S3 multipart upload limits');

const complete = (s3: S3, key: string, UploadId: string, Parts: { PartNumber: number; ETag: string }[]) =>
  s3.client.send(new CompleteMultipartUploadCommand({ ...s3.at(key), UploadId, MultipartUpload: { Parts } }));

const unknownUpload = 'VXBsb2FkIHRoYXQgbmV2ZXIgd2FzIHN0YXJ0ZWQ';

const ofUpload = (name: string, page: string, run: (s3: S3, key: string, uploadId: string) => Promise<void>): S3Check =>
  check(name, page, async (s3, key) => run(s3, key, await s3.startMultipart(key)));

export const multipart: readonly S3Check[] = [
  check('A multipart upload becomes one object with the ETag of its parts', overview, async (s3, key) => {
    const uploadId = await s3.startMultipart(key, { ContentType: 'application/pdf', Metadata: { candidate: '7' } });
    const parts = [await s3.uploadPart(key, uploadId, 1, large), await s3.uploadPart(key, uploadId, 2, 'the end')];
    const answer = await complete(s3, key, uploadId, parts);
    const ofParts = Buffer.concat([large, 'the end'].map((part) => Buffer.from(md5Hex(part), 'hex')));
    equal(answer.ETag, `"${md5Hex(ofParts)}-2"`, 'ETag');
    equal(answer.Bucket, s3.bucket, 'Bucket');
    equal(answer.Key, key, 'Key');
    const object = await s3.get(key);
    equal(object.text === `${large}the end`, true, 'the bytes of both parts');
    equal(object.ETag, answer.ETag, 'ETag of GetObject');
    equal(object.ContentType, 'application/pdf', 'Content-Type');
    equal(object.Metadata, { candidate: '7' }, 'metadata');
  }),
  ofUpload('The ETag of a part is its MD5', api('UploadPart'), async (s3, key, uploadId) => {
    equal((await s3.uploadPart(key, uploadId, 1, 'a CV')).ETag, `"${md5Hex('a CV')}"`, 'ETag');
  }),
  ofUpload('The object is not there before the upload is completed', completing, async (s3, key, uploadId) => {
    const part = await s3.uploadPart(key, uploadId, 1, 'a CV');
    await s3.isAbsent(key);
    await complete(s3, key, uploadId, [part]);
    equal((await s3.get(key)).text, 'a CV', 'body');
  }),
  ofUpload('A part under 5 MiB in the middle answers 400 EntityTooSmall', limits, async (s3, key, uploadId) => {
    const parts = [
      await s3.uploadPart(key, uploadId, 1, large.slice(1)),
      await s3.uploadPart(key, uploadId, 2, 'the end'),
    ];
    await refused(complete(s3, key, uploadId, parts), 400, 'EntityTooSmall');
    await s3.isAbsent(key);
  }),
  ofUpload('Parts that are listed out of order answer 400 InvalidPartOrder', completing, async (s3, key, uploadId) => {
    const first = await s3.uploadPart(key, uploadId, 1, large);
    const second = await s3.uploadPart(key, uploadId, 2, large);
    await refused(complete(s3, key, uploadId, [second, first]), 400, 'InvalidPartOrder');
  }),
  ofUpload('A part with another ETag answers 400 InvalidPart', completing, async (s3, key, uploadId) => {
    await s3.uploadPart(key, uploadId, 1, 'a CV');
    const wrong = { PartNumber: 1, ETag: `"${md5Hex('another CV')}"` };
    await refused(complete(s3, key, uploadId, [wrong]), 400, 'InvalidPart');
  }),
  ofUpload('A part that was never uploaded answers 400 InvalidPart', completing, async (s3, key, uploadId) => {
    const part = await s3.uploadPart(key, uploadId, 1, 'a CV');
    await refused(complete(s3, key, uploadId, [{ ...part, PartNumber: 2 }]), 400, 'InvalidPart');
  }),
  ofUpload('Completing without parts answers 400 MalformedXML', completing, async (s3, key, uploadId) => {
    const body = '<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></CompleteMultipartUpload>';
    answered(await s3.raw('POST', key, { query: { uploadId }, body }), 400, 'MalformedXML');
  }),
  ofUpload(
    'Completing with XML that is not XML answers 400 MalformedXML',
    api('Error responses'),
    async (s3, key, uploadId) => {
      answered(await s3.raw('POST', key, { query: { uploadId }, body: 'parts: all' }), 400, 'MalformedXML');
    },
  ),
  ofUpload(
    'Part numbers may have gaps, and parts that are not listed are dropped',
    completing,
    async (s3, key, uploadId) => {
      await s3.uploadPart(key, uploadId, 1, 'dropped');
      const parts = [await s3.uploadPart(key, uploadId, 3, large), await s3.uploadPart(key, uploadId, 70, 'the end')];
      await complete(s3, key, uploadId, parts);
      equal((await s3.head(key)).ContentLength, fiveMib + 7, 'Content-Length');
    },
  ),
  ofUpload('A part that is uploaded again replaces the earlier one', api('UploadPart'), async (s3, key, uploadId) => {
    await s3.uploadPart(key, uploadId, 1, 'first');
    await complete(s3, key, uploadId, [await s3.uploadPart(key, uploadId, 1, 'second')]);
    equal((await s3.get(key)).text, 'second', 'body');
  }),
  ofUpload('Part numbers outside 1 to 10,000 answer 400 InvalidArgument', limits, async (s3, key, uploadId) => {
    for (const number of [0, 10_001]) {
      await refused(s3.uploadPart(key, uploadId, number, 'a CV'), 400, 'InvalidArgument');
    }
  }),
  check('An unknown upload answers 404 NoSuchUpload to each operation', api('Error responses'), async (s3, key) => {
    const part = { PartNumber: 1, ETag: `"${md5Hex('a CV')}"` };
    const at = { ...s3.at(key), UploadId: unknownUpload };
    await refused(s3.client.send(new UploadPartCommand({ ...at, PartNumber: 1, Body: 'a' })), 404, 'NoSuchUpload');
    await refused(s3.client.send(new ListPartsCommand(at)), 404, 'NoSuchUpload');
    await refused(complete(s3, key, unknownUpload, [part]), 404, 'NoSuchUpload');
    await refused(s3.client.send(new AbortMultipartUploadCommand(at)), 404, 'NoSuchUpload');
  }),
  ofUpload('An aborted upload no longer exists', api('AbortMultipartUpload'), async (s3, key, uploadId) => {
    const part = await s3.uploadPart(key, uploadId, 1, 'a CV');
    answered(await s3.raw('DELETE', key, { query: { uploadId } }), 204);
    await refused(complete(s3, key, uploadId, [part]), 404, 'NoSuchUpload');
    await s3.isAbsent(key);
  }),
  check('ListParts lists parts by number, a page at a time', api('ListParts'), async (s3, key) => {
    const UploadId = await s3.startMultipart(key);
    for (const number of [3, 1, 2]) await s3.uploadPart(key, UploadId, number, 'x'.repeat(number));
    const list = (more: object) => s3.client.send(new ListPartsCommand({ ...s3.at(key), UploadId, ...more }));
    const first = await list({ MaxParts: 2 });
    const shown = ({ Parts = [], IsTruncated }: ListPartsCommandOutput) =>
      `${Parts.map((part) => `${part.PartNumber} of ${part.Size} B`).join(', ')}; more: ${IsTruncated}`;
    equal(shown(first), '1 of 1 B, 2 of 2 B; more: true', 'first page');
    const second = await list({ PartNumberMarker: first.NextPartNumberMarker });
    equal(shown(second), '3 of 3 B; more: false', 'second page');
  }),
  check('ListMultipartUploads lists uploads in progress by prefix', api('ListMultipartUploads'), async (s3) => {
    const ids = [await s3.startMultipart(s3.key('a')), await s3.startMultipart(s3.key('b'))];
    await s3.startMultipart(`other-${s3.key('c')}`);
    const { Uploads = [] } = await s3.client.send(
      new ListMultipartUploadsCommand({ Bucket: s3.bucket, Prefix: s3.prefix }),
    );
    const shown = Uploads.map(({ Key, UploadId }) => `${Key} ${UploadId}`);
    equal(shown, [`${s3.key('a')} ${ids[0]}`, `${s3.key('b')} ${ids[1]}`], 'uploads');
    isTrue(
      Uploads.every(({ Initiated }) => Initiated instanceof Date),
      'Initiated is missing',
    );
  }),
  check('UploadPartCopy takes a range of another object', api('UploadPartCopy'), async (s3) => {
    const source = s3.key('source +é.pdf');
    await s3.put(source, '0123456789');
    const key = s3.key('target');
    const UploadId = await s3.startMultipart(key);
    const { CopyPartResult } = await s3.client.send(
      new UploadPartCopyCommand({
        ...s3.at(key),
        UploadId,
        PartNumber: 1,
        CopySource: `${s3.bucket}/${encodeAll(source)}`,
        CopySourceRange: 'bytes=2-5',
      }),
    );
    equal(CopyPartResult?.ETag, `"${md5Hex('2345')}"`, 'ETag of the part');
    await complete(s3, key, UploadId, [{ PartNumber: 1, ETag: given(CopyPartResult?.ETag, 'ETag') }]);
    equal((await s3.get(key)).text, '2345', 'body');
  }),
];
