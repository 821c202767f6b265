import type { DecodedMessage } from '../../../../protocol/message';
import type { ConnectionReport } from './connectionReport';
import type { Meaning, StreamOutcome, WireFrame } from './stream';

/** What waits for its outcome, at most: what comes beyond it shall come again. */
const MOST = { messages: 5_000, bytes: 64 * 1024 * 1024 };

export type MessageMeaning = Extract<Meaning, { kind: 'message' }>;

/** A connection's messages between their arrival and their acknowledgement. */
export class PendingMessages {
	private messages = 0;
	private bytes = 0;

	constructor(
		private readonly receive: (message: DecodedMessage) => Promise<StreamOutcome>,
		private readonly report: ConnectionReport,
	) {}

	/**
	 * A message that a bug of ours meets is not acknowledged.
	 * @param bytes of its frame
	 * @param send to where it came from
	 */
	async take(
		{ message, acknowledge }: MessageMeaning,
		bytes: number,
		send: (frame: WireFrame) => void,
	): Promise<void> {
		const began = performance.now();
		this.report.state.lastMessageAt = Date.now();
		this.messages += 1;
		this.bytes += bytes;
		try {
			const isFull = this.messages > MOST.messages || this.bytes > MOST.bytes;
			if (isFull) this.report.refused('too many messages wait');
			const outcome = isFull ? 'later' : await this.receive(message);
			const frame = acknowledge(outcome, Math.round(performance.now() - began));
			if (frame !== undefined) send(frame);
		} catch (error) {
			this.report.defect(error);
		} finally {
			this.messages -= 1;
			this.bytes -= bytes;
		}
	}
}
