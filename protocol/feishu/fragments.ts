import { MAX_BODY_BYTES, Refused } from '../verify';
import { frameHeader, type LongConnectionFrame } from './frame';

/** An event split over several frames may wait this long for its missing parts. */
const FRAGMENT_LIFE_MS = 10_000;
const MAX_PARTS = 1000;
const MAX_OPEN_MESSAGES = 1000;
/** What may wait altogether: several events of the largest size. */
const MAX_WAITING_BYTES = 8 * MAX_BODY_BYTES;
/** What an empty part takes in memory, about. */
const PART_BYTES = 100;

/** Whole numbers in decimal digits only: anything else, a missing one too, is NaN and no place of a part. */
const wholeNumber = (text: string | undefined): number =>
	/^\d{1,9}$/.test(text ?? '') ? Number(text) : NaN;

/** An event of which parts are missing. */
interface OpenMessage {
	sum: number;
	parts: Map<number, Buffer>;
	bytes: number;
	since: number;
}

/** Puts the parts of split events together, in whatever order they come. */
export class FrameAssembler {
	private readonly open = new Map<string, OpenMessage>();
	private bytes = 0;

	/** @returns the payload as text once its last part is there; undefined before. Throws `Refused`. */
	add(frame: LongConnectionFrame, nowMs: number): string | undefined {
		const payload = frame.payload ?? Buffer.alloc(0);
		const sum = wholeNumber(frameHeader(frame, 'sum'));
		const seq = wholeNumber(frameHeader(frame, 'seq'));
		if (!(sum >= 1 && sum <= MAX_PARTS && seq < sum)) throw new Refused('malformed');
		if (sum === 1) return payload.toString('utf8');

		this.forgetOld(nowMs);
		const id = frameHeader(frame, 'message_id') ?? '';
		const message = this.open.get(id) ?? this.begin(id, sum, nowMs);
		if (message.sum !== sum) throw new Refused('malformed');
		this.put(id, message, { seq, payload });
		if (message.parts.size < sum) return undefined;
		this.forget(id);
		// Bytes are joined before decoding: a character may be cut in two.
		const parts = [...message.parts].sort(([one], [other]) => one - other);
		return Buffer.concat(parts.map(([, part]) => part)).toString('utf8');
	}

	private begin(id: string, sum: number, nowMs: number): OpenMessage {
		if (this.open.size >= MAX_OPEN_MESSAGES) throw new Refused('malformed');
		const message = { sum, parts: new Map<number, Buffer>(), bytes: 0, since: nowMs };
		this.open.set(id, message);
		this.grow(message, Buffer.byteLength(id));
		return message;
	}

	private put(id: string, message: OpenMessage, part: { seq: number; payload: Buffer }): void {
		const { seq, payload } = part;
		const before = message.parts.get(seq);
		this.grow(message, payload.length - (before?.length ?? -PART_BYTES));
		if (message.bytes > MAX_BODY_BYTES || this.bytes > MAX_WAITING_BYTES) {
			this.forget(id);
			throw new Refused('tooLarge');
		}
		// A copy: the part of a frame would keep the whole frame in memory.
		message.parts.set(seq, Buffer.from(payload));
	}

	private grow(message: OpenMessage, bytes: number): void {
		message.bytes += bytes;
		this.bytes += bytes;
	}

	private forget(id: string): void {
		this.bytes -= this.open.get(id)?.bytes ?? 0;
		this.open.delete(id);
	}

	private forgetOld(nowMs: number): void {
		for (const [id, { since }] of this.open) {
			if (nowMs - since > FRAGMENT_LIFE_MS) this.forget(id);
		}
	}
}
