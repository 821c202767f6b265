import { issue } from '../../../core/accessTokens/issue';
import type { TokenRequest } from '../../../core/accessTokens/request';
import type { Operation } from '../../shared/node/operations';
import { signingOf } from '../credential';
import { standing } from '../standing';
import { asItems, firstItem } from '../../shared/node/items';

export const issueTokens: Operation = {
	option: {
		name: 'Issue Tokens',
		value: 'issue',
		action: 'Issue the tokens of a saved grant',
		description:
			'The saved row comes in, or nothing where somebody else was quicker, and what Read Request made of the request. What the client gets leaves, or its refusal; and a notification where a refresh token was used twice.',
	},
	inputs: ['Saved Grant', 'Request'],
	outputs: ['Granted', 'Answer', 'Notification'],
	async execute(ctx) {
		const request = firstItem(ctx, 1) as unknown as TokenRequest;
		const { keys, domain } = await signingOf(ctx);
		const now = Date.now();
		const { answer, notification } = issue(request, firstItem(ctx), { key: keys[0], domain, now });
		if (request.kind === 'revoke') standing.forget(request.grantId, now);
		if (request.kind === 'refresh' && notification) standing.forget(request.shown.grantId, now);
		const granted = answer.status === 200;
		return [
			asItems(granted ? answer.body : undefined),
			asItems(granted ? undefined : answer),
			asItems(notification),
		];
	},
};
