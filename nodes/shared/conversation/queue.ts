import { byteLength } from '../../../protocol/text';
import type { Turn } from './turn';

/** Limits of one question: more waits for the turn after. */
const MAX_COLLECTED = 20;
const MAX_COLLECTED_BYTES = 30_000;

/** What waits for its turn in one conversation. */
export class ConversationQueue {
	private readonly waiting: Turn[] = [];

	get head(): Turn | undefined {
		return this.waiting[0];
	}

	/** Puts a message where it belongs by its time: one execution may have overtaken another. */
	enter(turn: Turn): void {
		let at = this.waiting.length;
		while (at > 0 && isBefore(turn, this.waiting[at - 1] as Turn)) at--;
		this.waiting.splice(at, 0, turn);
	}

	/** @returns whether it still waited */
	leave(turn: Turn): boolean {
		const at = this.waiting.indexOf(turn);
		if (at >= 0) this.waiting.splice(at, 1);
		return at >= 0;
	}

	/**
	 * Takes out some of those that wait: those for which `isWanted` says true.
	 * @returns them, in their order
	 */
	takeOut(isWanted: (turn: Turn) => boolean): Turn[] {
		const out = this.waiting.filter(isWanted);
		for (const turn of out) this.leave(turn);
		return out;
	}

	/** Takes out those whose turn is next: one message, or several that become one question. */
	next(): Turn[] {
		const [first] = this.waiting;
		if (!first) return [];
		let count = 1;
		let bytes = byteLength(first.request.text);
		for (; count < Math.min(this.waiting.length, MAX_COLLECTED); count++) {
			const { collectKey, text } = (this.waiting[count] as Turn).request;
			bytes += byteLength(text);
			const belongs = collectKey && collectKey === first.request.collectKey;
			if (!belongs || bytes > MAX_COLLECTED_BYTES) break;
		}
		return this.waiting.splice(0, count);
	}
}

/** By the platform's clock; WeCom's knows whole seconds only, so then by ours. */
function isBefore({ request: a }: Turn, { request: b }: Turn): boolean {
	if (a.times[0] !== b.times[0]) return a.times[0] < b.times[0];
	return a.times[1] < b.times[1];
}
