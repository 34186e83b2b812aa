/** The generated content between `<!-- name:start -->` and `<!-- name:end -->`, by name. */
export type Regions = Readonly<Record<string, () => string>>;

/**
 * Fills the marked regions of a Markdown page and leaves the rest unchanged.
 * @throws when a marked region has no content or is not closed, because the page would silently become outdated
 */
export const fillRegions = (page: string, regions: Regions): string =>
  page.replace(/<!-- ([a-z-]+):(start|end) -->(?:[\s\S]*?<!-- \1:end -->)?/g, (marked, name: string, edge: string) => {
    const fill = regions[name];
    if (!fill) throw new Error(`There is no region "${name}"; the regions are ${Object.keys(regions).join(', ')}.`);
    if (edge === 'end') throw new Error(`The region "${name}" ends without a start.`);
    if (!marked.endsWith(`<!-- ${name}:end -->`)) throw new Error(`The region "${name}" has no end.`);
    return `<!-- ${name}:start -->\n${fill()}\n<!-- ${name}:end -->`;
  });
