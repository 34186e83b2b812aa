import { courierWorld } from '../../worlds/courier-world.ts';
import { mutated } from './mutated.ts';
import { personalText, samplesOf } from './samples.ts';

const key = 'candidates/GRK123/Frank Doe CV.pdf';

export const operatorRequests = {
  name: 'every request to on-demand is answered with a sentence, and its log quotes nothing',
  input: mutated(samplesOf('examples', 'on-demand')),
  give: async (request: unknown): Promise<void> => {
    const world = courierWorld();
    world.put(key);
    const answer = await world.run(world.ask(request));
    if (typeof answer.ok !== 'boolean' || !/\w.*[.?!]/s.test(answer.message))
      throw new Error(`This is not a sentence: ${answer.message}`);
    JSON.stringify(answer);
    // The operator writes the reason for the log.
    const logged = JSON.stringify(world.logged, (name, value) => (name === 'reason' ? undefined : value));
    if (personalText.test(logged)) throw new Error(`The log quotes the request: ${logged}`);
  },
};
