import { testBucket } from './bucket-tests.ts';

testBucket(false);
