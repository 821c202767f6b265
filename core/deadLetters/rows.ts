import type { DeliveryRow, DeliveryStatus, Payload } from '../delivery/delivery';
import { readPayload } from '../delivery/payload';
import { parseJson } from '../../protocol/fields';

/** Statuses that a person has to look at. */
export const OPEN_STATUSES: readonly DeliveryStatus[] = ['dead', 'uncertain'];

/** Every status, those that need a person first. */
export const ALL_STATUSES: readonly DeliveryStatus[] = [
	...OPEN_STATUSES,
	'waiting',
	'delivered',
	'merged',
	'discarded',
];

export const isOpen = (row: DeliveryRow): boolean => OPEN_STATUSES.includes(row.status);

/** Whether it went out at last: what failed before is history then. */
export const hasArrived = ({ status }: Pick<DeliveryRow, 'status'>): boolean =>
	status === 'delivered' || status === 'merged';

/** What like failures have in common; rows without a fingerprint are told apart by what they show. */
export function groupOf(row: DeliveryRow): string {
	return row.fingerprint || [row.kind, row.platform, row.bot, row.class, row.code].join('|');
}

/** Rows of like failures, in the order in which the groups' first rows stand. */
export function intoGroups(rows: DeliveryRow[]): Map<string, DeliveryRow[]> {
	const groups = new Map<string, DeliveryRow[]>();
	for (const row of rows) {
		const group = groupOf(row);
		const known = groups.get(group);
		if (known) known.push(row);
		else groups.set(group, [row]);
	}
	return groups;
}

/** What a row carries; nothing where it is damaged. */
export function payloadOf(row: DeliveryRow): Payload {
	return readPayload(row.kind, parseJson(row.payload)) ?? {};
}
