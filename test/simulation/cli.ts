import { parseArgs } from 'node:util';
import { runHistory } from './history.ts';
import { brokenPromises } from './invariants.ts';

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '2000' }, from: { type: 'string', default: '1' } } });
const from = Number(values.from);
const count = Number(values.seeds);
let crashes = 0;
let posts = 0;
let failures = 0;
const startedAt = performance.now();
for (let seed = from; seed < from + count; seed += 1) {
  const ended = await runHistory(seed);
  crashes += ended.world.crashes();
  posts += ended.kombo.posts;
  const broken = brokenPromises(ended);
  if (broken.length === 0) continue;
  failures += 1;
  if (failures <= 3) console.log([...ended.world.history, ...broken, ''].join('\n'));
  else console.log(`seed ${seed}: ${broken.join('; ')}`);
  if (failures > 20) break;
}
console.log({ from, count, crashes, posts, failures, seconds: (performance.now() - startedAt) / 1000 });
