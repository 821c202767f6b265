import { type Call, isJsonType, type Json, type ServiceReply, type ServiceRoute } from '../http.ts';
import type { World } from '../world.ts';
import { apiError } from './auth.ts';

export const DINGTALK_STREAM_PATH = '/dingtalk/connect';

export interface Subscription {
	type: 'EVENT' | 'CALLBACK' | 'SYSTEM';
	topic: string;
}

/** What a ticket stands for. */
export interface DingTalkGrant {
	botId: string;
	who: string;
	subscriptions: Subscription[];
}

const TICKET_LIFE_MS = 90_000;
const TYPES = ['EVENT', 'CALLBACK', 'SYSTEM'];

function isSubscription(value: Json | null): value is Subscription {
	if (!TYPES.includes(value?.type) || typeof value?.topic !== 'string') return false;
	// Of events, single topics cannot be chosen.
	return value.type === 'EVENT' ? value.topic === '*' : value.topic !== '';
}

/** Wrong credentials get what people report of the platform; its other refusals are not published. */
function badEntry(call: Call, world: World): ServiceReply | undefined {
	if (world.streamFaults.entry('dingtalk', 'refuse'))
		return apiError(503, 'ServiceUnavailable', 'the gateway is unwell');
	if (!isJsonType(call.headers) || !call.json)
		return apiError(400, 'InvalidParameter', 'body is not JSON');
	const { clientId, clientSecret, subscriptions } = call.json;
	const app = world.bots.withSecret('dingtalk', clientId, clientSecret);
	if (!app || world.streamFaults.entry('dingtalk', 'wrongCredentials'))
		return apiError(401, 'authFailed', '鉴权失败');
	if (!Array.isArray(subscriptions) || !subscriptions.length)
		return apiError(400, 'InvalidParameter', 'subscriptions is mandatory');
	return subscriptions.every(isSubscription)
		? undefined
		: apiError(400, 'InvalidParameter', 'a subscription needs a known type and a topic');
}

function openConnection(call: Call, world: World): ServiceReply {
	const refusal = badEntry(call, world);
	if (refusal) return refusal;
	const { clientId, ua, localIp, subscriptions } = call.json!;
	const who = [ua, localIp].filter(Boolean).join(' ').slice(0, 200) || 'unnamed';
	const grant: DingTalkGrant = { botId: clientId, who, subscriptions };
	const ticket = world.tickets.issue(TICKET_LIFE_MS, grant);
	const endpoint = `${world.origin.replace('http', 'ws')}${DINGTALK_STREAM_PATH}`;
	// Who does not ask for JSON gets XML.
	if (!/application\/json/i.test(call.headers.accept ?? '')) {
		const xml = `<result><endpoint>${endpoint}</endpoint><ticket>${ticket}</ticket></result>`;
		return { body: xml, headers: { 'content-type': 'application/xml' }, note: 'XML' };
	}
	return { body: { endpoint, ticket } };
}

export const gatewayRoutes: ServiceRoute[] = [
	{
		method: 'POST',
		path: /^\/api\/v1\.0\/gateway\/connections\/open$/,
		kind: 'gateway',
		handle: openConnection,
	},
];
