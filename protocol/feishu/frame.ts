import { Refused } from '../verify';

/*
 * The frame of Feishu's long connection: protobuf 2, message `Frame` with nine fields. Ids exceed 2^53
 * and are kept as BigInt, so that an acknowledgement echoes them unchanged.
 */

export interface LongConnectionFrame {
	seqId: bigint;
	logId: bigint;
	/** `service_id` of the connection's URL. */
	service: number;
	/** 0 control, 1 data. */
	method: number;
	headers: Array<[key: string, value: string]>;
	payloadEncoding?: string;
	payloadType?: string;
	payload?: Buffer;
	logIdNew?: string;
}

const VARINT = 0;
const BYTES = 2;
/** Ten bytes of seven bits hold the 64 bits of the largest field. */
const MAX_VARINT_BYTES = 10;

class Reader {
	private at = 0;

	constructor(private readonly bytes: Buffer) {}

	get done(): boolean {
		return this.at >= this.bytes.length;
	}

	varint(): bigint {
		let value = 0n;
		for (let i = 0; i < MAX_VARINT_BYTES; i++) {
			const byte = this.bytes[this.at++];
			if (byte === undefined) throw new Refused('length');
			value |= BigInt(byte & 0x7f) << BigInt(7 * i);
			if (byte < 0x80) return BigInt.asUintN(64, value);
		}
		throw new Refused('malformed');
	}

	block(): Buffer {
		const length = this.varint();
		if (length > BigInt(this.bytes.length - this.at)) throw new Refused('length');
		const start = this.at;
		this.at += Number(length);
		return this.bytes.subarray(start, this.at);
	}

	/** Steps over a field that this version does not know. */
	skip(wireType: number): void {
		if (wireType === VARINT) this.varint();
		else if (wireType === BYTES) this.block();
		else if (wireType === 1) this.at += 8;
		else if (wireType === 5) this.at += 4;
		else throw new Refused('malformed');
		if (this.at > this.bytes.length) throw new Refused('length');
	}
}

function readHeader(bytes: Buffer): [string, string] {
	const reader = new Reader(bytes);
	const values: Record<number, string> = {};
	while (!reader.done) {
		const tag = Number(reader.varint());
		if (tag === ((1 << 3) | BYTES) || tag === ((2 << 3) | BYTES)) {
			values[tag >> 3] = reader.block().toString('utf8');
		} else reader.skip(tag & 7);
	}
	if (values[1] === undefined || values[2] === undefined) throw new Refused('missing');
	return [values[1], values[2]];
}

/** Reads a binary frame. Throws `Refused` where it is cut, malformed or lacks a required field. */
export function decodeFrame(bytes: Buffer): LongConnectionFrame {
	const reader = new Reader(bytes);
	const numbers = new Map<number, bigint>();
	const frame: Partial<LongConnectionFrame> & { headers: Array<[string, string]> } = {
		headers: [],
	};
	while (!reader.done) {
		const tag = Number(reader.varint());
		const field = tag >> 3;
		const wireType = tag & 7;
		if (field >= 1 && field <= 4 && wireType === VARINT) numbers.set(field, reader.varint());
		else if (field === 5 && wireType === BYTES) frame.headers.push(readHeader(reader.block()));
		else if (field === 6 && wireType === BYTES) frame.payloadEncoding = reader.block().toString();
		else if (field === 7 && wireType === BYTES) frame.payloadType = reader.block().toString();
		else if (field === 8 && wireType === BYTES) frame.payload = reader.block();
		else if (field === 9 && wireType === BYTES) frame.logIdNew = reader.block().toString();
		else reader.skip(wireType);
	}
	const number = (field: number): bigint => {
		const value = numbers.get(field);
		if (value === undefined) throw new Refused('missing');
		return value;
	};
	return {
		...frame,
		seqId: number(1),
		logId: number(2),
		service: Number(BigInt.asIntN(32, number(3))),
		method: Number(BigInt.asIntN(32, number(4))),
	};
}

function varint(value: bigint): Buffer {
	const bytes: number[] = [];
	let rest = BigInt.asUintN(64, value);
	while (rest >= 0x80n) {
		bytes.push(Number(rest & 0x7fn) | 0x80);
		rest >>= 7n;
	}
	bytes.push(Number(rest));
	return Buffer.from(bytes);
}

function numberField(field: number, value: bigint): Buffer {
	return Buffer.concat([varint(BigInt(field << 3) | BigInt(VARINT)), varint(value)]);
}

function bytesField(field: number, value: Buffer | string): Buffer {
	const bytes = Buffer.from(value as string);
	return Buffer.concat([
		varint(BigInt(field << 3) | BigInt(BYTES)),
		varint(BigInt(bytes.length)),
		bytes,
	]);
}

/** Writes a frame in the field order that the platform's own clients use. */
export function encodeFrame(frame: LongConnectionFrame): Buffer {
	const optional: Array<[number, Buffer | string | undefined]> = [
		[6, frame.payloadEncoding],
		[7, frame.payloadType],
		[8, frame.payload],
		[9, frame.logIdNew],
	];
	return Buffer.concat([
		numberField(1, frame.seqId),
		numberField(2, frame.logId),
		numberField(3, BigInt(frame.service)),
		numberField(4, BigInt(frame.method)),
		...frame.headers.map(([key, value]) =>
			bytesField(5, Buffer.concat([bytesField(1, key), bytesField(2, value)])),
		),
		...optional.flatMap(([field, value]) =>
			value === undefined ? [] : [bytesField(field, value)],
		),
	]);
}

/** The value of a frame's header; undefined where it has none of that name. */
export function frameHeader(frame: LongConnectionFrame, key: string): string | undefined {
	return frame.headers.find(([name]) => name === key)?.[1];
}
