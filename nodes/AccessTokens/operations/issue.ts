import { issue } from '../../../protocol/accessTokens/issue';
import type { TokenRequest } from '../../../protocol/accessTokens/request';
import type { NodeOperation } from '../../shared/operations';
import { signingOf } from '../credential';
import { standing } from '../standing';
import { asItems, earlierField, firstItem } from '../../shared/requests';

export const issueTokens: NodeOperation = {
	option: {
		name: 'Issue Tokens',
		value: 'issue',
		action: 'Issue the tokens of a saved grant',
		description:
			'The saved row comes in, or nothing where somebody else was quicker. The answer leaves, and a notice where a refresh token was used twice.',
	},
	outputs: ['Answer', 'Notice'],
	properties: [
		earlierField('issue', 'request', 'Request', {
			placeholder: "{{ $('Read what is asked').first().json }}",
			description: 'What Read Request made of it',
		}),
	],
	async execute(ctx) {
		const request = ctx.getNodeParameter('request', 0) as unknown as TokenRequest;
		const { keys, domain } = await signingOf(ctx);
		const { answer, notice } = issue(request, firstItem(ctx), {
			key: keys[0],
			domain,
			now: Date.now(),
		});
		if (request.kind === 'revoke') standing.forget(request.grantId);
		if (request.kind === 'refresh' && notice) standing.forget(request.shown.grantId);
		return [asItems(answer), asItems(notice)];
	},
};
