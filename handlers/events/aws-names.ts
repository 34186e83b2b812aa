/** The name of an event in AWS's vocabulary ("ObjectRemoved:Delete"), safe to log; anything longer or odder is not. */
export const eventName = (value: unknown): string =>
  typeof value === 'string' && /^[\w:. *-]{1,80}$/.test(value) ? value : 'An event without a plain name';

/** `aws.s3`, `aws:kinesis`. Only AWS's own names, because a custom source may contain the name of a person. */
export const awsSource = (value: unknown): string =>
  typeof value === 'string' && /^aws[.:][\w:.-]{1,60}$/.test(value) ? value : 'a source that is not of AWS';
