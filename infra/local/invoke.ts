import { isObject } from '../../lib/json.ts';
import { UsageError } from '../command-line.ts';
import { answerText } from '../invoke/answer-text.ts';
import { type CommandLine, parseCommandLine, usage } from '../invoke/command-line.ts';
import { invokeDeployed } from '../invoke/deployed.ts';
import { InvokeError } from '../invoke/errors.ts';
import { invokeLocal } from '../invoke/local.ts';
import { readEvent } from '../invoke/read-event.ts';
import { readService } from '../invoke/service.ts';

type Invocation = Extract<CommandLine, { kind: 'invoke' }>;

/** `npm run invoke`: invokes a function of the local stack or, with --stage, a deployed one, and prints its answer. */
const main = async (): Promise<void> => {
  const line = parseCommandLine(process.argv.slice(2));
  if (line.kind === 'help') return console.log(usage);
  const answer = await invoke(line);
  const place = line.where.kind === 'deployed' ? ` --${line.where.by} ${line.where.named}` : '';
  const region = line.where.kind === 'deployed' && line.where.region ? ` --region ${line.where.region}` : '';
  const command = `npm run invoke --${place}${region} ${line.name}`;
  console.log(line.asJson ? JSON.stringify(answer, null, 2) : answerText(answer, command));
  if (isObject(answer) && answer.ok === false) process.exitCode = 1;
};

const invoke = async ({ name, event, where }: Invocation): Promise<unknown> => {
  if (where.kind === 'local') return invokeLocal(where.stateDir, name, await readEvent(event, process.stdin));
  const { functions, defaultRegion, stackName, timeoutSeconds } = readService();
  if (!functions.includes(name)) throw new UsageError(`Unknown function ${name}. Available: ${functions.join(', ')}.`);
  const deployed = {
    functionName: `${stackName(where)}-${name}`,
    region: where.region,
    defaultRegion,
    functionTimeoutSeconds: timeoutSeconds(name),
  };
  return invokeDeployed(deployed, await readEvent(event, process.stdin));
};

try {
  await main();
} catch (error) {
  const isExpected = error instanceof UsageError || error instanceof InvokeError;
  console.error(isExpected ? error.message : error);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
