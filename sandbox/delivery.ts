import { CONNECTION_ONLY } from './bots.ts';
import { callbackName, callbackProtocolOf, deliverByHttp } from './callback-sender.ts';
import type { CallbackDelivery, DeliveryWay } from './delivered.ts';
import type { UserMessage } from './messages.ts';
import { deliverByStream } from './stream/deliver.ts';
import type { World } from './world.ts';

/* How a message gets to its bot: which way it goes, and when it comes again. */

/**
 * A bot with an open connection gets its messages there, one without at its callback URL. One that had a
 * connection and has no URL goes without, by the rule of its platform.
 * @throws an Error in words where there is no such way
 */
function wayTo(world: World, message: UserMessage, asked?: DeliveryWay): DeliveryWay {
	if (world.bots.isConnectionOnly(message)) {
		if (asked === 'http') throw new Error(CONNECTION_ONLY);
		return 'stream';
	}
	const { isHttpOnly } = callbackProtocolOf(message)!;
	if (isHttpOnly && asked === 'stream') throw new Error('WeCom apps have no long connections');
	if (asked) return asked;
	if (message.url || isHttpOnly) return 'http';
	if (world.connections.choose(message)) return 'stream';
	if (world.callbacks[callbackName(message.platform, message.bot)]) return 'http';
	return world.connections.opened(message.platform) ? 'stream' : 'http';
}

/** The pause before the next attempt; undefined: there is none. */
function pauseAfter(message: UserMessage, attempt: number, by: DeliveryWay): number | undefined {
	const { redeliverAfterMs, streamRepeatMs, isSentOnce } = callbackProtocolOf(message)!;
	if (isSentOnce?.(message)) return undefined;
	return redeliverAfterMs[attempt] ?? (by === 'stream' ? streamRepeatMs : undefined);
}

/**
 * Delivers a message once. What the bot does not acknowledge comes again by the platform's schedule,
 * in the background, unless `redeliver` is false; each time by the way that there is then, unless `by`
 * says which.
 */
export async function deliverMessage(
	world: World,
	message: UserMessage,
	options: { attempt?: number; redeliver?: boolean; by?: DeliveryWay } = {},
): Promise<CallbackDelivery> {
	const name = callbackName(message.platform, message.bot);
	const { attempt = 0, redeliver = true } = options;
	const by = wayTo(world, message, options.by);
	const { epoch } = world;
	const pause = pauseAfter(message, attempt, by);
	const deliver = by === 'stream' ? deliverByStream : deliverByHttp;
	const delivery = await deliver(world, message, { isLast: redeliver && pause === undefined });
	const again = delivery.refused && redeliver && epoch === world.epoch;
	if (again && pause !== undefined) {
		world.clock.after(pause, name, () => {
			const next = { attempt: attempt + 1, by: options.by };
			deliverMessage(world, message, next).catch(() => undefined);
		});
	}
	return delivery;
}
