import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import type { DecodedMessage } from '../../../../protocol/message';
import type { Connection } from './connection';
import type { Listener, Seat } from './seat';
import { SharedConnection, type Access, type SharedConnectionState } from './sharedConnection';
import type { ConnectionFailure, StreamProtocol } from './stream';
import type { Wanted } from './testRun';

/*
 * The long connections of this process: one for each app, whatever the number of triggers on it. If each
 * trigger had its own, the platform would deal the messages out among them.
 */

/** By the credential's type and the app's id. */
const connections = new Map<string, SharedConnection>();

/** The seats of triggers, by the trigger's id. */
const seats = new Map<string, { connection: SharedConnection; seat: Seat }>();

/**
 * Gives a trigger the messages of its app, over the connection that all triggers of the app share. Another
 * credential of the same app opens the connection anew.
 * @param id tells the trigger from all others: n8n may start one twice without ending it, and the later counts
 * @returns ends that. The trigger's messages wait 5 s for a successor
 * @throws ConnectionFailure where a person must act: a trigger that was there before stays. An unreachable
 * platform is tried on, and throws nothing
 */
export async function join(id: string, access: Access, listener: Listener): Promise<() => void> {
	const connection = sharedBy(access);
	const seat = connection.seat(id, () => {
		if (seats.get(id)?.seat === seat) seats.delete(id);
	});
	let stays = seat.has(listener);
	const leave = seat.sit(listener);
	try {
		await connection.connect(access);
		stays = true;
		seat.takeOver(listener);
	} finally {
		if (!stays) leave();
		connection.want();
	}
	// Whoever has left meanwhile displaces nobody.
	if (!seat.has(listener)) return leave;
	const before = seats.get(id);
	if (before && before.connection !== connection) before.seat.leave();
	seats.set(id, { connection, seat });
	return leave;
}

/**
 * Takes the next message of an app that is wanted; no trigger gets it.
 * @param signal ends the waiting
 * @throws ConnectionFailure where there is no connection; Cancelled
 */
export async function next(
	access: Access,
	wanted: Wanted,
	signal?: AbortSignal,
): Promise<DecodedMessage> {
	return await sharedBy(access).next(access, wanted, signal);
}

/** The connection of a credential's app, where this process has one. */
export function connectionOf(
	protocol: StreamProtocol,
	credential: ICredentialDataDecryptedObject,
): Connection | undefined {
	return connections.get(keyOf(protocol, credential))?.connection;
}

/** Published triggers whose connection could not be opened, each with its id, and the key and state of its app. */
const unopened = new Map<Listener, { id: string; key: string; state: SharedConnectionState }>();

/** From now on the trigger's app counts as away, as long as no other trigger has a connection of it. */
export function noteUnopened(
	{ id, listener }: { id: string; listener: Listener },
	{ protocol, credential }: Access,
	failure: ConnectionFailure,
): void {
	const now = Date.now();
	const state: SharedConnectionState = {
		service: protocol.service,
		app: protocol.appOf(credential) ?? '',
		status: 'stopped',
		failure,
		since: now,
		awaySince: now,
		triggers: 0,
		reconnects: 0,
		refusedFrames: 0,
	};
	unopened.set(listener, { id, key: keyOf(protocol, credential), state });
}

/** The trigger is connected, or ends. */
export function forgetUnopened(trigger: Listener): void {
	unopened.delete(trigger);
}

/** What tells a trigger from all others. */
export const triggerId = (workflowId: string | undefined, nodeId: string): string =>
	JSON.stringify([workflowId, nodeId]);

/** How the connection of a trigger is, also where it could not be opened; undefined where this process has no such. */
export const connectionStateOf = (id: string): SharedConnectionState | undefined =>
	seats.get(id)?.connection.state() ?? [...unopened.values()].find((each) => each.id === id)?.state;

/** How all connections of this process are. */
export function connectionStates(): SharedConnectionState[] {
	const states = new Map<string, SharedConnectionState>();
	for (const { key, state } of unopened.values()) states.set(key, state);
	for (const [key, connection] of connections) {
		const state = connection.state();
		if (state) states.set(key, state);
	}
	return [...states.values()];
}

function sharedBy({ protocol, credential }: Access): SharedConnection {
	const key = keyOf(protocol, credential);
	const known = connections.get(key);
	if (known) return known;
	const app = protocol.appOf(credential) ?? '';
	const connection = new SharedConnection(protocol.service, app, () => {
		if (connections.get(key) === connection) connections.delete(key);
	});
	connections.set(key, connection);
	return connection;
}

function keyOf(protocol: StreamProtocol, credential: ICredentialDataDecryptedObject): string {
	return JSON.stringify([protocol.credential, protocol.appOf(credential)]);
}
