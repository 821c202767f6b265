import { asFields, asText } from '../fields';
import type { DecodedMessage } from '../message';

/* Where the stream connection is opened, and what is to come by it. */

/** Messages to the robot. */
export const ROBOT_TOPIC = '/v1.0/im/bot/messages/get';
/** Pressed buttons and sent forms of interactive cards. */
export const CARD_TOPIC = '/v1.0/card/instances/callback';

/** Single events cannot be chosen: all those that are ticked in the console come. */
const SUBSCRIPTIONS: Readonly<Record<DecodedMessage['kind'], { type: string; topic: string }>> = {
	message: { type: 'CALLBACK', topic: ROBOT_TOPIC },
	action: { type: 'CALLBACK', topic: CARD_TOPIC },
	event: { type: 'EVENT', topic: '*' },
};

/** Tells those who look at the app's connections who is there. */
const USER_AGENT = 'n8n-nodes-clawbot';

/** The request for an endpoint and a ticket, which lives for 90 seconds and opens one connection. */
export function gatewayRequest(
	app: { clientId: string; clientSecret: string },
	kinds: ReadonlySet<DecodedMessage['kind']>,
) {
	return {
		path: '/v1.0/gateway/connections/open',
		// Without it the answer can be XML.
		headers: { accept: 'application/json' },
		values: {
			...app,
			ua: USER_AGENT,
			subscriptions: [...kinds].map((kind) => SUBSCRIPTIONS[kind]),
		},
	};
}

/** The address of one connection, which holds its ticket; undefined where the answer names none. */
export function endpointUrl(body: unknown): string | undefined {
	const fields = asFields(body);
	const [endpoint, ticket] = [asText(fields.endpoint), asText(fields.ticket)];
	if (!endpoint || !ticket) return undefined;
	return `${endpoint}${endpoint.includes('?') ? '&' : '?'}ticket=${encodeURIComponent(ticket)}`;
}
