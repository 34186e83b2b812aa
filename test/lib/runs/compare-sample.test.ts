import { describe, expect, test } from 'vitest';
import { deliver } from '../../../lib/delivery/deliver.ts';
import { newLane } from '../../../lib/lane/lane.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { dueSamples } from '../../../lib/runs/compare-sample.ts';
import { type Upload, uploadId } from '../../../lib/upload/upload.ts';
import { pdf, textBytes } from '../../fakes/files.ts';
import { sampleOf } from '../../fakes/learnt-tool.ts';
import { hour, integrationId, minute, nine } from '../../fakes/ledger-samples.ts';
import { linkTo, losesAnswer, serves } from '../../fakes/scripted-kombo.ts';
import { applications, candidates, lists, rewrite, sampleWorld } from '../../worlds/sample-world.ts';

describe('a sample that is due', () => {
  test('a due sample is found by its bytes, and the tool is then known to list what it accepted', async () => {
    const world = sampleWorld();
    await world.deliverAndWait('candidates/GRK1/cv.pdf');
    expect(await world.knows()).toEqual({ lists: false, keepsBytes: 0 });
    expect(await world.compare()).toMatchObject({ compared: 1, found: 1 });
    expect(await world.knows()).toEqual({ lists: true, keepsBytes: 0 });
    expect(await world.waiting()).toEqual([]);
  });

  test('a found sample of a second target teaches that bytes are kept', async () => {
    const world = sampleWorld();
    await world.deliverAndWait('candidates/GRK1/cv.pdf');
    await world.deliverAndWait('candidates/GRK2/cv.pdf');
    expect(await world.compare()).toMatchObject({ compared: 2, found: 2 });
    expect(await world.knows()).toEqual({ lists: true, keepsBytes: pdf.length });
  });

  test('a sample costs one listing, once: the next run has nothing to compare', async () => {
    const world = sampleWorld();
    await world.deliverAndWait('candidates/GRK1/cv.pdf');
    await world.compare();
    world.clock.advance(hour);
    expect(await world.compare()).toMatchObject({ compared: 0, found: 0 });
    expect(world.kombo.listings).toHaveLength(1);
  });

  test('a sample is not compared before it is due', async () => {
    const world = sampleWorld();
    const upload = world.put('candidates/GRK1/cv.pdf');
    await world.run(deliver(upload, { deadline: world.deadline() }, world.courier));
    world.clock.advance(14 * minute);
    expect(await world.compare()).toMatchObject({ compared: 0, found: 0 });
    expect(world.kombo.listings).toEqual([]);
  });

  test('a sample that is not among the listed files teaches nothing, and counts as a miss', async () => {
    const world = sampleWorld();
    await world.deliverAndWait('candidates/GRK1/cv.pdf');
    lists(world, { name: 'cv.pdf', type: 'CV', link: 'https://files.example/converted' });
    world.kombo.linked.set('https://files.example/converted', () => serves(textBytes('converted')));
    expect(await world.compare()).toMatchObject({ compared: 1, found: 0 });
    expect(await world.knows()).toEqual({ lists: false, keepsBytes: 0 });
    expect(await world.missed()).toEqual([1]);
    expect(await world.waiting()).toEqual([]);
  });

  test.each<[string, (world: ReturnType<typeof sampleWorld>) => void]>([
    [
      'its target cannot be listed',
      (world) => {
        const failure = { code: 'KOMBO_UNAVAILABLE', detail: 'Kombo answered HTTP 503.' } as const;
        world.kombo.listing = () => ({ ok: false, failure, concurrency: {} });
      },
    ],
    ['a listed file has no link yet', (world) => lists(world, { name: 'cv.pdf', type: 'CV' })],
    [
      'one of two listed files has no link yet',
      (world) => {
        const link = 'https://files.example/other';
        lists(world, { name: 'cv.pdf', type: 'CV' }, { name: 'other.pdf', type: 'CV', link });
        world.kombo.linked.set(link, () => serves(textBytes('another file')));
      },
    ],
    ['its link fails', (world) => world.kombo.linked.set(linkTo(0), () => serves(pdf, {}, 503))],
  ])('a sample is tried again when %s', async (_, hinder) => {
    const world = sampleWorld();
    await world.deliverAndWait('candidates/GRK1/cv.pdf');
    hinder(world);
    expect(await world.compare()).toMatchObject({ compared: 1, found: 0 });
    expect(await world.missed()).toEqual([0]);
    expect(await world.waiting()).toMatchObject([{ tries: 1 }]);
    world.kombo.listing = undefined;
    world.kombo.linked.clear();
    world.clock.advance(4 * minute);
    expect(await world.compare()).toMatchObject({ compared: 1, found: 1 });
  });
});

