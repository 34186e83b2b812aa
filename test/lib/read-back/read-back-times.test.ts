import { beforeEach, expect, test } from 'vitest';
import type { Courier } from '../../../lib/courier.ts';
import { deliver } from '../../../lib/delivery/deliver.ts';
import type { Outcome } from '../../../lib/outcome.ts';
import { readBack } from '../../../lib/read-back/read-back.ts';
import type { Upload } from '../../../lib/upload/upload.ts';
import { hour, minute, second } from '../../fakes/ledger-samples.ts';
import { losesAnswer, losesFile, type PostScript } from '../../fakes/scripted-kombo.ts';
import { type DeliveryWorld, deliveryWorld } from '../../worlds/delivery-world.ts';

/** A file of that name proves something only where its date can be that of the one that is looked for. */
let world: DeliveryWorld;
let deps: Courier;
const key = 'candidates/GRK123/Frank Doe CV.pdf';

beforeEach(() => {
  world = deliveryWorld();
  deps = world.newCourier();
});

const send = (upload: Upload, ...fates: readonly PostScript[]): Promise<Outcome> => {
  world.kombo.script.push(...fates);
  return deliver(upload, { deadline: world.deadline() }, deps);
};
const read = async (upload: Upload): Promise<Outcome> =>
  world.run(readBack(await world.recordOf(upload), world.deadline(), deps));
const resend = async (upload: Upload, ...fates: readonly PostScript[]): Promise<void> => {
  const asked = await deps.ledger.apply(await world.recordOf(upload), { kind: 'resend', reason: 'A person looked.' });
  if (asked === 'conflict') throw new Error('The resend was refused.');
  world.kombo.script.push(...fates);
  await deliver(upload, { deadline: world.deadline(), seen: asked.record }, deps);
};
/** Lost, and held since: a person has to look. */
const heldFor = async (durationMs: number): Promise<Upload> => {
  const upload = world.put(key);
  await send(upload, losesFile);
  world.clock.advance(minute);
  const failure = { code: 'OUTCOME_UNKNOWN', detail: 'It may be there.' } as const;
  await deps.ledger.apply(await world.recordOf(upload), { kind: 'undecidable', failure });
  world.clock.advance(durationMs);
  return upload;
};

test('what was held for days and is sent again is found, though the first copy may be there', async () => {
  const upload = await heldFor(72 * hour);
  await resend(upload, losesAnswer);
  world.clock.advance(minute);
  expect(await read(upload)).toMatchObject({ status: 'attached' });
});

test('a sibling that is held for days does not put a newer file of its name in doubt', async () => {
  await heldFor(72 * hour);
  const newer = world.put(key, { etag: 'newer' });
  await send(newer, losesAnswer);
  world.clock.advance(minute);
  expect(await read(newer)).toMatchObject({ status: 'attached' });
});

test('a sibling that was held a moment ago does', async () => {
  await heldFor(minute);
  const newer = world.put(key, { etag: 'newer' });
  await send(newer, losesAnswer);
  world.clock.advance(minute);
  expect(await read(newer)).toMatchObject({ status: 'held' });
});

test('a resend puts no file of another name in doubt', async () => {
  const resent = world.put(key);
  await send(resent);
  world.clock.advance(2 * minute);
  await resend(resent);
  const other = world.put('candidates/GRK123/Certificates.pdf');
  await send(other, losesAnswer);
  world.clock.advance(5 * minute);
  expect(await read(other)).toMatchObject({ status: 'attached' });
});

/** The tool lists a file two minutes after it took it. */
const listsLate = (): void => {
  const shown = () => world.kombo.standing.filter(({ createdAt }) => createdAt + 2 * minute <= world.clock.now());
  world.kombo.listing = () => ({
    ok: true,
    value: shown().map(({ attachment: { name, type }, createdAt }) => ({ name, type, createdAt })),
    concurrency: {},
  });
};

test('is not sent again while the file that is listed may be its own, and that of a newer one not listed yet', async () => {
  listsLate();
  const upload = world.put(key);
  await send(upload, losesAnswer);
  world.clock.advance(minute);
  expect(await read(upload)).toMatchObject({ status: 'unknown' });
  world.clock.advance(4.5 * minute);
  await send(world.put(key, { etag: 'newer' }));
  world.clock.advance(minute);
  expect(await read(upload)).toMatchObject({ status: 'unknown' });
  world.clock.advance(3 * minute);
  expect(await read(upload)).toMatchObject({ status: 'attached' });
});

test('a sibling of another name delays nothing', async () => {
  const upload = world.put(key);
  await send(upload, losesFile);
  await read(upload);
  world.clock.advance(5 * minute);
  await send(world.put('candidates/GRK123/Certificates.pdf'));
  world.clock.advance(second);
  expect(await read(upload)).toMatchObject({ status: 'retrying' });
});

test('the same bytes put again since may have another name, so the new name proves no absence', async () => {
  const inbox = 'candidates/GRK123/upload-7.pdf';
  const upload = world.put(inbox, { modifiedAt: world.clock.now() - second });
  const target = { kind: 'candidate', id: 'GRK123', integrationId: deps.settings.integrationId ?? '' } as const;
  const leaseUntil = world.clock.now() + 7 * minute;
  await deps.ledger.claim({ kind: 'claim', upload, target, attachmentType: 'CV', owner: 'dead', leaseUntil });
  const listed = { name: 'upload-7.pdf', type: 'CV', createdAt: world.clock.now() + second };
  world.kombo.listing = () => ({ ok: true, value: [listed], concurrency: {} });
  world.clock.advance(8 * minute);
  const again = { etag: upload.etag, metadata: { filename: 'Jo Roe.pdf' }, modifiedAt: world.clock.now() };
  await send(world.put(inbox, again));
  world.clock.advance(minute);
  expect(await read(upload)).toMatchObject({ status: 'held', failure: { code: 'OUTCOME_UNKNOWN' } });
});
