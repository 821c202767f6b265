import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

import type { World } from './world.ts';

/** What strangers send: each reader checks the fields it uses. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = Record<string, any>;

/** One call of a bot to a platform's API. */
export interface Call {
	method: string;
	/** The first part of the path, which stands for the platform's host name. */
	host: string;
	/** Below that. */
	path: string;
	/** Captured by the route's pattern, percent-decoded. */
	params: string[];
	query: URLSearchParams;
	headers: IncomingHttpHeaders;
	raw: Buffer;
	/** The body as a JSON object; undefined when it is none. */
	json?: Json;
}

/** What the platform answers, and what the ledger says about it. */
export interface ServiceReply {
	status?: number;
	headers?: Record<string, string>;
	/** Text and bytes go out as they are, anything else as JSON. */
	body: unknown;
	/** Streams instead of `body`, one chunk after the other. */
	chunks?: string[];
	delayMs?: number;
	messageId?: string;
	replyTo?: string;
	conversation?: string;
	refused?: string;
	text?: string;
	note?: string;
}

export interface ServiceRoute {
	method: string;
	path: RegExp;
	kind: string;
	handle(call: Call, world: World): ServiceReply;
}

const BODY_LIMIT = 40 * 1024 * 1024;

/** @throws an Error when the body is over 40 MB. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of request) {
		size += chunk.length;
		if (size > BODY_LIMIT) throw new Error('body over 40 MB');
		chunks.push(chunk);
	}
	return Buffer.concat(chunks);
}

export function parseJson(raw: Buffer): Json | undefined {
	try {
		const value = JSON.parse(raw.toString('utf8'));
		return value && typeof value === 'object' && !Array.isArray(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

export const isJsonType = (headers: IncomingHttpHeaders) =>
	/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '');

export const bytesOf = (text: string) => Buffer.byteLength(text, 'utf8');

export interface MultipartPart {
	name: string;
	fileName?: string;
	contentType?: string;
	data: Buffer;
}

/** The parts of a multipart/form-data body; undefined when it is malformed. */
export function parseMultipart(call: Call): Map<string, MultipartPart> | undefined {
	const type = call.headers['content-type'] ?? '';
	const boundary = /^multipart\/form-data;.*boundary="?([^";]+)"?/i.exec(type)?.[1];
	if (!boundary) return undefined;
	const parts = new Map<string, MultipartPart>();
	const text = call.raw.toString('latin1');
	const sections = text.split(`--${boundary}`);
	if (sections.length < 3 || !sections.at(-1)!.startsWith('--')) return undefined;
	for (const section of sections.slice(1, -1)) {
		const split = section.indexOf('\r\n\r\n');
		if (split < 0) return undefined;
		const head = Buffer.from(section.slice(0, split), 'latin1').toString('utf8');
		const name = /[; ]name="([^"]*)"/i.exec(head)?.[1];
		if (name === undefined) return undefined;
		parts.set(name, {
			name,
			fileName: /filename="([^"]*)"/i.exec(head)?.[1],
			contentType: /content-type:\s*(\S+)/i.exec(head)?.[1],
			data: Buffer.from(section.slice(split + 4).replace(/\r\n$/, ''), 'latin1'),
		});
	}
	return parts;
}
