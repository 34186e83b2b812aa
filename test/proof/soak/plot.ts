import { panelOf, pictureOf, round, textAt } from '../bench/picture.ts';
import type { Sample } from './samples.ts';

const panel = { width: 900, height: 150, left: 70, gap: 90, top: 50 };
const colours = ['#0b7a55', '#6d28d9', '#c2410c', '#1d4ed8', '#8a94a0'] as const;

/** Memory of each function, waiting files, and CVs attached per second, over time; a vertical line at the start of each phase. */
export const plotOf = (samples: readonly Sample[]): string => {
  const seconds = Math.max(1, ...samples.map(({ atMs }) => atMs / 1_000));
  const line = (colour: string, figureOf: (sample: Sample, before: Sample) => number) => ({
    colour,
    width: 1.5,
    points: samples.map((sample, index) => ({
      x: sample.atMs / 1_000,
      y: figureOf(sample, samples[index - 1] ?? sample),
    })),
  });
  const names = [...new Set(samples.flatMap(({ processes }) => processes.map(({ name }) => name)))].sort();
  const memory = names.map((name, index) =>
    line(colours[index % colours.length] ?? colours[0], ({ processes }) =>
      Math.max(0, ...processes.filter((one) => one.name === name).map(({ rssBytes }) => rssBytes / 1e6)),
    ),
  );
  const panels = [
    { title: `Highest memory of a process, MB (${names.join(', ')})`, lines: memory },
    { title: 'Waiting files', lines: [line('#c2410c', ({ uploaded, attached }) => uploaded - attached)] },
    { title: 'CVs attached per second', lines: [line('#0b7a55', attachedPerSecond)] },
  ];
  const height = panel.top + panels.length * (panel.height + panel.gap);
  const starts = samples.filter(({ phase }, index) => phase !== samples[index - 1]?.phase);
  return pictureOf('Memory, waiting files and throughput over time', panel.left + panel.width + 30, height, [
    ...panels.map((one, index) => {
      const top = panel.top + index * (panel.height + panel.gap);
      return panelOf({ ...panel, ...one, top, xTitle: 'seconds', xTicks: [0, Math.round(seconds)] });
    }),
    ...starts.map(({ atMs, phase }) => {
      const x = round(panel.left + (atMs / 1_000 / seconds) * panel.width);
      return `<path d="M${x} ${panel.top}V${height - panel.gap}" stroke="#afb8c1" stroke-dasharray="3 3"/>${textAt(x + 3, panel.top + 10, phase)}`;
    }),
  ]);
};

const attachedPerSecond = (sample: Sample, before: Sample): number =>
  (sample.attached - before.attached) / Math.max(0.001, (sample.atMs - before.atMs) / 1_000);