test.each(['INTEGRATION.ACTION_NOT_AVAILABLE', 'KOMBO_FORBIDDEN'] as const)(
  'a target that cannot be listed at all is a miss, and is not listed again soon: %s',
  async (code) => {
    const world = sampleWorld();
    await world.deliverAndWait('candidates/GRK1/cv.pdf');
    world.kombo.listing = () => ({ ok: false, failure: { code, detail: 'Kombo answered.' }, concurrency: {} });
    expect(await world.compare()).toMatchObject({ compared: 1, found: 0 });
    expect(await world.missed()).toEqual([1]);
    expect(await world.waiting()).toEqual([]);
  },
);

test('a sample is a miss when its listed file leads to a page, which no later look would change', async () => {
  const world = sampleWorld();
  await world.deliverAndWait('candidates/GRK1/cv.pdf');
  world.kombo.linked.set(linkTo(0), () => serves(textBytes('<html>Log in</html>'), { 'content-type': 'text/html' }));
  expect(await world.compare()).toMatchObject({ compared: 1, found: 0 });
  expect(await world.missed()).toEqual([1]);
});

test('the due samples of a lane are those whose time has come', () => {
  const samples = [nine, nine + 1].map((dueAt) => ({ ...sampleOf('A', 10), dueAt }));
  const lane = {
    ...newLane(integrationId),
    tool: [{ ...candidates, samples, lessons: [], missed: 0, nextSampleAt: 0 }],
  };
  expect(dueSamples(lane, nine).map(({ sample }) => sample.dueAt)).toEqual([nine]);
});

describe('a listed file with equal bytes that proves nothing', () => {
  test('an equal file of another application does not show that the tool lists what it accepted for this one', async () => {
    const world = sampleWorld();
    await world.deliverAndWait('applications/APP1/cv.pdf');
    lists(world, { type: 'CV', link: linkTo(0), applicationId: 'APP2' });
    expect(await world.compare()).toMatchObject({ compared: 1, found: 0 });
    expect(await world.knows(applications)).toEqual({ lists: false, keepsBytes: 0 });
  });

  test('an equal file of this application is the sample', async () => {
    const world = sampleWorld();
    await world.deliverAndWait('applications/APP1/cv.pdf');
    lists(world, { type: 'CV', link: linkTo(0), applicationId: 'APP1' });
    expect(await world.compare()).toMatchObject({ compared: 1, found: 1 });
    expect(await world.knows(candidates)).toEqual({ lists: false, keepsBytes: 0 });
  });

  test('an equal file of the candidate proves nothing when these bytes were uploaded for the candidate as well', async () => {
    const world = sampleWorld();
    await world.deliverAndWait('candidates/GRK1/cv.pdf');
    await world.compare();
    await world.deliverAndWait('applications/APP1/cv.pdf');
    lists(world, { type: 'CV', link: linkTo(0), candidateId: 'GRK1' });
    expect(await world.compare()).toMatchObject({ compared: 1, found: 0 });
    expect(await world.knows(applications)).toEqual({ lists: false, keepsBytes: 0 });
    expect(await world.waiting()).toEqual([]);
  });

  test('an equal file of the candidate proves nothing when another upload has this length and another checksum', async () => {
    const world = sampleWorld();
    const other = await world.deliverAndWait('candidates/GRK1/cv.pdf');
    await rewrite(world, other, { content: { sizeBytes: pdf.length, checksum: { algorithm: 'MD5', value: '0' } } });
    await world.compare();
    await world.deliverAndWait('applications/APP1/cv.pdf');
    lists(world, { type: 'CV', link: linkTo(1), candidateId: 'GRK1' });
    expect(await world.compare()).toMatchObject({ compared: 1, found: 0 });
  });

  test('an equal file proves nothing when two uploads to the target have these bytes', async () => {
    const world = sampleWorld();
    await world.deliverAndWait('candidates/GRK1/cv.pdf');
    await world.deliverAndWait('candidates/GRK1/same.pdf');
    lists(world, { type: 'CV', link: linkTo(0) });
    expect(await world.compare()).toMatchObject({ compared: 1, found: 0 });
    expect(await world.knows()).toEqual({ lists: false, keepsBytes: 0 });
    expect(await world.missed()).toEqual([0]);
  });

  test('an equal file proves nothing when it has the type of another upload with these bytes', async () => {
    const world = sampleWorld();
    await world.deliverAndWait('candidates/GRK1/cv.pdf');
    const twin = await world.deliverAndWait('candidates/GRK1/same.pdf');
    await rewrite(world, twin, { sent: { name: 'same.pdf', type: 'OTHER', contentType: 'application/pdf' } });
    lists(world, { type: 'OTHER', link: linkTo(1) });
    expect(await world.compare()).toMatchObject({ compared: 1, found: 0 });
  });
});

