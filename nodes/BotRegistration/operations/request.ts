import { asItems, firstItem } from '../../shared/node/items';
import type { Operation } from '../../shared/node/operations';
import { pageRequestOf } from '../../shared/node/operators';

export const request: Operation = {
	option: {
		name: 'Read a Request',
		value: 'request',
		action: 'Read what a browser sent',
		description: 'The form or the address, without the password that the Webhook node has checked',
	},
	outputs: ['Request'],
	execute(ctx) {
		const { query, body } = pageRequestOf(ctx, firstItem(ctx));
		return [asItems([{ query, body }])];
	},
};
