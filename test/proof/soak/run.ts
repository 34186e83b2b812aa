import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BundleError } from '../../../infra/bundle.ts';
import { readFlags, runScript, UsageError } from '../../../infra/command-line.ts';
import { plotOf } from './plot.ts';
import { reportOf } from './report.ts';
import { soak } from './soak.ts';

const usage = `npm run soak -- [options]

  --cvs N            CVs to deliver (default 20000)
  --integrations N   number of integrations (default 50)
  --seed N           seed for sizes and faults (default 1)
  --out FOLDER       folder for report.md and soak.svg (default artifacts/soak)

Runs the built functions on the local stack with faults, an outage, kills and a restart, then uploads half of the CVs without
disturbance. Exit code 1: a CV was lost, doubled or not attached, or memory or handles grew. Ctrl-C ends it early.
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
  const numbers = { cvs: Number(values.cvs), integrations: Number(values.integrations), seed: Number(values.seed) };
  if (!Object.values(numbers).every((number) => Number.isInteger(number) && number > 0)) {
    throw new UsageError('--cvs, --integrations and --seed must be whole numbers above 0.');
  }
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());
  const result = await soak({
    ...numbers,
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
  console.log(`${text}\n\nThe report with a picture is in ${path.join(values.out, 'report.md')}.`);
  if (!isGood || ending.signal.aborted) process.exitCode = 1;
};

await runScript('soak', main, (error) => (error instanceof BundleError ? error.message : undefined));