describe('a listed file of the whole candidate', () => {
  test('an equal file of the candidate is the sample when no upload for the candidate has these bytes', async () => {
    const world = sampleWorld();
    await world.deliverAndWait('applications/APP1/cv.pdf');
    lists(world, { type: 'CV', link: linkTo(0), candidateId: 'GRK1' });
    expect(await world.compare()).toMatchObject({ compared: 1, found: 1 });
    expect(await world.knows(applications)).toEqual({ lists: true, keepsBytes: 0 });
  });

  test.each([
    ['the same algorithm and other bytes', { sizeBytes: pdf.length, checksum: { algorithm: 'CRC64NVME', value: '0' } }],
    ['another algorithm and another length', { sizeBytes: pdf.length + 1, checksum: { algorithm: 'MD5', value: '0' } }],
  ] as const)('an equal file of the candidate is the sample beside an upload with %s', async (_, content) => {
    const world = sampleWorld();
    await rewrite(world, await world.deliverAndWait('candidates/GRK1/cv.pdf'), { content });
    await world.compare();
    await world.deliverAndWait('applications/APP1/cv.pdf');
    lists(world, { type: 'CV', link: linkTo(1), candidateId: 'GRK1' });
    expect(await world.compare()).toMatchObject({ compared: 1, found: 1 });
  });

  test.each([
    ['an equal file of the target decides', 'candidates/GRK1', { candidateId: 'GRK1' }, pdf, true],
    ['an equal file that names nobody decides', 'applications/APP1', {}, pdf, true],
    [
      'an equal file of the candidate does not decide for an application',
      'applications/APP1',
      { candidateId: 'GRK1' },
      pdf,
      false,
    ],
    ['another file decides nothing', 'candidates/GRK1', {}, textBytes('a letter'), false],
  ])('a comparison opens the files of a listing until one decides: %s', async (_, folder, names, bytes, isEarly) => {
    const world = sampleWorld();
    await world.deliverAndWait(`${folder}/cv.pdf`);
    const links = Array.from({ length: 30 }, (_value, place) => `https://files.example/${place}`);
    for (const [place, link] of links.entries())
      world.kombo.linked.set(link, () => serves(place === 0 ? bytes : textBytes(`letter ${place}`)));
    lists(
      world,
      { name: 'cv.pdf', type: 'CV', link: links[0] ?? '', ...names },
      ...links.slice(1).map((link) => ({ link })),
    );
    await world.compare();
    expect(world.kombo.opened.length < 30).toBe(isEarly);
  });

  test('an equal file of the application decides, beside one of the candidate', async () => {
    const world = sampleWorld();
    await world.deliverAndWait('candidates/GRK1/cv.pdf');
    await world.compare();
    await world.deliverAndWait('applications/APP1/cv.pdf');
    const ofPerson = { type: 'CV', link: linkTo(0), candidateId: 'GRK1' };
    lists(world, { ...ofPerson, applicationId: 'APP1', link: linkTo(1) }, ofPerson);
    expect(await world.compare()).toMatchObject({ compared: 1, found: 1 });
  });
});

describe('a sample that is dropped without a look', () => {
  test.each<[string, (world: ReturnType<typeof sampleWorld>, upload: Upload) => unknown]>([
    ['its record was erased', (world, upload) => world.table.items.delete(uploadId(upload))],
    [
      'its record cannot be read',
      (world, upload) => {
        const item = world.table.items.get(uploadId(upload));
        if (item) world.table.items.set(item.pk, { ...item, document: '{' });
      },
    ],
    ['an operator had it sent again', (world, upload) => rewrite(world, upload, { resentAt: world.clock.now() })],
    [
      'an operator resolved it',
      (world, upload) =>
        rewrite(world, upload, { state: { status: 'attached', attachedAt: 1, warnings: [], evidence: 'operator' } }),
    ],
    [
      'it was found only by a look',
      (world, upload) =>
        rewrite(world, upload, { state: { status: 'attached', attachedAt: 1, warnings: [], evidence: 'read-back' } }),
    ],
    ['its bytes are not known', (world, upload) => rewrite(world, upload, { content: undefined })],
    ...(
      [
        { kind: 'candidate', id: 'GRK9', integrationId },
        { kind: 'application', id: 'GRK1', integrationId },
        { kind: 'candidate', id: 'GRK1', integrationId: 'lever:2' },
        undefined,
      ] as const
    ).map((target): [string, (world: ReturnType<typeof sampleWorld>, upload: Upload) => unknown] => [
      `its key names another target now: ${JSON.stringify(target)}`,
      (world, upload) => rewrite(world, upload, { target } as Partial<LedgerRecord>),
    ]),
  ])('a sample is dropped without a look when %s', async (_, happens) => {
    const world = sampleWorld();
    const upload = await world.deliverAndWait('candidates/GRK1/cv.pdf');
    await happens(world, upload);
    expect(await world.compare()).toMatchObject({ compared: 1, found: 0 });
    expect(world.kombo.listings).toEqual([]);
    expect(await world.waiting()).toEqual([]);
    expect(await world.missed()).toEqual([0]);
  });

  test('a file whose answer was lost never becomes a sample', async () => {
    const world = sampleWorld();
    world.kombo.script.push(() => losesAnswer());
    await world.deliverAndWait('candidates/GRK1/cv.pdf');
    expect(await world.waiting()).toEqual([]);
  });
});
