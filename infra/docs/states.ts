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

/** The situations of `held` and of `rejected` are one status each in the diagram. */
const statusOf = (situation: Situation): string => {
  if (situation === 'new') return '[*]';
  if (situation.startsWith('held')) return 'held';
  return situation.startsWith('rejected') ? 'rejected' : situation;
};

const arrowOf = ({ from, to }: Step): string => `${statusOf(from)} --> ${to}`;

/** A verdict that is written or acknowledged beside a status is no arrow. */
const isBeside = ({ event, from, to }: Step): boolean =>
  (event.endsWith('found clean') || event === 'resolve') && statusOf(from) === to;
const arrows = steps.filter((step) => !isBeside(step));

const diagram = (): readonly string[] =>
  unique(arrows.map(arrowOf)).map((arrow) => {
    const events = unique(arrows.filter((step) => arrowOf(step) === arrow).map(({ event }) => event));
    return `  ${arrow}: ${events.join(', ')}`;
  });

/** Situations of one status are named only where they differ: when all of them lead to the same status, its name says it. */
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

/** As GitHub draws it. */
export const stateDiagram = (): string => `\`\`\`mermaid
stateDiagram-v2
${diagram().join('\n')}
\`\`\``;

/** docs/states.md as a whole. */
export const statesPage = (): string => `# What can become of an upload

Printed from \`lib/ledger/moves.ts\` by \`npm run docs\`; a test keeps this page in step. Do not edit it by hand.

${stateDiagram()}

The same as a table. What is not in it is not allowed: the record stays as it is.

| event | from | to |
|---|---|---|
${rows().join('\n')}

- Only the owner of a claim can report how it ended: \`delivered\`, \`not delivered\`, \`answer lost\` and so on carry the owner's token.
  Nothing else changes \`sending\` until its lease has ended; then it is \`unknown\`, never free. Only where its key named no target is
  it \`rejected\` instead: nothing can have been sent.
- A pause is not a status: a lane is paused (one integration, or the whole account), and its files stay \`waiting\` or \`unknown\`. An
  upload that meets a paused lane is \`postponed\` without a claim, and nothing is written per file when the lane opens.
- \`claim\` takes what is \`waiting\` once it is due. An operator need not wait for that, and neither must the one file that tests
  whether a pause has ended.
- \`unknown\` is never sent. It becomes \`waiting\` after two looks at the target that agree that the file is not there, or by an
  operator's \`resend\`. Two exceptions send without a look, a few times at most: \`ON_UNKNOWN=resend\`, and a failure that Kombo calls
  safe to repeat where the tool's files cannot be listed ([lost-answers.md](lost-answers.md)).
- \`same bytes attached before\`: another upload of the key, with another ETag, has brought the same bytes to the target, so nothing is sent. While that one may still do so, this one is \`waiting\`.
- \`attached\` is left only by an operator's \`resend\`, with a reason.
- A verdict of the malware scan is written into the record in any state, and nothing is claimed while one is open that is not clean.
  Where it meets \`sending\` or \`unknown\`, the end of that decides: known not to be delivered means \`held\`. An attempt in progress may
  finish; no new one starts. An attached file stays \`attached\` and is listed among the held until \`resolve\` acknowledges the verdict.
- Which verdict counts does not depend on the order in which verdicts come: the newest one that has looked into the file; of the same
  second the worse one. A scan that could not be made takes back nothing. A clean verdict releases a file only from its verdict:
  what something else holds stays held for that.
`;
