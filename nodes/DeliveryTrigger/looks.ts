import { sleep } from 'n8n-workflow';
import { FIRST_LOOK_MS, NextLook, type LookSubject } from '../../core/delivery/nextLook';

/** A look that failed is repeated after this. */
const FAILED_MS = 15_000;

/** Timers of more than 24 days end at once. */
const LONGEST_REST_MS = 24 * 3_600_000;

/** The triggers that wait in this process, by workflow and node. */
const watches = new Map<string, Watch>();

/**
 * Tells this process' triggers that something is due. What other processes keep is found by their safety looks.
 * @param at ms since 1970
 */
export function tell(subject: LookSubject, at: number): void {
	for (const watch of watches.values()) watch.tell(subject, at);
}

/**
 * Tells this process' triggers that a look has seen the store.
 * @param nextAt when the next one is due, ms since 1970
 */
export function saw(subject: LookSubject, nextAt: number): void {
	for (const watch of watches.values()) watch.saw(subject, nextAt);
}

/** What a trigger waits for. */
interface Watched {
	subject: LookSubject;
	/** The longest time without a look. */
	safetyMs: number;
	/** Carries one look out, and fails where it failed. */
	look(): Promise<void>;
}

/**
 * Waits for what is told, and looks then, until it is closed. n8n may start a trigger twice without closing
 * it: the later one closes the earlier.
 * @param key names the trigger node
 */
export function watchFor(key: string, watched: Watched): Watch {
	watches.get(key)?.close();
	const watch = new Watch(watched, () => {
		if (watches.get(key) === watch) watches.delete(key);
	});
	watches.set(key, watch);
	void watch.run();
	return watch;
}

class Watch {
	private rest = new AbortController();
	private isClosed = false;
	private readonly next: NextLook;

	constructor(
		private readonly watched: Watched,
		private readonly onClose: () => void,
	) {
		this.next = new NextLook(watched.subject, watched.safetyMs);
	}

	tell(subject: LookSubject, at: number): void {
		if (subject !== this.watched.subject) return;
		this.next.tell(at);
		this.rest.abort();
	}

	saw(subject: LookSubject, nextAt?: number): void {
		if (subject !== this.watched.subject) return;
		this.next.saw(nextAt);
		this.rest.abort();
	}

	/** Ends the waiting at once, and leaves no timer. */
	close(): void {
		this.isClosed = true;
		this.rest.abort();
		this.onClose();
	}

	async run(): Promise<void> {
		await this.restFor(FIRST_LOOK_MS[this.watched.subject]);
		while (!this.isClosed) {
			const waitMs = this.next.waitMs(Date.now());
			if (waitMs > 0) {
				await this.restFor(waitMs);
				continue;
			}
			this.next.begin(Date.now());
			// Looks may overlap: sending what one has leased can take longer than the time to the next.
			void this.look();
		}
	}

	private async look(): Promise<void> {
		const { subject } = this.watched;
		await this.watched.look().then(
			() => this.saw(subject),
			() => this.saw(subject, Date.now() + FAILED_MS),
		);
	}

	private async restFor(ms: number): Promise<void> {
		this.rest = new AbortController();
		await sleep(Math.min(ms, LONGEST_REST_MS), this.rest.signal).catch(() => undefined);
	}
}
