import { startS3 } from '../../infra/local/aws/s3/server.ts';

/** A local S3 in its own process, which a test can kill. Prints its address, then its memory for each line that it reads. */
const [, , directory = ''] = process.argv;
const { url } = await startS3({ directory, bucket: 'cvs', preferredPort: 0, onCreated: () => undefined });
console.log(url);
process.stdin.on('data', () => console.log(process.resourceUsage().maxRSS));
