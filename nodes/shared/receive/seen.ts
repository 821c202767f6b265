import { createHash } from 'node:crypto';

/**
 * Which messages a workflow has taken in, for as long as a platform may deliver them again.
 *
 * Memory holds all of them; what survives a restart is a note of the newest ones, which fits into the
 * workflow's static data. n8n loads static data with every webhook request, so the note is one short
 * string: eight characters per message.
 */

/** Feishu delivers again for over six hours; nobody longer. */
const LIFE_MS = 9 * 60 * 60 * 1000;
const MAX_REMEMBERED = 1_000_000;
/** Newest messages in the note. The cost per message was measured up to here (docs/performance.md). */
const MAX_NOTED = 16_384;
/** 48 bits: with a million messages remembered, one in 280 million new ones would be taken for an old one. */
const HASH_BYTES = 6;

export class Seen {
	/** Hash to the time it was seen, oldest first. */
	private readonly times = new Map<number, number>();
	private readonly note = Buffer.alloc(MAX_NOTED * HASH_BYTES);
	private noted = 0;

	/** @param saved what `toNote` gave before the restart */
	constructor(saved: unknown, nowMs: number) {
		this.merge(saved, nowMs);
	}

	/** Takes in the note of another process. What is known keeps its time. */
	merge(saved: unknown, nowMs: number): void {
		if (typeof saved !== 'string') return;
		const bytes = Buffer.from(saved, 'base64');
		const usable = Math.min(bytes.length - (bytes.length % HASH_BYTES), this.note.length);
		for (let at = 0; at < usable; at += HASH_BYTES) {
			const value = bytes.readUIntBE(at, HASH_BYTES);
			if (!this.times.has(value)) this.remember(value, nowMs);
		}
	}

	has(key: string, nowMs: number): boolean {
		const time = this.times.get(hash(key));
		return time !== undefined && nowMs - time < LIFE_MS;
	}

	add(key: string, nowMs: number): void {
		this.forgetOld(nowMs);
		this.remember(hash(key), nowMs);
	}

	/** The newest messages as base64, oldest first. */
	toNote(): string {
		const used = Math.min(this.noted, MAX_NOTED) * HASH_BYTES;
		const oldest = this.noted > MAX_NOTED ? (this.noted % MAX_NOTED) * HASH_BYTES : 0;
		return Buffer.concat([
			this.note.subarray(oldest, used),
			this.note.subarray(0, oldest),
		]).toString('base64');
	}

	private remember(value: number, nowMs: number): void {
		// Deleted first, so that a Map keeps them in the order of their time.
		this.times.delete(value);
		this.times.set(value, nowMs);
		this.note.writeUIntBE(value, (this.noted % MAX_NOTED) * HASH_BYTES, HASH_BYTES);
		this.noted++;
	}

	private forgetOld(nowMs: number): void {
		for (const [value, time] of this.times) {
			if (nowMs - time < LIFE_MS && this.times.size < MAX_REMEMBERED) return;
			this.times.delete(value);
		}
	}
}

/**
 * What stands in a workflow's static data for the note, and becomes it when n8n saves them. n8n saves an
 * execution's static data when that ends: a note as it was when a long one began would take back what others
 * have noted meanwhile.
 */
export class LiveNote {
	/** Private also to whoever copies static data. */
	readonly #seen: Seen;

	constructor(seen: Seen) {
		this.#seen = seen;
	}

	toJSON(): string {
		return this.#seen.toNote();
	}
}

function hash(key: string): number {
	return createHash('sha256').update(key).digest().readUIntBE(0, HASH_BYTES);
}
