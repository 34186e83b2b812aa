import type { Numbers } from './measure.ts';
import { panelOf, pictureOf, round, textAt } from './picture.ts';

/** Shown in this order, each in its own colour with its own lightness. */
const contenders = [
  { contender: 'ours', label: 'cv-courier', colour: '#0b7a55', width: 3 },
  { contender: 'naive', label: 'naive (file in memory)', colour: '#c2410c', width: 2 },
  { contender: 'sdk', label: 'official Kombo SDK', colour: '#6d28d9', width: 2 },
  { contender: 'floor', label: 'floor (bytes piped through)', colour: '#8a94a0', width: 2 },
] as const;

const panel = { width: 380, height: 240, left: 62, top: 56, gap: 90 };

/** Memory and time against file size, side by side. */
export const chartOf = (files: Numbers['files']): string => {
  const width = panel.left + 2 * panel.width + panel.gap + 24;
  const height = panel.top + panel.height + 84;
  const xTicks = [...new Set(files.map(({ sizeMb }) => sizeMb))];
  const panels = [
    { title: 'Peak memory, MB', figureOf: (one: (typeof files)[number]) => one.peakBytes.median / 1e6 },
    { title: 'Wall time, ms', figureOf: (one: (typeof files)[number]) => one.wallMs.median },
  ].map(({ title, figureOf }, index) => {
    const lines = contenders.map(({ contender, ...line }) => ({
      ...line,
      points: files
        .filter((one) => one.contender === contender)
        .map((one) => ({ x: one.sizeMb, y: figureOf(one) }))
        .sort((a, b) => a.x - b.x),
    }));
    const left = panel.left + index * (panel.width + panel.gap);
    return panelOf({ ...panel, title, left, lines, xTitle: 'file size, MB', xTicks });
  });
  const legend = contenders.map(({ label, colour, width: stroke }, index) => {
    const x = panel.left + index * ((width - panel.left) / contenders.length);
    const y = height - 16;
    return `<path d="M${round(x)} ${y - 4}h20" stroke="${colour}" stroke-width="${stroke}"/>${textAt(x + 26, y, label)}`;
  });
  return pictureOf('Peak memory and wall time against file size', width, height, [...panels, ...legend]);
};
