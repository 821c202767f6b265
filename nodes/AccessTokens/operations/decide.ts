import { decide } from '../../../core/accessTokens/decide';
import type { TokenRequest } from '../../../core/accessTokens/request';
import type { Operation } from '../../shared/node/operations';
import { asItems, firstItem } from '../../shared/node/items';
import { proved } from '../standing';

export const decideRequest: Operation = {
	option: {
		name: 'Decide',
		value: 'decide',
		action: 'Decide what a client gets',
		description:
			'The key’s row comes in, the grant that is asked about or all of the key, and what Read Request made of the request. What is granted leaves as a new or a changed row, and is answered when that is saved; what is refused leaves as an answer.',
	},
	inputs: ['Key', 'Grants', 'Request'],
	outputs: ['New Grant', 'Changed Grant', 'Request', 'Answer'],
	execute(ctx) {
		const now = Date.now();
		const request = firstItem(ctx, 2) as unknown as TokenRequest;
		const found = { key: firstItem(ctx), grants: ctx.getInputData(1).map(({ json }) => json) };
		const { insert, change, answer } = decide(request, found, now);
		proved.lookedUp(request, insert && found, now);
		const changed = change && { ...change.row, expected: change.expected };
		return [
			asItems(insert),
			asItems(changed),
			asItems(answer ? undefined : request),
			asItems(answer),
		];
	},
};
