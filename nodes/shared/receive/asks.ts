import { sleep } from 'n8n-workflow';
import { unreachable } from '../../../core/connection/failure';

/** What the platform says to a frame of ours. */
export interface StreamReply {
	/** The platform's own; 0 is good. */
	code: number;
	text: string;
	body?: unknown;
}

interface Asked {
	/** The socket that it went out by. */
	link: number;
	settle(reply: StreamReply | undefined): void;
}

/** More than this wait for nothing but a platform that does not answer. */
const MAX_ASKED = 1_000;

/** Frames of ours that wait for an answer. Those of one id go out one after the other. */
export class Asks {
	private readonly asked = new Map<string, Asked>();
	/** The last one of each id; its promise is never rejected. */
	private readonly last = new Map<string, Promise<unknown>>();
	private count = 0;

	constructor(private readonly service: string) {}

	/**
	 * @param send puts the frame on its way, and tells the socket; undefined where there is none
	 * @throws ConnectionFailure `unreachable`
	 */
	async ask(id: string, send: () => number | undefined, timeoutMs: number): Promise<StreamReply> {
		if (this.count >= MAX_ASKED) throw unreachable(`${this.service} answers too slowly`);
		this.count += 1;
		const before = this.last.get(id);
		const reply = (before ?? Promise.resolve()).then(() => this.exchange(id, send, timeoutMs));
		const settled = reply.catch(() => undefined);
		this.last.set(id, settled);
		try {
			return await reply;
		} finally {
			this.count -= 1;
			if (this.last.get(id) === settled) this.last.delete(id);
		}
	}

	/** @returns whether somebody waited for it */
	answered(id: string, link: number, reply: StreamReply): boolean {
		const asked = this.asked.get(id);
		if (asked?.link !== link) return false;
		asked.settle(reply);
		return true;
	}

	/** The socket has ended: no answer comes by it. */
	lost(link: number): void {
		for (const asked of this.asked.values()) if (asked.link === link) asked.settle(undefined);
	}

	private async exchange(
		id: string,
		send: () => number | undefined,
		timeoutMs: number,
	): Promise<StreamReply> {
		const link = send();
		if (link === undefined) throw unreachable(`${this.service} is not connected`);
		const over = new AbortController();
		const reply = new Promise<StreamReply | undefined>((settle) => {
			this.asked.set(id, { link, settle });
		});
		const limit = sleep(timeoutMs, over.signal).catch(() => undefined);
		const answer = await Promise.race([reply, limit]);
		over.abort();
		this.asked.delete(id);
		if (!answer) throw unreachable(`${this.service} has not answered`);
		return answer;
	}
}
