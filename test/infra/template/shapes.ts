import type { Parameters } from '../../../infra/parameters/faults.ts';
import { fillIn } from './fill-in.ts';
import { packageTemplate, plainTemplate } from './package.ts';
import { settle } from './settle.ts';
import type { Template } from './template.ts';

export interface Shape {
  readonly name: string;
  readonly form: 'osls' | 'plain';
  /** With conditions decided, but references still in place. */
  readonly settled: Template;
  /** With names and ARNs in place of references. */
  readonly filledIn: Template;
}

type Choice = readonly [name: string, options: Parameters];

/** Each list has the choices for one option; a shape has one of each. */
const choices: readonly (readonly Choice[])[] = [
  [
    ['own bucket', {}],
    ['existing bucket', { existingBucket: 'acme-applications' }],
  ],
  [
    ['no scan', { scan: 'none' }],
    ['scan by an existing plan', { scan: 'existing-plan' }],
    ['scan by an own plan', { scan: 'create-plan' }],
  ],
  [
    ['no key', {}],
    [
      'key',
      {
        kmsKeyArn: 'arn:aws:kms:eu-central-1:111122223333:key/5f1a2b3c-1111-2222-3333-444455556666',
        kmsKeyForMessages: 'true',
      },
    ],
  ],
  [
    ['', {}],
    [
      'a network of its own',
      {
        vpcSubnetIds: 'subnet-0a1b2c3d,subnet-0a1b2c3e',
        vpcSecurityGroupIds: 'sg-0a1b2c3d',
        permissionsBoundaryArn: 'arn:aws:iam::111122223333:policy/workloads',
        existingSecretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:kombo/prod-AbCdEf',
        existingAlarmTopicArn: 'arn:aws:sns:eu-central-1:111122223333:on-call',
      },
    ],
  ],
  [
    ['plain', {}],
    [
      'e-mail, links, canary, no reservation',
      {
        keyTemplates: 'candidates/{integration_id}/{candidate_id}/{filename}|candidates/{candidate_id}/{filename}',
        canaryKey: 'candidates/sandbox:8d1hpPsbjxUkoCoa1veLZGe5/8Xi6iZrwusZqJmDGXs49GBmJ/canary.pdf',
        alarmEmail: 'on-call@example.com',
        attachWithinSeconds: '600',
        transfer: 'data_url',
        reserveConcurrency: 'false',
        outcomeBus: 'arn:aws:events:eu-central-1:111122223333:event-bus/hiring',
      },
    ],
  ],
];

const combinations = (questions: readonly (readonly Choice[])[]): readonly Choice[] =>
  questions.reduce<readonly Choice[]>(
    (before, answers) =>
      before.flatMap(([name, options]) =>
        answers.map(
          ([answer, more]): Choice => [
            [name, answer].filter((part) => part !== '').join(', '),
            { ...options, ...more },
          ],
        ),
      ),
    [['', {}]],
  );

/** All shapes that the options can give the stack, in both forms of the template. */
export const allShapes = async (): Promise<readonly Shape[]> => {
  const shapes = combinations(choices).flatMap(([name, options]) =>
    (['osls', 'plain'] as const).map(async (form): Promise<Shape> => {
      const settled = settle(await (form === 'osls' ? packageTemplate(options) : plainTemplate(options)));
      return { name, form, settled, filledIn: fillIn(settled) };
    }),
  );
  return Promise.all(shapes);
};

/** The shape with all of these choices in its name. */
export const shapeNamed = (shapes: readonly Shape[], ...words: readonly string[]): Shape => {
  const found = shapes.find(({ name }) => words.every((word) => name.split(', ').includes(word)));
  if (found === undefined) throw new Error(`There is no shape with ${words.join(', ')}.`);
  return found;
};
