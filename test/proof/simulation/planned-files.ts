import { createHash } from 'node:crypto';
import type { Target } from '../../../lib/upload/target.ts';
import type { Upload } from '../../../lib/upload/upload.ts';
import { bucket, integrationId, secrets } from './courier.ts';
import type { Random } from './random.ts';
import type { SimulatedKombo } from './simulated-kombo.ts';
import type { SimulatedBucket } from './simulated-storage.ts';
import { people } from './simulated-tool.ts';
import type { World } from './world.ts';

/** The files of a history: ours, whose events reach the functions, and those of recruiters, which the ledger knows nothing of. */

export interface Put {
  readonly upload: Upload;
  readonly target: Pick<Target, 'kind' | 'id'>;
  readonly content: string;
}

const minute = 60_000;

export const etagOf = (content: string): string => createHash('md5').update(content).digest('hex');

/** Where a file goes: to one of two people or to an application of the first one; some keys name the type. */
const placeIn = (random: Random): { target: Put['target']; folder: string } => {
  const [one, two] = Object.keys(people) as [string, string];
  if (random.chance(0.25)) {
    const id = random.pick(people.GRKcandidateOne);
    return { target: { kind: 'application', id }, folder: `applications/${id}/` };
  }
  const id = random.pick([one, two]);
  const target = { kind: 'candidate', id } as const;
  if (random.chance(0.2)) return { target, folder: `typed/${id}/${random.pick(['cv', 'other'])}/` };
  return { target, folder: `candidates/${id}/${random.chance(0.3) ? `folder${random.below(2)}/` : ''}` };
};

/** Files appear, are replaced, deleted and put again; their events come late, twice, in any order. */
export const planUploads = (
  seed: number,
  world: World,
  random: Random,
  store: SimulatedBucket,
  puts: Put[],
  notify: (upload: Upload) => void,
): void => {
  const count = 2 + random.below(5);
  const isVersioned = random.chance(0.5);
  for (let index = 0; index < count; index += 1) {
    const { target, folder } = placeIn(random);
    const key = `${folder}${secrets.person} ${secrets.surname} ${random.below(2)}.txt`;
    world.at(random.below(30 * minute), () => put(key, target));
  }

  const put = (key: string, target: Put['target']): void => {
    // Now and then the very same bytes come again: under the same key, or under another one.
    const earlier = puts.filter(({ upload }) => upload.key === key || random.chance(0.3));
    const serial = earlier[0] && random.chance(0.3) ? puts.indexOf(earlier[0]) : puts.length;
    const again = puts[serial];
    const mark = createHash('md5').update(`${seed} ${serial}`).digest('hex').slice(-8);
    const content = again?.content ?? `${secrets.content}-${mark} ${'x'.repeat(9_000)}`;
    const etag = again?.upload.etag ?? etagOf(content);
    const version = isVersioned ? { versionId: `version-${puts.length}` } : {};
    const upload = { bucket, key, etag, sizeBytes: content.length, ...version };
    // A quarter go out under a name that others at the same target may have, too. Not a random draw: old seeds keep their histories.
    const named = /^[0-3]/.test(etag) && { filename: `${secrets.person} ${secrets.surname} ${Number(etag < '2')}.txt` };
    const file = { key, etag, content: Buffer.from(content), modifiedAt: world.now(), ...named };
    store.files.set(key, file);
    if (upload.versionId !== undefined) store.versions.set(upload.versionId, file);
    puts.push({ upload, target, content });
    world.tell(`bucket: put …${etag.slice(-8)}`);
    // None at all: the event was dropped, and only the sweep can find the file.
    const notifications = random.pick([0, 1, 1, 1, 2, 3]);
    for (let copy = 0; copy < notifications; copy += 1) {
      world.at(random.below(random.chance(0.2) ? 10 * minute : 2_000), () => notify(upload));
    }
    if (random.chance(0.15)) world.at(random.below(10 * minute), () => remove(key));
    if (random.chance(0.2)) world.at(random.below(10 * minute), () => put(key, target));
  };

  const remove = (key: string): void => {
    if (store.files.delete(key)) world.tell('bucket: delete');
  };
};

/** Recruiters put files there as well, under the same names, some as long as ours. */
export const planStrangers = (world: World, random: Random, kombo: SimulatedKombo): void => {
  for (let index = random.below(4); index > 0; index -= 1) {
    const { target } = placeIn(random);
    const name = `${secrets.person} ${secrets.surname} ${random.below(2)}.txt`;
    const content = `STRANGER${index} ${'x'.repeat(random.chance(0.5) ? 9_008 : 700)}`;
    const listed = { target, integrationId, name, type: 'CV', content, stranger: true, told: () => false } as const;
    world.at(random.below(60 * minute), () => {
      kombo.attachments.push({ ...listed, storedAt: world.now(), listedAt: world.now() });
    });
  }
};
