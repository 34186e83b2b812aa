/** One line of a panel. */
export interface Line {
  readonly colour: string;
  readonly width: number;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

interface Panel {
  readonly title: string;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly lines: readonly Line[];
  readonly xTitle: string;
  readonly xTicks: readonly number[];
}

const ink = '#57606a';

/** A picture that is readable on light and dark pages. */
export const pictureOf = (title: string, width: number, height: number, parts: readonly string[]): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img">`,
    `<title>${title}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="#ffffff"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');

/** Lines over a grid that starts at zero. */
export const panelOf = ({ title, left, top, width, height, lines, xTitle, xTicks }: Panel): string => {
  const points = lines.flatMap((line) => line.points);
  const [maxX, maxY] = [Math.max(1, ...points.map(({ x }) => x)), Math.max(1, ...points.map(({ y }) => y))];
  const step = niceStep(maxY / 4);
  const highest = step * Math.ceil(maxY / step);
  const bottom = top + height;
  const atX = (x: number): number => round(left + (x / maxX) * width);
  const atY = (y: number): number => round(bottom - (y / highest) * height);
  const grid: string[] = [];
  for (let y = 0; y <= highest; y += step) {
    grid.push(`<path d="M${left} ${atY(y)}h${width}" stroke="#d8dee4"/>`);
    grid.push(textAt(left - 8, atY(y) + 4, String(y), 'end'));
  }
  const drawn = lines.map((line) => {
    const path = line.points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${atX(x)} ${atY(y)}`).join('');
    return `<path d="${path}" fill="none" stroke="${line.colour}" stroke-width="${line.width}"/>`;
  });
  return [
    `<text x="${left}" y="${top - 20}" font-size="14" font-weight="600" fill="#1f2328">${title}</text>`,
    ...grid,
    ...xTicks.map((x) => textAt(atX(x), bottom + 18, String(x), 'middle')),
    textAt(left + width / 2, bottom + 38, xTitle, 'middle'),
    ...drawn.reverse(),
  ].join('\n');
};

export const textAt = (x: number, y: number, content: string, anchor = 'start'): string =>
  `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="${ink}">${content}</text>`;

export const round = (value: number): number => Math.round(value * 10) / 10;

/** 1, 2 or 5 times a power of ten. */
const niceStep = (least: number): number => {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((factor) => factor * power >= least) ?? 10);
};
