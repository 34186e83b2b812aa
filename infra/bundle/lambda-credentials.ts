import { fromEnv } from '@aws-sdk/credential-provider-env';
import { memoize } from '@smithy/core/config';

/**
 * Takes the place of @aws-sdk/credential-provider-node in the bundles. Lambda gives a function its credentials in the
 * environment, and so does the local stack; profiles, single sign-on, web identities and instance metadata never apply.
 * Without them a bundle is 106 kB smaller, which every cold start would have to read. They never change while a function lives, so the environment is read once.
 */
export const defaultProvider = (): ReturnType<typeof fromEnv> => memoize(fromEnv());
