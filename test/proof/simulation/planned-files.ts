import { createHash } from 'node:crypto';
import type { Target } from '../../../lib/upload/target.ts';
import type { Upload } from '../../../lib/upload/upload.ts';
import { bucket, integrationId, mistypedIntegration, secrets } from './courier.ts';
import type { Random } from './random.ts';
import type { SimulatedKombo } from './simulated-kombo.ts';
import type { SimulatedBucket } from './simulated-storage.ts';
import { people } from './simulated-tool.ts';
import { lastEnd, type Plan } from './troubles.ts';
import type { World } from './world.ts';

/** The files of a history: ours, whose events reach the functions, and those of recruiters, which are not in the ledger. */

export interface Put {
  readonly upload: Upload;
  readonly target: Target;
  readonly content: string;
}

const minute = 60_000;

export const etagOf = (content: string): string => createHash('md5').update(content).digest('hex');

interface Place {
  readonly target: Target;
  readonly folder: string;
}

/** The target of a file: one of two people, or an application of the first one. Some keys name the type, some the integration. */
const placeIn = (random: Random, integrations: Plan['integrations']): Place => {
  const to = random.chance(0.5) ? integrationId : random.pick(integrations);
  const place = placeUnder(random, to);
  return to === integrationId ? place : { ...place, folder: tenantFolder(place.target) };
};

const tenantFolder = ({ integrationId: tenant, kind, id }: Target): string =>
  `tenants/${tenant}/${kind === 'candidate' ? 'candidates' : 'applications'}/${id}/`;

const placeUnder = (random: Random, to: string): Place => {
  const [one, two] = Object.keys(people) as [string, string];
  if (random.chance(0.25)) {
    const id = random.pick(people.GRKcandidateOne);
    return { target: { kind: 'application', id, integrationId: to }, folder: `applications/${id}/` };
  }
  const id = random.pick([one, two]);
  const target = { kind: 'candidate', id, integrationId: to } as const;
  if (random.chance(0.2)) return { target, folder: `typed/${id}/${random.pick(['cv', 'other'])}/` };
  return { target, folder: `candidates/${id}/${random.chance(0.3) ? `folder${random.below(2)}/` : ''}` };
};

/** Files are put, replaced, deleted and put again; their events come late, twice, and in any order. */
export const planUploads = (
  { seed, plan, more }: { readonly seed: number; readonly plan: Plan; readonly more: number },
  world: World,
  random: Random,
  store: SimulatedBucket,
  puts: Put[],
  notify: (upload: Upload) => void,
  scan: (upload: Upload) => void,
): void => {
  const isVersioned = random.chance(0.5);
  const nameOf = (number: number): string => `${secrets.person} ${secrets.surname} ${number}.txt`;
  const comes = (afterMs: number, { target, folder }: Place, names = 2, mark = ''): void => {
    const key = `${folder}${nameOf(random.below(names))}`;
    world.at(afterMs, () => put(key, target, mark));
  };
  for (let count = 2 + random.below(5) + more; count > 0; count -= 1)
    comes(random.below(30 * minute), placeIn(random, plan.integrations));
  if (random.chance(0.15)) {
    const target = { kind: 'candidate', id: 'GRKcandidateOne', integrationId: mistypedIntegration } as const;
    comes(random.below(30 * minute), { target, folder: tenantFolder(target) });
  }
  for (const trouble of plan.troubles) {
    const begin = trouble.from - world.now();
    const to = trouble.integrationId ?? random.pick(plan.integrations);
    const affected = (): Place => {
      const { target } = placeUnder(random, to);
      return { target, folder: tenantFolder(target) };
    };
    // Files that meet the outage: those that come shortly before it and during it, and in a long one also long after its start.
    for (let count = trouble.kind === 'throttled' ? 5 : 2; count > 0; count -= 1)
      comes(Math.max(0, begin - 5 * minute + random.below(20 * minute)), affected(), 8);
    if (trouble.kind === 'poison') {
      comes(begin, affected(), 8, trouble.mark);
      for (let count = 2; count > 0; count -= 1) comes(begin + random.below(60 * minute), affected(), 8);
    }
    if (!plan.isLong) continue;
    for (let count = 3 + random.below(3); count > 0; count -= 1) {
      const place = random.chance(0.5) ? affected() : placeIn(random, plan.integrations);
      comes(begin + random.below(trouble.until - trouble.from), place, 8);
    }
    // Some have already failed for another reason when it starts.
    for (let count = 6; count > 0; count -= 1) comes(begin - random.below(15 * minute), affected(), 8);
    // Files that come after it are delivered.
    comes(lastEnd(plan) - world.now() + random.below(30 * minute), placeIn(random, plan.integrations));
  }

  const put = (key: string, target: Put['target'], poison = ''): void => {
    // Sometimes the same bytes come again, under the same key or under another one.
    const earlier = puts.filter(({ upload }) => upload.key === key || random.chance(0.3));
    const comesAgain = earlier[0] && !poison && random.chance(0.3);
    const serial = comesAgain ? puts.indexOf(earlier[0] as Put) : puts.length;
    const again = puts[serial];
    const mark = createHash('md5').update(`${seed} ${serial}`).digest('hex').slice(-8);
    const content = again?.content ?? `${secrets.content}-${mark} ${poison}${'x'.repeat(9_000)}`;
    const etag = again?.upload.etag ?? etagOf(content);
    const version = isVersioned ? { versionId: `version-${puts.length}` } : {};
    const upload = { bucket, key, etag, sizeBytes: content.length, ...version };
    // A quarter are sent under a name that others at the target may have, too. Not a random draw, so that old seeds keep their histories.
    const named = /^[0-3]/.test(etag) && { filename: `${secrets.person} ${secrets.surname} ${Number(etag < '2')}.txt` };
    const file = { key, etag, content: Buffer.from(content), modifiedAt: world.now(), ...named };
    store.files.set(key, file);
    if (upload.versionId !== undefined) store.versions.set(upload.versionId, file);
    puts.push({ upload, target, content });
    world.tell(`bucket: put …${etag.slice(-8)}`);
    scan(upload);
    // No event at all: it was dropped, and only the sweep can find the file.
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

/** Recruiters put files there, too, under the same names and some as long as ours. */
export const planStrangers = (
  { integrations }: Pick<Plan, 'integrations'>,
  world: World,
  random: Random,
  kombo: SimulatedKombo,
): void => {
  for (let index = random.below(4); index > 0; index -= 1) {
    const { target } = placeIn(random, integrations);
    const name = `${secrets.person} ${secrets.surname} ${random.below(2)}.txt`;
    const content = `STRANGER${index} ${'x'.repeat(random.chance(0.5) ? 9_008 : 700)}`;
    const listed = { name, type: 'CV', content, stranger: true, told: () => false } as const;
    world.at(random.below(60 * minute), () => {
      const at = { storedAt: world.now(), listedAt: world.now() };
      kombo.attachments.push({ ...listed, target, integrationId: target.integrationId, ...at });
    });
  }
};
