export interface StoredFile {
	type: string;
	name: string;
	data: Buffer;
	contentType: string;
	/** WeCom's AI bots: when the platform named its URL last, sandbox clock, ms. */
	offeredAt?: number;
	/** In a message by connection: base64 of the key that this file alone is encrypted with. */
	aesKey?: string;
}

export type Files = ReturnType<typeof createFiles>;

/** Uploaded media and attachments of messages, the last 200 of them. */
export function createFiles() {
	let files = new Map<string, StoredFile>();
	return {
		put(key: string, file: StoredFile) {
			files.set(key, file);
			if (files.size > 200) files.delete(files.keys().next().value!);
		},
		get: (key: string) => files.get(key),
		reset() {
			files = new Map();
		},
	};
}
