/** The median and the spread of the runs: a quarter of them is below `low`, a quarter above `high`, none above `highest`. */
export interface Summary {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly highest: number;
}

/** @throws on an empty list. */
export const summaryOf = (values: readonly number[]): Summary => {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    low: quantile(sorted, 0.25),
    high: quantile(sorted, 0.75),
    highest: quantile(sorted, 1),
  };
};

const quantile = (sorted: readonly number[], share: number): number => {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  if (below === undefined || above === undefined) throw new Error('There is no median without runs.');
  return below + (above - below) * (at - Math.floor(at));
};
