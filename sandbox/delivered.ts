import { FORGOTTEN } from './ledger.ts';
import type { UserMessage } from './messages.ts';
import type { World } from './world.ts';

/** By a long connection of the bot, or by its callback URL. */
export type DeliveryWay = 'stream' | 'http';

export interface CallbackDelivery {
	at: string;
	by: DeliveryWay;
	/** 0 when no answer came. */
	status: number;
	ms: number;
	refused?: string;
	request: { method: string; url: string; headers: Record<string, string>; body: string };
	response: { headers: Record<string, string>; body: string };
}

/** What a platform has sent, and what came back. */
interface Delivered extends Pick<CallbackDelivery, 'at' | 'by' | 'status' | 'ms' | 'refused'> {
	service: string;
	kind: string;
	message?: UserMessage;
	/** The platform does not deliver it again, whatever becomes of it. */
	isLast?: boolean;
	/** Visible text of an answer in the acknowledgement. */
	text?: string;
	method: string;
	url: string;
	path: string;
	query?: string;
	sent: { headers?: Record<string, string>; body: string };
	received: { headers?: Record<string, string>; body: string };
}

/** Writes a delivery into the ledger, and says what became of it, without secrets. */
export function noteDelivery(world: World, delivered: Delivered): CallbackDelivery {
	const { at, by, status, ms, refused, method, message, query, sent, received } = delivered;
	world.ledger.record({
		...{ at, method, status, ms, refused },
		...(by === 'stream' && { by }),
		service: delivered.service,
		direction: 'out',
		kind: delivered.kind,
		path: delivered.path,
		messageId: message?.id,
		conversation: message?.conversation,
		text: delivered.text,
		note: refused && delivered.isLast ? FORGOTTEN : undefined,
		request: { ...sent, query },
		response: received,
	});
	const shown = ({ headers = {}, body }: Delivered['sent']) => ({
		headers: world.mask.headers(headers) as Record<string, string>,
		body: world.mask.text(body),
	});
	const request = { method, url: world.mask.text(delivered.url), ...shown(sent) };
	return { at, by, status, ms, refused, request, response: shown(received) };
}
