import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * Takes the place of @aws-sdk/credential-provider-node in the bundles. Lambda gives a function its credentials in the
 * environment, and so does the local stack; profiles, single sign-on, web identities and instance metadata never apply.
 * Without them a bundle is 106 kB smaller, which every cold start would have to read.
 */
export const defaultProvider = (): ReturnType<typeof fromEnv> => fromEnv();
