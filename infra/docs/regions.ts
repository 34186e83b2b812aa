/** What stands between `<!-- name:start -->` and `<!-- name:end -->`, by name. */
export type Regions = Readonly<Record<string, () => string>>;

/**
 * Fills the marked regions of a Markdown page and leaves the rest of it alone.
 * @throws when a region is marked that nobody fills, or one is not closed: the page would silently grow old.
 */
export const fillRegions = (page: string, regions: Regions): string =>
  page.replace(/<!-- ([a-z-]+):(start|end) -->(?:[\s\S]*?<!-- \1:end -->)?/g, (marked, name: string, edge: string) => {
    const fill = regions[name];
    if (!fill) throw new Error(`No region is called "${name}"; there is ${Object.keys(regions).join(', ')}.`);
    if (edge === 'end') throw new Error(`The region "${name}" ends without having begun.`);
    if (!marked.endsWith(`<!-- ${name}:end -->`)) throw new Error(`The region "${name}" does not end.`);
    return `<!-- ${name}:start -->\n${fill()}\n<!-- ${name}:end -->`;
  });
