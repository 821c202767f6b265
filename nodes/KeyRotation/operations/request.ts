import { pageRequestOf } from '../../shared/node/operators';
import type { Operation } from '../../shared/node/operations';
import { asItems } from '../items';

export const request: Operation = {
	option: {
		name: 'Read a Request',
		value: 'request',
		action: 'Read what a browser sent',
		description:
			'The form and the name of the person, without the password that the Webhook node has checked',
	},
	outputs: ['Request'],
	execute(ctx) {
		const { body, user } = pageRequestOf(ctx, ctx.getInputData()[0]?.json ?? {});
		return [asItems([{ body, user }])];
	},
};
