import type { Parameters } from '../../../infra/parameters/faults.ts';
import { fillIn } from './fill-in.ts';
import { packageTemplate } from './package.ts';
import { settle } from './settle.ts';
import type { Template } from './template.ts';

/** The template of osls as CloudFormation deploys it with these options. */
export const deployed = async (options: Parameters = {}): Promise<Template> =>
  fillIn(settle(await packageTemplate(options)));
