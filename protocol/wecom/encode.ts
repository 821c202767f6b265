import { createHash } from 'node:crypto';

/** A group robot's image: base64 and the MD5 of the raw bytes (not of the base64). */
export function imageBody(raw: Buffer): {
	msgtype: 'image';
	image: { base64: string; md5: string };
} {
	return {
		msgtype: 'image',
		image: {
			base64: raw.toString('base64'),
			md5: createHash('md5').update(raw).digest('hex'),
		},
	};
}
