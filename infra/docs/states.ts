import type { Status } from '../../lib/ledger/record.ts';
import { transition } from '../../lib/ledger/transition.ts';
import { recordIn, type SampleEvent, sampleEvents, sampleNow, sampleStates } from './state-samples.ts';

interface Step {
  readonly event: string;
  /** The status, and the shape of it. */
  readonly from: 'new' | Status;
  readonly shape: string;
  readonly to: Status;
}

/** A special form of an event is told only where the plain one is refused. */
const allowed = (from: Step['from'], shape: string, forms: readonly SampleEvent[]): readonly Step[] => {
  const state = from === 'new' ? undefined : sampleStates[from].find(({ label }) => label === shape)?.state;
  const steps = forms.flatMap(({ label, event }): Step[] => {
    const result = transition(state && recordIn(state), event, sampleNow, 'write');
    return 'refused' in result ? [] : [{ event: label, from, shape, to: result.next.state.status }];
  });
  return forms[0]?.event.kind === 'claim' ? steps.slice(0, 1) : steps;
};

const shapes: readonly { readonly from: Step['from']; readonly shape: string }[] = [
  { from: 'new', shape: 'new' },
  ...Object.values(sampleStates)
    .flat()
    .map(({ label, state }) => ({ from: state.status, shape: label })),
];

/** Every status with every event, as `transition` itself judges it. */
const steps: readonly Step[] = Object.values(sampleEvents).flatMap((forms) =>
  shapes.flatMap(({ from, shape }) => allowed(from, shape, forms)),
);

const unique = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];

const diagram = (): readonly string[] => {
  const arrows = unique(steps.map(({ from, to }) => `${from === 'new' ? '[*]' : from} --> ${to}`));
  return arrows.map((arrow) => {
    const labels = steps.filter(({ from, to }) => `${from === 'new' ? '[*]' : from} --> ${to}` === arrow);
    return `  ${arrow}: ${unique(labels.map(({ event }) => event)).join(', ')}`;
  });
};

/** Shapes are named only where they differ: when all of a status go the same way, the status says it. */
const sources = (event: string, to: Status): string => {
  const its = steps.filter((step) => step.event === event && step.to === to);
  return unique(its.map(({ from }) => from))
    .map((from) => {
      const all = from === 'new' ? 1 : sampleStates[from].length;
      const named = its.filter((step) => step.from === from).map(({ shape }) => shape);
      return named.length === all ? from : named.join('; ');
    })
    .join('; ');
};

const rows = (): readonly string[] =>
  unique(steps.map(({ event, to }) => JSON.stringify([event, to]))).map((pair) => {
    const [event, to]: [string, Status] = JSON.parse(pair);
    return `| ${event} | ${sources(event, to)} | ${to} |`;
  });

/** docs/states.md as a whole. */
/** As GitHub draws it. */
export const stateDiagram = (): string => `\`\`\`mermaid
stateDiagram-v2
${diagram().join('\n')}
\`\`\``;

export const statesPage = (): string => `# What can become of an upload

Drawn from \`lib/ledger/transition.ts\` by \`npm run docs\`; a test keeps this page in step. Do not edit it by hand.

${stateDiagram()}

The same as a table. What is not in it is refused: the record stays as it is.

| event | from | to |
|---|---|---|
${rows().join('\n')}

- Only the owner of a claim can say what came of it: \`delivered\`, \`not delivered\`, \`answer lost\` and their kin carry the owner's
  token. Nobody else moves \`sending\`, unless its lease has ended; then it is \`unknown\`, never free.
- \`unknown\` is never sent. Only two complete listings of the target without the file, or a person, make it \`retrying\`.
- \`attached\` is left by a person's \`resend\` alone, with a reason.
`;
