import { expect, onTestFinished, test } from 'vitest';
import { ConfigurationError } from '../../../lib/config/config.ts';
import { pdf } from '../../fakes/files.ts';
import { newFolder, remove } from '../../fakes/temporary-folder.ts';
import { ownStack, put, recordOf, storedFilesOf } from '../../worlds/local-stack.ts';

const startOwnStack = async (...options: Parameters<typeof ownStack>) => {
  const { stack, end } = await ownStack(...options);
  onTestFinished(end);
  return stack;
};

test('TRANSFER=data_url: Kombo downloads the exact bytes from a link', async () => {
  const stack = await startOwnStack({ shell: { TRANSFER: 'data_url' } });
  await put(stack, 'candidates/linked1/C++ 100% CV.pdf', pdf);
  expect(await storedFilesOf(stack, 'linked1')).toEqual([{ name: 'C++ 100% CV.pdf', bytes: Buffer.from(pdf) }]);
  expect(stack.kombo.attachments()).toMatchObject([{ transfer: 'data_url', contentType: 'application/pdf' }]);
});

test('KEY_TEMPLATES: an application under another integration gets its cover letter', async () => {
  const stack = await startOwnStack({
    shell: { KEY_TEMPLATES: '{integration_id}/applications/{application_id}/{type}/{filename}' },
  });
  await put(stack, 'greenhouse:CvCourierGreenhouseAAAAA/applications/app1/cover-letter/Letter.pdf', pdf);
  expect(stack.kombo.attachments()).toMatchObject([
    {
      integrationId: 'greenhouse:CvCourierGreenhouseAAAAA',
      target: { kind: 'application', id: 'app1' },
      type: 'COVER_LETTER',
      name: 'Letter.pdf',
    },
  ]);
});

test('KEY_TEMPLATES: an upload into the folder "R&D" starts the function', async () => {
  const stack = await startOwnStack({ shell: { KEY_TEMPLATES: 'R&D/{candidate_id}/{filename}' } });
  await put(stack, 'R&D/letters1/CV.pdf', pdf);
  expect(stack.kombo.attachments()).toMatchObject([{ target: { kind: 'candidate', id: 'letters1' }, name: 'CV.pdf' }]);
});

test('user metadata sets the name of the attachment and its remote_fields', async () => {
  const stack = await startOwnStack();
  const remoteFields = { greenhouse: { post_headers: { 'On-Behalf-Of': '4027' } } };
  await put(stack, 'candidates/meta1/upload-7.pdf', pdf, {
    Metadata: { filename: 'Jane Roe.pdf', 'kombo-remote-fields': JSON.stringify(remoteFields) },
  });
  expect(stack.kombo.attachments()).toMatchObject([{ name: 'Jane Roe.pdf', remoteFields }]);
});

test('invalid settings stop the local stack before it starts, and each one is named', async () => {
  const folder = await newFolder();
  onTestFinished(() => remove(folder));
  const start = () => ownStack({ stateDir: folder, shell: { MAX_BYTES: 'many', TRANSFER: 'pigeon' } });
  await expect(start()).rejects.toThrow(ConfigurationError);
  await expect(start()).rejects.toThrow(/MAX_BYTES is "many"[\s\S]*TRANSFER is "pigeon"/);
  // The folder is not locked: a stack with valid settings starts in it.
  await (await ownStack({ stateDir: folder })).end();
});

test('files and records survive a restart of the local stack, and no file is sent again', async () => {
  const folder = await newFolder();
  onTestFinished(() => remove(folder));
  const first = await ownStack({ stateDir: folder });
  const { object } = await put(first.stack, 'candidates/kept1/cv.pdf', pdf);
  await first.end();

  const second = await ownStack({ stateDir: folder });
  onTestFinished(second.end);
  expect(await recordOf(second.stack, object.key, object.etag ?? '')).toMatchObject({ state: { status: 'attached' } });
  expect(await storedFilesOf(second.stack, 'kept1')).toEqual([{ name: 'cv.pdf', bytes: Buffer.from(pdf) }]);
  await put(second.stack, 'candidates/kept1/cv.pdf', pdf);
  expect(second.stack.kombo.requests.recent()).toEqual([]);
});

test('two local stacks run side by side, each with its own ports', async () => {
  const one = await startOwnStack({ portBase: 45_700 });
  const two = await startOwnStack({ portBase: 45_700 });
  expect(new Set([...Object.values(one.endpoints), ...Object.values(two.endpoints)]).size).toBe(8);
  await put(one, 'candidates/first1/cv.pdf', pdf);
  expect(await storedFilesOf(one, 'first1')).toHaveLength(1);
  expect(await storedFilesOf(two, 'first1')).toHaveLength(0);
});
