import { Fault } from './setting.ts';

/** Parsers for settings that name AWS resources. */

export const bucketName = (value: string): string => {
  if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(value)) return value;
  throw new Fault(`is "${value}"; that is not a bucket name (3 to 63 of a-z, 0-9, dot and hyphen).`);
};

export const topicArn = (value: string): string => {
  if (/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+$/.test(value)) return value;
  throw new Fault(`is "${value}"; it must be the ARN of a topic, arn:aws:sns:<region>:<account>:<name>.`);
};

export const eventBus = (value: string): string => {
  if (/^(off|default|arn:aws[a-z-]*:events:[a-z0-9-]+:\d{12}:event-bus\/[A-Za-z0-9._/-]{1,256})$/.test(value))
    return value;
  throw new Fault(
    `is "${value}"; it must be off, default, or the ARN of a bus, arn:aws:events:<region>:<account>:event-bus/<name>.`,
  );
};
