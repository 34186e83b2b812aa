/** An AWS event name ("ObjectRemoved:Delete") that is safe to log. Other text could contain personal data. */
export const eventName = (value: string): string =>
  /^[\w:. *-]{1,80}$/.test(value) ? value : 'An event with an unrecognised name';

/**
 * A source such as `aws.s3` or `aws:kinesis`. Custom sources are not shown, because they may contain a person's name.
 */
export const awsSource = (value: unknown): string =>
  typeof value === 'string' && /^aws[.:][\w:.-]{1,60}$/.test(value) ? value : 'a source outside AWS';
