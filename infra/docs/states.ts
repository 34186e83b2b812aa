import { type EventForm, moves, type Situation } from '../../lib/ledger/moves.ts';
import type { Status } from '../../lib/ledger/record.ts';

interface Step {
  readonly event: EventForm;
  readonly from: Situation;
  readonly to: Status;
}

const steps: readonly Step[] = Object.entries(moves).flatMap(([event, targets]) =>
  Object.entries(targets).map(([from, to]) => ({ event: event as EventForm, from: from as Situation, to })),
);

const unique = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];

/** In the diagram, all situations of `held` are one status, and so are those of `rejected`. */
const statusOf = (situation: Situation): string => {
  if (situation === 'new') return '[*]';
  if (situation.startsWith('held')) return 'held';
  return situation.startsWith('rejected') ? 'rejected' : situation;
};

const arrowOf = ({ from, to }: Step): string => `${statusOf(from)} --> ${to}`;

/** A verdict that is stored or acknowledged without a change of status is not an arrow. */
const isBeside = ({ event, from, to }: Step): boolean =>
  (event.endsWith('found clean') || event === 'resolve') && statusOf(from) === to;
const arrows = steps.filter((step) => !isBeside(step));

const diagram = (): readonly string[] =>
  unique(arrows.map(arrowOf)).map((arrow) => {
    const events = unique(arrows.filter((step) => arrowOf(step) === arrow).map(({ event }) => event));
    return `  ${arrow}: ${events.join(', ')}`;
  });

/**
 * Situations of one status are listed only where they differ. If all of them lead to the same status, the status is
 * named instead.
 */
const sources = (event: EventForm, to: Status): string => {
  const situations = steps.filter((step) => step.event === event && step.to === to).map(({ from }) => from);
  const isDivided = (from: Situation): boolean => divided.some((status) => from.startsWith(status));
  const named = divided.flatMap((status) => {
    const its = situations.filter((from) => from.startsWith(status));
    return its.length === situationsOf(status).length ? [status] : its;
  });
  return [...situations.filter((from) => !isDivided(from)), ...named].join('; ');
};

const divided = ['rejected', 'held'] as const;
const situationsOf = (status: string): readonly Situation[] =>
  unique(steps.map(({ from }) => from).filter((from) => from.startsWith(status)));

const rows = (): readonly string[] =>
  Object.entries(moves).flatMap(([event, targets]) =>
    unique(Object.values(targets)).map((to) => `| ${event} | ${sources(event as EventForm, to)} | ${to} |`),
  );

/** A diagram that GitHub renders. */
export const stateDiagram = (): string => `\`\`\`mermaid
stateDiagram-v2
${diagram().join('\n')}
\`\`\``;

/** The complete page docs/states.md. */
export const statesPage = (): string => `# States of an upload

Generated from \`lib/ledger/moves.ts\` by \`npm run docs\`; a test checks that this page is up to date. Do not edit it by hand.

${stateDiagram()}

The words of the diagram and the table:

- **claim**: one invocation takes the upload to send it. Its **lease** ends a little after the invocation must have ended; until then, nobody else may
  send the upload.
- **doubted**: the table was restored from a backup, so an upload that it shows as not sent may have been sent. Its target is checked first.
- **held, may be delivered**: the checks of the target could not decide whether an earlier attempt arrived, so an operator must look.
- **held for a fault**, **held by the malware scan**: known not to be delivered; an operator must act, or a clean scan.
- **rejected for its verdict**: an operator decided not to send a file that the malware scan had not found clean.

The same as a table. An event that is not listed is not allowed and does not change the record.

| event | from | to |
|---|---|---|
${rows().join('\n')}

- Only the owner of a claim can report how it ended: \`delivered\`, \`not delivered\`, \`answer lost\` and so on carry the owner's token.
  Nothing else changes \`sending\` until its lease has ended; then it becomes \`unknown\` and is not sent again yet. Only if its key
  named no target, it becomes \`rejected\`, because nothing can have been sent.
- A pause is not a status: a lane is paused (one integration, or the whole account), and its files stay \`waiting\` or \`unknown\`. An
  upload that meets a paused lane is \`postponed\` without a claim, and nothing is written per file when the lane opens.
- \`claim\` takes a \`waiting\` upload once it is due. An operator need not wait for that, nor need the file that tests whether a
  pause has ended.
- \`unknown\` is never sent. It becomes \`waiting\` after two checks of the target agree that the file is not there, or by an
  operator's \`resend\`. Two exceptions send without a check, a few times at most: \`ON_UNKNOWN=resend\`, and a failure that Kombo calls
  safe to repeat where the tool's files cannot be listed ([lost-answers.md](lost-answers.md)).
- \`same bytes attached before\`: another upload of the key, with another ETag, has delivered the same bytes to the target, so nothing is sent. While the other upload may still be delivered, this one is \`waiting\`.
- \`attached\` is left only by an operator's \`resend\`, with a reason.
- A verdict of the malware scan is written into the record in any state. While a verdict other than clean is open, nothing is claimed.
  A \`retry\` with \`force\` and a \`resend\` close such a verdict, except a found threat: only a newer verdict replaces that.
  If the upload is \`sending\` or \`unknown\`, the end of that decides: if it was not delivered, it is \`held\`. An attempt in progress may
  finish; no new one starts. An attached file stays \`attached\` and is listed among the held ones until \`resolve\` acknowledges the verdict.
- Which verdict counts does not depend on the order of arrival: the newest scan that examined the file counts; within the same
  second, the worse verdict. A scan that could not be made overrides nothing. A clean verdict removes only the hold by a verdict:
  a file that is also held for another reason stays held.
`;
