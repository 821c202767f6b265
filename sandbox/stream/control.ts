import { randomBytes } from '../aes.ts';
import type { Json } from '../http.ts';
import type { World } from '../world.ts';
import type { StreamConnection, Wire } from './connection.ts';
import type { StreamDialogue } from './dialogue.ts';
import { isLiveFault, STREAM_FAULTS, type StreamFault } from './faults.ts';
import { pushMessages } from './push.ts';
import { streamServers } from './servers.ts';

const TEN_MEGABYTES = 10 * 1024 * 1024;

const GARBAGE: Record<string, () => Wire> = {
	text: () => 'this is no frame',
	binary: () => randomBytes(200),
	html: () => '<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>',
	big: () => 'x'.repeat(TEN_MEGABYTES),
};

function garbageOf({ content, data }: StreamFault): Wire {
	if (data === undefined) return GARBAGE[content ?? 'text']!();
	const bytes = Buffer.from(data, 'base64');
	return content === 'text' ? bytes.toString('utf8') : bytes;
}

function flood(connection: StreamConnection, dialogue: StreamDialogue, times: number) {
	for (let count = 0; count < times; count += 1) {
		const frame = dialogue.ping?.();
		if (frame === undefined) connection.protocolPing();
		else connection.send(frame, 'ping');
	}
}

/** What befalls a connection that is open. */
function befall(fault: StreamFault, connection: StreamConnection, dialogue: StreamDialogue) {
	switch (fault.does) {
		case 'freeze':
			return connection.freeze();
		case 'drop':
			return connection.drop();
		case 'announceDisconnect':
			return dialogue.announceDisconnect();
		case 'pingFlood':
			return flood(connection, dialogue, fault.times);
		case 'garbage':
			for (let count = 0; count < fault.times; count += 1) {
				const frame = garbageOf(fault);
				connection.say(frame, { kind: 'garbage', shown: `(${frame.length} of no frame)` });
			}
	}
}

/** @throws an Error in words */
function faultOf(body: Json): StreamFault {
	const services = [...new Set(Object.values(streamServers).map(({ service }) => service))];
	if (!services.includes(body.service)) throw new Error(`service must be ${services.join(' or ')}`);
	if (!STREAM_FAULTS.includes(body.does))
		throw new Error(`does must be one of ${STREAM_FAULTS.join(', ')}`);
	const times = body.times ?? (body.does === 'pingFlood' ? 1000 : 1);
	if (!Number.isInteger(times) || times < -1 || times > 100_000)
		throw new Error('times must be -1 or up to 100000');
	if (body.does === 'garbage' && body.data === undefined && !GARBAGE[body.content ?? 'text'])
		throw new Error(`content must be one of ${Object.keys(GARBAGE).join(', ')}`);
	return { ...body, times } as StreamFault;
}

function addStreamFault(body: Json, _query: URLSearchParams, world: World) {
	const fault = faultOf(body);
	let happened = 0;
	if (isLiveFault(fault.does)) {
		for (const { connection, dialogue } of world.connections.of(fault.service)) {
			if (fault.connection && fault.connection !== connection.id) continue;
			connection.record({ direction: 'out', kind: 'fault', status: 0, note: fault.does });
			befall(fault, connection, dialogue);
			happened += 1;
		}
	} else world.streamFaults.add(fault);
	return { happened, faults: world.streamFaults.list() };
}

type StreamHandler = (body: Json, query: URLSearchParams, world: World) => unknown;

/** Method and path below `/sandbox`. */
export const streamHandlers: Record<string, StreamHandler> = {
	'GET /connections': (_body, _query, world) => world.connections.list(),
	'POST /push': pushMessages,
	'GET /stream-faults': (_body, _query, world) => ({ faults: world.streamFaults.list() }),
	'POST /stream-faults': addStreamFault,
	'DELETE /stream-faults': (_body, _query, world) => {
		world.streamFaults.clear();
		return { faults: [] };
	},
	'GET /stream-settings': (_body, _query, world) => world.streamSettings.get(),
	'PUT /stream-settings': (body, _query, world) => {
		world.streamSettings.set(body);
		return world.streamSettings.get();
	},
};
