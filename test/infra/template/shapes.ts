import { fillIn } from './fill-in.ts';
import { packageTemplate } from './package.ts';
import { type ConditionValues, settle } from './settle.ts';
import type { Template } from './template.ts';

/** Everything that is optional, switched on. */
const everything = {
  scan: 'create-plan',
  kmsKeyArn: 'arn:aws:kms:eu-central-1:111122223333:key/5f1a2b3c-1111-2222-3333-444455556666',
  alarmEmail: 'on-call@example.com',
  attachWithinSeconds: '600',
  transfer: 'data_url',
  outcomeBus: 'arn:aws:events:eu-central-1:111122223333:event-bus/hiring',
};

export interface Shape {
  readonly name: string;
  /** With conditions decided, but references still in place. */
  readonly settled: Template;
  /** With names and ARNs in the place of references. */
  readonly filledIn: Template;
}

const scans: Readonly<Record<string, ConditionValues>> = {
  'no scan': { ScanGate: false, ScanPlan: false },
  'scan by an existing plan': { ScanGate: true, ScanPlan: false },
  'scan by an own plan': { ScanGate: true, ScanPlan: true },
};
const onOff = [false, true];

/**
 * All shapes that the parameters can give the stack. Packaging takes seconds, so it is done once for each kind of bucket with
 * everything switched on; what is switched on and off are CloudFormation's conditions, which are then decided every way.
 */
export const allShapes = async (): Promise<readonly Shape[]> => {
  const packaged = await Promise.all([
    packageTemplate(everything),
    packageTemplate({ ...everything, existingBucket: 'acme-applications' }),
  ]);
  return packaged.flatMap((template, index) =>
    Object.entries(scans).flatMap(([scan, scanConditions]) =>
      onOff.flatMap((HasKmsKey) =>
        onOff.map((rest): Shape => {
          const overrides = {
            ...scanConditions,
            HasKmsKey,
            HasAlarmEmail: rest,
            HasAttachGoal: rest,
            SendsLinks: rest,
            ReserveConcurrency: !rest,
            OutcomeEvents: rest,
          };
          const settled = settle(template, overrides);
          const bucket = index === 0 ? 'own bucket' : 'existing bucket';
          const name = [
            bucket,
            scan,
            HasKmsKey ? 'key' : 'no key',
            rest ? 'e-mail, links, no reservation' : 'plain',
          ].join(', ');
          return { name, settled, filledIn: fillIn(settled) };
        }),
      ),
    ),
  );
};
