import { reference } from './stack-parameters.ts';

const isEmpty = (name: string) => ({ 'Fn::Equals': [reference(name), ''] });
const isNotEmpty = (name: string) => ({ 'Fn::Not': [isEmpty(name)] });
const isOff = (name: string) => ({ 'Fn::Equals': [reference(name), 'false'] });
const either = (...conditions: readonly object[]) => ({ 'Fn::Or': conditions });

const assertion = (Assert: object, AssertDescription: string) => ({ Assertions: [{ Assert, AssertDescription }] });

/**
 * The section `Rules` of the template. It rejects combinations of parameters that would otherwise go unnoticed, before
 * anything is changed. Packaging rejects these and more (faults.ts). The action `check` reports faults that no
 * comparison of parameters can find.
 */
export const templateRules = {
  OneBucket: assertion(
    either(isEmpty('existingBucket'), isEmpty('bucketName')),
    "ExistingBucket and BucketName are both set; BucketName is for the stack's own bucket, so set one of them to empty.",
  ),
  KeyForLogs: assertion(
    either(isOff('kmsKeyForLogs'), isNotEmpty('kmsKeyArn')),
    'KmsKeyForLogs is true, and KmsKeyArn is empty: set the key, or set KmsKeyForLogs to false.',
  ),
  KeyForMessages: assertion(
    either(isOff('kmsKeyForMessages'), isNotEmpty('kmsKeyArn')),
    'KmsKeyForMessages is true, and KmsKeyArn is empty: set the key, or set KmsKeyForMessages to false.',
  ),
};
