import type { Caller } from '../../../protocol/accessTokens/admit';
import { takeRequest, type ApiRequest } from '../../../protocol/robotApi/take';
import type { NodeOperation } from '../../shared/operations';
import { asItems, earlierField, firstItem } from '../../shared/requests';

export const take: NodeOperation = {
	option: {
		name: 'Take Request',
		value: 'take',
		action: 'Take the request of an admitted caller',
		description:
			'What Admit Caller said comes in. The request leaves as what is to be done, after its scope and every field were checked; what is refused leaves as an answer.',
	},
	outputs: ['Send', 'Ask', 'Look Up', 'Answer'],
	properties: [
		earlierField('take', 'request', 'Request', {
			placeholder: "{{ $('Verify the token').first().json.request }}",
			description: 'What Verify Token left of the request',
		}),
	],
	execute(ctx) {
		const request = ctx.getNodeParameter('request', 0) as unknown as ApiRequest;
		const { caller } = firstItem(ctx) as { caller?: Caller };
		const task = takeRequest(request, caller, Date.now());
		return [task.send, task.ask, task.find, task.answer].map((value) => asItems(value));
	},
};
