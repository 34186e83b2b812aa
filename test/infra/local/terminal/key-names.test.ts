import { EventEmitter } from 'node:events';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import type { CreatedObject } from '../../../../infra/local/aws/events/s3-notification.ts';
import type { StackEvents } from '../../../../infra/local/stack.ts';
import { keyNames, printable } from '../../../../infra/local/terminal/key-names.ts';
import { maskKey } from '../../../../lib/telemetry/mask-key.ts';
import { bareEtag } from '../../../../lib/upload/upload.ts';
import { startTestS3 } from '../../../fakes/s3-test-server.ts';
import { settingsWith } from '../../../fakes/settings.ts';
import { temporaryFolder } from '../../../fakes/temporary-folder.ts';

const folder = 'candidates/8Xi6iZrwusZqJmDGXs49GBmJ';
const settings = settingsWith();

const world = async () => {
  const { client: s3 } = await startTestS3(await temporaryFolder());
  const events = new EventEmitter<StackEvents>();
  const nameOf = keyNames({ events, s3, bucket: 'cvs', settings });
  const put = async (key: string, body: string) => {
    const { ETag = '' } = await s3.send(new PutObjectCommand({ Bucket: 'cvs', Key: key, Body: body }));
    return bareEtag(ETag);
  };
  const line = (key: string, etag: string, requestId: string) => ({
    kind: 'delivery' as const,
    status: 'attached',
    key: maskKey(key, settings.keyTemplates),
    etag,
    function_request_id: requestId,
  });
  return { events, nameOf, put, line };
};

test('a log line of the invocation for an upload shows the name of that upload, even beside an object with the same bytes', async () => {
  const { events, nameOf, put, line } = await world();
  const keys = [`${folder}/Frank Doe CV.pdf`, `${folder}/Another CV.pdf`];
  for (const [index, key] of keys.entries()) {
    const object = { key, etag: await put(key, 'the same bytes') } as CreatedObject;
    events.emit('dispatched', { object, requestId: `r${index}`, result: Promise.resolve({ ok: true, result: null }) });
  }
  const etag = await put(`${folder}/Frank Doe CV.pdf`, 'the same bytes');
  expect(await nameOf(line(keys[0] ?? '', etag, 'r0'))).toBe(keys[0]);
  expect(await nameOf(line(keys[1] ?? '', etag, 'r1'))).toBe(keys[1]);
});

test('a log line of another invocation shows the name of the only matching object', async () => {
  const { nameOf, put, line } = await world();
  const etag = await put(`${folder}/Frank Doe CV.pdf`, 'his');
  await put(`${folder}/Jane Roe CV.pdf`, 'hers');
  await put(`${folder}/notes.txt`, 'his');
  expect(await nameOf(line(`${folder}/Frank Doe CV.pdf`, etag, 'of the schedule'))).toBe(`${folder}/Frank Doe CV.pdf`);
  const unmatched = await put('else where/Jane Roe.pdf', 'hers');
  expect(await nameOf(line('else where/Jane Roe.pdf', unmatched, 'r'))).toBe('else where/Jane Roe.pdf');
});

test('a name in a log line stays masked when several objects match, or none', async () => {
  const { nameOf, put, line } = await world();
  const etag = await put(`${folder}/Frank Doe CV.pdf`, 'the same bytes');
  await put(`${folder}/Jane Roe CV.pdf`, 'the same bytes');
  expect(await nameOf(line(`${folder}/Frank Doe CV.pdf`, etag, 'r'))).toBe(`${folder}/•••.pdf`);
  expect(await nameOf(line(`${folder}/Gone.pdf`, 'another', 'r'))).toBe(`${folder}/•••.pdf`);
});

test('characters of a name that would move the cursor or reverse the line are replaced', () => {
  expect(printable('a\u001b[2Jb\u202Efdp.c')).toBe('a\u{fffd}[2Jb\u{fffd}fdp.c');
});
