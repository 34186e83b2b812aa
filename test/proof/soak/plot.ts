import type { Sample } from './samples.ts';

const panel = { width: 900, height: 150, left: 70, gap: 60, top: 40 };
const ink = '#57606a';

interface Line {
  readonly colour: string;
  readonly points: readonly (readonly [seconds: number, value: number])[];
}

/** Memory of each function, waiting files, and CVs attached per second, over time; a vertical line at the start of each phase. */
export const plotOf = (samples: readonly Sample[]): string => {
  const seconds = samples.map(({ atMs }) => atMs / 1_000);
  const longest = Math.max(1, ...seconds);
  const names = [...new Set(samples.flatMap(({ processes }) => processes.map(({ name }) => name)))].sort();
  const memory = names.map((name, index): Line => {
    const highest = ({ processes }: Sample): number =>
      Math.max(0, ...processes.filter((one) => one.name === name).map(({ rssBytes }) => rssBytes / 1e6));
    return { colour: colours[index % colours.length] ?? ink, points: pointsOf(samples, highest) };
  });
  const waiting = [{ colour: '#c2410c', points: pointsOf(samples, (one) => one.uploaded - one.attached) }];
  const throughput = [{ colour: '#0b7a55', points: rates(samples) }];
  const panels = [
    { title: `Highest memory of a process, MB (${names.join(', ')})`, lines: memory },
    { title: 'Waiting files', lines: waiting },
    { title: 'CVs attached per second', lines: throughput },
  ];
  const height = panel.top + panels.length * (panel.height + panel.gap);
  const starts = samples.filter(({ phase }, index) => phase !== samples[index - 1]?.phase);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${panel.left + panel.width + 30} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img">`,
    '<title>Memory, waiting files and throughput over time</title>',
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    ...panels.flatMap(({ title, lines }, index) => {
      const top = panel.top + index * (panel.height + panel.gap);
      return drawn(title, lines, top, longest);
    }),
    ...starts.map(({ atMs, phase }) => {
      const x = round(panel.left + (atMs / 1_000 / longest) * panel.width);
      return `<path d="M${x} ${panel.top}V${height - panel.gap}" stroke="#afb8c1" stroke-dasharray="3 3"/>${text(x + 3, panel.top + 10, phase)}`;
    }),
    '</svg>\n',
  ].join('\n');
};

const colours = ['#0b7a55', '#6d28d9', '#c2410c', '#1d4ed8', '#8a94a0'] as const;

const pointsOf = (samples: readonly Sample[], value: (sample: Sample) => number): Line['points'] =>
  samples.map((sample) => [sample.atMs / 1_000, value(sample)]);

const rates = (samples: readonly Sample[]): Line['points'] =>
  samples.slice(1).map((sample, index) => {
    const before = samples[index] ?? sample;
    const seconds = Math.max(0.001, (sample.atMs - before.atMs) / 1_000);
    return [sample.atMs / 1_000, (sample.attached - before.attached) / seconds];
  });

const drawn = (title: string, lines: readonly Line[], top: number, longest: number): readonly string[] => {
  const highest = Math.max(1, ...lines.flatMap(({ points }) => points.map(([, value]) => value)));
  const bottom = top + panel.height;
  const paths = lines.map(({ colour, points }) => {
    const steps = points.map(([seconds, value], index) => {
      const x = panel.left + (seconds / longest) * panel.width;
      return `${index === 0 ? 'M' : 'L'}${round(x)} ${round(bottom - (value / highest) * panel.height)}`;
    });
    return `<path d="${steps.join('')}" fill="none" stroke="${colour}" stroke-width="1.5"/>`;
  });
  return [
    `<text x="${panel.left}" y="${top - 8}" font-size="14" font-weight="600" fill="#1f2328">${title}</text>`,
    `<path d="M${panel.left} ${top}V${bottom}H${panel.left + panel.width}" fill="none" stroke="#d8dee4"/>`,
    text(panel.left - 8, top + 10, String(round(highest)), 'end'),
    text(panel.left - 8, bottom, '0', 'end'),
    text(panel.left + panel.width, bottom + 16, `${Math.round(longest)} s`, 'end'),
    ...paths,
  ];
};

const text = (x: number, y: number, content: string, anchor = 'start'): string =>
  `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="${ink}">${content}</text>`;

const round = (value: number): number => Math.round(value * 10) / 10;
