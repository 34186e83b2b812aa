import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BundleError } from '../../../infra/bundle.ts';
import { readFlags, runScript, UsageError } from '../../../infra/command-line.ts';
import { plotOf } from './plot.ts';
import { reportOf } from './report.ts';
import { soak } from './soak.ts';

const usage = `npm run soak -- [options]

  --cvs N            CVs to carry (20000)
  --integrations N   to so many integrations (50)
  --seed N           of sizes and faults (1)
  --out FOLDER       for report.md and soak.svg (artifacts/soak)

The built functions on the local stack: faults, an outage, kills and a restart, then quiet uploads for half of the CVs. Ends
with exit code 1 when a CV is lost, doubled or not attached, or when memory or handles grow. Ctrl-C ends it early.
`;

const main = async (): Promise<void> => {
  const { values } = readFlags({
    options: {
      cvs: { type: 'string', default: '20000' },
      integrations: { type: 'string', default: '50' },
      seed: { type: 'string', default: '1' },
      out: { type: 'string', default: path.join('artifacts', 'soak') },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(usage);
  const [cvs, integrations, seed] = [values.cvs, values.integrations, values.seed].map(Number) as [
    number,
    number,
    number,
  ];
  if (![cvs, integrations, seed].every((number) => Number.isInteger(number) && number > 0)) {
    throw new UsageError('--cvs, --integrations and --seed take whole numbers above 0.');
  }
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());
  const result = await soak({
    cvs,
    integrations,
    seed,
    signal: ending.signal,
    onSample: ({ phase, uploaded, attached }) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${phase}: ${uploaded} uploaded, ${attached} attached`);
    },
  });
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  const { text, isGood } = reportOf(result);
  await mkdir(values.out, { recursive: true });
  await writeFile(
    path.join(values.out, 'report.md'),
    `# Soak\n\n${text}\n\n![memory, waiting files, throughput](soak.svg)\n`,
  );
  await writeFile(path.join(values.out, 'soak.svg'), plotOf(result.samples));
  console.log(`${text}\n\nWith a picture in ${path.join(values.out, 'report.md')}.`);
  if (!isGood || ending.signal.aborted) process.exitCode = 1;
};

await runScript('soak', main, (error) => (error instanceof BundleError ? error.message : undefined));
