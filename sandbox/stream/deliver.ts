import { noteDelivery, type CallbackDelivery } from '../delivered.ts';
import type { UserMessage } from '../messages.ts';
import type { World } from '../world.ts';
import type { StreamAnswer } from './dialogue.ts';

const NOWHERE: StreamAnswer = { sent: '', status: 0, answer: '', refused: 'no connection is open' };

/**
 * Sends a message by one of the connections that take it, once, and writes the exchange into the ledger.
 *
 * @param options `isLast`: the platform does not deliver it again, whatever becomes of it; `waitMs` for the
 * acknowledgement, instead of the platform's patience
 */
export async function deliverByStream(
	world: World,
	message: UserMessage,
	{ isLast = false, waitMs }: { isLast?: boolean; waitMs?: number },
): Promise<CallbackDelivery> {
	const at = new Date().toISOString();
	const started = performance.now();
	const chosen = world.connections.choose(message);
	const answered = message.answers.length;
	const { sent, status, answer, refused } = chosen
		? await chosen.dialogue.deliver(message, waitMs)
		: NOWHERE;
	const ms = Math.round((performance.now() - started) * 10) / 10;
	const path = chosen?.connection.path ?? '';
	return noteDelivery(world, {
		...{ at, by: 'stream', status, ms, refused, message, isLast },
		service: message.platform,
		kind: 'delivery',
		// What the bot says by the API meanwhile is written down by itself.
		text: message.answers.slice(answered).find(({ via }) => via === 'passive')?.text,
		...{ method: 'WS', url: path, path },
		sent: { body: sent },
		received: { body: answer },
	});
}
