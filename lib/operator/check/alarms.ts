import { count } from '../count.ts';
import { type CheckLine, fine, notTested, warn, wrong } from './check-line.ts';
import type { StackSetup } from './stack-setup.ts';

const what = 'alarms';

/** Whether alarms reach a subscriber. */
export const checkAlarms = async (
  topicArn: string | undefined,
  signal: AbortSignal,
  setup: Pick<StackSetup, 'subscriptions'>,
): Promise<readonly CheckLine[]> => {
  if (topicArn === undefined) return [notTested(what, 'ALARM_TOPIC is not set: only a deployed stack has alarms.')];
  const topic = await setup.subscriptions(topicArn, signal);
  if (!topic.ok) return [unreadableLine(topicArn, topic.error)];
  const { confirmed, pending } = topic.value;
  const waits =
    pending === 0
      ? ''
      : pending === 1
        ? 'One subscription is not confirmed yet.'
        : `${pending} subscriptions are not confirmed yet.`;
  const confirm =
    'Open the message "AWS Notification - Subscription Confirmation" at its address and follow the link, within two days of the deployment';
  if (confirmed === 0) {
    const found = `The alarms of this stack have no confirmed subscription, so they reach nobody. ${waits}`.trimEnd();
    const todo =
      pending > 0
        ? `${confirm}. Later, subscribe again: ${subscribe(topicArn)}.`
        : `Set the parameter alarmEmail and deploy, or run: ${subscribe(topicArn)}. Then follow the link in the confirmation message.`;
    return [wrong(what, found, todo)];
  }
  const found = `The topic of the alarms has ${count(confirmed, 'confirmed subscription')}.`;
  if (pending > 0) return [warn(what, `${found} ${waits}`, `${confirm}, or remove that subscription.`)];
  return [fine(what, found)];
};

const subscribe = (topicArn: string): string =>
  `aws sns subscribe --region ${topicArn.split(':')[3]} --topic-arn ${topicArn} --protocol email --notification-endpoint <address>`;

const unreadableLine = (topicArn: string, error: string): CheckLine =>
  error === 'NotFoundException'
    ? wrong(what, `The topic ${topicArn} does not exist, so alarms reach nobody.`, 'Deploy the stack again.')
    : notTested(
        what,
        `The topic of the alarms could not be read (${error}).`,
        `Give the role of on-demand sns:GetTopicAttributes on ${topicArn}, or check its subscriptions in the SNS console.`,
      );
