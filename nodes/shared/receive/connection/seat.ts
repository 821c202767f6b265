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

/**
 * A trigger's place at its app's connection. It outlives the trigger: messages wait for a successor. Where n8n starts
 * the trigger once more without ending it, the later one waits behind the earlier until it is connected.
 */
export class Seat {
	/** Of those in the line, or of who was there last. */
	kinds: Kinds = new Set();
	/** The first has the place. */
	private line: Listener[] = [];
	private successor?: Promise<Listener | undefined>;
	private arrive: (successor?: Listener) => void = () => {};
	private stay = new AbortController();

	/** @param onGone nobody has come */
	constructor(private readonly onGone: () => void) {}

	/**
	 * Takes the place, or the end of the line where another has it.
	 * @returns leaves that
	 */
	sit(listener: Listener): () => void {
		if (!this.has(listener)) {
			this.stay.abort();
			this.change([...this.line, listener]);
			this.arrive(listener);
		}
		return () => {
			if (!this.has(listener)) return;
			if (this.line.length === 1) this.leave();
			else this.change(this.line.filter((each) => each !== listener));
		};
	}

	has(listener: Listener): boolean {
		return this.line.includes(listener);
	}

	/** Whoever is before it in the line loses the place. Nothing, where it has left. */
	takeOver(listener: Listener): void {
		if (this.has(listener)) this.change(this.line.slice(this.line.indexOf(listener)));
	}

	/** Where nobody sits, nothing changes: whoever waits for a successor still does. */
	leave(): void {
		if (this.line.length === 0) return;
		this.line = [];
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
		const listener = this.line[0] ?? (await this.successor);
		return await listener?.take(message);
	}

	private change(line: Listener[]): void {
		this.line = line;
		this.kinds = new Set(line.flatMap(({ kinds }) => [...kinds]));
	}
}
