import { testBucket } from './bucket-tests.ts';

testBucket(true);
