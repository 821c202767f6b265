import { sleep } from 'n8n-workflow';
import type { DecodedMessage } from '../../../../protocol/message';
import type { Kinds } from './stream';

/** A trigger, as its app's connection sees it. */
export interface Listener {
	/** What it wants to receive. */
	kinds: Kinds;
	/**
	 * Whether to acknowledge: the message's execution is stored, or the trigger does not want it. Never rejects.
	 */
	take(message: DecodedMessage): Promise<boolean>;
}

/** n8n ends a trigger and starts it again when its workflow is published once more. */
export const OUTLIVE_MS = 5000;

/** A trigger's place at its app's connection. It outlives the trigger: messages wait for a successor. */
export class Seat {
	/** Of whoever sits here, or sat here last. */
	kinds: Kinds = new Set();
	private listener?: Listener;
	private successor?: Promise<Listener | undefined>;
	private arrive: (successor?: Listener) => void = () => {};
	private stay = new AbortController();

	/** @param onGone nobody has come */
	constructor(private readonly onGone: () => void) {}

	/** @returns leaves the place, if nobody else has taken it since */
	sit(listener: Listener): () => void {
		this.stay.abort();
		this.listener = listener;
		this.kinds = listener.kinds;
		this.arrive(listener);
		return () => {
			if (this.has(listener)) this.leave();
		};
	}

	has(listener: Listener): boolean {
		return this.listener === listener;
	}

	/** Where nobody sits, nothing changes: whoever waits for a successor still does. */
	leave(): void {
		if (!this.listener) return;
		this.listener = undefined;
		this.stay = new AbortController();
		this.successor = new Promise((resolve) => (this.arrive = resolve));
		void sleep(OUTLIVE_MS, this.stay.signal).then(
			() => {
				this.arrive();
				this.onGone();
			},
			() => undefined,
		);
	}

	/** @returns undefined where nobody sits here any more */
	async take(message: DecodedMessage): Promise<boolean | undefined> {
		const listener = this.listener ?? (await this.successor);
		return await listener?.take(message);
	}
}
