/** All take turns, so that a busy moment of the machine affects all of them. */
export const inTurns = async <One, Run>(
  all: readonly One[],
  repeats: number,
  runOf: (one: One, round: string) => Promise<Run>,
): Promise<{ readonly one: One; readonly runs: readonly Run[] }[]> => {
  const turns = all.map((one) => ({ one, runs: [] as Run[] }));
  for (let repeat = 1; repeat <= repeats; repeat += 1) {
    for (const { one, runs } of turns) runs.push(await runOf(one, `run ${repeat} of ${repeats}`));
  }
  return turns;
};
