import { md5Hex, randomBytes } from '../aes.ts';
import type { Json } from '../http.ts';
import type { World } from '../world.ts';
import { FrameRefusal } from './aibot-replies.ts';

const MEGABYTE = 1024 * 1024;
const PIECE = 512 * 1024;
const MOST_PIECES = 100;
/** By type, in MB: those of the app's API, as none are published for connections. */
const LIMITS: Record<string, number> = { image: 10, voice: 2, video: 10, file: 20 };

interface Upload {
	type: string;
	filename: string;
	size: number;
	md5: string;
	count: number;
	pieces: Map<number, Buffer>;
}

/** Files that come in pieces of 512 KiB: announced, sent in any order, put together. */
export class AiBotUploads {
	private readonly world: World;
	private readonly uploads = new Map<string, Upload>();

	constructor(world: World) {
		this.world = world;
	}

	/** @throws FrameRefusal */
	init({ type, filename, total_size: size, total_chunks: count, md5 }: Json) {
		const limit = LIMITS[String(type)];
		if (!limit) throw new FrameRefusal(40004, 'invalid media type');
		if (typeof filename !== 'string' || !filename)
			throw new FrameRefusal(40058, 'filename missing');
		if (!Number.isInteger(size) || size <= 5 || size > limit * MEGABYTE)
			throw new FrameRefusal(40009, 'invalid media size');
		if (count !== Math.ceil(size / PIECE) || count > MOST_PIECES)
			throw new FrameRefusal(40058, 'invalid total_chunks');
		if (!/^[0-9a-f]{32}$/.test(String(md5))) throw new FrameRefusal(40058, 'invalid md5');
		const id = randomBytes(16).toString('hex');
		this.uploads.set(id, { type, filename, size, md5, count, pieces: new Map() });
		return { upload_id: id };
	}

	/** Counted from 0, as the platform's own client does it. @throws FrameRefusal */
	chunk({ upload_id: id, chunk_index: index, base64_data: data }: Json) {
		const { pieces, count } = this.known(id);
		if (!Number.isInteger(index) || index < 0 || index >= count)
			throw new FrameRefusal(40058, 'invalid chunk_index');
		const bytes = Buffer.from(String(data ?? ''), 'base64');
		if (!bytes.length || bytes.length > PIECE) throw new FrameRefusal(40009, 'invalid chunk size');
		pieces.set(index, bytes);
		return {};
	}

	/** @throws FrameRefusal */
	finish({ upload_id: id }: Json) {
		const { type, filename, size, md5, count, pieces } = this.known(id);
		const parts = Array.from({ length: count }, (_, index) => pieces.get(index));
		if (parts.includes(undefined)) throw new FrameRefusal(40058, 'a chunk is missing');
		const data = Buffer.concat(parts as Buffer[]);
		if (data.length !== size || md5Hex(data) !== md5)
			throw new FrameRefusal(40058, 'size or md5 is another one');
		this.uploads.delete(String(id));
		const key = `3${randomBytes(20).toString('base64url')}`;
		const file = { type, name: filename, data, contentType: 'application/octet-stream' };
		this.world.files.put(key, file);
		const createdAt = String(Math.floor(this.world.clock.now() / 1000));
		return { type, media_id: key, created_at: createdAt };
	}

	private known(id: unknown): Upload {
		const upload = this.uploads.get(String(id));
		if (!upload) throw new FrameRefusal(40058, 'invalid upload_id');
		return upload;
	}
}
