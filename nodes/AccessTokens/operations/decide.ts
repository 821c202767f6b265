import { decide } from '../../../protocol/accessTokens/decide';
import type { TokenRequest } from '../../../protocol/accessTokens/request';
import type { NodeOperation } from '../../shared/operations';
import { asItems, earlierField, firstItem } from '../../shared/requests';

export const decideRequest: NodeOperation = {
	option: {
		name: 'Decide',
		value: 'decide',
		action: 'Decide what a client gets',
		description:
			'The key’s row comes in. What is granted leaves as a new or a changed row, and is answered when that is saved; what is refused leaves as an answer.',
	},
	outputs: ['New Grant', 'Changed Grant', 'Answer'],
	properties: [
		earlierField('decide', 'request', 'Request', {
			placeholder: "{{ $('Read what is asked').first().json }}",
			description: 'What Read Request made of it',
		}),
		earlierField('decide', 'grants', 'Grants', {
			placeholder: "{{ $('Find the grants').all().map((item) => item.json) }}",
			description: 'The grant that is asked about, or all of the key, from the table',
		}),
	],
	execute(ctx) {
		const request = ctx.getNodeParameter('request', 0) as unknown as TokenRequest;
		const grants = ctx.getNodeParameter('grants', 0) as unknown as unknown[];
		const { insert, change, answer } = decide(request, { key: firstItem(ctx), grants }, Date.now());
		const changed = change && { ...change.row, expected: change.expected };
		return [asItems(insert), asItems(changed), asItems(answer)];
	},
};
