import { sleep } from 'n8n-workflow';
import { LeastRecentlyUsed } from '../../../../core/common/leastRecentlyUsed';
import { EarlierUnanswered, NothingSaid, unreachable } from '../../../../core/connection/failure';

/** What the platform says to a frame of ours. */
export interface StreamReply {
	/** The platform's own; 0 is good. */
	code: number;
	text: string;
	body?: unknown;
}

/** A frame of ours that wants an answer. */
export interface StreamRequest {
	/** By which the answer is known. */
	id: string;
	/** The socket that it goes out by, when its turn has come; undefined where there is none. */
	link(): number | undefined;
	/** @returns whether it is on its way */
	send(link: number): boolean;
	timeoutMs: number;
}

interface Pending {
	link: number;
	settle(reply: StreamReply | undefined): void;
}

/** More than this wait for nothing but a platform that does not answer. */
const MAX_PENDING = 1_000;

/** Frames of ours that wait for an answer. Those of one id go out one after the other. */
export class PendingRequests {
	private readonly pending = new Map<string, Pending>();
	/** The last one of each id; its promise is never rejected. */
	private readonly last = new Map<string, Promise<unknown>>();
	/** The link that said nothing to a frame of this id: what it still says may be meant for that frame. */
	private readonly silent = new LeastRecentlyUsed<number>(MAX_PENDING);
	private count = 0;

	constructor(private readonly service: string) {}

	/**
	 * @throws NothingSaid where it went out; EarlierUnanswered where it did not because an earlier frame of its id
	 * is still unanswered; ConnectionFailure `unreachable` where it did not otherwise
	 */
	async ask(request: StreamRequest): Promise<StreamReply> {
		if (this.count >= MAX_PENDING) throw unreachable(`${this.service} answers too slowly`);
		this.count += 1;
		const { id } = request;
		const before = this.last.get(id) ?? Promise.resolve();
		const reply = before.then(() => this.exchange(request));
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
		const pending = this.pending.get(id);
		if (pending?.link !== link) return false;
		pending.settle(reply);
		return true;
	}

	/** The socket has ended: no answer comes by it. */
	lost(link: number): void {
		for (const each of this.pending.values()) if (each.link === link) each.settle(undefined);
	}

	private async exchange({ id, link, send, timeoutMs }: StreamRequest): Promise<StreamReply> {
		const by = link();
		if (by === undefined) throw unreachable(`${this.service} is not connected`);
		if (this.silent.get(id) === by) {
			throw new EarlierUnanswered(`${this.service} has not answered an earlier frame of this id`);
		}
		const over = new AbortController();
		// Known before it is sent: the socket may end through the sending.
		const reply = new Promise<StreamReply | undefined>((settle) => {
			this.pending.set(id, { link: by, settle });
		});
		const isSent = send(by);
		if (!isSent) this.lost(by);
		const limit = sleep(timeoutMs, over.signal).catch(() => undefined);
		const answer = await Promise.race([reply, limit]);
		over.abort();
		this.pending.delete(id);
		if (answer) return answer;
		if (isSent) this.silent.set(id, by);
		throw isSent
			? new NothingSaid(`${this.service} has not answered`)
			: unreachable(`${this.service} is not connected`);
	}
}
