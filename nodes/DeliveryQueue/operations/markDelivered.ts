import type { IDataObject } from 'n8n-workflow';
import type { DeliveryRow } from '../../../core/delivery/delivery';
import { asFields } from '../../../protocol/fields';
import { afterDelivery } from '../../../core/delivery/policy';
import type { Operation } from '../../shared/node/operations';
import { attemptedBy, rowsOfItems } from '../items';

export const markDelivered: Operation = {
	option: {
		name: 'Mark Delivered',
		value: 'markDelivered',
		action: 'Mark what was delivered',
		description: 'Items that were sent, with their delivery, become rows to save',
	},
	outputs: ['Rows'],
	execute: (ctx) => rowsOfItems(ctx, delivered),
};

function delivered(json: IDataObject, now: number): DeliveryRow[] {
	if (!json.delivery) return [];
	// What went out with a later message, or in the digest of the first row, is a part of that.
	const own = asFields(json.delivery).mergedInto ? 'merged' : 'delivered';
	return attemptedBy(json).map((entry, place) =>
		afterDelivery(entry, place === 0 ? own : 'merged', now),
	);
}
