import type { Json } from '../http.ts';
import type { UserMessage } from '../messages.ts';
import type { World } from '../world.ts';
import { deliverByStream } from './deliver.ts';

/** What became of a message that was sent at its time. Times in ms since 1970, with fractions. */
interface Pushed {
	messageId: string;
	/** When it was to be sent. */
	at: number;
	/** When its acknowledgement had come; left out where none came, or the platform waits for none. */
	end?: number;
	/** As a delivery has it: 200 where it counts as acknowledged. */
	status: number;
	refused?: string;
}

const MOST = 10_000;
const LONGEST_MS = 600_000;
/** Every timer is set before the first one is due. */
const LEAD_MS = 200;
/** Longer than any platform waits: a late acknowledgement is to be seen with its time. */
const PATIENCE_MS = 60_000;

const now = () => performance.timeOrigin + performance.now();

function planOf({ messages }: Json, world: World) {
	if (!Array.isArray(messages) || messages.length > MOST)
		throw new Error(`messages must be a list of up to ${MOST}`);
	return messages.map((planned: Json | null) => {
		const message = world.messages.get(String(planned?.messageId));
		if (!message) throw new Error(`no message ${planned?.messageId}`);
		const afterMs = planned?.afterMs;
		if (!(afterMs >= 0 && afterMs <= LONGEST_MS))
			throw new Error(`afterMs must be 0 to ${LONGEST_MS}`);
		return { message, afterMs: Number(afterMs) };
	});
}

async function pushAt(at: number, message: UserMessage, world: World): Promise<Pushed> {
	await new Promise((resolve) => setTimeout(resolve, at - now()));
	const { status, refused, response } = await deliverByStream(world, message, {
		waitMs: PATIENCE_MS,
	});
	const end = response.body ? now() : undefined;
	return { messageId: message.id, at, end, status, refused };
}

/**
 * Sends messages that were written before by connections, at their times, each once, whatever the answers do:
 * an open loop, measured at the platform. An acknowledgement is waited for longer than the platforms do.
 * Resolves when it is known what became of all of them.
 * @throws an Error in words
 */
export async function pushMessages(body: Json, _query: URLSearchParams, world: World) {
	const plan = planOf(body, world);
	const start = now() + LEAD_MS;
	const pushed = plan.map(({ message, afterMs }) => pushAt(start + afterMs, message, world));
	return { messages: await Promise.all(pushed) };
}
