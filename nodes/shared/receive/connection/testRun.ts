import type { DecodedMessage } from '../../../../protocol/message';
import { Cancelled } from '../../errors';
import type { Kinds } from './stream';

/** What a test run waits for. */
export interface Wanted {
	kinds: Kinds;
	wants(message: DecodedMessage): boolean;
}

/** A test run in the editor: takes one message of an app alone, before all triggers. */
export class TestRun {
	/** Whether a message can be taken; rejects where none ever will. */
	private ready: Promise<unknown> = Promise.resolve();
	private resolve!: (message: DecodedMessage) => void;
	private readonly taken = new Promise<DecodedMessage>((resolve) => (this.resolve = resolve));

	constructor(readonly wanted: Wanted) {}

	/** @returns whether it has the message; not where its connection fails or the run is cancelled */
	async take(message: DecodedMessage): Promise<boolean> {
		try {
			await this.ready;
		} catch {
			return false;
		}
		this.resolve(message);
		return true;
	}

	/**
	 * The message.
	 * @param connected what the run waits for before: a message that comes meanwhile is taken after
	 * @throws what that throws; Cancelled
	 */
	async message(connected: Promise<void>, signal?: AbortSignal): Promise<DecodedMessage> {
		let cancel!: () => void;
		const cancelled = new Promise<never>((_resolve, reject) => {
			cancel = () => reject(new Cancelled());
		});
		signal?.addEventListener('abort', cancel);
		this.ready = Promise.race([connected, cancelled]);
		try {
			await this.ready;
			return await Promise.race([this.taken, cancelled]);
		} finally {
			signal?.removeEventListener('abort', cancel);
		}
	}
}
