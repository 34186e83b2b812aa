import type { FileNumbers } from './measure-files.ts';

/** Shown in this order, each in its own colour with its own lightness. */
const lines = [
  { contender: 'ours', label: 'cv-courier', colour: '#0b7a55', width: 3 },
  { contender: 'naive', label: 'naive (file in memory)', colour: '#c2410c', width: 2 },
  { contender: 'sdk', label: 'official Kombo SDK', colour: '#6d28d9', width: 2 },
  { contender: 'floor', label: 'floor (bytes piped through)', colour: '#8a94a0', width: 2 },
] as const;

const panel = { width: 380, height: 240, left: 62, top: 56, gap: 90 };
const ink = '#57606a';

type Point = { readonly x: number; readonly y: number };

/** Memory and time against file size, side by side: one picture, readable on light and dark pages. */
export const chartOf = (files: readonly FileNumbers[]): string => {
  const width = panel.left + 2 * panel.width + panel.gap + 24;
  const height = panel.top + panel.height + 84;
  const seriesOf = (value: (one: FileNumbers) => number) =>
    lines.map((line) => ({
      ...line,
      points: files
        .filter(({ contender }) => contender === line.contender)
        .map((one) => ({ x: one.sizeMb, y: value(one) }))
        .sort((a, b) => a.x - b.x),
    }));
  const memory = panelOf(
    'Peak memory, MB',
    panel.left,
    seriesOf((one) => one.peakBytes.median / 1e6),
  );
  const time = panelOf(
    'Wall time, ms',
    panel.left + panel.width + panel.gap,
    seriesOf((one) => one.wallMs.median),
  );
  const legend = lines.map(({ label, colour, width: stroke }, index) => {
    const x = panel.left + index * ((width - panel.left) / lines.length);
    const y = height - 16;
    return `<path d="M${round(x)} ${y - 4}h20" stroke="${colour}" stroke-width="${stroke}"/>${text(x + 26, y, label)}`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img">`,
    '<title>Peak memory and wall time against file size</title>',
    `<rect width="${width}" height="${height}" rx="8" fill="#ffffff"/>`,
    memory,
    time,
    ...legend,
    '</svg>\n',
  ].join('\n');
};

const panelOf = (
  title: string,
  left: number,
  series: readonly { colour: string; width: number; points: readonly Point[] }[],
): string => {
  const points = series.flatMap((one) => one.points);
  const sizes = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const step = niceStep(Math.max(1, ...points.map(({ y }) => y)) / 4);
  const top = step * Math.ceil(Math.max(1, ...points.map(({ y }) => y)) / step);
  const atX = (x: number): number => left + (x / Math.max(1, ...sizes)) * panel.width;
  const atY = (y: number): number => panel.top + panel.height - (y / top) * panel.height;
  const grid: string[] = [];
  for (let y = 0; y <= top; y += step) {
    grid.push(`<path d="M${left} ${round(atY(y))}h${panel.width}" stroke="#d8dee4"/>`);
    grid.push(text(left - 8, atY(y) + 4, String(y), 'end'));
  }
  const ticks = sizes.map((size) => text(atX(size), panel.top + panel.height + 18, String(size), 'middle'));
  const drawn = series.map(({ colour, width, points: own }) => {
    const path = own.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${round(atX(x))} ${round(atY(y))}`).join('');
    const dots = own.map(({ x, y }) => `<circle cx="${round(atX(x))}" cy="${round(atY(y))}" r="3" fill="${colour}"/>`);
    return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${width}"/>${dots.join('')}`;
  });
  return [
    `<text x="${left}" y="${panel.top - 20}" font-size="14" font-weight="600" fill="#1f2328">${title}</text>`,
    ...grid,
    ...ticks,
    text(left + panel.width / 2, panel.top + panel.height + 38, 'file size, MB', 'middle'),
    ...drawn.reverse(),
  ].join('\n');
};

const text = (x: number, y: number, content: string, anchor = 'start'): string =>
  `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="${ink}">${content}</text>`;

const round = (value: number): number => Math.round(value * 10) / 10;

/** 1, 2 or 5 times a power of ten. */
const niceStep = (least: number): number => {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((factor) => factor * power >= least) ?? 10);
};
