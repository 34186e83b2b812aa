/** The deployment given on the command line. */
export interface Place {
  readonly by: 'stage' | 'stack';
  readonly named: string;
}

/** @returns undefined when neither is given */
export const checkedPlace = (
  { stage, stack }: { readonly stage?: string | undefined; readonly stack?: string | undefined },
  wrong: (sentence: string) => Error,
): Place | undefined => {
  if (stage !== undefined && stack !== undefined) throw wrong('Give --stage or --stack, not both.');
  if (stage !== undefined) return { by: 'stage', named: checkedStage(stage, wrong) };
  return stack === undefined ? undefined : { by: 'stack', named: checkedStack(stack, wrong) };
};

/** The same rule as in infra/stage.ts; a stage with another name was never deployed. */
const checkedStage = (stage: string, wrong: (sentence: string) => Error): string => {
  if (!/^[a-z][a-z0-9-]{0,14}$/.test(stage)) throw wrong(`"${stage}" is not a valid stage name.`);
  return stage;
};

const checkedStack = (stack: string, wrong: (sentence: string) => Error): string => {
  if (!/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(stack)) throw wrong(`"${stack}" is not a valid stack name.`);
  return stack;
};

export const checkedRegion = (region: string, wrong: (sentence: string) => Error): string => {
  if (!/^[a-z]{2}(-[a-z]+)+-\d+$/.test(region)) throw wrong(`"${region}" is not an AWS region.`);
  return region;
};
