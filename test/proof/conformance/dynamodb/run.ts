import { parseArgs } from 'node:util';
import { startDynamoDb } from '../../../../infra/local/aws/dynamodb/server.ts';
import { runDynamodbChecks } from './suite.ts';

const usage = `node test/proof/conformance/dynamodb/run.ts [--dynamodb URL] [--implementation NAME] [--only TEXT]

Checks whether a table behaves as the AWS documentation says. Without a URL the local table server is started and checked.
  --dynamodb URL          a DynamoDB endpoint; credentials and region come from the environment
  --implementation NAME   accept what known-deviations.ts lists under this name (local, dynamodb-local, moto)
  --only TEXT             only the checks with this text in their names
The checks use tables of their own and delete them.`;

const { values } = parseArgs({
  options: {
    dynamodb: { type: 'string' },
    implementation: { type: 'string' },
    only: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(usage);
} else {
  const server = values.dynamodb === undefined ? await startDynamoDb(undefined, 0) : undefined;
  const { passed, failed, known } = await runDynamodbChecks({
    url: values.dynamodb ?? server?.url ?? '',
    only: values.only,
    implementation: values.implementation ?? (server && 'local'),
  });
  await server?.close();
  for (const { name, reason } of known) console.log(`known   ${name}\n        ${reason}`);
  for (const { name, page, reason } of failed) console.log(`FAILED  ${name}\n        ${reason}\n        ${page}`);
  console.log(`dynamodb: ${passed.length} passed, ${known.length} known deviations, ${failed.length} failed`);
  // A mistyped --only must not look like success.
  if (failed.length > 0 || passed.length + known.length === 0) process.exitCode = 1;
}
