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

/** The situations of `held` are one status in the diagram. */
const statusOf = (situation: Situation): string => {
  if (situation === 'new') return '[*]';
  return situation.startsWith('held') ? 'held' : situation;
};

const arrowOf = ({ from, to }: Step): string => `${statusOf(from)} --> ${to}`;

const diagram = (): readonly string[] =>
  unique(steps.map(arrowOf)).map((arrow) => {
    const events = unique(steps.filter((step) => arrowOf(step) === arrow).map(({ event }) => event));
    return `  ${arrow}: ${events.join(', ')}`;
  });

const heldSituations = unique(steps.map(({ from }) => from).filter((from) => from.startsWith('held'))).length;

/** Situations of `held` are named only where they differ: when all of them lead to the same status, `held` says it. */
const sources = (event: EventForm, to: Status): string => {
  const situations = steps.filter((step) => step.event === event && step.to === to).map(({ from }) => from);
  const held = situations.filter((from) => from.startsWith('held'));
  const named = held.length === heldSituations ? ['held'] : held;
  return [...situations.filter((from) => !from.startsWith('held')), ...named].join('; ');
};

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
`;
