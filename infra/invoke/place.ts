/** As infra/osls-plugin.ts has it; anything else was never deployed. */
export const checkedStage = (stage: string, wrong: (sentence: string) => Error): string => {
  if (!/^[a-z][a-z0-9-]{0,14}$/.test(stage)) throw wrong(`"${stage}" is not a stage.`);
  return stage;
};

export const checkedStack = (stack: string, wrong: (sentence: string) => Error): string => {
  if (!/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(stack)) throw wrong(`"${stack}" is not the name of a stack.`);
  return stack;
};

export const checkedRegion = (region: string, wrong: (sentence: string) => Error): string => {
  if (!/^[a-z]{2}(-[a-z]+)+-\d+$/.test(region)) throw wrong(`"${region}" is not a region of AWS.`);
  return region;
};
