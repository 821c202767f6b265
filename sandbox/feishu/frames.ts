import protobuf from 'protobufjs';

import { randomBytes } from '../aes.ts';

/*
 * The frames of the long connection, by protobufjs as in the platform's own clients, so that a bot's codec is
 * never checked by itself.
 */

const SCHEMA = `
	syntax = "proto2";
	message Header {
		required string key = 1;
		required string value = 2;
	}
	message Frame {
		required uint64 SeqID = 1;
		required uint64 LogID = 2;
		required int32 service = 3;
		required int32 method = 4;
		repeated Header headers = 5;
		optional string payloadEncoding = 6;
		optional string payloadType = 7;
		optional bytes payload = 8;
		optional string LogIDNew = 9;
	}
`;

const wire = protobuf.parse(SCHEMA, { keepCase: true }).root.lookupType('Frame');

export const CONTROL = 0;
export const DATA = 1;

/** Named as the platform does it; ids are decimal, because they exceed 2^53. */
export interface Frame {
	SeqID: string;
	LogID: string;
	service: number;
	/** CONTROL or DATA. */
	method: number;
	headers: Array<{ key: string; value: string }>;
	payloadEncoding?: string;
	payloadType?: string;
	payload?: Buffer;
	LogIDNew?: string;
}

export const encodeFrame = (frame: Frame): Buffer =>
	Buffer.from(wire.encode(wire.fromObject(frame)).finish());

/** @throws an Error where the bytes are no frame or a required field is missing */
export function decodeFrame(bytes: Buffer): Frame {
	const decoded = wire.toObject(wire.decode(bytes), { longs: String }) as Frame;
	const { headers = [], payload } = decoded;
	return { ...decoded, headers, ...(payload && { payload: Buffer.from(payload) }) };
}

/** The first value of that name. */
export const headerOf = (frame: Frame, key: string): string | undefined =>
	frame.headers.find((header) => header.key === key)?.value;

/** A frame for people; `payload` where it is no longer the frame's own bytes. */
export function shownFrame(frame: Frame, payload = frame.payload?.toString('utf8')): string {
	const headers = Object.fromEntries(frame.headers.map(({ key, value }) => [key, value]));
	return JSON.stringify({ ...frame, headers, payload });
}

/** From which size on an event is split is not published. */
const FRAGMENT_BYTES = 32 * 1024;

/** The frames of one event: all with the same message_id, each with ids of its own. */
export function framesOf(event: object, service: number, firstSeqId: number): Frame[] {
	const bytes = Buffer.from(JSON.stringify(event));
	const sum = Math.ceil(bytes.length / FRAGMENT_BYTES);
	const messageId = randomBytes(16).toString('hex');
	const traceId = randomBytes(16).toString('hex');
	return Array.from({ length: sum }, (_, seq) => ({
		SeqID: String(firstSeqId + seq),
		// Beyond what a JavaScript number holds, as the platform's are.
		LogID: String((1n << 62n) + (randomBytes(8).readBigUInt64BE() >> 3n)),
		service,
		method: DATA,
		headers: Object.entries({
			type: 'event',
			message_id: messageId,
			sum: String(sum),
			seq: String(seq),
			trace_id: traceId,
		}).map(([key, value]) => ({ key, value })),
		payload: bytes.subarray(seq * FRAGMENT_BYTES, (seq + 1) * FRAGMENT_BYTES),
		LogIDNew: randomBytes(16).toString('hex'),
	}));
}
